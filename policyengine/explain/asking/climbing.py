"""A completion under which all holds, found by changing one answer at a time.

Where many facts are missing, going through their values in order reaches such a completion late. Here a start that is
as good as any is made better: an answer to a fact that a failing rule reads is changed wherever fewer rules fail then.
Terms are looked at last, once every other rule holds. That none is found shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from policyengine.decision.trace import Unknown
from policyengine.explain.asking.atoms import Atom
from policyengine.explain.asking.case import Answers, Spent
from policyengine.explain.asking.search import Search
from policyengine.model.types import Value

#: How often one answer is changed for a better one.
_CHANGES = 40


def model_of(search: Search) -> Answers | None:
    """Return answers under which all atoms hold; None where none were found."""
    plain = tuple(atom for atom in search.atoms if not atom.rests_on_terms)
    if not plain:
        return None
    search.case.budget.renew()
    try:
        return _Climb(search, Search(search.case, plain)).top()
    except Spent:
        return None


@attrs.frozen
class _Climb:
    search: Search
    plain: Search

    def top(self) -> Answers | None:
        answers = self._filled({})
        failing = self._failing(answers)
        for _ in range(_CHANGES):
            if not failing:
                return answers
            better = self._better(answers, failing)
            if better is None:
                return None
            answers, failing = better
        return None

    def _better(self, answers: Answers, failing: list[Atom]) -> tuple[Answers, list[Atom]] | None:
        for path, value in self._changes(answers, failing):
            changed = self._filled({**answers, path: value})
            found = self._failing(changed)
            if len(found) < len(failing):
                return changed, found
        return None

    def _changes(self, answers: Answers, failing: list[Atom]) -> Iterator[tuple[str, Value]]:
        paths = dict.fromkeys(p for atom in failing for p in answers if p in atom.reach)
        for path in paths:
            for value in self.values(path, answers):
                if value != answers[path]:
                    yield path, value

    def values(self, path: str, answers: Answers) -> tuple[Value, ...]:
        others = {p: value for p, value in answers.items() if p != path}
        told_apart = self.plain.tries(path, others).values
        return tuple(dict.fromkeys((*told_apart, *self.search.case.domains[path].usual)))

    def _failing(self, answers: Answers) -> list[Atom]:
        """Return what does not hold; no terms are worked out while anything else does not."""
        self.search.case.budget.step()
        plain = [a for a in self.plain.atoms if a.truth(answers) is not True]
        terms = [a for a in self.search.atoms if a.rests_on_terms]
        return [*plain, *(terms if plain else [a for a in terms if a.truth(answers) is not True])]

    def _filled(self, answers: Answers) -> Answers:
        """Return answers with whatever is waited for, at the most ordinary values."""
        found = dict(answers)
        while True:
            atoms = [a for a in self.search.atoms if not a.rests_on_terms or not self._waits(found)]
            missing = self._missing(atoms, found)
            if not missing:
                return found
            found |= {path: self.search.case.domains[path].usual[0] for path in missing}

    def _waits(self, answers: Answers) -> bool:
        return any(a.truth(answers) is not True for a in self.plain.atoms)

    def _missing(self, atoms: list[Atom], answers: Answers) -> list[str]:
        truths = (atom.truth(answers) for atom in atoms)
        waited = {path for truth in truths if isinstance(truth, Unknown) for path in truth.missing}
        return sorted(path for path in waited if path in self.search.case.domains)
