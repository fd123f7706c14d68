"""Levers with their settings as expressions.

A setting runs from `low` to `high` by `step`; where both ends are one node it is a single value and always taken.
"""

from __future__ import annotations

import attrs

from policyengine.ir.nodes import Node
from policyengine.source import Span

#: The most months that a setting may have: no schedule is longer than a hundred years.
MAX_MONTHS = 1200


@attrs.frozen(eq=False)
class Extent:
    """The values a setting may take, from the least concession to the greatest."""

    low: Node
    high: Node
    step: Node | None

    @property
    def single(self) -> bool:
        """Whether there is one value only."""
        return self.low is self.high


@attrs.frozen(eq=False, kw_only=True)
class Lever:
    """The root of all levers. A lever whose `when` is false is left out."""

    when: Node | None
    span: Span

    @property
    def name(self) -> str:
        """The lever as it is written in the file."""
        return self.span.file.text[self.span.start : self.span.end]


@attrs.frozen(eq=False, kw_only=True)
class Holiday(Lever):
    """No payments for some months.

    `interest` is `accrues`, `capitalised` or `waived`; `maturity` is `extends` or `stays`.
    """

    months: Extent
    interest: str
    maturity: str


@attrs.frozen(eq=False, kw_only=True)
class HolidayThrough(Lever):
    """No payment of what is due on or before a day; `interest` and `maturity` as in a holiday."""

    day: Node
    interest: str
    maturity: str


@attrs.frozen(eq=False, kw_only=True)
class InterestOnly(Lever):
    """Each payment is the month's interest for some months; `maturity` is `extends` or `stays`."""

    months: Extent
    maturity: str


@attrs.frozen(eq=False, kw_only=True)
class TermExtension(Lever):
    """More months: `months` are added to the remaining term, or are the whole where not `relative`."""

    months: Extent
    relative: bool


@attrs.frozen(eq=False, kw_only=True)
class LaterRises:
    """A rate stays for `fixed_for` months, then rises by `rise` and again `every` so many months, up to `up_to`."""

    fixed_for: Node
    rise: Node
    every: Node
    up_to: Node


@attrs.frozen(eq=False, kw_only=True)
class RateReduction(Lever):
    """A lower annual rate: down to `floor` by `step`, or to `floor` at once where there is no step.

    With `then`, a rate that the lever set rises later.
    """

    floor: Node
    step: Node | None
    then: LaterRises | None

    @property
    def single(self) -> bool:
        """Whether there is one rate only."""
        return self.step is None


@attrs.frozen(eq=False, kw_only=True)
class Instalments(Lever):
    """A balance without a term is paid in level instalments, at `rate` or at the loan's own."""

    months: Extent
    rate: Node | None


@attrs.frozen(eq=False, kw_only=True)
class Waiver(Lever):
    """A share of a balance, or of the interest still to come (`future_interest`), is given up."""

    shares: tuple[tuple[str, Extent], ...]


@attrs.frozen(eq=False, kw_only=True)
class Capitalisation(Lever):
    """A share of a balance joins the principal."""

    shares: tuple[tuple[str, Node], ...]


@attrs.frozen(eq=False, kw_only=True)
class Deferral(Lever):
    """A share of a balance is owed at the end, without interest."""

    shares: tuple[tuple[str, Node], ...]


@attrs.frozen(eq=False, kw_only=True)
class Forbearance(Lever):
    """A part of the principal is owed at the end, without interest: amounts from zero to `up_to`, or one."""

    up_to: Node
    step: Node | None
    single: bool


@attrs.frozen(eq=False, kw_only=True)
class Forgiveness(Lever):
    """A part of the principal is given up: amounts from zero to `up_to`, or one."""

    up_to: Node
    step: Node | None
    single: bool


@attrs.frozen(eq=False, kw_only=True)
class RepaymentPlan(Lever):
    """A balance is paid over some months on top of the regular payment.

    `cap` bounds the whole payment as a share of the regular one.
    """

    balance: str
    months: Extent
    cap: Node | None


@attrs.frozen(eq=False, kw_only=True)
class Settlement(Lever):
    """One payment closes the debt; `discount` is the share given up."""

    discount: Extent


@attrs.frozen(eq=False, kw_only=True)
class SteppedPayments(Lever):
    """Rising shares of the regular payment, each for `months`; the maturity stays."""

    shares: tuple[Node, ...]
    months: Node


@attrs.frozen(eq=False, kw_only=True)
class AgreedPayment(Lever):
    """The same amount every month: for some months, or until the balance is repaid where `months` is None.

    `unpaid_interest` is `accrues`, `capitalised` or `waived`; None where a payment must cover its month's interest.
    """

    amount: Node
    months: Extent | None
    unpaid_interest: str | None


def has_own_term(lever: Lever) -> bool:
    """Whether a lever says by when a balance is repaid, so that the loan needs no term and no method of its own."""
    if isinstance(lever, AgreedPayment):
        return lever.months is None
    return isinstance(lever, (Instalments, Settlement))


def is_searched(lever: Lever) -> bool:
    """Whether a lever has several settings to choose from."""
    if isinstance(lever, (RateReduction, Forbearance, Forgiveness)):
        return not lever.single
    return any(not extent.single for extent in _extents(lever))


def _extents(lever: Lever) -> list[Extent]:
    if isinstance(lever, Waiver):
        return [extent for _, extent in lever.shares]
    values = (getattr(lever, field.name) for field in attrs.fields(type(lever)))
    return [value for value in values if isinstance(value, Extent)]
