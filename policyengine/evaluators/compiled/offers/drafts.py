"""A draft of terms in generated source: which local name, or whole number, holds each part of it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

#: Parts that a lever may change; each is the source of a whole number.
PARTS = (
    "bearing",
    "num",
    "den",
    "months",
    "holiday",
    "interest_only",
    "settled",
    "forborne",
    "forgiven",
    "deferred",
    "waived",
    "on_top",
    "on_top_months",
    "paying",
    "paying_months",
    "until_repaid",
)


@attrs.frozen
class Steps:
    """Shares of a payment, over one denominator, each for so many months."""

    shares: tuple[int, ...]
    whole: int
    each: str

    @property
    def months(self) -> str:
        """Months until the regular payment is reached."""
        if self.each.isdigit():
            return str(len(self.shares) * int(self.each))
        return f"{len(self.shares)} * {self.each}"


@attrs.frozen
class Draft:
    """The terms so far. Amounts are in minor units.

    Attributes:
        bearing: The principal, with what was capitalised and without what was forgiven.
        num: A month's rate is `num / den`, in lowest terms.
        den: See `num`.
        months: Months in which instalments are paid, after the holiday; "None" for a balance without a term.
        method: The source of how it is repaid; None where a lever says that it is in level instalments.
        left: What is left of each balance that a lever touches.
        holiday: Months of a holiday.
        holiday_interest: What becomes of interest in it.
        interest_only: Months of payments of interest alone.
        settled: The one payment that closes the debt; None where there is none.
        forborne: Owed at the end without interest, of the principal.
        forgiven: Given up of the principal.
        deferred: Owed at the end without interest, of other balances.
        waived: Given up of other balances.
        on_top: Paid besides the regular payments.
        on_top_months: The months in which it is.
        steps: Shares of the regular payment that are paid at first.
        paying: The amount that is agreed for some months before the regular payments.
        paying_months: Those months.
        unpaid: What becomes of interest that it does not cover.
        until_repaid: The amount that is paid until nothing is left, in place of regular payments; None without one.
    """

    bearing: str
    num: str
    den: str
    months: str
    method: str | None
    left: Mapping[str, str]
    holiday: str = "0"
    holiday_interest: str = "capitalised"
    interest_only: str = "0"
    settled: str | None = None
    forborne: str = "0"
    forgiven: str = "0"
    deferred: str = "0"
    waived: str = "0"
    on_top: str = "0"
    on_top_months: str = "0"
    steps: Steps | None = None
    paying: str = "0"
    paying_months: str = "0"
    unpaid: str | None = None
    until_repaid: str | None = None

    @property
    def kind(self) -> tuple[object, ...]:
        """What no source can choose: drafts that differ in it are written apart."""
        agreed = self.settled is None, self.until_repaid is None
        return (self.method, self.holiday_interest, self.steps, self.unpaid, *agreed)

    @property
    def follows(self) -> bool:
        """Whether its months follow from its payments."""
        return self.until_repaid is not None or self.paying_months != "0"

    def part(self, name: str) -> str:
        """Return the source of a part; of a balance, `left.<name>`."""
        if name.startswith("left."):
            return self.left[name.removeprefix("left.")]
        found: str | None = getattr(self, name)
        return "None" if found is None else found

    def parts(self) -> list[str]:
        """Return the names of all parts."""
        return [*PARTS, *(f"left.{name}" for name in self.left)]

    def with_parts(self, sources: Mapping[str, str]) -> Draft:
        """Return this with other sources of some parts."""
        of_left = {n.removeprefix("left."): s for n, s in sources.items() if n.startswith("left.")}
        others = {n: s for n, s in sources.items() if not n.startswith("left.")}
        return attrs.evolve(self, left={**self.left, **of_left}, **others)  # type: ignore[arg-type]  # parts are sources


def added(left: str, right: str) -> str:
    """Return the source of a sum."""
    if "0" in (left, right):
        return right if left == "0" else left
    if left.isdigit() and right.isdigit():
        return str(int(left) + int(right))
    return f"{left} + {right}"
