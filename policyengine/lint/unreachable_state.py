"""A state of a follow-up to which no event leads."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir.program import FollowUpDefinition, Program
from policyengine.lint._places import key_of

CODE = "unreachable-state"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each state that has events of its own, or asks something, and is never entered."""
    for name, follow_up in program.follow_up.items():
        entered = _entered(follow_up)
        moved = dict.fromkeys(t.state for t in follow_up.transitions)
        for state in moved:
            if state not in entered:
                yield _note(program, name, state, (state,))
        for state in dict.fromkeys(duty.state for duty in follow_up.asks):
            if state not in (*entered, *moved):
                yield _note(program, name, state, ("asks", state))


def _note(program: Program, name: str, state: str, at: tuple[str, ...]) -> Diagnostic:
    return Diagnostic(
        CODE,
        f"no event leads to the state `{state}` of the follow-up `{name}`",
        key_of(program, "follow_up", name, *at),
        f"add an event with `go: {state}`, or leave the state out",
        severity=Severity.WARNING,
    )


def _entered(follow_up: FollowUpDefinition) -> set[str]:
    entered, ahead = set[str](), {follow_up.start}
    while ahead:
        entered |= ahead
        ahead = {t.go for t in follow_up.transitions if t.state in ahead} - entered
    return entered
