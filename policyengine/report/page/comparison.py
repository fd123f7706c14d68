"""The plans side by side: a row for each of the terms, a column for each plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from policyengine.report.page.plan_content import PlanContent
from policyengine.report.page.words import word


@attrs.frozen
class Comparison:
    """The plans, and what each row says of them; a cell is empty where a plan has nothing of the kind."""

    plans: tuple[PlanContent, ...]
    rows: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


def comparison_of(plans: Sequence[PlanContent], lang: str) -> Comparison:
    """Return the terms of plans side by side, in the order in which each plan names them."""
    labels = in_order([label for label, _ in plan.rows] for plan in plans)
    rows = [(label, tuple(_cell(plan, label) for plan in plans)) for label in labels]
    why = tuple(() if plan.rows else plan.why for plan in plans)
    if any(why):
        rows.insert(0, (word(lang, "why"), why))
    return Comparison(tuple(plans), tuple(rows))


def in_order(sequences: Iterable[Sequence[str]]) -> list[str]:
    """Return all names once, each after the one that it follows in its own sequence."""
    found: list[str] = []
    for sequence in sequences:
        at = 0
        for name in sequence:
            if name not in found:
                found.insert(at, name)
            at = found.index(name) + 1
    return found


def _cell(plan: PlanContent, label: str) -> tuple[str, ...]:
    return tuple(text for name, text in plan.rows if name == label)
