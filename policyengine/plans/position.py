"""The loan as it stands today, in minor units: what levers start from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction

import attrs

from policyengine.decision.trace import Unknown
from policyengine.facts.facts import Situation
from policyengine.finance.errors import FinanceError
from policyengine.ir.levers import (
    Capitalisation,
    Deferral,
    Lever,
    RepaymentPlan,
    Waiver,
    has_own_term,
)
from policyengine.model.types import Value

BALANCES = ("arrears", "accrued_interest", "penalty_interest", "fees", "late_fees")
#: Needed of a loan unless a lever gives it a term.
OF_THE_TERM = ("loan.remaining_term", "loan.method")


@attrs.frozen
class Position:
    """Balances in minor units, the annual rate, months left and the next due date.

    `remaining_term` and `method` are None for a balance without a term. `balances` holds what the levers touch,
    `outside` what is known to be owed besides, `missing` the facts of balances that a lever touches and nobody knows:
    they matter once that lever is used. `due_day` is the agreed day of the month, where the next due date cannot
    show it.
    """

    principal: int
    balances: Mapping[str, int]
    annual_rate: Fraction
    remaining_term: int | None
    next_due: date
    due_day: int | None
    method: str | None
    outside: Mapping[str, int]
    missing: frozenset[str] = frozenset()

    def check(self) -> None:
        """Refuse figures that no debt has; a vocabulary may allow them all the same.

        Raises:
            FinanceError: The principal, the rate or the remaining term is below zero.
        """
        _check("principal", self.principal)
        if self.annual_rate < 0:
            raise FinanceError(
                "fact_rate_below_zero", fact="loan.annual_rate", rate=self.annual_rate
            )
        if self.remaining_term is not None and self.remaining_term < 0:
            raise FinanceError(
                "fact_months_below_zero", fact="loan.remaining_term", months=self.remaining_term
            )

    def check_balances(self, names: Collection[str]) -> None:
        """Refuse balances that no debt has.

        Raises:
            FinanceError: One is below zero.
        """
        for name in names:
            _check(name, self.balances.get(name, 0))


def _check(name: str, amount: int) -> None:
    if amount < 0:
        raise FinanceError("fact_amount_below_zero", fact=f"loan.{name}", amount=amount)


def position_of(situation: Situation, levers: Collection[Lever], scale: int) -> Position | Unknown:
    """Return the position that the levers need, or the facts that are missing for any schedule.

    `scale` is the number of minor units in one major unit.
    """
    values = {path: situation.get(path) for path in needed_for(levers)}
    missing = frozenset(path for path, value in values.items() if value is None)
    if missing:
        return Unknown(missing)
    touched = [name for name in BALANCES if _touched(name, levers)]
    return _position(values, touched, situation, scale)


def needed_for(levers: Collection[Lever]) -> list[str]:
    """Return the facts without which there is no position."""
    without_term = any(map(has_own_term, levers))
    always = ["loan.principal", "loan.annual_rate", "loan.next_due"]
    return always if without_term else [*always, *OF_THE_TERM]


def read_where_known(levers: Collection[Lever]) -> list[str]:
    """Return the facts that a search may stand on where they are known: balances that levers touch, and the term."""
    return [*OF_THE_TERM, *(f"loan.{name}" for name in BALANCES if _touched(name, levers))]


def shown_besides(levers: Collection[Lever]) -> list[str]:
    """Return the facts that only show in the terms: the day on which payments fall due, and what is owed besides."""
    besides = (f"loan.{name}" for name in BALANCES if not _touched(name, levers))
    return ["loan.due_day", *besides]


def _touched(name: str, levers: Collection[Lever]) -> bool:
    return any(name in balances_of(lever) for lever in levers)


def balances_of(lever: Lever) -> list[str]:
    """Return the balances that a lever touches."""
    if isinstance(lever, (Waiver, Capitalisation, Deferral)):
        return [name for name, _ in lever.shares]
    return [lever.balance] if isinstance(lever, RepaymentPlan) else []


def _position(
    values: Mapping[str, Value | None], touched: list[str], situation: Situation, scale: int
) -> Position:
    term, method = situation.get("loan.remaining_term"), situation.get("loan.method")
    due_day = situation.get("loan.due_day")
    balances = {name: situation.get(f"loan.{name}") for name in BALANCES}
    known = {name: _minor(value, scale) for name, value in balances.items() if value is not None}
    missing = frozenset(f"loan.{name}" for name in touched if name not in known)
    return Position(
        principal=_minor(values["loan.principal"], scale),
        balances={name: amount for name, amount in known.items() if name in touched},
        annual_rate=Fraction(values["loan.annual_rate"]),  # type: ignore[arg-type]  # a rate
        remaining_term=term if isinstance(term, int) else None,
        next_due=values["loan.next_due"],  # type: ignore[arg-type]  # a date
        due_day=due_day if isinstance(due_day, int) else None,
        method=method if isinstance(method, str) else None,
        outside={name: a for name, a in known.items() if a and name not in touched},
        missing=missing,
    )


def _minor(value: Value | None, scale: int) -> int:
    """Return an amount of a profile in minor units; profiles hold no finer amounts."""
    return int(Fraction(value) * scale)  # type: ignore[arg-type]  # money
