"""The loan after some steps, each figure between bounds; amounts are in minor units."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from policyengine.explain.asking.throughout.span import Span, Vague
from policyengine.explain.asking.throughout.stretch import Stretch
from policyengine.ir import levers as ir
from policyengine.ir.nodes import Node
from policyengine.plans.position import balances_of


@attrs.frozen
class Paying:
    """An amount that is paid for some months before the regular instalments; `said` is the expression of it."""

    amount: Span
    months: Span
    said: Node


@attrs.frozen
class OnTop:
    """A balance that is paid over the first months besides the regular payment."""

    amount: Span
    months: Span


@attrs.frozen
class Sketch:
    """What a draft holds, between bounds.

    `left` is what is left of each balance that steps touch, `owed` the part of `bearing` that is not set aside. `peak`
    is how far the rate may rise later; nought where it does not.
    """

    remaining: Span | None
    left: Mapping[str, Span]
    bearing: Span
    owed: Span
    rate: Span
    peak: Span
    months: Span | None
    method: str | None
    forborne: Span = attrs.field(factory=lambda: Span.of(0))
    deferred: Span = attrs.field(factory=lambda: Span.of(0))
    waived: Span = attrs.field(factory=lambda: Span.of(0))
    holiday: Span = attrs.field(factory=lambda: Span.of(0))
    paying: Paying | None = None
    on_top: OnTop | None = None

    @classmethod
    def of(cls, stretch: Stretch, levers: tuple[ir.Lever, ...]) -> Sketch:
        """Return the loan as it stands.

        Raises:
            Vague: A figure has no bounds, or is one that no debt has.
        """
        names = {name for lever in levers for name in balances_of(lever)}
        remaining = _remaining(stretch, levers)
        rate, method = _not_negative(stretch.fact("loan.annual_rate")), stretch.given("loan.method")
        return cls(
            remaining=remaining,
            left={name: _minor(stretch, name) for name in sorted(names)},
            bearing=_minor(stretch, "principal"),
            owed=_minor(stretch, "principal"),
            rate=rate,
            peak=Span.of(0),
            months=remaining,
            method=method if isinstance(method, str) else None,
        )

    @property
    def balance(self) -> Span:
        """All that the terms cover."""
        covered = self.bearing + self.deferred
        return covered + self.on_top.amount if self.on_top else covered

    @property
    def interest_free(self) -> Span:
        """What is owed at the end without interest."""
        return self.forborne + self.deferred

    @property
    def term(self) -> Span | None:
        """Months in all."""
        return None if self.months is None else self.holiday + self.months


def _remaining(stretch: Stretch, levers: tuple[ir.Lever, ...]) -> Span | None:
    """Return the months left; None where nobody needs to know them."""
    path = "loan.remaining_term"
    own = any(map(ir.has_own_term, levers))
    if own and path != stretch.path and stretch.given(path) is None:
        return None
    return _not_negative(stretch.fact(path))


def _minor(stretch: Stretch, name: str) -> Span:
    return _not_negative(stretch.fact(f"loan.{name}")).times(stretch.case.program.scale)


def _not_negative(span: Span) -> Span:
    if span.least < 0:
        raise Vague
    return span
