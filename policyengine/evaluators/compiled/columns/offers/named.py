"""What rules name of the terms, as source over the figures of a schedule."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from policyengine.evaluators.compiled.columns.expressions import Expressions
from policyengine.evaluators.compiled.columns.logic import YES
from policyengine.evaluators.compiled.columns.values import Number
from policyengine.evaluators.compiled.columns.wholes import Whole, constant
from policyengine.evaluators.compiled.offers.analysis import Offer
from policyengine.evaluators.compiled.writing import NotWritten
from policyengine.finance.whole.bounds import MOST_AMOUNT, MOST_MONTHS
from policyengine.ir.nodes import Fact, Node, PlanValue
from policyengine.model.types import MONTHS

#: Amounts in minor units, by the figure or the local name that has them.
_AMOUNTS = {
    "payment": "found.payment",
    "max_payment": "found.highest",
    "max_payment_before": "found.before",
    "max_payment_after": "found.after",
    "first_payment": "found.first",
    "total_paid": "found.paid",
    "total_interest": "found.interest",
    "final_balance": "deferred",
    "forborne": "deferred",
    "waived": "waived",
    "balance": "(owed + deferred)",
    "cost": "cost",
}
#: A payment is a balance with its interest at most; so much is paid in all months.
_MOST = {
    "total_paid": 2 * MOST_AMOUNT * MOST_MONTHS,
    "total_interest": 2 * MOST_AMOUNT * MOST_MONTHS,
}
_MOST_PAYMENT = 16 * MOST_AMOUNT


@attrs.define(eq=False)
class Named:
    """Gives expressions the values of `plan.`.

    `denominator` is what the draft's rate is counted in, `asked` the source of the month that payments before and after
    it are asked of.
    """

    offer: Offer
    expressions: Expressions
    denominator: int
    asked: str = "0"

    def in_sight(self) -> Expressions:
        """Return the expressions with the terms in sight."""
        return attrs.evolve(self.expressions, terms=self.value)

    def begin(self, nodes: Sequence[Node]) -> None:
        """Name the month that payments before and after it are asked of.

        Raises:
            NotWritten: Rules ask of several months, or of none that is whole.
        """
        months = {argument.numerator.source: argument for argument in map(self._months, nodes)}
        if len(months) > 1:
            raise NotWritten
        for source, month in months.items():
            self.asked = "asked"
            known = "" if month.known == YES else f" if {month.known} else 0"
            self.expressions.rows.lines.add(f"asked = {source}{known}")

    def _months(self, node: Node) -> Number:
        found = self.expressions.number(node)
        if found.denominator.constant != 1 or not found.numerator.fits:
            raise NotWritten
        return found

    def value(self, node: PlanValue) -> Number:
        """Return what an expression names of the terms.

        Raises:
            NotWritten: Columns do not carry it.
        """
        if node.name in _AMOUNTS:
            known = self.expressions.number(node.arguments[0]).known if node.arguments else YES
            most = _MOST.get(node.name, _MOST_PAYMENT)
            whole = Whole(_AMOUNTS[node.name], -most if node.name == "cost" else 0, most)
            return Number(whole, constant(self.offer.program.scale), known)
        match node.name:
            case "term":
                return self._term
            case "extension":
                return self.expressions.numbers.added(self._term, "-", self._remaining(node))
            case "rate":
                return Number(Whole("rate", 0, 1 << 60), constant(self.denominator))
            case _:
                raise NotWritten

    @property
    def _term(self) -> Number:
        return Number(Whole("found.term", 0, MOST_MONTHS))

    def _remaining(self, node: PlanValue) -> Number:
        fact = Fact(type=MONTHS, span=node.span, path="loan.remaining_term")
        return self.expressions.number(fact)
