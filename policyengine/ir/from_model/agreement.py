"""Whether the parts of an offer agree with one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policyengine.ir import levers
from policyengine.ir.from_model.scope import Scope
from policyengine.model.common import Reference
from policyengine.model.offers import Offer


def note_disagreements(offer: Offer, steps: Iterable[levers.Lever], scope: Scope) -> None:
    """Note what an offer lacks, or says in vain, for the steps it has."""
    steps = tuple(steps)
    if offer.until is None:
        _note_missing_until(offer, steps, scope)
    if not offer.negative_amortisation:
        for step in _capitalising(steps):
            scope.findings.error(
                "contradictory-keys",
                "`unpaid_interest: capitalised` lets the balance grow, which this offer does not allow",
                step.span,
                "add `negative_amortisation: allowed` to the offer, or write `accrues` or `waived`",
            )


def _note_missing_until(offer: Offer, steps: tuple[levers.Lever, ...], scope: Scope) -> None:
    """A search needs a target; fixed terms need none, and cannot miss one."""
    for step in filter(levers.is_searched, steps):
        scope.findings.error(
            "missing-key",
            f"an offer needs the key `until`: its step `{step.name}` has several values to choose from",
            step.span,
            "add `until: …`, or give the step a single value",
        )
    if offer.accept:
        first = offer.accept[0]
        scope.findings.error(
            "missing-key",
            "`accept` says what is enough where `until` is missed, and there is no `until`",
            first.name.span if isinstance(first, Reference) else first.span,
            "write `until: …` in its place",
        )


def _capitalising(steps: Iterable[levers.Lever]) -> Iterator[levers.AgreedPayment]:
    for step in steps:
        if isinstance(step, levers.AgreedPayment) and step.unpaid_interest == "capitalised":
            yield step
