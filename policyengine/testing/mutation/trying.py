"""One mutant at a time: run against the cases that may notice it, then held against the policy itself.

Everything here can be sent to another process. What is worked out of a policy is kept there, and used for all mutants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import attrs

from policyengine.diagnostics import PolicyEngineError
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.nodes import Node
from policyengine.ir.program import Program
from policyengine.model.laws import WrittenLaw
from policyengine.model.types import BOOLEAN
from policyengine.policy_set import Policy, PolicySet
from policyengine.testing.mutation.cases import ReadyCase
from policyengine.testing.mutation.commuting import order_is_free
from policyengine.testing.mutation.mutant import Kind, Mutant, Swap
from policyengine.testing.mutation.reading import Root
from policyengine.testing.mutation.refusing import would_load
from policyengine.testing.mutation.regions import Verdict, compared, same_by_facts
from policyengine.testing.mutation.results import Fate, Tried
from policyengine.testing.mutation.same_range import same_settings
from policyengine.testing.mutation.telling import Candidates, met_by, telling_case
from policyengine.testing.mutation.watching import Pair, Subject
from policyengine.testing.strategies.borrower import LOAN_ID, Borrower
from policyengine.testing.strategies.subject import Subject as Alone


@attrs.frozen(eq=False)
class ReadyLaw:
    """A law that a test file turns on, the policy it is about, and the folder that its paths start from."""

    written: WrittenLaw
    policy: str
    folder: str
    examples: int


@attrs.frozen(eq=False)
class Work:
    """What is to be tried: policies, their mutants, and the cases and laws that may notice them."""

    programs: tuple[Program, ...]
    dictionary: Dictionary
    mutants: tuple[Mutant, ...]
    cases: tuple[ReadyCase, ...]
    laws: tuple[ReadyLaw, ...] = ()


@attrs.frozen(eq=False)
class Looked:
    """A part of a round of borrowers of a policy, and the mutants that they are looked at for."""

    policy: str
    round: int
    part: int
    mutants: frozenset[int]


@attrs.frozen(eq=False, slots=False)
class Worker:
    """Tries the mutants of some work."""

    work: Work

    def met_by(self, place: int) -> frozenset[int]:
        """Return the mutants that the case at a place may notice."""
        case = self.work.cases[place]
        subject = self._subjects.get(case.policy)
        if subject is None or not (subject.watched.entries or subject.watched.anywhere):
            return frozenset()
        return frozenset(case.meets(subject.program, self._policies, subject.watched))

    def tried(self, index: int, cases: Sequence[int]) -> Tried:
        """Return the fate of a mutant, which the cases at some places may notice."""
        mutant = self.work.mutants[index]
        found = Tried(mutant.kind, mutant.span, mutant.said, Fate.UNDECIDED, reached=len(cases))
        concerned = [subject for subject in self._subjects.values() if subject.concerns(index)]
        if not all(would_load(mutant, subject.mutated(index)) for subject in concerned):
            return attrs.evolve(found, fate=Fate.REFUSED)
        by = self._killed_by(index, cases) or self._broken_law(index, concerned)
        if by is not None:
            return attrs.evolve(found, fate=Fate.KILLED, by=by)
        return self._survivor(found, index, concerned)

    def _killed_by(self, index: int, cases: Sequence[int]) -> str | None:
        for case in (self.work.cases[place] for place in cases):
            if case.kills(self._subjects[case.policy].mutated(index), self._policies):
                return case.name
        return None

    def _broken_law(self, index: int, concerned: Sequence[Subject]) -> str | None:
        ids = {subject.program.id for subject in concerned}
        for law in (law for law in self.work.laws if law.policy in ids):
            if self._is_broken(law, self._subjects[law.policy].mutated(index)):
                return f"{law.written.name} ({law.policy})"
        return None

    def _is_broken(self, law: ReadyLaw, mutated: Program) -> bool:
        from pathlib import Path  # noqa: PLC0415 - with the laws

        from policyengine.testing.laws.from_file import law_from  # noqa: PLC0415 - many runs try none
        from policyengine.testing.laws.trying import tried  # noqa: PLC0415

        policy = Policy(attrs.evolve(self._policies, programs=(mutated,)), mutated)
        try:
            built = law_from(law.written, policy.program, Path(law.folder), "reference")
            return not tried(built, policy, examples=law.examples, simplify=False).kept
        except PolicyEngineError:
            return False  # it has nothing to say of this policy

    # What no case kills

    def _survivor(self, found: Tried, index: int, concerned: Sequence[Subject]) -> Tried:
        if self._is_equivalent(index, concerned):
            return attrs.evolve(found, fate=Fate.EQUIVALENT)
        verdicts = set()
        for subject in concerned:
            candidates, mutated = self._candidates[subject.program.id], subject.mutated(index)
            pairs, today = tuple(subject.pairs(index)), candidates.witnesses.today
            result = compared(pairs, subject.program, mutated, today)
            verdicts.add(result.verdict)
            assumed = (b for each in result.differences for b in candidates.assuming(each))
            case = telling_case(assumed, subject, index, self._alone[subject.program.id])
            if case is not None:
                return attrs.evolve(found, fate=Fate.SURVIVED, case=case)
        same = verdicts == {Verdict.SAME}
        return attrs.evolve(found, fate=Fate.EQUIVALENT) if same else found

    def _is_equivalent(self, index: int, concerned: Sequence[Subject]) -> bool:
        """Whether a mutant decides alike by what it is, before regions are compared."""
        return (
            order_is_free(self.work.mutants[index])
            or self._same_by_itself(index, concerned)
            or self._same_by_facts(index, concerned)
            or (bool(concerned) and all(same_settings(each, index) for each in concerned))
        )

    def _same_by_facts(self, index: int, concerned: Sequence[Subject]) -> bool:
        """Whether a condition can be lost where it is not known: something else is not known either."""
        lost = self.work.mutants[index].kind is Kind.UNKNOWN
        return (
            lost
            and bool(concerned)
            and all(
                same_by_facts(
                    tuple(subject.pairs(index)),
                    subject.program,
                    subject.mutated(index),
                    self._candidates[subject.program.id].witnesses.today,
                )
                for subject in concerned
            )
        )

    def _same_by_itself(self, index: int, concerned: Sequence[Subject]) -> bool:
        """Whether what stands there instead has the same value wherever it stands, such as within a list."""
        swaps = self.work.mutants[index].swaps
        if not concerned or not all(map(_is_condition, swaps)):
            return False
        everywhere = attrs.evolve(concerned[0].program, applies_to=None)
        today = self._candidates[everywhere.id].witnesses.today
        pairs = (Pair(Root(swap.old, True), swap.new) for swap in swaps)  # type: ignore[arg-type]  # both are nodes
        found = compared(tuple(pairs), everywhere, everywhere, today)
        return len(concerned) == 1 and found.verdict is Verdict.SAME

    def told_by(self, order: Looked) -> list[tuple[Borrower, frozenset[int]]]:
        """Return the borrowers of a part of a round who may tell some mutants, each with those."""
        subject = self._subjects[order.policy]
        borrowers = self._candidates[order.policy].part(order.round, order.part)
        met = ((borrower, met_by(borrower, subject, order.mutants)) for borrower in borrowers)
        return [each for each in met if each[1]]

    def told(self, index: int, borrowers: Sequence[tuple[str, Borrower]]) -> str | None:
        """Return a case that would kill a mutant, of one of some borrowers, each with the policy."""
        for policy, subject in self._subjects.items():
            own = [borrower for name, borrower in borrowers if name == policy]
            case = telling_case(own, subject, index, self._alone[policy]) if own else None
            if case is not None:
                return case
        return None

    def concerned(self, index: int) -> tuple[str, ...]:
        """Return the policies that a mutant is one of."""
        return tuple(name for name, each in self._subjects.items() if each.concerns(index))

    @cached_property
    def _policies(self) -> PolicySet:
        return PolicySet(self.work.programs, self.work.dictionary, ReferenceEvaluator())

    @cached_property
    def _subjects(self) -> Mapping[str, Subject]:
        return {p.id: Subject(p, self.work.mutants) for p in self.work.programs}

    @cached_property
    def _alone(self) -> Mapping[str, Alone]:
        return {name: Alone.of(policy) for name, policy in self._policies.items()}

    @cached_property
    def _candidates(self) -> Mapping[str, Candidates]:
        programs = self.work.programs
        return {p.id: Candidates(p, tuple(self._borrowers(p))) for p in programs}

    def _borrowers(self, program: Program) -> Iterator[Borrower]:
        """Yield the borrowers of a policy's cases, the loan under assessment first."""
        for case in self.work.cases:
            if case.policy == program.id:
                facts = facts_from(
                    case.profile, self.work.dictionary, currency(program.currency), case.as_of
                )
                for loan in range(len(facts.loans or ())):
                    situation = facts.about(loan)
                    if case.loan in (None, situation.loan_id):
                        applies = self._policies.evaluator.applies(program, situation)
                        if program.in_force(facts.as_of) and applies is not False:
                            yield _borrower(case, loan, self.work.dictionary, program)


def _is_condition(swap: Swap) -> bool:
    nodes = isinstance(swap.old, Node) and isinstance(swap.new, Node)
    return nodes and swap.old.type == BOOLEAN  # type: ignore[attr-defined]  # it is a node


def _borrower(case: ReadyCase, loan: int, dictionary: Dictionary, program: Program) -> Borrower:
    facts = facts_from(case.profile, dictionary, currency(program.currency), case.as_of)
    loans = facts.loans or ()
    own = {f"loan.{name}": value for name, value in loans[loan].fields.items()}
    others = tuple(dict(each.fields) for place, each in enumerate(loans) if place != loan)
    return Borrower(facts.as_of, {**facts.values, **own, "loan.id": LOAN_ID}, others)
