"""What the rules of an offer allow to be paid in one period at most, as amounts.

    plan.max_payment_before(m) + taxes <= limit   ──►   periods 1 to m, limit - taxes

Only what a rule says outright is read: a payment of the plan, with amounts added to it that do not depend on the plan,
held against such an amount. Rules that bound payments in other ways are not wrong, only not shown as a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import dropwhile, takewhile

from policyengine.decision.decimals import decimal_text
from policyengine.decision.terms import Instalment, PaymentLimit
from policyengine.decision.trace import OfferFinding, Result, RuleFinding
from policyengine.finance.money import currency
from policyengine.ir.nodes import Arithmetic, Compare, Node, PlanValue
from policyengine.ir.program import Program
from policyengine.ir.reach import conjuncts, speaks_of_terms

#: Rules that bind an offer; `target` is aimed at only.
_BINDING = ("until", "accept", "guarantee")
_BOTH_WAYS = {"<": "<", "<=": "<", ">": ">", ">=": ">"}
#: The first and the last period that a bound of a payment is about.
_Periods = tuple[int, int | None]


def payment_limits(offer: OfferFinding, program: Program) -> tuple[PaymentLimit, ...]:
    """Return the bounds of an offer's payments that concern a period of its schedule, in the order of the rules."""
    schedule, terms = offer.schedule, offer.terms
    if not schedule or terms is None:
        return ()
    regular = _regular(schedule, terms.payment)
    found = (limit for rule in offer.rules for limit in _of_rule(rule, regular, program))
    return tuple(limit for limit in found if limit.first <= len(schedule))


def _regular(schedule: Sequence[Instalment], payment: Decimal) -> _Periods:
    """Return the periods in which the first regular instalment is paid, one after the other."""
    rest = list(dropwhile(lambda row: row.payment != payment, schedule))
    same = list(takewhile(lambda row: row.payment == payment, rest))
    return (same[0].n, same[-1].n) if same else (1, 1)


def _of_rule(found: RuleFinding, regular: _Periods, program: Program) -> Iterator[PaymentLimit]:
    rule = found.rule
    applies = rule.applies is None or found.value(rule.applies) is True
    if found.kind not in _BINDING or not applies:
        return
    for part in conjuncts(rule.test):
        if not isinstance(part, Compare):
            continue
        low, high = _sides(part)
        payment = _payment(low) if high is not None and not speaks_of_terms(high) else None
        if payment is None or high is None:
            continue
        periods = _periods(payment, found.value, regular)
        amount = _less(found.value(high), _added(low, found.value))
        if periods is not None and amount is not None:
            text = decimal_text(amount, currency(program.currency).exponent)
            yield PaymentLimit(rule.id, Decimal(text), *periods)


def _sides(node: Compare) -> tuple[Node, Node | None]:
    """Return what is to be the lower side, and the upper side where there is one."""
    way = _BOTH_WAYS.get(node.operator)
    if way is None:
        return node.left, None
    return (node.left, node.right) if way == "<" else (node.right, node.left)


def _payment(node: Node) -> PlanValue | None:
    """Return the payment that a sum is of, where nothing else in it depends on the plan."""
    if isinstance(node, PlanValue):
        return node
    if isinstance(node, Arithmetic) and node.operator == "+":
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if not speaks_of_terms(other):
                return _payment(one)
    return None


def _added(node: Node, value: Callable[[Node], Result]) -> list[Result]:
    """Return what a sum adds to its payment."""
    if not isinstance(node, Arithmetic):
        return []
    one, other = (node.left, node.right) if speaks_of_terms(node.left) else (node.right, node.left)
    return [*_added(one, value), value(other)]


def _less(limit: Result, added: Sequence[Result]) -> Fraction | None:
    amounts = [Fraction(v) for v in (limit, *added) if isinstance(v, (int, Fraction))]
    return amounts[0] - sum(amounts[1:]) if len(amounts) == len(added) + 1 else None


def _periods(
    payment: PlanValue, value: Callable[[Node], Result], regular: _Periods
) -> _Periods | None:
    """Return the periods that a payment of the plan is about; None where it is about none."""
    match payment.name:
        case "max_payment":
            return 1, None
        case "first_payment":
            return 1, 1
        case "payment" | "payment_before_rounding":
            return regular
        case "max_payment_before" | "max_payment_after":
            months = value(payment.arguments[0])
            return _around(payment.name, months) if isinstance(months, int) else None
    return None


def _around(name: str, months: int) -> _Periods | None:
    if name == "max_payment_after":
        return months + 1, None
    return (1, months) if months > 0 else None
