"""What generated source calls. Amounts are minor units, other numbers a numerator over the denominator given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from policyengine.finance.amortisation import level_payment, periods_to_repay
from policyengine.finance.calendar import add_months, days_between, months_between
from policyengine.finance.errors import FinanceError
from policyengine.finance.rate import periodic
from policyengine.finance.rounding import round_ratio, round_to_integer
from policyengine.ir.program import ParameterDefinition, TableDefinition

Number = int | Fraction


class NoValue(ArithmeticError):
    """Something has no value: the three-valued spelling decides."""


def nothing() -> Any:
    """Stand for a value that is not there.

    Raises:
        NoValue: Always.
    """
    raise NoValue


def maybe(function: Callable[..., Any], *operands: Any) -> Any:
    """Return what a function gives, or None where an operand or the value is not known."""
    if None in operands:
        return None
    try:
        return function(*operands)
    except (NoValue, ZeroDivisionError):
        return None


# Truth: True, False, or None where it is not known


def all_of(*truths: bool | None) -> bool | None:
    """Return whether all hold."""
    return False if False in truths else None if None in truths else True


def any_of(*truths: bool | None) -> bool | None:
    """Return whether any holds."""
    return True if True in truths else None if None in truths else False


def negation(truth: bool | None) -> bool | None:
    """Return the opposite."""
    return None if truth is None else not truth


# Numbers


def ratio(numerator: Number, denominator: Number) -> Fraction:
    """Return an exact quotient; raises ZeroDivisionError."""
    return Fraction(numerator) / Fraction(denominator)


def half_up(numerator: Number, denominator: Number) -> int:
    """Return a quotient as a whole number, half away from zero; the denominator is above zero."""
    return round_ratio(numerator, denominator)  # type: ignore[arg-type]  # a fraction divides as well


def floor(numerator: Number, denominator: Number) -> int:
    """Return the whole number at or below a quotient."""
    return numerator // denominator


def ceil(numerator: Number, denominator: Number) -> int:
    """Return the whole number at or above a quotient."""
    return -(-numerator // denominator)


def above_zero(number: Number) -> Number:
    """Return a step that values are rounded to.

    Raises:
        NoValue: It is not above zero.
    """
    if number <= 0:
        raise NoValue
    return number


def level(principal: Fraction, rate: Fraction, months: int) -> int:
    """Return the level instalment in minor units; `principal` is in minor units, `rate` a year's.

    Raises:
        NoValue: There is none.
    """
    minor = round_to_integer(principal)
    if minor == 0:
        return 0
    try:
        return level_payment(minor, periodic(rate), months)
    except FinanceError:
        raise NoValue from None


def months_to_repay(principal: Fraction, rate: Fraction, payment: Fraction) -> int:
    """Return the months in which a payment repays a principal at a yearly rate.

    Raises:
        NoValue: It never does, or the figures are no loan's.
    """
    try:
        months = periods_to_repay(principal, periodic(rate), payment)
    except FinanceError:
        raise NoValue from None
    if months is None:
        raise NoValue
    return months


def least(values: Sequence[Any]) -> Any:
    """Return the least of several.

    Raises:
        NoValue: There are none.
    """
    return min(values) if values else nothing()


def greatest(values: Sequence[Any]) -> Any:
    """Return the greatest of several.

    Raises:
        NoValue: There are none.
    """
    return max(values) if values else nothing()


def counted(*truths: bool | None) -> int | None:
    """Return how many hold."""
    return None if None in truths else sum(truths)  # type: ignore[arg-type]  # none is unknown


def summed(pairs: Sequence[tuple[bool | None, Any]]) -> Any:
    """Return the sum of the values that are chosen."""
    chosen = _chosen(pairs)
    return None if chosen is None else sum(chosen)


def least_of(pairs: Sequence[tuple[bool | None, Any]]) -> Any:
    """Return the least of the values that are chosen."""
    return min(_chosen(pairs) or [None])


def greatest_of(pairs: Sequence[tuple[bool | None, Any]]) -> Any:
    """Return the greatest of the values that are chosen."""
    return max(_chosen(pairs) or [None])


def _chosen(pairs: Sequence[tuple[bool | None, Any]]) -> list[Any] | None:
    """Return the values that are chosen; None where it is not known of one whether it is, or what it is."""
    values = [value for truth, value in pairs if truth is not False]
    return None if None in values or any(truth is None for truth, _ in pairs) else values


# Dates


def months_after(day: date, months: int) -> date:
    """Return a date so many months later.

    Raises:
        NoValue: It lies outside the calendar.
    """
    try:
        return add_months(day, months)
    except (FinanceError, OverflowError, ValueError):
        raise NoValue from None


def days_after(day: date, days: int) -> date:
    """Return a date so many days later.

    Raises:
        NoValue: It lies outside the calendar.
    """
    try:
        return day + timedelta(days=days)
    except (OverflowError, ValueError):
        raise NoValue from None


def on(parameter: ParameterDefinition, day: date) -> Any:
    """Return the value of a parameter on a day.

    Raises:
        NoValue: It has none then.
    """
    dated = parameter.on(day)
    return nothing() if dated is None else dated.value


# Tables


def first_in(order: Mapping[Any, int], outputs: Sequence[Any]) -> Any:
    """Return the output that comes first in an order; those that are not in it come last.

    Raises:
        NoValue: Several such differ, or there are none.
    """
    if not outputs:
        raise NoValue
    best = min(order.get(output, len(order)) for output in outputs)
    return agreed([o for o in outputs if order.get(o, len(order)) == best], nothing)


def agreed(possible: Sequence[Any], otherwise: Callable[[], Any]) -> Any:
    """Return the one value that all give; None stands for one that is not known."""
    first = possible[0]
    if len(possible) == 1 or (first is not None and all(p == first for p in possible)):
        return first
    return otherwise()


def looked_up(
    table: TableDefinition, inputs: Sequence[Any], outputs: Sequence[Any], otherwise: Any
) -> Any:
    """Return the output of a table; None stands for what is not known, and for no value.

    Args:
        table: The rows' cells and how they hit.
        inputs: The values of its inputs, as a policy has them.
        outputs: The output of each row.
        otherwise: The output where no row fits; None where the table has none.
    """
    fits = [_fits(row.cells, inputs) for row in table.rows]
    possible = [(o, fit) for o, fit in zip(outputs, fits, strict=True) if fit is not False]
    if table.hit.startswith("collect"):
        return _collected(table.hit.removeprefix("collect "), possible, otherwise)
    if table.hit == "priority":
        return _of_priority(table, possible, otherwise)
    return _first(table, possible, otherwise)


def _fits(cells: Sequence[Any], inputs: Sequence[Any]) -> bool | None:
    return all_of(
        *(
            True if cell.intervals is None else None if value is None else cell.accepts(value)
            for cell, value in zip(cells, inputs, strict=True)
        )
    )


def _first(
    table: TableDefinition, possible: Sequence[tuple[Any, bool | None]], otherwise: Any
) -> Any:
    certain = [(output, fit) for output, fit in possible if fit is True]
    found = []
    for output, fit in certain if table.hit == "unique" and certain else possible:
        found.append(output)
        if fit is True:
            return agreed(found, lambda: None)
    return agreed([*found, otherwise], lambda: None)


def _of_priority(
    table: TableDefinition, possible: Sequence[tuple[Any, bool | None]], otherwise: Any
) -> Any:
    if any(output is None for output, _ in possible):
        return None
    order = {output: place for place, output in enumerate(table.order)}
    ranked = [(order.get(output, len(order)), output, fit) for output, fit in possible]
    best = min((rank for rank, _, fit in ranked if fit is True), default=len(order) + 1)
    found = [o for rank, o, fit in ranked if rank < best or (fit is True and rank == best)]
    certain = any(fit is True for _, _, fit in ranked)
    return agreed(found if certain else [*found, otherwise], lambda: None)


def _collected(how: str, possible: Sequence[tuple[Any, bool | None]], otherwise: Any) -> Any:
    outputs = [output for output, _ in possible]
    if any(fit is None for _, fit in possible) or (how != "count" and None in outputs):
        return None
    if how == "count":
        return len(outputs)
    if not outputs:
        return otherwise
    if how == "sum":
        return sum(outputs[1:], outputs[0])
    return min(outputs) if how == "min" else max(outputs)


#: The names that generated source finds.
IN_SIGHT: Mapping[str, Any] = {
    function.__name__: function
    for function in (
        nothing, maybe, all_of, any_of, negation, ratio, half_up, floor, ceil, above_zero, level,
        months_to_repay, least, greatest, counted, summed, least_of, greatest_of,
        months_after, days_after, on, first_in, looked_up,
        days_between, months_between, Fraction,
    )
}  # fmt: skip
