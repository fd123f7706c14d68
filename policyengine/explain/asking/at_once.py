"""Whether an atom holds whatever is answered to all that is missing for it."""

from __future__ import annotations

from policyengine.decision.trace import Result
from policyengine.explain.asking.atoms import Atom
from policyengine.explain.asking.case import Answers, Case
from policyengine.explain.asking.supposing import supposed
from policyengine.explain.asking.throughout.proof import offered_throughout
from policyengine.explain.asking.throughout.stretch import Stretch
from policyengine.explain.asking.trend import Trend
from policyengine.ir.nodes import Node
from policyengine.model.types import Kind, Value


def throughout(atom: Atom, case: Case, answers: Answers) -> bool | None:
    """Return whether an atom holds whatever is answered to all that is missing, or never; None where unknown."""
    if atom.plan is not None:
        return offered_throughout(atom.plan, Stretch(case, answers))
    return True if _holds_at_corners(atom, case, answers) else supposed(atom, case, answers)


def _holds_at_corners(atom: Atom, case: Case, answers: Answers) -> bool:
    """Whether an atom holds at both corners of all that is missing, and moves one way between.

    Such a fact is waited for and changes nothing: an amount that is never negative is more than minus one.
    """
    if atom.rests_on_terms or len(atom.nodes) != 1:
        return False
    corners: tuple[dict[str, Value], dict[str, Value]] = ({}, {})
    for path in atom.reach - answers.keys():
        direction = _direction(atom, path, case, answers)
        low, high = _corner(path, 0, case), _corner(path, 1, case)
        if direction is None or low is None or high is None:
            return False
        corners[0][path], corners[1][path] = (low, high) if direction >= 0 else (high, low)
    return all(atom.truth({**answers, **corner}) is True for corner in corners)


def _direction(atom: Atom, path: str, case: Case, answers: Answers) -> int | None:
    def value(node: Node) -> Result:
        return case.value(node, answers)

    trend = Trend(
        case.program, value, value, lambda node: case.reads(node, path), False, case.bounds
    )
    return trend.of(atom.nodes[0])


def _corner(path: str, end: int, case: Case) -> Value | None:
    domain = case.domains[path]
    if domain.kind is Kind.BOOLEAN:
        return bool(end)
    return domain.at(domain.ends[end]) if domain.ordered else None
