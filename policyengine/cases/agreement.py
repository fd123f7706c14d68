"""An agreement: terms, schedule and record as they were on the day of signing. Nothing changes them any more."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Any

import attrs

from policyengine.cases.event import Event, Plain
from policyengine.cases.from_mapping import SEAL
from policyengine.decision.decision import Decision, Plan
from policyengine.decision.to_json import instalment_mapping, terms_mapping
from policyengine.finance.money import Currency, minor_units


@attrs.frozen
class Due:
    """One payment of the signed schedule and what is owed after it, in minor units."""

    n: int
    due: date
    payment: int
    balance: int


@attrs.frozen(slots=False)
class Agreement:
    """What was signed.

    Attributes:
        id: The event that signed it.
        policy: The policy under which it was allowed.
        version: The version of the policy on that day.
        digest: The fingerprint of the policy on that day.
        plan: The plan.
        title: What a reader calls the plan.
        loan: The loan; None where it has no id.
        signed: The day of signing.
        currency: The currency of its amounts.
        follow_up: What the policy follows it by; None where it does not.
        terms: The terms as JSON.
        schedule: Every payment.
        record: The record of the decision, as text.
        salt: The salt of the record, in hexadecimal digits.
    """

    id: str
    policy: str
    version: str
    digest: str
    plan: str
    title: Mapping[str, str] = attrs.field(hash=False)
    loan: str | None
    signed: date
    currency: str
    follow_up: str | None
    terms: Mapping[str, Plain] = attrs.field(hash=False)
    schedule: tuple[Due, ...]
    record: str = attrs.field(repr=False)
    salt: str = attrs.field(repr=False)

    def due_by(self, day: date) -> int:
        """Return what is due up to a day, that day included, in minor units."""
        return self._sums[bisect_right(self._days, day)]

    @cached_property
    def _days(self) -> tuple[date, ...]:
        return tuple(each.due for each in self.schedule)

    @cached_property
    def _sums(self) -> tuple[int, ...]:
        return tuple(accumulate((each.payment for each in self.schedule), initial=0))


def sealed(event: Event, decision: Decision, plan: Plan, record: bytes, salt: bytes) -> Event:
    """Return a signing with all that it froze."""
    assert plan.terms is not None and plan.schedule is not None  # noqa: S101, PT018  # it is allowed
    seal: Any = {
        "version": decision.version,
        "digest": decision.digest,
        "title": dict(plan.title),
        "currency": plan.currency,
        "follow_up": plan.follow_up,
        "terms": terms_mapping(plan.terms),
        "schedule": [instalment_mapping(row) for row in plan.schedule],
        "record": record.decode(),
        "salt": salt.hex(),
    }
    # once through JSON, so that it is the same whether it was kept or not
    plain: Plain = json.loads(json.dumps(seal))
    return attrs.evolve(event, details={**event.details, SEAL: plain})


def agreement_from(event: Event, loan: str | None, currency: Currency) -> Agreement:
    """Return the agreement that an event of the log signed."""
    details: Mapping[str, Any] = event.details
    seal = details[SEAL]
    return Agreement(
        id=event.id,
        policy=details["policy"],
        version=seal["version"],
        digest=seal["digest"],
        plan=details["plan"],
        title=seal["title"],
        loan=loan,
        signed=event.on,
        currency=seal["currency"],
        follow_up=seal["follow_up"],
        terms=seal["terms"],
        schedule=tuple(_due(row, currency) for row in seal["schedule"]),
        record=seal["record"],
        salt=seal["salt"],
    )


def _due(row: Mapping[str, Any], currency: Currency) -> Due:
    payment, balance = (
        minor_units(Decimal(row[name]), currency) for name in ("payment", "balance")
    )
    return Due(row["n"], date.fromisoformat(row["due"]), payment, balance)
