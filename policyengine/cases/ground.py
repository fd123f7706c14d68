"""What the events of a case are held against, and an event with its values read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import attrs

from policyengine.cases.event import Event
from policyengine.decision.decision import Assessment
from policyengine.evaluators.base import Evaluator
from policyengine.facts.facts import Facts
from policyengine.finance.money import Currency
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.program import Program
from policyengine.model.types import Value


class Policies(Protocol):
    """A set of policies, as a case needs it."""

    @property
    def programs(self) -> tuple[Program, ...]:
        """The policies."""

    @property
    def dictionary(self) -> Dictionary:
        """The facts and events there are."""

    @property
    def evaluator(self) -> Evaluator:
        """What decides."""

    def assessed(self, facts: Facts) -> Assessment:
        """Decide about facts that were held against the dictionary already."""

    def recorded(self, facts: Facts, salt: bytes) -> bytes:
        """Return the record of the decisions about such facts."""


@attrs.frozen(eq=False)
class Ground:
    """The policies of a case, the currency of its amounts, and its loans by their ids."""

    policies: Policies
    currency: Currency
    loans: tuple[str | None, ...]

    def program(self, policy: str) -> Program | None:
        """Return a policy; None where there is none of that name any more."""
        return next((each for each in self.policies.programs if each.id == policy), None)


@attrs.frozen(eq=False)
class Entry:
    """An event of the log with its values read.

    Attributes:
        event: What was told, in one spelling.
        facts: The facts that it changes, by their paths; None is no longer known.
        amount: What it says of money, in minor units.
        loan: The place of the loan that it is about; None where it is about the borrower.
    """

    event: Event
    facts: Mapping[str, Value | None]
    amount: int | None
    loan: int | None
