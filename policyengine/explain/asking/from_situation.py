"""From a loan under a policy to what is still to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any

import attrs

from policyengine.decision.decimals import decimal_text
from policyengine.decision.decision import Decision, Status, Text
from policyengine.decision.trace import Unknown
from policyengine.decision.values import Json, encode_fact
from policyengine.decision.wording import shown_as
from policyengine.evaluators.base import Evaluator
from policyengine.explain.asking.atoms import (
    Atom,
    any_of,
    condition_atom,
    none_of_plans,
)
from policyengine.explain.asking.case import Answers, Budget, Case, Spent
from policyengine.explain.asking.climbing import model_of
from policyengine.explain.asking.inquiry import (
    Inquiry,
    Irrelevant,
    Needed,
    Question,
    Undecided,
    Witness,
)
from policyengine.explain.asking.search import Flip, Search
from policyengine.explain.asking.settling import Settling
from policyengine.explain.asking.standing import Standing
from policyengine.facts.facts import Situation
from policyengine.ir.program import PlanDefinition, Program

OUTCOME = None
_SEARCH_ENDED = "more was tried than there is time for"
#: Where dues are counted it may matter; but the evaluator goes on without it, so that this does not show.
_NOT_WAITED_FOR = "loan.due_day"
_NOT_EXACT = (
    "no two answers were found that end differently, and not every answer could be ruled out"
)


def inquiry_of(
    program: Program, situation: Situation, evaluator: Evaluator, plan: str | None = None
) -> Inquiry:
    """Return what is still to be asked about one loan under one policy, of one plan or of all."""
    case = Case.of(program, situation, evaluator, Budget())
    found = {path: _Verdict() for path in case.domains}
    return _Asking(case, Standing.of(case), plan, found).inquiry()


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


@attrs.define
class _Asking:
    case: Case
    standing: Standing
    wanted: str | None
    found: dict[str, _Verdict]
    certain: dict[str, str] = attrs.field(factory=dict)
    targets: list[_Target] = attrs.field(factory=list)

    def inquiry(self) -> Inquiry:
        decision = self.standing.decision
        self.case.budget.renew()
        for target in self._targets(decision):
            self.targets.append(target)
            self._examine(target)
        statuses = {p.plan: str(p.status) for p in decision.plans if self.wanted in (None, p.plan)}
        asked = [path for path, v in self.found.items() if v.witness or v.undecided or v.needed]
        settling = self._settling()
        powers = {path: settling.power(path) for path in asked}
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
            smallest=settling.smallest(asked) if asked else None,
        )

    def _settling(self) -> Settling:
        """Return what answers settle of the plans that they can still decide."""
        open_plans = {
            target.plan.id: tuple(atom for search in target.components for atom in search.atoms)
            for target in self.targets
            if target.plan is not None and target.plan.id not in self.certain
        }
        whole = self.wanted is None and not self.certain
        return Settling(self.case, self.standing, open_plans, whole)

    # Targets

    def _targets(self, decision: Decision) -> Iterator[_Target]:
        """Yield every plan that is open, and the outcome where it hangs on a referral instead of a refusal.

        What is found of a plan counts for the outcome: one that is denied for certain leaves nothing open. Last comes
        whether the policy applies at all: one that does not refuses nothing, even where each plan is denied.
        """
        program, case = self.case.program, self.case
        atoms = {p: a for p, a in self.standing.plans.items() if self.wanted in (None, p)}
        for plan in program.plans:
            if plan.id in atoms:
                yield _Target(plan, _components(atoms[plan.id], case))
        holds = [r.holds for r in decision.referrals if r.instead_of_refusal]
        if None in holds and True not in holds and not decision.allowed and self.wanted is None:
            referrals = any_of(self.standing.instead)
            open_ = tuple(parts for plan, parts in atoms.items() if plan not in self.certain)
            parts = (referrals, none_of_plans(open_)) if open_ else (referrals,)
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
            self._need_one_of(search)

    def _need_one_of(self, search: Search) -> None:
        """Where none of the facts matters once another is known, and yet one must be: the cheapest that is enough."""
        asked = any(
            v.witness or v.undecided or v.needed
            for v in map(self.found.get, _reach(search.atoms))
            if v
        )
        self.case.budget.renew()
        with suppress(Spent):
            truth = search.truth({})
            if asked or not isinstance(truth, Unknown):
                return
            waiting = self._by_cost(truth.missing & self.found.keys())
            enough = [path for path in waiting if search.settles(path, with_terms=True)]
            for path in enough[:1] or waiting:
                self.found[path].needed = True

    def _has_models(self, target: _Target) -> bool:
        """Whether every component can hold; where one cannot, the plan is denied whatever is answered."""
        for search in target.components:
            search.exact = True
            model = model_of(search) or self._model(search)
            if model is None and search.exact:
                if target.plan is not None:
                    self.certain[target.plan.id] = str(Status.DENIED)
                return False
            target.models.append(model or {})
        return True

    def _model(self, search: Search) -> Answers | None:
        """Go through completions one after the other; the best so far is one that leaves something without a value."""
        self.case.budget.renew()
        model = None
        try:
            for answers, truth in search.models({}):
                if truth is True:
                    return answers
                model = model or answers
        except Spent:
            search.exact = False
        return model

    def _weigh(
        self, path: str, search: Search, target: _Target, elsewhere: Answers, model: Answers
    ) -> None:
        verdict = self.found[path]
        if search.alike(path) or path == _NOT_WAITED_FOR:
            verdict.needed = path != _NOT_WAITED_FOR
            verdict.undecided = None if verdict.needed else _NOT_EXACT
            return
        search.exact = True
        search.waited_for.clear()
        try:
            flip = self._near(path, search, model)
            self.case.budget.renew()
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

    def _near(self, path: str, search: Search, model: Answers) -> Flip | None:
        self.case.budget.renew()
        with suppress(Spent):
            return search.near(path, model) if model else None
        return None

    # Witnesses

    def _witness(
        self, path: str, flip: Flip, target: _Target, elsewhere: Answers
    ) -> Witness | None:
        """Return a witness once the evaluator has decided both ways; None where it does not bear it out."""
        others = self._filled({**elsewhere, **flip.others}, path, flip, target)
        if any(self.case.contradictory({**others, path: v}) for v in (flip.first, flip.second)):
            return None
        first, second = (
            self.standing.end(target.plan, {**others, path: value})
            for value in (flip.first, flip.second)
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
                asks = self.standing.asks(target.plan, {**found, path: value})
                new = [p for p in asks if p in self.case.domains and p not in found and p != path]
                if not new:
                    break
                found |= {p: self.case.domains[p].usual[0] for p in new}
        return found

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
        return {
            "cost": ask.cost if ask else 1,
            "answered_by": self.case.program.dictionary.answered_by(path),
            "text": dict(ask.question) if ask else {},
            "evidence": dict(ask.evidence) if ask else {},
        }

    def _text(self, path: str, value: Any) -> Text:
        program = self.case.program
        return {
            language: shown_as(value, self.case.domains[path].fact.type, program, language)
            for language in program.languages
        }

    def _json(self, path: str, value: Any) -> Json:
        return encode_fact(value, self.case.domains[path].fact.type, self.case.program)


def _components(atoms: tuple[Atom, ...], case: Case) -> tuple[Search, ...]:
    """Return searches over atoms that share no missing fact; what is decided already is left out."""
    groups: list[tuple[frozenset[str], tuple[Atom, ...]]] = []
    with case.budget.apart():
        open_ = [atom for atom in atoms if isinstance(atom.truth({}), Unknown)]
    for atom in open_:
        joined = [g for g in groups if g[0] & atom.reach]
        groups = [g for g in groups if not g[0] & atom.reach]
        reach = atom.reach.union(*(g[0] for g in joined))
        groups.append((reach, (*(a for g in joined for a in g[1]), atom)))
    return tuple(
        Search(case, tuple(sorted(group, key=lambda a: a.rests_on_terms))) for _, group in groups
    )


def _reach(atoms: tuple[Atom, ...]) -> frozenset[str]:
    return frozenset[str]().union(*(atom.reach for atom in atoms))
