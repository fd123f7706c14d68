"""Whether a fact can change a conjunction, shown by two sets of answers or by looking at every region of all others.

The search goes through the missing facts that the open rules wait for, one region at a time, and stops where the
evaluator decides without the rest. With everything else answered, the regions of the fact itself are tried. A search
that ends without a witness and looked at exact regions only is a certificate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from policyengine.decision.later import Later
from policyengine.decision.trace import Truth, Unknown
from policyengine.evaluators.reference.logic import conjunction
from policyengine.explain.asking.at_once import throughout
from policyengine.explain.asking.atoms import (
    Atom,
    conditions_between,
    is_worked_from,
    terms_move_one_way,
    terms_that_fit,
)
from policyengine.explain.asking.case import Answers, Case, Spent, answers_key
from policyengine.explain.asking.cuts import Stretch, regions
from policyengine.explain.asking.narrowing import Narrowing, furthest
from policyengine.explain.asking.reach import counts_dues
from policyengine.explain.asking.settled import Settled
from policyengine.explain.asking.tries import Tries, told_apart
from policyengine.ir.nodes import Node
from policyengine.model.types import Kind, Value


@attrs.frozen
class Flip:
    """Two answers to one fact that end differently, with answers to others."""

    others: Answers
    first: Value
    second: Value


@attrs.define
class Search:
    """A search over the facts of some atoms, which must all hold.

    `waited_for`: facts that the evaluator waits for once all others are answered; `idle`: those that it waits for
    where a rule holds at all their values.
    """

    case: Case
    atoms: tuple[Atom, ...]
    exact: bool = True
    waited_for: set[str] = attrs.field(factory=set)
    idle: set[str] = attrs.field(factory=set)
    _tries: dict[Any, Tries] = attrs.field(factory=dict)
    _truths: dict[Any, Truth] = attrs.field(factory=dict)

    def truth(self, answers: Answers) -> Truth:
        """Return whether all atoms hold, as far as that is known; no terms are worked out while other atoms wait."""
        self.case.budget.step()
        found: list[Truth] = []
        for atom in self.atoms:
            if atom.rests_on_terms and any(isinstance(t, Unknown) and t.missing for t in found):
                continue
            found.append(self.truth_of(atom, answers))
            if found[-1] is False:
                return False
        return conjunction(found)

    def truth_of(self, atom: Atom, answers: Answers) -> Truth:
        """Return whether an atom holds; one that holds at all corners of what is missing does."""
        relevant = atom.relevant(answers)
        key = (id(atom), answers_key(relevant))
        if key not in self._truths:
            truth = atom.truth(relevant)
            if isinstance(truth, Unknown) and truth.missing:
                always = throughout(atom, self.case, relevant)
                self.idle |= truth.missing if always else frozenset()
                truth = truth if always is None else always
            self._truths[key] = truth
        return self._truths[key]

    # A completion under which all hold

    def models(self, answers: Answers) -> Iterator[tuple[Answers, Truth]]:
        """Yield completions that do not make the conjunction false; unknown where something has no value."""
        truth = self.truth(answers)
        if truth is False:
            return
        if truth is True or not truth.missing:
            yield answers, truth
            return
        path = self._next(truth.missing)
        for value in self._through(path, answers):
            yield from self.models({**answers, path: value})

    # A fact that matters

    def flip(self, path: str, answers: Answers) -> Flip | None:
        """Return two answers to a fact that end differently, other facts being answered as need be."""
        truth = self.truth(answers)
        if not isinstance(truth, Unknown) or not truth.missing:
            return None
        if not any(path in atom.reach for atom in self._open(answers)):
            return None
        others = truth.missing - {path}
        if path in truth.missing and (not others or len(answers) == 0):
            found = self.vary(path, answers)
            if found is not None:
                return found
        if not others:
            self.waited_for.add(path)
            return self._after(path, answers)
        return self._branch(self._next(others), path, answers)

    def settles(self, path: str, *, with_terms: bool = False) -> bool:
        """Whether each answer to a fact decides all by itself, and every one the same way.

        Then none of them matters, even where what else is missing has values that could not all be covered. Terms are
        searched for only where that is asked for: it takes long.
        """
        tries = self.tries(path, {})
        if not tries.exact or (not with_terms and any(atom.rests_on_terms for atom in self.atoms)):
            return False
        ends = [self.truth({path: value}) for value in tries.all]
        return ends in ([True] * len(ends), [False] * len(ends))

    def _branch(self, other: str, path: str, answers: Answers) -> Flip | None:
        for value in self._through(other, answers):
            found = self.flip(path, {**answers, other: value})
            if found is not None:
                return found
        return None

    def _through(self, path: str, answers: Answers) -> Iterator[Value]:
        """Yield the answers to try; whether they are all there is to try is looked into once they are tried."""
        tries = self.tries(path, answers)
        yield from tries.values
        if self.exact:
            self.exact = tries.exact
            yield from tries.found_later

    def _after(self, path: str, answers: Answers) -> Flip | None:
        """Answers to the fact may leave others to be asked for that nobody waited for before."""
        tries, found = self.tries(path, answers), None
        for value in tries.values:
            truth = self.truth({**answers, path: value})
            if isinstance(truth, Unknown) and truth.missing:
                found = self._branch(self._next(truth.missing), path, answers)
                break
        if found is not None or not self.exact:
            return found
        self.exact = tries.exact
        return self._varied(path, answers, tries.all) if self.exact else None

    def vary(self, path: str, answers: Answers) -> Flip | None:
        """Return two answers to a fact that end differently with all else as it is."""
        return self._varied(path, answers, self.tries(path, answers).values)

    def _varied(self, path: str, answers: Answers, values: tuple[Value, ...]) -> Flip | None:
        seen: dict[bool | None, Value] = {}
        for value in values:
            truth = self.truth({**answers, path: value})
            if isinstance(truth, Unknown) and truth.missing:
                continue
            seen.setdefault(None if isinstance(truth, Unknown) else truth, value)
            if len(seen) > 1:
                first, second = seen.values()
                return self._refined(path, Flip(answers, first, second))
        return None

    def near(self, path: str, model: Answers) -> Flip | None:
        """Return two answers that end differently near a completion under which all holds: there, or one answer off."""
        others = {p: value for p, value in model.items() if p != path}
        return self.vary(path, others) or self._beside(path, model, others)

    def _beside(self, path: str, model: Answers, others: Answers) -> Flip | None:
        together = frozenset[str]().union(*(a.reach for a in self.atoms if path in a.reach))
        for other in sorted(together & others.keys()):
            rest = {p: value for p, value in model.items() if p != other}
            for value in self.tries(other, rest).values:
                found = self.vary(path, {**others, other: value})
                if found is not None:
                    return found
        return None

    def _refined(self, path: str, flip: Flip) -> Flip:
        """Return the two answers brought as near to one another as can be."""
        domain = self.case.domains[path]
        if not domain.ordered:
            return flip
        low, high = sorted([domain.place(flip.first), domain.place(flip.second)])
        between = Narrowing(
            low,
            high,
            self._step(path),
            lambda place: self._end(path, flip.others, place),
            lambda place, other: self._edge(path, flip.others, place, other),
        )
        between.narrow()
        return Flip(flip.others, domain.at(between.low), domain.at(between.high))

    def _step(self, path: str) -> int:
        """Return how near to one another two answers are brought: less where terms are worked out from them.

        There each place between takes a search for terms.
        """
        leaves = (leaf for atom in self.atoms for leaf in atom.leaves())
        of_terms = [a.plan for a in leaves if a.plan is not None and path in a.reach]
        works_out = any(is_worked_from(plan, path, self.case) for plan in of_terms)
        return self.case.domains[path].legible if works_out else 1

    def _end(self, path: str, others: Answers, place: int) -> bool | str | None:
        truth = self.truth({**others, path: self.case.domains[path].at(place)})
        if isinstance(truth, Unknown):
            return "waiting" if truth.missing else None
        return truth

    def _edge(self, path: str, others: Answers, place: int, other: int) -> int | None:
        """Return how far towards another place the terms found at one still fit; None where there are none."""
        domain = self.case.domains[path]

        def given(at: int) -> Answers:
            return {**others, path: domain.at(at)}

        for atom in self.atoms:
            if atom.plan is not None and path in atom.reach:
                fits = terms_that_fit(atom.plan, atom.relevant(given(place)), atom.reach, self.case)
                if fits is not None:
                    return furthest(lambda at: fits(atom.relevant(given(at))), place, other)  # noqa: B023  # called now
        return None

    # Answers to try

    def tries(self, path: str, answers: Answers) -> Tries:
        """Return answers to a fact that tell apart whatever can be told apart.

        A condition that also waits for other facts has no regions yet: then usual values are tried as well, and no
        others can be ruled out.
        """
        nearby = frozenset[str]().union(*(a.reach for a in self.atoms if path in a.reach))
        relevant = {p: value for p, value in answers.items() if p in nearby}
        key = (path, answers_key(relevant))
        if key not in self._tries:
            self._tries[key] = self._worked_out(path, relevant)
        return self._tries[key]

    def _worked_out(self, path: str, answers: Answers) -> Tries:
        domain, atoms = self.case.domains[path], self._open(answers)
        nodes = [node for atom in atoms if path in atom.reach for node in atom.nodes]
        if self.alike(path):
            return Tries.known(domain.usual[:1], exact=True)
        if not domain.ordered:
            vague = domain.kind is Kind.LIST or (
                domain.kind is Kind.TEXT and self.case.vaguely_compared(path, nodes)
            )
            return Tries.known(domain.values, exact=not vague)
        if domain.small:
            return Tries.known(domain.usual, exact=True)
        plain, terms = self._plain_and_terms(path, atoms)
        cut = regions(path, plain, self.case, answers)
        values = [domain.at(place) for place in told_apart(cut.stretches, domain)]
        exact = cut.exact and not cut.joint
        if terms or not exact:
            values = [*domain.usual, *values]
        found = tuple(dict.fromkeys(values))
        if not exact or not terms:
            return Tries.known(found, exact)
        return Tries(found, Later(lambda: self._rest(terms, path, answers, cut.stretches)))

    def _plain_and_terms(
        self, path: str, atoms: tuple[Atom, ...]
    ) -> tuple[list[Node], tuple[Atom, ...]]:
        """Return the conditions that cut a fact into regions, and the atoms whose terms it moves otherwise."""
        plain: list[Node] = []
        terms = []
        for leaf in (leaf for atom in atoms for leaf in atom.leaves() if path in leaf.reach):
            if not leaf.rests_on_terms:
                plain += leaf.nodes
            elif self._moves_terms(leaf, path):
                between = self._between(leaf, path)
                plain += between or self._whens(leaf, path)
                terms += [leaf] if between is None else []
        return plain, tuple(terms)

    def _whens(self, atom: Atom, path: str) -> tuple[Node, ...]:
        """Return the conditions on a fact under which a step is taken."""
        levers = atom.plan.offer.levers if atom.plan is not None else ()
        whens = (lever.when for lever in levers if lever.when is not None)
        return tuple(when for when in whens if self.case.reads(when, path))

    def _rest(
        self,
        terms: tuple[Atom, ...],
        path: str,
        answers: Answers,
        stretches: tuple[Stretch, ...],
    ) -> tuple[Value, ...] | None:
        """Return what is to be tried besides so that nothing is left out; None where that is not known.

        Where another rule fails throughout a stretch, terms do not matter there.
        """
        open_ = tuple(s for s in stretches if not self._fails_at(path, answers, s[0]))
        settled = Settled(self.case, path, answers)
        for atom in terms:
            if not self._one_way(atom, path, answers, open_) and not settled.all_of(atom, open_):
                return None
        return tuple(self.case.domains[path].at(place) for place in settled.places)

    def _fails_at(self, path: str, answers: Answers, place: int) -> bool:
        given = {**answers, path: self.case.domains[path].at(place)}
        return any(a.truth(given) is False for a in self.atoms if not a.rests_on_terms)

    def _between(self, atom: Atom, path: str) -> tuple[Node, ...] | None:
        """Return the conditions through which alone a fact reaches an atom's terms."""
        if atom.plan is None:
            return None
        return conditions_between(atom.plan, atom.nodes, path, self.case)

    def _moves_terms(self, atom: Atom, path: str) -> bool:
        """Whether terms can hang on a fact: mostly the next due date only dates the payments."""
        if path != _DATED or (atom.plan is not None and counts_dues(atom.plan)):
            return path in atom.reach
        return any(self.case.reads(node, path) for node in atom.nodes)

    def alike(self, path: str) -> bool:
        """Whether all answers to a fact are alike: a text nobody wrote, and a day that only dates the payments."""
        atoms = [atom for atom in self.atoms if path in atom.reach]
        if path == _DATED:
            return not any(self._moves_terms(atom, path) for atom in atoms)
        nodes = [node for atom in atoms for node in atom.nodes]
        one = self.case.domains[path].kind is Kind.TEXT and len(self.case.domains[path].values) == 1
        return one and not self.case.vaguely_compared(path, nodes)

    def _one_way(
        self, atom: Atom, path: str, answers: Answers, stretches: tuple[Stretch, ...]
    ) -> bool:
        """Whether the terms found at both ends of each stretch are the same, and all between are too."""
        if atom.plan is None or not terms_move_one_way(atom.plan, path, self.case, answers):
            return False
        return all(self._same_terms(atom, path, answers, stretch) for stretch in stretches)

    def _same_terms(self, atom: Atom, path: str, answers: Answers, stretch: Stretch) -> bool:
        assert atom.plan is not None  # noqa: S101  # looked at before
        found = []
        for place in stretch:
            given = {**answers, path: self.case.domains[path].at(place)}
            offer = self.case.offer(atom.plan, given, atom.reach)
            if isinstance(offer.holds, Unknown):
                return False
            found.append((offer.holds, offer.prospect and dict(offer.prospect.levers)))
        return found[0] == found[1]

    def _next(self, missing: frozenset[str]) -> str:
        """Return the fact to answer first: few values before many, what terms stand on last."""
        domains = self.case.domains

        def rank(path: str) -> tuple[bool, bool, str]:
            leaves = (leaf for atom in self.atoms for leaf in atom.leaves())
            late = any(a.rests_on_terms and path in a.reach for a in leaves)
            return late, domains[path].ordered, path

        known = [path for path in missing if path in domains]
        if not known:  # fields of members that an answer has brought
            raise Spent
        return min(known, key=rank)

    def _open(self, answers: Answers) -> tuple[Atom, ...]:
        """Return the atoms that are not decided; of terms nothing is worked out for that."""
        return tuple(
            atom
            for atom in self.atoms
            if atom.rests_on_terms or isinstance(self.truth_of(atom, answers), Unknown)
        )


_DATED = "loan.next_due"
