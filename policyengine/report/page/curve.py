"""The repayment curve: from schedules to shapes. Texts and colours are the template's.

        ┌ bars: a payment each, interest on top of principal     --- the most that may be paid
        │ interest that joins the balance hangs below the axis
        └──────────
        ┌ a line: the principal owed
        └──────────

Libraries were looked at. pygal writes SVG by itself, but has no line over stacked bars, marks nothing for screen
readers and loads a script from another host unless told otherwise; matplotlib turns texts into outlines, which nobody
can have read aloud or search, and weighs more than this package; Altair, Plotly and Bokeh draw in the browser with
megabytes of script, which a page without network and with a strict content policy would have to carry. So the shapes
are made here: rectangles and two lines.

Coordinates are whole tenths of a unit of the drawing, so that the same schedule gives the same bytes everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import attrs

from policyengine.decision.terms import Instalment, PaymentLimit

#: The drawing, in its own units: narrow, so that letters keep their size on a phone.
WIDTH, LEFT, RIGHT = 340, 50, 12
TOP, PAYMENTS, BETWEEN, BALANCE, BELOW = 22, 130, 26, 62, 18
HEIGHT = TOP + PAYMENTS + BETWEEN + BALANCE + BELOW
#: More periods than this are drawn without gaps between them.
_WITH_GAPS = 60
_GAP = Fraction(1, 5)
#: A limit above so many times the largest payment would flatten the bars: it is not drawn.
_HIGHEST_LIMIT = 3
_TICKS = 4
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)
_MONTH_TICKS = 6


@attrs.frozen
class Tick:
    """A mark on an axis: where it stands, and the amount or the period that it stands for."""

    at: str
    value: Decimal | int


@attrs.frozen
class Line:
    """The most that may be paid, over some periods."""

    x1: str
    x2: str
    y: str


@attrs.frozen
class Scale:
    """What the axes of drawings that are compared have in common."""

    periods: int
    most: Decimal
    least: Decimal
    owed: Decimal

    @classmethod
    def of(cls, schedules: Iterable[Sequence[Instalment]], limits: Iterable[PaymentLimit]) -> Scale:
        """Return the scale on which all of the schedules, and the limits near them, have room."""
        rows = [row for schedule in schedules for row in schedule]
        largest = max(row.payment for row in rows)
        shown = [limit.amount for limit in limits if limit.amount <= _HIGHEST_LIMIT * largest]
        return cls(
            periods=max(row.n for row in rows),
            most=max([largest, *shown]) or Decimal(1),
            least=min(Decimal(0), *(row.principal for row in rows)),
            owed=max(max(row.balance, row.balance + row.principal) for row in rows) or Decimal(1),
        )

    def has_room_for(self, limit: PaymentLimit) -> bool:
        """Whether a limit is drawn."""
        return limit.amount <= self.most

    def x(self, period: int) -> Fraction:
        """Return the left edge of a period."""
        return LEFT + Fraction((WIDTH - LEFT - RIGHT) * (period - 1), self.periods)

    def y(self, amount: Decimal) -> Fraction:
        """Return the height of an amount that is paid."""
        span = Fraction(self.most) - Fraction(self.least)
        return TOP + PAYMENTS * (Fraction(self.most) - Fraction(amount)) / span

    def y_owed(self, balance: Decimal) -> Fraction:
        """Return the height of a balance."""
        top = TOP + PAYMENTS + BETWEEN
        return top + BALANCE * (1 - Fraction(balance) / Fraction(self.owed))


@attrs.frozen
class Curve:
    """The shapes of one schedule: `d` attributes of paths, lines and ticks."""

    interest: str
    principal: str
    joins: str
    balance: str
    axis: str
    floor: str
    limits: tuple[Line, ...]
    amounts: tuple[Tick, ...]
    balances: tuple[Tick, ...]
    periods: tuple[Tick, ...]

    @classmethod
    def of(
        cls, schedule: Sequence[Instalment], scale: Scale, limits: Iterable[PaymentLimit] = ()
    ) -> Curve:
        """Return the shapes of a schedule on a scale."""
        return cls(
            interest=_bars(scale, [(row.n, _paid_back(row), row.payment) for row in schedule]),
            principal=_bars(scale, [(row.n, Decimal(0), _paid_back(row)) for row in schedule]),
            joins=_bars(scale, [(row.n, Decimal(0), _joining(row)) for row in schedule]),
            balance=_balance(schedule, scale),
            axis=_text(scale.y(Decimal(0))),
            floor=_text(scale.y_owed(Decimal(0))),
            limits=tuple(_line(limit, scale) for limit in limits if scale.has_room_for(limit)),
            amounts=tuple(Tick(_text(scale.y(v)), v) for v in _round_amounts(scale.most)),
            balances=tuple(Tick(_text(scale.y_owed(v)), v) for v in _round_amounts(scale.owed, 2)),
            periods=tuple(_period_ticks(scale)),
        )


def _paid_back(row: Instalment) -> Decimal:
    return max(row.principal, Decimal(0))


def _joining(row: Instalment) -> Decimal:
    """Return the interest that joins the balance, below zero."""
    return min(row.principal, Decimal(0))


def _bars(scale: Scale, bars: Iterable[tuple[int, Decimal, Decimal]]) -> str:
    """Return one path with a rectangle for each period; neighbours of the same height are one."""
    gap = _GAP if scale.periods <= _WITH_GAPS else Fraction(0)
    return "".join(
        _rectangle(scale, first, last, ends, gap)
        for first, last, ends in _runs(bars, joined=not gap)
        if ends[0] != ends[1]
    )


def _runs(
    bars: Iterable[tuple[int, Decimal, Decimal]], *, joined: bool
) -> list[tuple[int, int, tuple[Decimal, Decimal]]]:
    runs: list[tuple[int, int, tuple[Decimal, Decimal]]] = []
    for n, low, high in bars:
        if joined and runs and runs[-1][2] == (low, high):
            runs[-1] = (runs[-1][0], n, (low, high))
        else:
            runs.append((n, n, (low, high)))
    return runs


def _rectangle(
    scale: Scale, first: int, last: int, ends: tuple[Decimal, Decimal], gap: Fraction
) -> str:
    left, right = scale.x(first), scale.x(last + 1)
    space = (scale.x(2) - scale.x(1)) * gap / 2
    top, bottom = sorted(scale.y(end) for end in ends)
    x1, x2, y1, y2 = (_text(v) for v in (left + space, right - space, top, bottom))
    return f"M{x1} {y1}H{x2}V{y2}H{x1}z"


def _balance(schedule: Sequence[Instalment], scale: Scale) -> str:
    """Return a line from what is owed at first to what is owed after each payment."""
    first = schedule[0]
    points = [(scale.x(1), scale.y_owed(first.balance + first.principal))]
    points += [(scale.x(row.n + 1), scale.y_owed(row.balance)) for row in schedule]
    return "M" + "L".join(f"{_text(x)} {_text(y)}" for x, y in points)


def _line(limit: PaymentLimit, scale: Scale) -> Line:
    last = min(limit.last or scale.periods, scale.periods)
    x1, x2 = scale.x(limit.first), scale.x(last + 1)
    return Line(_text(x1), _text(x2), _text(scale.y(limit.amount)))


def _round_amounts(most: Decimal, ticks: int = _TICKS) -> list[Decimal]:
    """Return zero and at most so many round amounts above it, evenly apart."""
    power = Decimal(1).scaleb(most.adjusted() - 1)
    step = next(
        power * factor for factor in (1, 2, 5, 10, 20, 50) if most // (power * factor) <= ticks
    )
    return [step * n for n in range(int(most // step) + 1)]


def _period_ticks(scale: Scale) -> Iterable[Tick]:
    """Yield the first period and some round ones after it, each at the middle of its bar."""
    step = next((s for s in _MONTH_STEPS if scale.periods <= s * _MONTH_TICKS), _MONTH_STEPS[-1])
    shown = [1, *range(step, scale.periods + 1, step)] if step > 1 else range(1, scale.periods + 1)
    for n in shown:
        yield Tick(_text((scale.x(n) + scale.x(n + 1)) / 2), n)


def _text(value: Fraction) -> str:
    """Write a coordinate with one decimal at most."""
    tenths = (2 * value.numerator * 10 + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(tenths, 10)
    return f"{whole}.{rest}" if rest else str(whole)
