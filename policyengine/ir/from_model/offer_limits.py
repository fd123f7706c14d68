"""What the settings of a step may be, where the policy itself says what they are.

A setting that stands on facts is looked at when the terms are worked out. One that is written out, or that names a
parameter with a single value, is known now. The ends of a range are compared only where both are written out: a
lender may take a step away by a parameter, `1..longest_holiday` with a longest holiday of no months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import singledispatch
from itertools import pairwise

from policyengine.ir import levers
from policyengine.ir import nodes as ir
from policyengine.ir.clashes import clashes
from policyengine.ir.from_model.scope import Scope
from policyengine.ir.showing import shown, written
from policyengine.model.types import MONEY, MONTHS, RATE
from policyengine.source import Span

Number = int | Fraction
ALL, NONE = Fraction(1), Fraction(0)
#: A step that fits the kind of setting, for hints.
_STEPS = {MONTHS: "1 month", RATE: "5%", MONEY: "100.00"}


def note_clashes(offered: Sequence[levers.Lever], scope: Scope) -> None:
    """Note steps that are certainly taken together and cannot be; what comes after `settle` never can."""
    noted: set[levers.Lever] = set()
    for clash in clashes(offered):
        certain = clash.earlier.when is None and clash.later.when is None
        if clash.later not in noted and (certain or isinstance(clash.earlier, levers.Settlement)):
            noted.add(clash.later)
            scope.findings.error(
                "contradictory-steps", str(clash.why), clash.later.span, clash.hint
            )


@singledispatch
def note_limits(lever: levers.Lever, scope: Scope) -> None:
    """Note each setting that no terms could have."""
    raise NotImplementedError(type(lever).__name__)


@note_limits.register(levers.Holiday)
@note_limits.register(levers.InterestOnly)
@note_limits.register(levers.TermExtension)
def _(lever: levers.Holiday | levers.InterestOnly | levers.TermExtension, scope: Scope) -> None:
    _note_months(lever.months, scope)


@note_limits.register
def _(lever: levers.Instalments, scope: Scope) -> None:
    _note_months(lever.months, scope, least=1)
    _note_rate(lever.rate, scope)


@note_limits.register
def _(lever: levers.RateReduction, scope: Scope) -> None:
    _note_rate(lever.floor, scope)
    _note_step(lever.step, "0.125%", scope)


def note_rises(
    months: Iterable[ir.Node | None], rates: Iterable[ir.Node | None], scope: Scope
) -> None:
    """Note what no later rises of a rate could have: no month between them, or a rate below zero."""
    for count in months:
        if count is not None:
            _note_count(count, scope, least=1)
    for rate in rates:
        _note_rate(rate, scope)


@note_limits.register
def _(lever: levers.Waiver, scope: Scope) -> None:
    for _name, extent in lever.shares:
        _note_extent(extent, scope, _note_share)
    _note_step(lever.shares[0][1].step, _STEPS[RATE], scope)


@note_limits.register(levers.Capitalisation)
@note_limits.register(levers.Deferral)
def _(lever: levers.Capitalisation | levers.Deferral, scope: Scope) -> None:
    for _name, share in lever.shares:
        _note_share(share, scope)


@note_limits.register(levers.Forbearance)
@note_limits.register(levers.Forgiveness)
def _(lever: levers.Forbearance | levers.Forgiveness, scope: Scope) -> None:
    _note_negative(lever.up_to, "an amount", scope)
    _note_step(lever.step, _STEPS[MONEY], scope)


@note_limits.register
def _(lever: levers.RepaymentPlan, scope: Scope) -> None:
    _note_months(lever.months, scope, least=1)
    cap = known(lever.cap, scope)
    if lever.cap is not None and cap is not None and cap <= ALL:
        example = _percent(1 + cap) if 0 < cap < 1 else "120%"
        _error(
            scope,
            f"a cap of {_said(lever.cap, scope)} leaves nothing to repay with: the regular payment counts to it",
            lever.cap.span,
            f"write more than `100%`, such as `{example}`",
        )


@note_limits.register
def _(lever: levers.Settlement, scope: Scope) -> None:
    _note_extent(lever.discount, scope, _note_discount)
    _note_step(lever.discount.step, _STEPS[RATE], scope)


@note_limits.register
def _(lever: levers.SteppedPayments, scope: Scope) -> None:
    if _note_count(lever.months, scope, least=1):
        return
    noted = [_note_stepped_share(share, scope) for share in lever.shares]
    if not any(noted):
        _note_falling(lever.shares, scope)


@note_limits.register
def _(_lever: levers.HolidayThrough, _scope: Scope) -> None:
    """Note nothing: any day will do, and one that is past takes no instalment away."""


@note_limits.register
def _(lever: levers.AgreedPayment, scope: Scope) -> None:
    _note_negative(lever.amount, "an amount", scope)
    if lever.months is not None:
        _note_months(lever.months, scope)


def known(node: ir.Node | None, scope: Scope) -> Number | None:
    """Return the number that an expression is whatever the facts are, or None where they matter."""
    match node:
        case ir.Constant(value=int() | Fraction()):
            return node.value  # type: ignore[return-value]  # what the pattern says
        case ir.Parameter(key=key, at=None):
            return _only_value(key, scope)
        case ir.Negate(operand=operand):
            value = known(operand, scope)
            return None if value is None else -value
        case ir.Arithmetic(operator="+" | "-" | "*" as operator, left=left, right=right):
            ends = known(left, scope), known(right, scope)
            return None if None in ends else _OPERATIONS[operator](*ends)
        case _:
            return None


_OPERATIONS: dict[str, Callable[..., Number]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
}


def _only_value(key: str, scope: Scope) -> Number | None:
    """Return the value of a parameter that has one for all days."""
    found = next((p for p in scope.parameters.values() if p.key == key), None)
    dated = found.values if found else ()
    if len(dated) != 1 or dated[0].starts or dated[0].ends:
        return None
    value = dated[0].value
    return value if isinstance(value, (int, Fraction)) else None


# Ranges


def _note_extent(
    extent: levers.Extent, scope: Scope, note: Callable[[ir.Node, Scope], bool]
) -> None:
    """Note what is wrong with the ends of a range, or that it runs from the greater to the lesser."""
    ends = [extent.low] if extent.single else [extent.low, extent.high]
    noted = [note(end, scope) for end in ends]
    if not any(noted):
        _note_reversed(extent, scope)


def _note_reversed(extent: levers.Extent, scope: Scope) -> None:
    low, high = known(extent.low, scope), known(extent.high, scope)
    if low is None or high is None or low <= high or _names_something(extent):
        return
    end = _percent if extent.low.type == RATE else str
    scope.findings.error(
        "empty-range",
        f"`{written(_span(extent))}` runs from the greater to the lesser: nothing lies in it",
        _span(extent),
        f"write `{end(high)}..{end(low)}`",
    )


def _names_something(extent: levers.Extent) -> bool:
    parts = (part for end in (extent.low, extent.high) for part in end.walk())
    return any(isinstance(part, (ir.Parameter, ir.Fact)) for part in parts)


def _note_months(extent: levers.Extent, scope: Scope, least: int = 0) -> None:
    """Note months below zero, too many, and a range that begins with too few."""

    def note(node: ir.Node, scope: Scope) -> bool:
        return _note_count(node, scope, least if node is extent.low else 0)

    _note_extent(extent, scope, note)
    _note_step(extent.step, _STEPS[MONTHS], scope)


# Single settings; each says whether something was noted


def _note_count(node: ir.Node, scope: Scope, least: int) -> bool:
    value = known(node, scope)
    if value is None or value < 0:
        return _note_negative(node, "a number of months", scope)
    if value < least:
        message = f"{_said(node, scope)} leaves no month: at least one is needed"
        return _error(scope, message, node.span, "write `1 month` or more")
    if value > levers.MAX_MONTHS:
        message = f"{_said(node, scope)} is more than {levers.MAX_MONTHS} months"
        return _error(scope, message, node.span, "no schedule is longer than a hundred years")
    return False


def _note_negative(node: ir.Node, what: str, scope: Scope) -> bool:
    value = known(node, scope)
    if value is None or value >= 0:
        return False
    message = f"{what} must not be below zero, and {_said(node, scope)} is"
    return _error(scope, message, node.span, f"write `{shown(-value, node.type)}`")


def _note_rate(node: ir.Node | None, scope: Scope) -> bool:
    return node is not None and _note_negative(node, "a rate", scope)


def _note_share(node: ir.Node, scope: Scope) -> bool:
    """Note a share of less than nothing or of more than all."""
    value = known(node, scope)
    if value is None or value <= ALL:
        return _note_negative(node, "a share", scope)
    likely = _percent(Fraction(value) / 100) if _is_bare(node) and value <= 100 else "100%"
    message = f"a share of {_said(node, scope)} is more than all there is"
    return _error(scope, message, node.span, f"write `{likely}`" + _or_less(likely))


def _note_discount(node: ir.Node, scope: Scope) -> bool:
    value = known(node, scope)
    if value is None or value < ALL or (value > ALL and _is_bare(node)):
        return _note_share(node, scope)
    message = (
        f"a discount of {_said(node, scope)} leaves nothing to pay: one payment closes the debt"
    )
    hint = "write less than `100%`, such as `95%`; `waive` and `forgive` give amounts up"
    return _error(scope, message, node.span, hint)


def _note_stepped_share(node: ir.Node, scope: Scope) -> bool:
    if known(node, scope) != NONE:
        return _note_share(node, scope)
    message = f"{_said(node, scope)} of the payment is no payment"
    hint = "write `10%`, or a `holiday` for months without a payment"
    return _error(scope, message, node.span, hint)


def _note_falling(shares: Iterable[ir.Node], scope: Scope) -> None:
    """Note the first share that is not more than the one before it."""
    values = [(node, known(node, scope)) for node in shares]
    for (_, before), (node, after) in pairwise(values):
        if before is not None and after is not None and after <= before:
            in_order = sorted({value for _, value in values if value is not None})
            _error(
                scope,
                f"{_said(node, scope)} is not more than the `{_percent(before)}` before it: the shares rise",
                node.span,
                f"write `[{', '.join(map(_percent, in_order))}]`",
            )
            return


def _note_step(node: ir.Node | None, example: str, scope: Scope) -> None:
    value = known(node, scope)
    if node is None or value is None or value > 0:
        return
    likely = shown(-value, node.type) if value < 0 else example
    _error(
        scope,
        f"a step must be more than zero, and {_said(node, scope)} is not",
        node.span,
        f"write `{likely}`",
    )


# Words


def _error(scope: Scope, message: str, span: Span, hint: str) -> bool:
    scope.findings.error("bad-argument", message, span, hint)
    return True


def _said(node: ir.Node, scope: Scope) -> str:
    """Return an expression as written, and what it comes to where that is not to be seen."""
    value = known(node, scope)
    if isinstance(node, ir.Constant) or value is None:
        return f"`{written(node.span)}`"
    worth = shown(value, node.type)
    return f"`{written(node.span)}`" + (f" (`{worth}`)" if worth != written(node.span) else "")


def _span(extent: levers.Extent) -> Span:
    return Span(extent.low.span.file, extent.low.span.start, extent.high.span.end)


def _is_bare(node: ir.Node) -> bool:
    return written(node.span).replace(".", "", 1).isdigit()


def _or_less(share: str) -> str:
    return " or less" if share == "100%" else ""


def _percent(share: Number) -> str:
    return shown(share, RATE)
