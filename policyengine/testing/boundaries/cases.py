"""The cases of a policy, condition by condition: each borrower once, with what is decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from policyengine.decision.decided import Decided
from policyengine.decision.decision import Outcome, Status
from policyengine.policy_set import Policy
from policyengine.testing.boundaries.deciding import Decider, Grade, key_of
from policyengine.testing.boundaries.expected import expectation
from policyengine.testing.boundaries.looking import Boundaries, Shown
from policyengine.testing.boundaries.minimal import Varied, least
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.subject import Subject
from policyengine.testing.strategies.witnesses import witnesses_of

_STARTS = "the borrowers that all others are made from"


@attrs.frozen(eq=False)
class BoundaryCase:
    """A borrower at a boundary: the profile that they differ from, and the lines of what is expected."""

    name: str
    profile: str
    varied: Varied
    expected: tuple[str, ...]


@attrs.frozen(eq=False)
class Section:
    """The cases of one condition, and remarks on boundaries that could not be shown, or not alone."""

    title: str
    cases: tuple[BoundaryCase, ...]
    remarks: tuple[str, ...]


@attrs.frozen(eq=False)
class Generated:
    """The borrowers that cases are made from, by name, and the cases; `shown` boundaries change what is decided."""

    profiles: Mapping[str, Borrower]
    sections: tuple[Section, ...]
    shown: int

    @property
    def cases(self) -> tuple[BoundaryCase, ...]:
        """All cases, in their order."""
        return tuple(case for section in self.sections for case in section.cases)

    @property
    def remarks(self) -> tuple[str, ...]:
        """All remarks, in their order."""
        return tuple(remark for section in self.sections for remark in section.remarks)


def generated(policy: Policy, seeking: Policy) -> Generated:
    """Return the cases at the boundaries of a policy.

    Args:
        policy: The policy; its set's evaluator says what is expected.
        seeking: The same policy; its set's evaluator is asked while borrowers are looked for.
    """
    boundaries = Boundaries.of(seeking)
    bases = witnesses_of(policy.program).borrowers
    found = _Collected(bases, _named(bases, boundaries.decider))
    found.run(tuple(boundaries.shown()))
    return _Written(found, Subject.of(policy), boundaries.decider).generated()


@attrs.frozen(eq=False)
class _Named:
    name: str
    base: int
    borrower: Borrower
    section: str


@attrs.define
class _Collected:
    """The borrowers of all boundaries, each once and under a name of its own."""

    bases: tuple[Borrower, ...]
    profiles: tuple[str, ...]
    named: list[_Named] = attrs.field(factory=list)
    remarks: dict[str, list[str]] = attrs.field(factory=dict)
    shown: int = 0
    _seen: set[str] = attrs.field(factory=set)
    _names: set[str] = attrs.field(factory=set)

    def run(self, shown: tuple[Shown, ...]) -> None:
        """Collect all borrowers and remarks."""
        for each in shown:
            self.remarks.setdefault(each.section, []).extend(_remarks(each))
            found = each.tried.found
            self.shown += found is not None and found.grade is not Grade.NOTHING
            for said, borrower in found.placed if found else ():
                name = f"{each.title}: {said} ({each.condition.name})"
                self._add(name, found.base if found else 0, borrower, each.section)
        self.remarks[_STARTS] = []
        for place, borrower in enumerate(self.bases):
            self._add(f"{self.profiles[place]} as it is", place, borrower, _STARTS)

    def _add(self, name: str, base: int, borrower: Borrower, section: str) -> None:
        key = key_of(borrower)
        if key not in self._seen:
            self._seen.add(key)
            self.named.append(_Named(self._own(name), base, borrower, section))

    def _own(self, name: str) -> str:
        """Return a name that no other case has."""
        own, count = name, 1
        while own in self._names:
            count += 1
            own = f"{name}, {count}"
        self._names.add(own)
        return own


def _named(bases: tuple[Borrower, ...], decider: Decider) -> tuple[str, ...]:
    """Return what the borrowers that others are made from are called: each by a plan that it is allowed."""
    names: list[str] = []
    for place, base in enumerate(bases):
        decided = decider.decided(base)
        plans = decided.plans if decided else ()
        allowed = [plan.plan for plan in plans if plan.status is Status.ALLOWED]
        free = [name for name in allowed if name not in names]
        names.append(free[0] if free else f"borrower_{place + 1}")
    return tuple(names)


def _remarks(shown: Shown) -> Iterator[str]:
    """Yield what a reader should know of a boundary: that nobody was found, or that something else turns too."""
    tried, found = shown.tried, shown.tried.found
    what = f"{shown.title}, at `{shown.text}`"
    if found is None or found.grade is Grade.NOTHING:
        changed = f", with changes of {', '.join(tried.changed)}" if tried.changed else ""
        yield f"nobody found for whom it decides: {what}; tried {tried.tried}{changed}"
    elif found.grade is Grade.TERMS:
        yield f"only reasons or terms change: {what}; tried {tried.tried}"
    elif found.grade is Grade.TOGETHER:
        yield f"other rules fail at the same step: {what}; tried {tried.tried}"


@attrs.frozen(eq=False)
class _Written:
    """From borrowers to cases: profiles with the facts that are needed, and what is expected."""

    found: _Collected
    subject: Subject
    decider: Decider

    def generated(self) -> Generated:
        """Return the cases."""
        profiles, cases = {}, dict[str, list[BoundaryCase]]()
        varied: dict[str, Varied] = {}
        for place, base in enumerate(self.found.bases):
            these = [each for each in self.found.named if each.base == place]
            if not these:
                continue
            kept, differing = least(base, tuple(each.borrower for each in these), self._same)
            profiles[self.found.profiles[place]] = kept
            varied |= {each.name: v for each, v in zip(these, differing, strict=True)}
        for each in self.found.named:
            case = self._case(each, varied[each.name])
            cases.setdefault(each.section, []).append(case)
        return Generated(profiles, tuple(self._sections(cases)), self.found.shown)

    def _sections(self, cases: Mapping[str, list[BoundaryCase]]) -> Iterator[Section]:
        for title, remarks in self.found.remarks.items():
            if remarks or title in cases:
                yield Section(title, tuple(cases.get(title, ())), tuple(remarks))

    def _case(self, named: _Named, varied: Varied) -> BoundaryCase:
        expected = self._expected(varied.borrower)
        return BoundaryCase(named.name, self.found.profiles[named.base], varied, expected)

    def _expected(self, borrower: Borrower) -> tuple[str, ...]:
        return expectation(self.subject.decided(borrower))

    def _same(self, one: Borrower, other: Borrower) -> bool:
        """Whether the same is decided, and the same asked."""
        if one is other:
            return True
        first, second = self.decider.decided(one), self.decider.decided(other)
        if first is None or second is None:
            return first is second
        if _in_short(first) != _in_short(second):
            return False
        statuses = {plan.status for plan in first.plans}
        if Status.UNDETERMINED in statuses or first.outcome is Outcome.NEED_INFORMATION:
            return self._asked(one) == self._asked(other)
        return True

    def _asked(self, borrower: Borrower) -> object:
        decision = self.subject.decided(borrower)
        return decision and (decision.asks, [plan.asks for plan in decision.plans])


def _in_short(decided: Decided) -> object:
    return decided.outcome, decided.plans, decided.referrals
