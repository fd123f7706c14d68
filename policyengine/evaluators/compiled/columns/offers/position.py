"""The loan as it stands today, as local names of generated source: what the levers start from."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from policyengine.evaluators.compiled.columns.expressions import Expressions
from policyengine.evaluators.compiled.columns.logic import YES
from policyengine.evaluators.compiled.columns.values import Number, Plain, Value
from policyengine.evaluators.compiled.numbers import FINE
from policyengine.evaluators.compiled.offers.analysis import Offer
from policyengine.evaluators.compiled.writing import NotWritten
from policyengine.finance.whole.bounds import MOST_AMOUNT, MOST_MONTHS
from policyengine.finance.whole.repayment import EQUAL_PRINCIPAL, LEVEL
from policyengine.ir import levers as ir
from policyengine.ir.nodes import Fact

#: Days on which the payments of the longest schedule still have a date.
_LAST_DUE = 3_600_000


@attrs.frozen(eq=False)
class Position:
    """Writes the facts of the loan. `outside` gathers when a figure is beyond what whole numbers here are sure of.

    `known` are the sources of whether each balance that levers touch is known.
    """

    offer: Offer
    expressions: Expressions
    outside: list[str] = attrs.field(factory=list)
    known: dict[str, str] = attrs.field(factory=dict)

    @property
    def balances(self) -> Sequence[str]:
        """The balances that levers touch."""
        return sorted(self.offer.balances - {"future_interest"})

    def write(self) -> Sequence[str]:
        """Name the facts; return the sources of whether each is known that all terms need, whatever the levers."""
        known = [
            self._whole("loan.principal", "principal", MOST_AMOUNT),
            self._whole("loan.annual_rate", "annual_rate", 12 * FINE),
            self._day(),
        ]
        term = [self._whole("loan.remaining_term", "remaining_term", MOST_MONTHS), self._method()]
        if not any(map(ir.has_own_term, self.offer.levers)):
            known += term
        for name in self.balances:
            self.known[name] = self._whole(f"loan.{name}", name, MOST_AMOUNT)
        return known

    def _whole(self, path: str, name: str, most: int) -> str:
        value = self._fact(path)
        if not isinstance(value, Number):
            raise NotWritten
        whole, add = value.numerator, self.expressions.rows.lines.add
        otherwise = "" if value.known == YES else f" if {value.known} else 0"
        add(f"{name} = {whole.source}{otherwise}")
        if whole.low < 0 or whole.high > most:
            self.outside.append(f"({name} < 0) | ({name} > {most})")
        return value.known

    def _day(self) -> str:
        value = self._fact("loan.next_due")
        if not isinstance(value, Plain):
            raise NotWritten
        self.expressions.rows.lines.add(f"next_due = {value.source}")
        late = f"(next_due > {_LAST_DUE})"
        self.outside.append(late if value.known == YES else f"{late} & {value.known}")
        return value.known

    def _method(self) -> str:
        """A method that is not known counts as that of level payments, where a lever makes them so."""
        value, dictionary = self._fact("loan.method"), self.offer.program.dictionary
        names = dictionary.values_of(dictionary.facts["loan.method"].type)
        if not isinstance(value, Plain) or "equal_principal" not in names:
            raise NotWritten
        place = names.index("equal_principal")
        test = f"({value.source} == {place}) & {value.known}"
        self.expressions.rows.lines.add(f"method = {EQUAL_PRINCIPAL} if {test} else {LEVEL}")
        return value.known

    def _fact(self, path: str) -> Value:
        facts = self.offer.program.dictionary.facts
        if path not in facts:
            raise NotWritten  # a vocabulary without it has no such loans
        node = Fact(type=facts[path].type, span=self.offer.plan.span, path=path)
        return self.expressions.value(node)
