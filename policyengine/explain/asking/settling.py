"""What answers settle: how many plans one answer decides, and the fewest facts that can decide them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import attrs

from policyengine.decision.decision import Outcome, Status
from policyengine.decision.trace import Unknown
from policyengine.decision.values import encode_fact
from policyengine.explain.asking.atoms import Atom
from policyengine.explain.asking.case import Answers, Case, Spent
from policyengine.explain.asking.inquiry import Smallest
from policyengine.explain.asking.search import Search
from policyengine.explain.asking.standing import Standing
from policyengine.ir.program import PlanDefinition

#: Answers of one fact that are put together with those of others.
_TRIED = 8


@attrs.define
class Settling:
    """What answers settle of the plans that are open. `whole`: the outcome is to be settled too."""

    case: Case
    standing: Standing
    open_plans: Mapping[str, tuple[Atom, ...]]
    whole: bool
    _alone: dict[str, tuple[Any, ...]] = attrs.field(factory=dict)

    def power(self, path: str) -> Fraction:
        """Return how many open plans an answer settles by itself, on average over the answers looked at."""
        values = self._values(path)
        self.case.budget.renew()
        settled = 0
        try:
            for value in values:
                settled += sum(_decides(a, {path: value}) for a in self.open_plans.values())
        except Spent:
            pass
        return Fraction(settled, max(len(values), 1))

    def _values(self, path: str) -> tuple[Any, ...]:
        """Return the answers that the open rules tell apart, nothing else being answered."""
        if path not in self._alone:
            parts = [a for atoms in self.open_plans.values() for a in atoms if path in a.reach]
            cheap = tuple(atom for atom in parts if not atom.rests_on_terms)
            self.case.budget.renew()
            try:
                values = Search(self.case, cheap or tuple(parts)).tries(path, {}).values
            except Spent:
                values = self.case.domains[path].usual
            self._alone[path] = values[:_TRIED]
        return self._alone[path]

    def smallest(self, asked: Sequence[str]) -> Smallest | None:
        """Return the fewest facts that can settle every plan: one or two, else some of which none can be left out."""
        tried = {path: self._values(path) for path in asked}
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

    def _fewer(self, asked: Sequence[str]) -> Smallest | None:
        """Answer whatever is waited for, then take back what is not needed for it."""
        answers: dict[str, Any] = {}
        for _ in asked:
            asks = self.standing.asks(None, answers)
            new = [path for path in asks if path in asked and path not in answers]
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

    def _plans(self) -> list[PlanDefinition]:
        return [plan for plan in self.case.program.plans if plan.id in self.open_plans]

    def _settles(self, answers: Answers) -> bool:
        self.case.budget.step()
        plans = self.open_plans.values()
        return all(_decides(atoms, answers) for atoms in plans) and self._settled(answers)

    def _settled(self, answers: Answers) -> bool:
        """Whether answers decide every open plan, and the outcome too where that is asked about."""
        ends = [self.standing.end(p, answers) for p in self._plans()]
        open_ = self.whole and self.standing.end(None, answers) == Outcome.NEED_INFORMATION
        return not open_ and Status.UNDETERMINED not in ends

    def _said(self, answers: Answers, *, proven: bool) -> Smallest:
        domains, program = self.case.domains, self.case.program
        return Smallest(
            paths=tuple(answers),
            answers={p: encode_fact(v, domains[p].fact.type, program) for p, v in answers.items()},
            statuses={p.id: self.standing.end(p, answers) for p in self._plans()},
            proven=proven,
        )


def _decides(atoms: tuple[Atom, ...], answers: Answers) -> bool:
    """Whether a plan is decided: something is certainly false, or all is true."""
    cheap = [atom.truth(answers) for atom in atoms if not atom.rests_on_terms]
    if any(truth is False for truth in cheap):
        return True
    if any(isinstance(truth, Unknown) for truth in cheap):
        return False
    return not any(isinstance(a.truth(answers), Unknown) for a in atoms if a.rests_on_terms)
