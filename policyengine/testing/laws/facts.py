"""Laws about facts: deleting them decides nothing, more of one takes nothing away, another value changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, ClassVar

import attrs

from policyengine.decision.decision import Decision, Status
from policyengine.diagnostics import Diagnostic
from policyengine.ir.nodes import Fact
from policyengine.ir.program import Program
from policyengine.ir.reach import reached
from policyengine.ir.sight import sight
from policyengine.model.types import ORDERED, Value
from policyengine.testing.laws.law import Breach, Idle, Seen, plans_of, status_of
from policyengine.testing.laws.names import unknown, unknown_facts, unknown_plans
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.choices import choices
from policyengine.testing.strategies.profiles import consistent
from policyengine.testing.strategies.subject import Subject
from policyengine.testing.strategies.witnesses import witnesses_of
from policyengine.testing.strategies.written import written

_DECIDED = (Status.ALLOWED, Status.DENIED)


@attrs.frozen
class NeverByAccident:
    """Deleting facts never makes a plan allowed and never makes one denied; nor decides a referral that is named."""

    plans: tuple[str, ...] = ()
    referrals: tuple[str, ...] = ()
    name: ClassVar[str] = "never_by_accident"

    @property
    def title(self) -> str:
        """What the law is called in a report."""
        return _titled(self.name, *self.plans, *self.referrals)

    @property
    def about(self) -> str | None:
        """No fact in particular."""
        return None

    def problems(self, program: Program) -> Iterator[Diagnostic]:
        """Yield a finding for each plan or referral that does not exist."""
        yield from unknown_plans(self.plans, program)
        known = [each.id for each in program.referrals]
        yield from unknown("referral", self.referrals, known)

    def pick(self, subject: Subject, random: Random) -> tuple[str, ...]:
        """Draw the facts that are deleted; of a law about referrals, often one that they read."""
        program = subject.policy.program
        paths = [path for path in sight(program).facts if path != "loan.id"]
        read = [path for path in self._read(program) if path in paths]
        if read and random.random() < 0.5:
            return (random.choice(read),)
        return tuple(random.sample(paths, min(len(paths), random.randint(1, 3))))

    def _read(self, program: Program) -> list[str]:
        named = (each for each in program.referrals if each.id in self.referrals)
        nodes = reached([node for each in named for node in each.rule.conditions], program)
        return sorted({node.path for node in nodes if isinstance(node, Fact)})

    def breach(self, borrower: Borrower, drawn: tuple[str, ...], subject: Subject) -> Breach | None:
        """Return the plan or referral that is decided with less known, and was not or otherwise with more."""
        gone = [path for path in drawn if path in borrower.facts]
        if not gone:
            raise Idle
        before = Seen(borrower, subject.decided(borrower))
        less = borrower.without(*gone)
        after = Seen(less, subject.decided(less))
        if before.decision is None:
            raise Idle
        return self._of_plans(before, after, gone) or self._of_referrals(before, after, gone)

    def _of_plans(self, before: Seen, after: Seen, gone: list[str]) -> Breach | None:
        for plan in plans_of(_certain(before.decision), self.plans):
            found = status_of(after, plan.plan)
            if found is not plan.status and (found is None or found in _DECIDED):
                ends = "the policy does not apply" if found is None else f"the plan is {found}"
                said = f"`{plan.plan}` is {plan.status}; once {_listed(gone)} is not known, {ends}"
                return Breach(said, plan.plan, before, after)
        return None

    def _of_referrals(self, before: Seen, after: Seen, gone: list[str]) -> Breach | None:
        held = {r.referral: r.holds for r in after.decision.referrals} if after.decision else {}
        for referral in _certain(before.decision).referrals:
            holds = held.get(referral.referral)
            if referral.referral in self.referrals and holds not in (None, referral.holds):
                said = (
                    f"the referral `{referral.referral}` {_HOLDS[referral.holds]}; once {_listed(gone)} is not known, "
                    f"it {_HOLDS[holds]}"
                )
                return Breach(said, None, before, after)
        return None

    def sharper(self, breach: Breach, subject: Subject) -> Breach:
        """Return the breach itself: it is about no two values."""
        del subject
        return breach

    def simpler(self, drawn: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Yield fewer facts to delete."""
        if len(drawn) > 1:
            yield from ((path,) for path in drawn)


