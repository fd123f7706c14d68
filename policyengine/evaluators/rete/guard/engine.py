"""The C module of durable-rules: whether there is one here, and one ruleset of it."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import attrs

from policyengine.evaluators.rete.guard.limits import Part
from policyengine.evaluators.rete.guard.patterns import Fact
from policyengine.evaluators.rete.guard.spelling import (
    SESSION,
    Match,
    fact_json,
    match_of,
    retraction_json,
    rules_json,
)

_MODULE = "durable_rules_engine"
#: What the engine answers to a fact that it took.
_TAKEN = 0


class EngineError(Exception):
    """The engine failed, or answered what it must not; whatever it holds is not to be trusted any more."""


@cache
def missing() -> str | None:
    """Return why there is no engine here; None where there is one."""
    try:
        importlib.import_module(_MODULE)
    except ImportError as error:
        return str(error)
    return None


@cache
def _engine() -> Any:
    return importlib.import_module(_MODULE)


@attrs.define(eq=False)
class Ruleset:
    """One ruleset of the engine. It has one session, and every fact in it one of the slots.

    Raises:
        EngineError: From any call; the ruleset is then of no use, and is not freed either, as that can crash.
    """

    part: Part
    _touched: bool = attrs.field(default=False, init=False)
    _failed: bool = attrs.field(default=False, init=False)
    _handle: int = attrs.field(init=False)

    @_handle.default
    def _made(self) -> int:
        rules = rules_json(self.part.numbers, self.part.rules)
        handle: int = self._call("create_ruleset", "rules", rules)
        return handle

    def put(self, slot: int, fact: Fact) -> list[Match]:
        """Assert the fact of a free slot; return the matches that it completes."""
        taken, session = self._call("assert_fact", self._handle, fact_json(slot, fact))
        answers = self._answers(session) if taken == _TAKEN else []
        matches = [match for match in map(match_of, answers) if match is not None]
        if len(matches) != len(answers) - 1:
            self._failed = True
            raise EngineError(f"the engine took slot {slot} for known already, or for nothing")
        self._touched = True
        return matches

    def take(self, slot: int) -> None:
        """Retract the fact of a slot; with it go all the matches that it is part of."""
        taken, session = self._call("retract_fact", self._handle, retraction_json(slot))
        if taken != _TAKEN or self._answers(session):
            self._failed = True
            raise EngineError(f"slot {slot} was not taken out as it should be")

    def close(self) -> None:
        """Free everything, session first: the engine forgets about sessions when a ruleset goes."""
        if self._failed:
            return
        if self._touched:
            self._call("delete_state", self._handle, SESSION)
        self._call("delete_ruleset", self._handle)
        self._failed = True

    def _answers(self, session: int) -> list[str]:
        """Take everything that is due, the fact's being seen too; what is left behind would fire with the next one."""
        found: list[str] = []
        begun = self._call("start_action_for_state", self._handle, session)
        answer = None if begun is None else begun[1]
        while answer is not None:
            found.append(answer)
            answer = self._call("complete_and_start_action", self._handle, session)
        return found

    def _call(self, name: str, *arguments: object) -> Any:
        if self._failed:
            raise EngineError("the ruleset has failed before, or is closed")
        try:
            return getattr(_engine(), name)(*arguments)
        except (
            Exception
        ) as error:  # its own error is `Exception` by another name, and memory may be short too
            self._failed = True
            raise EngineError(str(error)) from error
