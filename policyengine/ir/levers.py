"""Levers with their settings as expressions.

A setting runs from `low` to `high` by `step`; where both ends are one node it is a single value and always taken.
"""

from __future__ import annotations

import attrs

from policyengine.ir.nodes import Node
from policyengine.source import Span


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


@attrs.frozen(eq=False, kw_only=True)
class Holiday(Lever):
    """No payments for some months.

    `interest` is `accrues`, `capitalised` or `waived`; `maturity` is `extends` or `stays`.
    """

    months: Extent
    interest: str
    maturity: str


@attrs.frozen(eq=False, kw_only=True)
class TermExtension(Lever):
    """More months: `months` are added to the remaining term, or are the whole where not `relative`."""

    months: Extent
    relative: bool


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