@attrs.frozen
class Monotone:
    """More of a fact never turns a plan that is allowed into one that is denied; with `down`, less of it never does."""

    fact: str
    plans: tuple[str, ...] = ()
    direction: str = "up"
    name: ClassVar[str] = "monotone"

    @property
    def title(self) -> str:
        """What the law is called in a report."""
        return _titled(self.name, self.fact, self.direction, *self.plans)

    @property
    def about(self) -> str | None:
        """The fact that grows."""
        return self.fact

    def problems(self, program: Program) -> Iterator[Diagnostic]:
        """Yield a finding where the fact or a plan does not exist, or where the fact has no order."""
        yield from unknown_plans(self.plans, program)
        yield from unknown_facts([self.fact], program)
        fact = program.dictionary.facts.get(self.fact)
        if fact is not None and fact.type.kind not in ORDERED:
            message = f"`{self.fact}` is {fact.type}, of which there is no more and no less"
            hint = "take a number, an amount, a rate, days, months or a date"
            yield Diagnostic("no-order", message, None, hint, path=self.fact)

    def pick(self, subject: Subject, random: Random) -> tuple[Value, Value | None]:
        """Draw how the fact stands where the borrower does not say, and another value; None is one step away."""
        values = _values(self.fact, subject)
        return random.choice(values), random.choice((None, random.choice(values)))

    def breach(
        self, borrower: Borrower, drawn: tuple[Value, Value | None], subject: Subject
    ) -> Breach | None:
        """Return the plan that more of the fact takes away."""
        here = borrower.facts.get(self.fact, drawn[0])
        there = drawn[1] if drawn[1] is not None else self._beside(here, subject)
        if there is None or there == here:
            raise Idle
        less, more = sorted((here, there))
        first, last = (less, more) if self.direction == "up" else (more, less)
        before = _seen(borrower.with_fact(self.fact, first), subject)
        after = _seen(borrower.with_fact(self.fact, last), subject)
        return self._between(before, after, subject)

    def _beside(self, value: Value, subject: Subject) -> Value | None:
        """Return the value that one step makes better."""
        domain = witnessed(self.fact, subject).domain
        place = domain.place(value) + (domain.step if self.direction == "up" else -domain.step)
        return domain.at(place) if domain.ends[0] <= place <= domain.ends[1] else None

    def _between(self, before: Seen, after: Seen, subject: Subject) -> Breach | None:
        if before.decision is None or after.decision is None:
            raise Idle
        for plan in plans_of(before.decision, self.plans):
            if plan.status is Status.ALLOWED and status_of(after, plan.plan) is Status.DENIED:
                one, other = (_shown(self.fact, seen, subject) for seen in (before, after))
                said = f"`{plan.plan}` is allowed with `{self.fact}` {one}, and denied with {other}"
                return Breach(said, plan.plan, before, after)
        return None

    def sharper(self, breach: Breach, subject: Subject) -> Breach:
        """Return the plan as it is taken away by a single step."""

        def allowed(seen: Seen) -> bool:
            return status_of(seen, breach.plan or "") is Status.ALLOWED

        before, after = _closest(self.fact, breach, subject, allowed)
        return self._between(before, after, subject) or breach

    def simpler(self, drawn: Any) -> Iterator[Any]:
        """Yield one step in place of more."""
        if drawn[1] is not None:
            yield (drawn[0], None)


@attrs.frozen
class Indifferent:
    """Whatever a fact is, or whether it is known, is nothing to the decision, or to the plans that are named.

    Without names of facts it is about every protected one. What is asked for may differ where the fact is not known.
    """

    facts: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    name: ClassVar[str] = "indifferent"

    @property
    def title(self) -> str:
        """What the law is called in a report."""
        return _titled(self.name, *(self.facts or ("protected facts",)), *self.plans)

    @property
    def about(self) -> str | None:
        """The first fact that is named."""
        return next(iter(self.facts), None)

    def problems(self, program: Program) -> Iterator[Diagnostic]:
        """Yield a finding where a fact or plan does not exist, or where no fact is named and none is protected."""
        yield from unknown_plans(self.plans, program)
        yield from unknown_facts(self.facts, program)
        if not self.facts and not _protected(program):
            message = "no fact of the vocabulary is protected"
            yield Diagnostic("nothing-tried", message, None, "name facts, or mark them `protected`")

    def pick(self, subject: Subject, random: Random) -> tuple[str, Value, Value | None]:
        """Draw a fact and two values of it, of which one may be that it is not known."""
        program = subject.policy.program
        paths = [path for path in self.facts or _protected(program) if path in _known(program)]
        path = random.choice(paths)
        values = _values(path, subject)
        other = random.choice(values) if random.random() < 0.75 else None
        return path, random.choice(values), other

    def breach(
        self, borrower: Borrower, drawn: tuple[str, Value, Value | None], subject: Subject
    ) -> Breach | None:
        """Return what another value of the fact changes."""
        path, one, other = drawn
        if one == other:
            raise Idle
        before = _seen(_given(borrower, path, one), subject)
        after = _seen(_given(borrower, path, other), subject)
        return self._between(path, before, after, subject)

    def _between(self, path: str, before: Seen, after: Seen, subject: Subject) -> Breach | None:
        known = all(path in seen.borrower.facts for seen in (before, after))
        plan = _differs(before, after, self.plans, asks=known)
        if plan is None:
            return None
        first, last = (_shown(path, seen, subject) for seen in (before, after))
        whose = f"`{plan}` is not decided alike" if plan else "the decision is not the same"
        about = {path: "this is the fact"}
        return Breach(
            f"{whose} with `{path}` {first} and {last}", plan or None, before, after, about
        )

    def sharper(self, breach: Breach, subject: Subject) -> Breach:
        """Return the decision as a single step of the fact changes it."""
        (path,) = breach.remarks
        if breach.after is None or not all(
            path in seen.borrower.facts for seen in (breach.before, breach.after)
        ):
            return breach

        def alike(seen: Seen) -> bool:
            return _differs(breach.before, seen, self.plans, asks=True) is None

        before, after = _closest(path, breach, subject, alike)
        return self._between(path, before, after, subject) or breach

    def simpler(self, drawn: Any) -> Iterator[Any]:
        """Yield nothing simpler."""
        del drawn
        yield from ()


