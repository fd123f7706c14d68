"""From the laws written in a test file to laws, and what came of trying them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs

from policyengine.diagnostics import Diagnostic, PolicyEngineError, PolicyError, nearest_or_list
from policyengine.ir.program import Program
from policyengine.model.laws import WrittenLaw
from policyengine.policy_set import Policy, load
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Scalar
from policyengine.testing.laws.decisions import (
    Deterministic,
    EveryDenialCites,
    JustificationSound,
    NeverExceeds,
    OrderIndependent,
)
from policyengine.testing.laws.facts import Indifferent, Monotone, NeverByAccident
from policyengine.testing.laws.law import Law
from policyengine.testing.laws.shown import shown_breach
from policyengine.testing.laws.trying import tried
from policyengine.testing.laws.versions import OnlyMoreGenerous, OnlyStricter
from policyengine.testing.results import LawResult

#: Nothing is decided where names are looked up.
_UNUSED = "reference"
_PLAIN: dict[str, Law] = {
    "deterministic": Deterministic(),
    "order_independent": OrderIndependent(),
    "justification_sound": JustificationSound(),
}


def law_result(
    written: WrittenLaw, policy: Policy, folder: Path, evaluator: str, examples: int
) -> LawResult:
    """Return what came of a law, with every finding at its place in the file."""
    result = LawResult(written.name, written.span)
    try:
        law = law_from(written, policy.program, folder, evaluator)
        result = attrs.evolve(result, law=law.title)
        trial = tried(law, policy, examples=examples)
    except PolicyEngineError as error:
        return attrs.evolve(result, errors=tuple(_placed(d, written) for d in error.diagnostics))
    result = attrs.evolve(result, borrowers=trial.borrowers, spoke=trial.spoke)
    if trial.breach is None:
        return result
    return attrs.evolve(result, breach=shown_breach(trial.breach, law, policy.program))


def law_problems(written: WrittenLaw, program: Program, folder: Path) -> Iterator[Diagnostic]:
    """Yield what keeps a law from being tried, at its place in the file: what it names does not exist."""
    try:
        law = law_from(written, program, folder, _UNUSED)
        found = tuple(law.problems(program))
    except PolicyEngineError as error:
        found = error.diagnostics
    yield from (_placed(finding, written) for finding in found)


def law_from(written: WrittenLaw, program: Program, folder: Path, evaluator: str) -> Law:
    """Return a law as a test file has it; paths are relative to the folder.

    Raises:
        PolicyError: There is no other version where the file says.
    """
    if written.name in _PLAIN:
        return _PLAIN[written.name]
    facts, plans = _texts(written.facts), _texts(written.plans)
    match written.name:
        case "never_by_accident":
            return NeverByAccident(plans, _texts(written.referrals))
        case "monotone":
            return Monotone(facts[0], plans, written.direction)
        case "indifferent":
            return Indifferent(facts, plans)
        case "every_denial_cites":
            return EveryDenialCites(plans)
        case "never_exceeds":
            return NeverExceeds(_text(written.term), _text(written.cap), plans)
        case _:
            kind = OnlyStricter if written.name == "only_stricter" else OnlyMoreGenerous
            return kind(_other_version(written, program.id, folder, evaluator), plans)


def _text(scalar: Scalar | None) -> str:
    return scalar.text if scalar else ""


def _texts(names: tuple[Scalar, ...]) -> tuple[str, ...]:
    return tuple(name.text for name in names)


def _other_version(written: WrittenLaw, name: str, folder: Path, evaluator: str) -> Policy:
    path = _text(written.than)
    span = written.than.span if written.than else written.span
    try:
        others = load(folder / path, evaluator=evaluator)
    except PolicyEngineError as error:
        first = error.diagnostics[0]
        message = f"the version at `{path}` cannot be read: {first.message}"
        raise PolicyError([Diagnostic(first.code, message, span, first.hint)]) from None
    if name not in others:
        hint = nearest_or_list(name, others)
        message = f"there is no policy `{name}` in `{path}`"
        raise PolicyError([Diagnostic("unknown-name", message, span, hint)])
    return others[name]


def _placed(finding: Diagnostic, written: WrittenLaw) -> Diagnostic:
    """Return a finding at the name it is about, or at the law."""
    spans: dict[str | None, Span] = {name.text: name.span for name in reversed(written.names)}
    span = finding.span or spans.get(finding.path, written.span)
    return attrs.evolve(finding, span=span, path=None)
