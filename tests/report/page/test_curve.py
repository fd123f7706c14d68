"""The shapes of the repayment curve: pure numbers."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.decision.terms import Instalment, PaymentLimit
from policyengine.report.page.curve import (
    BALANCE,
    BETWEEN,
    HEIGHT,
    LEFT,
    PAYMENTS,
    RIGHT,
    TOP,
    WIDTH,
    Curve,
    Scale,
)

RECTANGLE = re.compile(r"M([\d.]+) ([\d.]+)H([\d.]+)V([\d.]+)H([\d.]+)z")


def schedule(*rows: tuple[int, int], owed: int = 100) -> tuple[Instalment, ...]:
    """Rows of interest and principal."""
    found = []
    for n, (interest, principal) in enumerate(rows, 1):
        owed -= principal
        amounts = (Decimal(v) for v in (interest + principal, interest, principal, owed))
        found.append(Instalment(n, date(2024, 1, 1), *amounts))
    return tuple(found)


def limit(amount: int, first: int = 1, last: int | None = None) -> PaymentLimit:
    return PaymentLimit("rule", Decimal(amount), first, last)


def drawn(rows: tuple[Instalment, ...], *limits: PaymentLimit) -> Curve:
    return Curve.of(rows, Scale.of([rows], limits), limits)


def rectangles(path: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom."""
    assert RECTANGLE.sub("", path) == ""
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d, _ in RECTANGLE.findall(path)]


def test_interest_stands_on_principal() -> None:
    curve = drawn(schedule((10, 50), (5, 50)))
    interest, principal = rectangles(curve.interest), rectangles(curve.principal)
    assert [r[1] for r in principal] == [r[3] for r in interest]
    assert {r[3] for r in principal} == {float(curve.axis)}
    assert interest[0][1] == TOP  # the largest payment reaches the top
    heights = [bottom - top for _, top, _, bottom in (*principal, *interest)]
    assert heights == pytest.approx([PAYMENTS * v / 60 for v in (50, 50, 10, 5)], abs=0.1)


def test_what_joins_the_balance_hangs_below_the_axis() -> None:
    curve = drawn(schedule((10, -10), (10, -4), (10, 114)))
    axis = float(curve.axis)
    assert [r[1] for r in rectangles(curve.joins)] == [axis, axis]
    assert all(bottom > axis for *_, bottom in rectangles(curve.joins))
    paid = rectangles(curve.interest)  # nothing in the first month, 6 in the second
    assert [round(bottom - top, 1) for _, top, _, bottom in paid] == pytest.approx(
        [PAYMENTS * 6 / 134, PAYMENTS * 10 / 134], abs=0.1
    )
    assert len(rectangles(curve.principal)) == 1


def test_nothing_is_drawn_of_nothing() -> None:
    curve = drawn(schedule((0, 0), (0, 100)))
    assert (curve.interest, curve.joins, curve.limits) == ("", "", ())
    assert len(rectangles(curve.principal)) == 1


def test_many_periods_have_no_gaps_and_equal_neighbours_are_one() -> None:
    rows = schedule(*[(0, 1)] * 99, (0, 2), owed=101)
    (first, second) = rectangles(drawn(rows).principal)
    assert first[0] == LEFT
    assert first[2] == second[0]
    assert second[2] == WIDTH - RIGHT


def test_few_periods_have_gaps() -> None:
    one, other = rectangles(drawn(schedule((0, 50), (0, 50))).principal)
    assert LEFT < one[0] < one[2] < other[0] < other[2] < WIDTH - RIGHT


def test_a_limit_spans_its_periods() -> None:
    curve = drawn(schedule(*[(0, 25)] * 4), limit(50, 1, 2), limit(30, 3))
    first, second = curve.limits
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    assert (first.x1, first.x2, first.y) == (str(LEFT), f"{middle:g}", str(TOP))
    assert (second.x1, second.x2) == (f"{middle:g}", str(WIDTH - RIGHT))
    assert float(second.y) == pytest.approx(TOP + PAYMENTS * 20 / 50, abs=0.1)