def _closest(
    path: str, breach: Breach, subject: Subject, first: Callable[[Seen], bool]
) -> tuple[Seen, Seen]:
    """Return two borrowers one step of a fact apart, of whom the second is not as the first."""
    before, after = breach.before, breach.after or breach.before
    domain = witnessed(path, subject).domain
    if not domain.ordered:
        return before, after
    low, high = (domain.place(seen.borrower.facts[path]) for seen in (before, after))
    step = domain.step if high > low else -domain.step
    while abs(high - low) > domain.step:
        middle = low + max(1, (high - low) // (2 * step)) * step
        seen = _seen(before.borrower.with_fact(path, domain.at(middle)), subject)
        if first(seen):
            low, before = middle, seen
        else:
            high, after = middle, seen
    return before, after


def witnessed(path: str, subject: Subject) -> Any:
    """Return the choices of any fact, also of one that the policy does not read."""
    program = subject.policy.program
    found = witnesses_of(program)
    fact = program.dictionary.facts[path]
    return found.choices.get(path) or choices(path, fact, program, found.today)


def _values(path: str, subject: Subject) -> tuple[Value, ...]:
    values: tuple[Value, ...] = witnessed(path, subject).values
    return values


def _known(program: Program) -> frozenset[str]:
    return program.dictionary.vocabularies[program.vocabulary]


def _protected(program: Program) -> tuple[str, ...]:
    facts = program.dictionary.facts
    return tuple(sorted(p for p in _known(program) if p in facts and facts[p].protected))


def _given(borrower: Borrower, path: str, value: Value | None) -> Borrower:
    return borrower.without(path) if value is None else borrower.with_fact(path, value)


def _seen(borrower: Borrower, subject: Subject) -> Seen:
    borrower = consistent(borrower)
    return Seen(borrower, subject.decided(borrower))


def _differs(before: Seen, after: Seen, plans: tuple[str, ...], *, asks: bool) -> str | None:
    """Return the first plan that differs, an empty text where something else does, and None where nothing does."""
    if before.decision is None or after.decision is None:
        return None if before.decision is after.decision else ""
    for plan in plans_of(before.decision, plans):
        other = after.plan(plan.plan)
        assert other is not None  # noqa: S101  # one policy has the same plans
        asked = asks and plan.asks != other.asks
        if asked or (plan.status, plan.terms) != (other.status, other.terms):
            return plan.plan
    alike = plans or _besides(before.decision) == _besides(after.decision)
    return None if alike else ""


def _besides(decision: Decision) -> tuple[object, ...]:
    return (decision.outcome, *(referral.holds for referral in decision.referrals))


def _shown(path: str, seen: Seen, subject: Subject) -> str:
    value = seen.borrower.facts.get(path)
    if value is None:
        return "not known"
    program = subject.policy.program
    return written(program.dictionary.facts[path].type.kind, value, program.scale)


def _certain(decision: Decision | None) -> Decision:
    assert decision is not None  # noqa: S101  # the law is idle otherwise
    return decision


def _listed(paths: list[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def _titled(name: str, *about: str) -> str:
    return f"{name}: {', '.join(about)}" if about else name


_HOLDS = {True: "holds", False: "does not hold", None: "is not known to hold"}
