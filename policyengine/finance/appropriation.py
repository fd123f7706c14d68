"""Appropriation: what a payment that does not cover everything is used for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from policyengine.finance import _checks
from policyengine.finance.errors import FinanceError

COSTS_INTEREST_PRINCIPAL = ("costs", "interest", "principal")
"""The order where none was agreed: Civil Code of China, article 561."""


@attrs.frozen
class Component:
    """One component of a debt after a payment, in minor units."""

    name: str
    paid: int
    outstanding: int


@attrs.frozen
class Appropriation:
    """A payment used up: what each component got, in order, and what was left over."""

    components: tuple[Component, ...]
    excess: int


def appropriate(
    payment: int,
    owed: Mapping[str, int],
    order: Sequence[str] = COSTS_INTEREST_PRINCIPAL,
) -> Appropriation:
    """Use `payment` for the components of a debt in `order`, each in full before the next.

    A component that is not owed counts as zero; all amounts are minor units.

    Raises:
        FinanceError: an amount is negative, `order` names a component twice, or it leaves one out
            that is owed.
    """
    left = _checks.not_negative("payment", payment)
    _check_order(order, owed)
    components = []
    for name in order:
        due = _checks.not_negative(name, owed.get(name, 0))
        paid = min(left, due)
        left -= paid
        components.append(Component(name, paid, due - paid))
    return Appropriation(tuple(components), left)


def _check_order(order: Sequence[str], owed: Mapping[str, int]) -> None:
    if len(set(order)) != len(order):
        raise FinanceError("named_twice", name="order")
    for name in owed:
        if name not in order:
            raise FinanceError("left_out", name="order", component=name)
