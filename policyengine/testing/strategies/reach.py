"""What a strategy reaches: how many borrowers stand within one step of a limit, and what is decided of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from policyengine.decision.decision import Status
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.explain.asking.domains import Domain
from policyengine.explain.asking.reach import reads
from policyengine.policy_set import Policy
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.choices import Choices, near_places
from policyengine.testing.strategies.limits import limits_of
from policyengine.testing.strategies.subject import Subject
from policyengine.testing.strategies.witnesses import witnesses_of


@attrs.define
class Reach:
    """Counts of borrowers: in all, near a limit, of those to whom the policy does not apply, and plans by status."""

    borrowers: int = 0
    near: int = 0
    elsewhere: int = 0
    incomplete: int = 0
    statuses: Counter[Status] = attrs.field(factory=Counter)
    allowed: Counter[str] = attrs.field(factory=Counter)

    def share(self, status: Status) -> Fraction:
        """Return the share of plans with a status, of all that were decided."""
        return Fraction(self.statuses[status], max(1, self.statuses.total()))

    @property
    def share_near(self) -> Fraction:
        """Return the share of borrowers with a fact within one step of a limit."""
        return Fraction(self.near, max(1, self.borrowers))


def reach_of(policy: Policy, strategy: st.SearchStrategy[Borrower], count: int) -> Reach:
    """Return what so many borrowers of a strategy reach under a policy."""
    subject, reach = Subject.of(policy), Reach()
    witnesses = witnesses_of(policy.program)
    choices = witnesses.choices
    whole = frozenset(path for path in witnesses.borrowers[0].facts)
    for borrower in drawn(strategy, count):
        reach.borrowers += 1
        reach.near += any(_is_near(each, borrower) for each in choices.values())
        reach.incomplete += not whole <= borrower.facts.keys()
        decision = subject.decided(borrower)
        if decision is None:
            reach.elsewhere += 1
            continue
        for plan in decision.plans:
            reach.statuses[plan.status] += 1
            reach.allowed[plan.plan] += plan.status is Status.ALLOWED
    return reach


def drawn(strategy: st.SearchStrategy[Any], count: int, seed: int = 0) -> Iterator[Any]:
    """Return so many values of a strategy, the same for the same seed."""
    found: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(strategy)
    def keep(value: Any) -> None:
        found.append(value)

    keep()
    return iter(found)


def _is_near(choices: Choices, borrower: Borrower) -> bool:
    """Whether a fact is within one step of a limit, or one step of it turns a comparison."""
    domain = choices.domain
    value = borrower.facts.get(domain.path)
    if value is None or not domain.ordered:
        return False
    place, limits = domain.place(value), limits_of(domain.program)
    if place in set(near_places(domain, limits.of(domain.path))):
        return True
    low, high = domain.ends
    beside = (p for p in (place - domain.step, place + domain.step) if low <= p <= high)
    moved = [borrower.with_fact(domain.path, domain.at(p)) for p in beside]
    return len({_orders(domain, each) for each in (borrower, *moved)}) > 1


def _orders(domain: Domain, borrower: Borrower) -> tuple[object, ...]:
    program, path = domain.program, domain.path
    values = Valuation(program, borrower.situation())
    compared = (n for n in limits_of(program).comparisons if reads(n, program).has(path))
    return tuple(str(values.value(node)) for node in compared)
