"""A draft's regular payment without its schedule, and the rules that it can exclude.

The closed form gives the payment in microseconds where a schedule takes a millisecond. The largest payment of a
schedule is never less than the first regular one, whatever the rate becomes later, so a rule that bounds payments from
above and fails at a glance fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

import attrs

from policyengine.decision.trace import Result, Unknown
from policyengine.finance.amortisation import exact_level_payment
from policyengine.finance.phases import EqualPrincipal, Level
from policyengine.finance.rate import periodic
from policyengine.finance.rounding import round_to_integer
from policyengine.finance.schedule import build_schedule
from policyengine.ir.nodes import Arithmetic, Compare, Extremum, Negate, Node, PlanValue
from policyengine.ir.reach import conjuncts, speaks_of_terms
from policyengine.plans.draft import Draft

REGULAR = (Level, EqualPrincipal)
#: What a glance knows: exact, or in the case of the largest payment a lower bound.
SEEN = frozenset({"payment", "max_payment", "payment_before_rounding"})


@attrs.frozen
class Glance:
    """The regular payment of a draft, in minor units; a level one is not rounded."""

    exact: Fraction
    scale: int

    @classmethod
    def from_draft(cls, draft: Draft, scale: int) -> Glance | None:
        """Return the first regular payment once a holiday and agreed payments are over.

        None where steps come before it, and where agreed payments repay all of it. Where something is paid on top, it
        is the least that the payment can be.

        Raises:
            FinanceError: It cannot be repaid.
        """
        *first, regular = draft.phases or (None,)
        if draft.steps or draft.settled_for is not None or not isinstance(regular, REGULAR):
            return None
        owed = draft.bearing - draft.forborne
        if first:
            due, day = draft.position.next_due, draft.position.due_day
            # Whether a payment may be below its interest is for the schedule to say.
            rows = build_schedule(
                owed,
                draft.rate,
                (*first, Level(1)),
                due,
                anchor_day=day,
                later_rates=draft.later_rates,
                negative_amortisation=True,
            )
            if len(rows) <= draft.months_before_regular:
                return None
            owed = rows[-2].balance
        rate = periodic(draft.rate_in(draft.months_before_regular + 1))
        months = regular.months
        if draft.method == "equal_principal":
            part = round_to_integer(Fraction(owed, months))
            return cls(Fraction(part + round_to_integer(owed * rate)), scale)
        exact = exact_level_payment(owed, rate, months)
        return cls(Fraction(round_to_integer(exact)) if draft.on_top else exact, scale)

    def value(self, name: str, _months: int | None = None) -> Fraction:
        """Return what `plan.<name>` stands for, at least."""
        if name == "payment_before_rounding":
            return self.exact / self.scale
        return Fraction(round_to_integer(self.exact), self.scale)


def payment_limits(tests: Iterable[Node], value: Callable[[Node], Result]) -> tuple[Node, ...]:
    """Return the parts of rules, all of which must hold, that only bound a payment from above or bound no terms."""
    parts = (part for test in tests for part in conjuncts(test))
    return tuple(
        part
        for part in parts
        if not speaks_of_terms(part) or (isinstance(part, Compare) and _limits(part, value))
    )


def _limits(node: Compare, value: Callable[[Node], Result]) -> bool:
    """Whether a greater payment can only turn the comparison from true to false."""
    low, high = (node.left, node.right)
    if node.operator in (">", ">="):
        low, high = high, low
    elif node.operator not in ("<", "<="):
        return False
    rises, falls = (
        _rises(low, value),
        _rises(Negate(type=high.type, span=high.span, operand=high), value),
    )
    return rises and falls


def _rises(node: Node, value: Callable[[Node], Result], sign: int = 1) -> bool:
    """Whether a value, times the sign, never falls as the payment grows."""
    if not speaks_of_terms(node):
        return True
    match node:
        case PlanValue(name=name):
            return name in SEEN and sign > 0
        case Negate(operand=operand):
            return _rises(operand, value, -sign)
        case Extremum(operands=operands):
            return all(_rises(operand, value, sign) for operand in operands)
        case Arithmetic(operator="+", left=left, right=right):
            return _rises(left, value, sign) and _rises(right, value, sign)
        case Arithmetic(operator="-", left=left, right=right):
            return _rises(left, value, sign) and _rises(right, value, -sign)
        case Arithmetic(operator="*" | "/", left=left, right=right):
            return _scaled(node, left, right, value, sign)
        case _:
            return False


def _scaled(
    node: Arithmetic, left: Node, right: Node, value: Callable[[Node], Result], sign: int
) -> bool:
    """A product or quotient with a factor that does not change and whose sign is known."""
    if node.operator == "*" and speaks_of_terms(right):
        left, right = right, left
    if speaks_of_terms(right):
        return False
    factor = value(right)
    if isinstance(factor, Unknown):
        return False
    return _rises(left, value, sign if factor >= 0 else -sign)  # type: ignore[operator]  # a number