@pytest.mark.parametrize(("amount", "shown"), [(75, 1), (76, 0)])
def test_a_limit_far_above_the_payments_is_not_drawn(amount: int, shown: int) -> None:
    assert len(drawn(schedule(*[(0, 25)] * 4), limit(amount)).limits) == shown


def test_two_schedules_share_a_scale() -> None:
    short, long = schedule((0, 100)), schedule(*[(0, 25)] * 4)
    scale = Scale.of([short, long], ())
    assert (scale.periods, scale.most, scale.owed) == (4, Decimal(100), Decimal(100))
    one = rectangles(Curve.of(short, scale).principal)
    four = rectangles(Curve.of(long, scale).principal)
    assert (one[0][0], one[0][2]) == (four[0][0], four[0][2])
    assert (one[0][3] - one[0][1]) == pytest.approx(4 * (four[0][3] - four[0][1]), abs=0.3)


def test_the_balance_falls_from_what_is_owed_to_what_is_left() -> None:
    curve = drawn(schedule((0, 40), (0, 30)))
    points = [tuple(map(float, p.split())) for p in curve.balance.removeprefix("M").split("L")]
    top, floor = TOP + PAYMENTS + BETWEEN, float(curve.floor)
    assert floor == top + BALANCE
    assert [x for x, _ in points] == [LEFT, LEFT + (WIDTH - LEFT - RIGHT) / 2, WIDTH - RIGHT]
    assert [y for _, y in points] == pytest.approx(
        [top, top + BALANCE * 0.4, top + BALANCE * 0.7], abs=0.1
    )


@pytest.mark.parametrize(
    ("most", "amounts"),
    [(1, ["0", "0.5", "1.0"]), (60, ["0", "20", "40", "60"]), (4770, ["0", "1000", "4000"])],
)
def test_amounts_on_the_axis_are_round(most: int, amounts: list[str]) -> None:
    ticks = [tick.value for tick in drawn(schedule((0, most), owed=most)).amounts]
    assert {Decimal(a) for a in amounts} <= set(ticks)
    assert len(ticks) <= 5


@pytest.mark.parametrize(
    ("periods", "shown"),
    [
        (1, [1]),
        (6, [1, 2, 3, 4, 5, 6]),
        (12, [1, 2, 4, 6, 8, 10, 12]),
        (480, [1, 120, 240, 360, 480]),
    ],
)
def test_periods_on_the_axis_are_round(periods: int, shown: list[int]) -> None:
    rows = schedule(*[(0, 1)] * periods, owed=periods)
    assert [tick.value for tick in drawn(rows).periods] == shown


ROWS = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(-(10**4), 10**7)), min_size=1, max_size=70
)


@given(ROWS, st.integers(0, 10**8), st.integers(1, 80))
def test_every_shape_stays_in_the_drawing(
    rows: list[tuple[int, int]], most: int, first: int
) -> None:
    payable = [(max(interest, -principal), principal) for interest, principal in rows]
    total = max(sum(max(p, 0) for _, p in payable), 1)
    made = schedule(*payable, owed=total)
    limits = [limit(most, first)] if first <= len(made) else []
    curve = drawn(made, *limits)
    for path in (curve.interest, curve.principal, curve.joins):
        for left, top, right, bottom in rectangles(path):
            assert LEFT <= left <= right <= WIDTH - RIGHT
            assert TOP <= top <= bottom <= TOP + PAYMENTS
    for line in curve.limits:
        assert TOP <= float(line.y) <= TOP + PAYMENTS
    for point in curve.balance.removeprefix("M").split("L"):
        x, y = map(float, point.split())
        assert LEFT <= x <= WIDTH - RIGHT
        assert TOP + PAYMENTS + BETWEEN <= y <= HEIGHT
    assert len(curve.amounts) <= 5
