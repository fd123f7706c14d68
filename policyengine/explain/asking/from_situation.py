"""From a loan under a policy to what is still to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import attrs

from policyengine.decision.decimals import decimal_text
from policyengine.decision.decision import Decision, Outcome, Status, Text
from policyengine.decision.trace import Unknown
from policyengine.decision.values import Json, encode_fact
from policyengine.decision.wording import shown_as
from policyengine.evaluators.base import Evaluator
from policyengine.explain.asking.atoms import (
    Atom,
    any_of,
    condition_atom,
    none_of_plans,
    plan_atoms,
    rule_atom,
)
from policyengine.explain.asking.case import Answers, Budget, Case, Spent
from policyengine.explain.asking.inquiry import (
    Inquiry,
    Irrelevant,
    Needed,
    Question,
    Smallest,
    Undecided,
    Witness,
)
from policyengine.explain.asking.search import Flip, Search
from policyengine.facts.facts import Situation
from policyengine.ir.program import PlanDefinition, Program

OUTCOME = None
DOES_NOT_APPLY = "does_not_apply"
_SEARCH_ENDED = "more was tried than there is time for"
_NOT_EXACT = (
    "no two answers were found that end differently, and not every answer could be ruled out"
)


def inquiry_of(
    program: Program, situation: Situation, evaluator: Evaluator, plan: str | None = None
) -> Inquiry:
    """Return what is still to be asked about one loan under one policy, of one plan or of all."""
    return _Asking(Case.of(program, situation, evaluator, Budget()), plan).inquiry()


@attrs.define
class _Verdict:
    """What was found about one missing fact."""

    witness: Witness | None = None
    undecided: str | None = None
    needed: bool = False
    read: bool = False


@attrs.define
class _Target:
    """A plan, or the outcome where no plan is left, and what its truth is the conjunction of."""

    plan: PlanDefinition | None
    components: tuple[Search, ...]
    models: list[Answers] = attrs.field(factory=list)


@attrs.define(slots=False)
class _Asking:
    case: Case
    wanted: str | None
    found: dict[str, _Verdict] = attrs.field(factory=dict)
    certain: dict[str, str] = attrs.field(factory=dict)
    targets: list[_Target] = attrs.field(factory=list)
    alone: dict[str, tuple[Any, ...]] = attrs.field(factory=dict)

    def inquiry(self) -> Inquiry:
        decision = self.case.decided({})
        self.found = {path: _Verdict() for path in self.case.domains}
        self.case.budget.renew()
        self.targets = list(self._targets(decision))
        for target in self.targets:
            self._examine(target)
        statuses = {p.plan: str(p.status) for p in decision.plans if self.wanted in (None, p.plan)}
        asked = [path for path, v in self.found.items() if v.witness or v.undecided or v.needed]
        powers = {path: self._power(path) for path in asked}
        questions = [self._question(p, powers[p]) for p in asked if self.found[p].witness]
        return Inquiry(
            policy=decision.policy,
            loan=decision.loan,
            statuses=statuses,
            certain=self.certain | {p: s for p, s in statuses.items() if s != Status.UNDETERMINED},
            questions=tuple(sorted(questions, key=lambda q: (-powers[q.path], q.cost, q.path))),
            undecided=tuple(self._undecided(p) for p in self._by_cost(self._which("undecided"))),
            needed=tuple(self._needed(p) for p in self._by_cost(self._which("needed"))),
            irrelevant=tuple(self._irrelevant(p) for p in self.found if p not in asked),
            smallest=self._smallest(asked) if asked else None,
        )

    # Targets

    def _targets(self, decision: Decision) -> Iterator[_Target]:
        """Yield every plan that is open, and the outcome where it hangs on a referral instead of a refusal.

        Last comes whether the policy applies at all: one that does not refuses nothing, even where each plan is denied.
        """
        program, case = self.case.program, self.case
        plans = {plan.id: plan for plan in program.plans}
        atoms = {
            found.plan: tuple(plan_atoms(plans[found.plan], case))
            for found in decision.plans
            if found.status is Status.UNDETERMINED and self.wanted in (None, found.plan)
        }
        for name, parts in atoms.items():
            yield _Target(plans[name], _components(parts, case))
        instead = [r for r in program.referrals if r.instead_of_refusal]
        holds = [r.holds for r in decision.referrals if r.instead_of_refusal]
        if None in holds and True not in holds and not decision.allowed and self.wanted is None:
            referrals = any_of(tuple(rule_atom(r.rule, case) for r in instead))
            parts = (referrals, none_of_plans(tuple(atoms.values()))) if atoms else (referrals,)
            yield _Target(OUTCOME, _components(parts, case))
        if program.applies_to is not None:
            yield _Target(OUTCOME, _components((condition_atom(program.applies_to, case),), case))

    def _examine(self, target: _Target) -> None:
        for search in target.components:
            for path in _reach(search.atoms):
                self.found[path].read = True
        if not self._has_models(target):
            return
        for place, search in enumerate(target.components):
            elsewhere = {
                path: value
                for other, model in enumerate(target.models)
                if other != place
                for path, value in model.items()
            }
            for path in sorted(_reach(search.atoms)):
                if self.found[path].witness is None:
                    self._weigh(path, search, target, elsewhere, target.models[place])

    def _has_models(self, target: _Target) -> bool:
        """Whether every component can hold; where one cannot, the plan is denied whatever is answered."""
        for search in target.components:
            search.exact = True
            self.case.budget.renew()
            model = None
            try:
                for answers, truth in search.models({}):
                    if model is None or truth is True:
                        model = answers
                    if truth is True:
                        break
            except Spent:
                search.exact = False
            if model is None and search.exact:
                if target.plan is not None:
                    self.certain[target.plan.id] = str(Status.DENIED)
                return False
            target.models.append(model or {})
        return True

    def _weigh(
        self, path: str, search: Search, target: _Target, elsewhere: Answers, model: Answers
    ) -> None:
        verdict = self.found[path]
        search.exact = True
        search.waited_for.clear()
        self.case.budget.renew()
        try:
            flip = (
                search.vary(path, {p: v for p, v in model.items() if p != path}) if model else None
            )
            flip = flip or search.flip(path, {})
            if flip is not None:
                verdict.witness = self._witness(path, flip, target, elsewhere)
                if verdict.witness is not None:
                    return
                search.exact = False
            elif not search.exact and search.settles(path):
                verdict.needed = True
                return
        except Spent:
            verdict.undecided = _SEARCH_ENDED
            return
        if not search.exact:
            verdict.undecided = _NOT_EXACT
        elif path in search.waited_for | search.idle:
            verdict.needed = True

    # Witnesses

    def _witness(
        self, path: str, flip: Flip, target: _Target, elsewhere: Answers
    ) -> Witness | None:
        """Return a witness once the evaluator has decided both ways; None where it does not bear it out."""
        others = self._filled({**elsewhere, **flip.others}, path, flip, target)
        first, second = (
            self._status({**others, path: value}, target) for value in (flip.first, flip.second)
        )
        if first == second:
            return None
        return Witness(
            plan=target.plan.id if target.plan else None,
            first=self._json(path, flip.first),
            first_status=first,
            second=self._json(path, flip.second),
            second_status=second,
            others={p: self._json(p, v) for p, v in sorted(others.items())},
            first_text=self._text(path, flip.first),
            second_text=self._text(path, flip.second),
        )

    def _filled(
        self, others: Mapping[str, Any], path: str, flip: Flip, target: _Target
    ) -> dict[str, Any]:
        """Return answers with whatever the evaluator still waits for, at values that do not matter."""
        found = dict(others)
        for value in (flip.first, flip.second):
            for _ in range(len(self.case.domains)):
                asks = self._asks({**found, path: value}, target)
                new = [p for p in asks if p in self.case.domains and p not in found and p != path]
                if not new:
                    break
                found |= {p: self.case.domains[p].usual[0] for p in new}
        return found

    def _asks(self, answers: Answers, target: _Target) -> tuple[str, ...]:
        decision = self.case.decided(answers, target.plan)
        return decision.asks

    def _status(self, answers: Answers, target: _Target) -> str:
        if self.case.applies(answers) is False:
            return DOES_NOT_APPLY
        decision = self.case.decided(answers, target.plan)
        return str(decision.plans[0].status if target.plan else decision.outcome)

    # What is said of each fact

    def _which(self, kind: str) -> list[str]:
        found = self.found
        if kind == "undecided":
            return [p for p, v in found.items() if v.undecided and not v.witness]
        return [p for p, v in found.items() if v.needed and not v.witness and not v.undecided]

    def _question(self, path: str, power: Fraction) -> Question:
        witness = self.found[path].witness
        assert witness is not None  # noqa: S101  # it is what makes it a question
        return Question(path, witness, decimal_text(power, 0), **self._ask(path))

    def _undecided(self, path: str) -> Undecided:
        return Undecided(path, self.found[path].undecided or "", **self._ask(path))

    def _needed(self, path: str) -> Needed:
        return Needed(path, **self._ask(path))

    def _irrelevant(self, path: str) -> Irrelevant:
        return Irrelevant(path, "examined" if self.found[path].read else "not_read")

    def _by_cost(self, paths: Iterable[str]) -> list[str]:
        return sorted(paths, key=lambda path: (self._ask(path)["cost"], path))

    def _ask(self, path: str) -> dict[str, Any]:
        ask = self.case.domains[path].fact.ask
        if ask is None:
            return {"cost": 1, "text": {}, "evidence": {}}
        return {"cost": ask.cost, "text": dict(ask.question), "evidence": dict(ask.evidence)}

    def _text(self, path: str, value: Any) -> Text:
        program = self.case.program
        return {
            language: shown_as(value, self.case.domains[path].fact.type, program, language)
            for language in program.languages
        }

    def _json(self, path: str, value: Any) -> Json:
        return encode_fact(value, self.case.domains[path].fact.type, self.case.program)

    # What an answer settles

    def _open_plans(self) -> dict[str, tuple[Atom, ...]]:
        """Return the atoms of each plan that answers can still decide."""
        return {
            target.plan.id: tuple(atom for search in target.components for atom in search.atoms)
            for target in self.targets
            if target.plan is not None and target.plan.id not in self.certain
        }

    def _power(self, path: str) -> Fraction:
        """Return how many open plans an answer settles by itself, on average over the answers looked at."""
        values = self._alone(path)
        self.case.budget.renew()
        settled = 0
        try:
            for value in values:
                settled += sum(_decides(a, {path: value}) for a in self._open_plans().values())
        except Spent:
            pass
        return Fraction(settled, max(len(values), 1))

    def _alone(self, path: str) -> tuple[Any, ...]:
        """Return the answers that the open rules tell apart, nothing else being answered."""
        if path not in self.alone:
            parts = [a for atoms in self._open_plans().values() for a in atoms if path in a.reach]
            cheap = tuple(atom for atom in parts if not atom.rests_on_terms)
            self.case.budget.renew()
            try:
                values = Search(self.case, cheap or tuple(parts)).tries(path, {}).values
            except Spent:
                values = self.case.domains[path].usual
            self.alone[path] = values[:_TRIED]
        return self.alone[path]

    # The fewest that can settle

    def _smallest(self, asked: list[str]) -> Smallest | None:
        """Return the fewest facts that can settle every plan: one or two, else some of which none can be left out."""
        tried = {path: self._alone(path) for path in asked}
        self.case.budget.renew()
        try:
            for size in (1, 2):
                for paths in combinations(asked, size):
                    for values in product(*(tried[path] for path in paths)):
                        answers = dict(zip(paths, values, strict=True))
                        if self._settles(answers):
                            return self._said(answers, proven=size == 1)
        except Spent:
            pass
        return self._fewer(asked)

    def _fewer(self, asked: list[str]) -> Smallest | None:
        """Answer whatever is waited for, then take back what is not needed for it."""
        answers: dict[str, Any] = {}
        for _ in asked:
            new = [p for p in self.case.decided(answers).asks if p in asked and p not in answers]
            if not new or self._settled(answers):
                break
            answers |= {path: self.case.domains[path].usual[0] for path in new}
        if not self._settled(answers):
            return None
        for path in tuple(answers):
            less = {p: v for p, v in answers.items() if p != path}
            if self._settled(less):
                answers = less
        return self._said(answers, proven=False)

    def _settles(self, answers: Answers) -> bool:
        """Whether answers decide every open plan; the evaluator has the last word."""
        self.case.budget.step()
        plans = self._open_plans().values()
        return all(_decides(atoms, answers) for atoms in plans) and self._settled(answers)

    def _settled(self, answers: Answers) -> bool:
        decision = self.case.decided(answers)
        open_plans = self._open_plans()
        whole = self.wanted is None and not self.certain
        return not (whole and decision.outcome is Outcome.NEED_INFORMATION) and not any(
            plan.status is Status.UNDETERMINED for plan in decision.plans if plan.plan in open_plans
        )

    def _said(self, answers: Answers, *, proven: bool) -> Smallest:
        decision = self.case.decided(answers)
        applies = self.case.applies(answers)
        return Smallest(
            paths=tuple(answers),
            answers={path: self._json(path, value) for path, value in answers.items()},
            statuses={
                p.plan: DOES_NOT_APPLY if applies is False else str(p.status)
                for p in decision.plans
                if p.plan in self._open_plans()
            },
            proven=proven,
        )


#: Answers of one fact that are put together with those of others.
_TRIED = 8


def _decides(atoms: tuple[Atom, ...], answers: Answers) -> bool:
    """Whether a plan is decided: something is certainly false, or all is true."""
    cheap = [atom.truth(answers) for atom in atoms if not atom.rests_on_terms]
    if any(truth is False for truth in cheap):
        return True
    if any(isinstance(truth, Unknown) for truth in cheap):
        return False
    return not any(isinstance(a.truth(answers), Unknown) for a in atoms if a.rests_on_terms)


def _components(atoms: tuple[Atom, ...], case: Case) -> tuple[Search, ...]:
    """Return searches over atoms that share no missing fact; what is decided already is left out."""
    groups: list[tuple[frozenset[str], tuple[Atom, ...]]] = []
    for atom in atoms:
        if not isinstance(atom.truth({}), Unknown):
            continue
        joined = [g for g in groups if g[0] & atom.reach]
        groups = [g for g in groups if not g[0] & atom.reach]
        reach = atom.reach.union(*(g[0] for g in joined))
        groups.append((reach, (*(a for g in joined for a in g[1]), atom)))
    return tuple(
        Search(case, tuple(sorted(group, key=lambda a: a.rests_on_terms))) for _, group in groups
    )


def _reach(atoms: tuple[Atom, ...]) -> frozenset[str]:
    return frozenset[str]().union(*(atom.reach for atom in atoms))
