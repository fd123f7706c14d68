"""The greatest regular payment with which a plan's target can be met, where its rules bound the payment plainly."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from policyengine.evaluators.compiled.columns.expressions import Expressions
from policyengine.evaluators.compiled.columns.logic import YES
from policyengine.evaluators.compiled.columns.wholes import constant
from policyengine.evaluators.compiled.offers.analysis import Offer
from policyengine.finance.whole.bounds import NO_LIMIT
from policyengine.ir.nodes import Compare, Node, PlanValue
from policyengine.ir.reach import speaks_of_terms

_BOUNDED = ("payment", "max_payment")
_UPWARD = {"<=": "<=", "<": "<", ">=": "<=", ">": "<"}


def write_limit(offer: Offer, expressions: Expressions) -> bool:
    """Write the greatest payment, in minor units, as `limit`; return whether the rules bound it at all.

    A bound that is not known, or too large for 64 bits, bounds nothing.
    """
    written = False
    for operator, node in _bounds(offer):
        source, known = _most(expressions, node, operator, offer.program.scale)
        if source is None:
            continue
        if not written:
            expressions.rows.lines.add(f"limit = {NO_LIMIT}")
        written = True
        otherwise = "" if known == YES else f" if {known} else limit"
        expressions.rows.lines.add(f"limit = min(limit, {source}){otherwise}")
    return written


def _bounds(offer: Offer) -> Iterator[tuple[str, Node]]:
    """Yield what a payment must not be above, or must be below."""
    for limit in offer.limits:
        if not isinstance(limit, Compare) or limit.operator not in _UPWARD:
            continue
        low, high = limit.left, limit.right
        if limit.operator in (">", ">="):
            low, high = high, low
        if isinstance(low, PlanValue) and low.name in _BOUNDED and not speaks_of_terms(high):
            yield _UPWARD[limit.operator], high


def _most(
    expressions: Expressions, node: Node, operator: str, scale: int
) -> tuple[str | None, str]:
    """Return the source of the most minor units that are within a bound, and of whether it is known."""
    bound = expressions.number(node)
    over = bound.denominator.constant
    if over is None:
        return None, bound.known
    common = gcd(scale, over)
    amount = expressions.wholes.multiplied(bound.numerator, constant(scale // common))
    if not amount.fits:
        return None, bound.known
    over //= common
    if operator == "<":
        return f"-((-{amount.source}) // {over}) - 1", bound.known
    return (amount.source if over == 1 else f"{amount.source} // {over}"), bound.known
