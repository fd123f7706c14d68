"""Tries laws on made-up borrowers, and makes the borrower who breaks one as simple as can be.

Hypothesis draws; a breach is then simplified here, on the borrower and not on what was drawn: each fact is taken away,
or given its simplest value, as long as the law is still broken. That takes a second where shrinking the draws takes
many, and what is left is needed. Hypothesis' own `explain` phase asks the same question, which values could be any
other; it traces every line and tries each part a hundred times, so it is left to those who write tests with `@given`.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import attrs
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from policyengine.diagnostics import Diagnostic, PolicyError
from policyengine.model.types import Value
from policyengine.policy_set import Policy
from policyengine.testing.laws.law import Breach, Idle, Law
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.choices import Choices
from policyengine.testing.strategies.profiles import borrowers
from policyengine.testing.strategies.subject import Subject
from policyengine.testing.strategies.witnesses import witnesses_of

#: Borrowers that a law is tried on.
EXAMPLES = 100
_ANY = "any other value does as well"
#: Values of a fact that are tried before it is said that any would do.
_ENOUGH = 8
#: How often all facts are gone through, and how many of the simplest values of each are tried.
_ROUNDS, _PLAINEST = 4, 3


@attrs.frozen(eq=False)
class Trial:
    """What came of a law: on how many borrowers it had something to say, and the first breach, made simple."""

    law: Law
    borrowers: int
    spoke: int
    breach: Breach | None

    @property
    def kept(self) -> bool:
        """Whether the law was tried, and nobody breaks it."""
        return self.breach is None


class _Found(Exception):
    """A breach."""


def tried(
    law: Law,
    policy: Policy,
    *,
    examples: int = EXAMPLES,
    seed: int = 0,
    near_thresholds: bool = True,
    simplify: bool = True,
) -> Trial:
    """Try a law on so many borrowers, the same for the same seed.

    Raises:
        PolicyError: The law names what the policy does not have, or it had nothing to say of any borrower.
    """
    subject = Subject.of(policy)
    problems = tuple(law.problems(policy.program))
    if problems:
        raise PolicyError(problems)
    trying = _Trying(law, subject)
    strategy = _strategy(law, policy, near_thresholds=near_thresholds)
    _run(trying, st.tuples(strategy, st.integers(0, 2**32)), examples, seed)
    if trying.broken is not None:
        breach = _simplest(trying, *trying.broken) if simplify else trying.breach(*trying.broken)
        return Trial(law, trying.count, trying.spoke, breach)
    if not trying.spoke:
        raise PolicyError([_nothing(law, trying.count)])
    return Trial(law, trying.count, trying.spoke, None)


def _nothing(law: Law, count: int) -> Diagnostic:
    message = f"`{law.name}` had nothing to say of {count} made-up borrowers"
    hint = "the policy applied to none of them, or no plan came to the status that the law is about"
    return Diagnostic("nothing-tried", message, None, hint)


def _strategy(law: Law, policy: Policy, *, near_thresholds: bool) -> st.SearchStrategy[Borrower]:
    """Return borrowers of a policy, and of the version it is compared with."""
    than = getattr(law, "than", None)
    found = _borrowers(law, policy, near_thresholds=near_thresholds)
    if isinstance(than, Policy):
        found |= _borrowers(law, than, near_thresholds=near_thresholds)
    return found


def _borrowers(law: Law, policy: Policy, *, near_thresholds: bool) -> st.SearchStrategy[Borrower]:
    evaluator = policy.policies.evaluator
    return borrowers(policy.program, evaluator, near_thresholds=near_thresholds, aim_at=law.about)


@attrs.define
class _Trying:
    law: Law
    subject: Subject
    count: int = 0
    spoke: int = 0
    broken: tuple[Borrower, Any] | None = None

    def once(self, borrower: Borrower, drawn: Any) -> None:
        """Try the law.

        Raises:
            _Found: It is broken.
        """
        self.count += 1
        try:
            found = self.law.breach(borrower, drawn, self.subject)
        except Idle:
            return
        self.spoke += 1
        if found is not None:
            self.broken = (borrower, drawn)
            raise _Found

    def breach(self, borrower: Borrower, drawn: Any) -> Breach | None:
        """Return how the law is broken, or None where it is not or says nothing."""
        try:
            return self.law.breach(borrower, drawn, self.subject)
        except Idle:
            return None


def _run(trying: _Trying, strategy: st.SearchStrategy[Any], examples: int, seed: int) -> None:
    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(strategy)
    def once(drawn: tuple[Borrower, int]) -> None:
        borrower, chance = drawn
        if trying.broken is None:
            picked = trying.law.pick(trying.subject, Random(chance))  # noqa: S311  # the same on every run
            trying.once(borrower, picked)
        else:
            raise _Found  # Hypothesis looks at a failure twice

    try:
        once()
    except _Found:
        return
    except Unsatisfiable:
        raise PolicyError([_nothing(trying.law, trying.count)]) from None


# Making a breach simple


def simplest(law: Law, subject: Subject, borrower: Borrower) -> Borrower:
    """Return a borrower with as few and as simple facts as still break a law that nothing is drawn for."""
    simple = _Simple(_Trying(law, subject), borrower, None)
    simple.run()
    return simple.borrower


def _simplest(trying: _Trying, borrower: Borrower, drawn: Any) -> Breach | None:
    simple = _Simple(trying, borrower, drawn)
    simple.run()
    breach = trying.breach(simple.borrower, simple.drawn)
    if breach is None:
        return None
    sharp = trying.law.sharper(breach, trying.subject)
    return attrs.evolve(sharp, remarks=dict(simple.remarks()))


@attrs.define
class _Simple:
    trying: _Trying
    borrower: Borrower
    drawn: Any

    def run(self) -> None:
        """Take simpler steps until none is left that still breaks the law."""
        for _ in range(_ROUNDS):
            if not any([self._less_drawn(), self._fewer(), self._plainer()]):
                return

    def remarks(self) -> Iterator[tuple[str, str]]:
        """Yield the facts that must be known, and of which any other value breaks the law too."""
        for path, each in self._choices().items():
            known = self.borrower.facts.get(path)
            others = [value for value in each.values if value != known][:_ENOUGH]
            if known is not None and others and all(self._with(path, v) for v in others):
                yield path, _ANY

    def _with(self, path: str, value: Value) -> bool:
        return self._broken(self.borrower.with_fact(path, value), self.drawn)

    def _broken(self, borrower: Borrower, drawn: Any) -> bool:
        return self.trying.breach(borrower, drawn) is not None

    def _accept(self, borrower: Borrower, drawn: Any) -> bool:
        if not self._broken(borrower, drawn):
            return False
        self.borrower, self.drawn = borrower, drawn
        return True

    def _less_drawn(self) -> bool:
        simpler = self.trying.law.simpler(self.drawn)
        return any(self._accept(self.borrower, drawn) for drawn in simpler)

    def _fewer(self) -> bool:
        """Take away other loans and each fact."""
        alone = bool(self.borrower.others) and self._accept(self._alone(), self.drawn)
        paths = [path for path in sorted(self.borrower.facts, reverse=True) if path != "loan.id"]
        gone = [self._accept(self.borrower.without(path), self.drawn) for path in paths]
        return alone or any(gone)

    def _alone(self) -> Borrower:
        return attrs.evolve(self.borrower, others=())

    def _plainer(self) -> bool:
        """Give each fact the simplest value that still breaks the law, and the decision its ordinary day."""
        today = witnesses_of(self.trying.subject.policy.program).today
        found = [self.borrower.as_of != today and self._accept(self._on(today), self.drawn)]
        for path, each in self._choices().items():
            if path in self.borrower.facts:
                found.append(self._plainest(path, each))
        return any(found)

    def _on(self, day: Any) -> Borrower:
        return attrs.evolve(self.borrower, as_of=day)

    def _plainest(self, path: str, each: Choices) -> bool:
        known = self.borrower.facts[path]
        simpler = each.values[: each.values.index(known)] if known in each.values else each.values
        simplest = simpler[:_PLAINEST]
        return any(self._accept(self.borrower.with_fact(path, v), self.drawn) for v in simplest)

    def _choices(self) -> dict[str, Choices]:
        return dict(witnesses_of(self.trying.subject.policy.program).choices)
