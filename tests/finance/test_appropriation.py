from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.finance.appropriation import Appropriation, Component, appropriate
from policyengine.finance.errors import FinanceError

OWED = {"principal": 1_000, "interest": 200, "costs": 30}
PERKINS = ("collection costs", "late fees", "interest", "principal")


@pytest.mark.parametrize(
    ("payment", "paid", "excess"),
    [
        (0, (0, 0, 0), 0),
        (29, (29, 0, 0), 0),
        (30, (30, 0, 0), 0),
        (31, (30, 1, 0), 0),
        (230, (30, 200, 0), 0),
        (1_229, (30, 200, 999), 0),
        (1_230, (30, 200, 1_000), 0),
        (1_231, (30, 200, 1_000), 1),
    ],
)
def test_costs_then_interest_then_principal(
    payment: int, paid: tuple[int, ...], excess: int
) -> None:
    used = appropriate(payment, OWED)
    assert tuple(component.paid for component in used.components) == paid
    assert used.excess == excess


def test_another_order() -> None:
    owed = {"principal": 100, "late fees": 5, "collection costs": 7}
    assert appropriate(15, owed, PERKINS) == Appropriation(
        (
            Component("collection costs", 7, 0),
            Component("late fees", 5, 0),
            Component("interest", 0, 0),
            Component("principal", 3, 97),
        ),
        excess=0,
    )


@given(
    st.integers(0, 10**6),
    st.dictionaries(st.sampled_from(PERKINS), st.integers(0, 10**5)),
    st.permutations(PERKINS),
)
def test_nothing_is_lost_and_none_is_paid_out_of_turn(
    payment: int, owed: Mapping[str, int], order: Sequence[str]
) -> None:
    used = appropriate(payment, owed, order)
    assert [component.name for component in used.components] == list(order)
    assert sum(component.paid for component in used.components) + used.excess == payment
    left = payment
    for component in used.components:
        assert component.paid + component.outstanding == owed.get(component.name, 0)
        assert component.outstanding == 0 or component.paid == left
        left -= component.paid


@pytest.mark.parametrize(
    ("payment", "owed", "order", "message"),
    [
        (-1, OWED, ("costs", "interest", "principal"), "`payment` must not be negative"),
        (1.0, OWED, ("costs", "interest", "principal"), "`payment` must be a whole number"),
        (1, {"costs": -1}, ("costs",), "`costs` must not be negative"),
        (1, OWED, ("costs", "interest"), "`order` leaves out `principal`, which is owed"),
        (1, {"costs": 1}, ("costs", "costs"), "`order` names a component twice"),
    ],
)
def test_bad_input(
    payment: int, owed: Mapping[str, int], order: Sequence[str], message: str
) -> None:
    with pytest.raises(FinanceError, match=message):
        appropriate(payment, owed, order)
