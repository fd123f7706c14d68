"""A policy's offers on a day as Python source: one function for each plan.

`offer(as_of, values)` returns the parts of `Solved`, or None where it is left to the other evaluator.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

import attrs

from policyengine.decision.decided import RuleIds, WholeTerms
from policyengine.decision.screening import Mask
from policyengine.evaluators.base import Place
from policyengine.evaluators.compiled.functions import changes_of, function_of
from policyengine.evaluators.compiled.known import Known
from policyengine.evaluators.compiled.layout import Layout, layout_from, whole, within
from policyengine.evaluators.compiled.naming import Names
from policyengine.evaluators.compiled.offers.analysis import (
    Offer,
    facts_of,
    facts_of_steps,
    offer_on,
)
from policyengine.evaluators.compiled.offers.schedules import IN_SIGHT, Row
from policyengine.evaluators.compiled.offers.settings import Levers
from policyengine.evaluators.compiled.offers.solving import Solver
from policyengine.evaluators.compiled.support import IN_SIGHT as CONDITIONS
from policyengine.evaluators.compiled.support import NoValue
from policyengine.evaluators.compiled.unknowns import Unknowns
from policyengine.evaluators.compiled.writing import NotWritten, Writing
from policyengine.facts.facts import Situation
from policyengine.ir.levers import has_own_term
from policyengine.ir.program import PlanDefinition, Program

Solve = Callable[[date, tuple[Any, ...]], tuple[Any, ...] | None]
#: May be missing all the same: what stands on them is left to the other evaluator, or says so.
_OPTIONAL = "loan.due_day"
_OF_THE_TERM = ("loan.remaining_term", "loan.method")


class Solved(NamedTuple):
    """Terms that were found, or the last ones that could be worked out.

    Attributes:
        holds: Whether there are terms that keep the guarantees; None where that is not known.
        met: Whether they meet the target; else they are what is enough all the same.
        failed: A mask of the rules that fail at them: `until`, `accept`, guarantees, and that there are terms at all.
        unknown: A mask of those that are not known to hold or to fail.
        place: The step that was raised last, and the place of its setting; None where there are no terms at all.
        terms: The terms, None where there is no offer.
        rows: Their schedule, None where there is no offer.
    """

    holds: bool | None
    met: bool
    failed: Mask
    unknown: Mask
    place: Place | None
    terms: WholeTerms | None
    rows: tuple[Row, ...] | None


@attrs.frozen(eq=False)
class OfferInputs:
    """The typed inputs of an offer.

    `complete` says that none of them is missing, and none below what the vocabulary allows; `enough` that this holds of
    all that the steps read: there are terms, but what they are held against may not be known. `starts` says that there
    is a loan to start from.
    """

    values: tuple[Any, ...]
    complete: bool
    enough: bool
    starts: bool


@attrs.frozen(eq=False)
class OfferLayout:
    """The facts that an offer reads.

    `optional` are the places of those that may be missing, `of_rules` of those that only its rules read, `needed` of those
    without which there is no loan to start from; `has_all` says that the vocabulary has them all.
    """

    layout: Layout
    optional: frozenset[int]
    of_rules: frozenset[int]
    needed: frozenset[int]
    has_all: bool

    def inputs(self, situation: Situation) -> OfferInputs:
        """Return the typed inputs of one loan."""
        values: tuple[Any, ...] = self.layout.inputs(situation).values
        allowed = all(map(within, self.layout.facts, values))
        missing = {place for place, value in enumerate(values) if not whole(value)} - self.optional
        enough = allowed and missing <= self.of_rules
        starts = self.has_all and not any(values[place] is None for place in self.needed)
        return OfferInputs(values, allowed and not missing, enough, starts)


@attrs.frozen(eq=False)
class CompiledOffer:
    """The two functions of an offer on a day, and their source; None where it is left to the other evaluator.

    `known` is for a loan of which all is known that the offer reads, `unknowns` for one of which that holds of what its
    steps read. `without` is what is found where there is no loan to start from.
    """

    known: Solve | None
    unknowns: Solve | None
    without: Solved
    source: str

    def solved(self, as_of: date, inputs: OfferInputs) -> Solved | None:
        """Return the terms; None where they are left to the other evaluator."""
        if not inputs.starts:
            return self.without
        found = None
        if inputs.complete and self.known is not None:
            found = _tried(self.known, as_of, inputs)
        if found is None and inputs.enough and self.unknowns is not None:
            found = _tried(self.unknowns, as_of, inputs)
        return None if found is None else Solved(*found)


def _tried(solve: Solve, as_of: date, inputs: OfferInputs) -> tuple[Any, ...] | None:
    try:
        return solve(as_of, inputs.values)
    except (NoValue, ZeroDivisionError):
        return None


@attrs.frozen(eq=False)
class Offers:
    """The offers of a policy, in the order of its plans."""

    program: Program
    layouts: tuple[OfferLayout, ...]
    ids: tuple[RuleIds, ...]
    changes: Sequence[date]
    _eras: dict[int, tuple[CompiledOffer, ...]] = attrs.field(factory=dict)

    def on(self, day: date) -> tuple[CompiledOffer, ...]:
        """Return the functions for a day; days on which the parameters are the same share them."""
        era = bisect_right(self.changes, day)
        found = self._eras.get(era)
        if found is None:
            found = self._eras[era] = tuple(
                _compiled(self.program, plan, each, day)
                for plan, each in zip(self.program.plans, self.layouts, strict=True)
            )
        return found


def offers_of(program: Program) -> Offers:
    """Return the offers of a policy."""
    layouts = tuple(_layout(program, plan) for plan in program.plans)
    ids = tuple(RuleIds(plan, program) for plan in program.plans)
    return Offers(program, layouts, ids, changes_of(program))


def _layout(program: Program, plan: PlanDefinition) -> OfferLayout:
    offer = offer_on(program, plan, date.max)
    besides = sorted(facts_of(offer))
    layout = layout_from(offer.nodes(), program.dictionary, program.scale, besides)
    own_term = any(map(has_own_term, offer.levers))
    may_miss = (_OPTIONAL, *(_OF_THE_TERM if own_term else ()))
    of_steps = facts_of_steps(offer)
    optional = frozenset(i for i, slot in enumerate(layout.facts) if slot.name in may_miss)
    of_rules = frozenset(i for i, slot in enumerate(layout.facts) if slot.name not in of_steps)
    needed = frozenset(i for i, slot in enumerate(layout.facts) if slot.name in offer.needed)
    return OfferLayout(layout, optional, of_rules, needed, len(needed) == len(offer.needed))


def _compiled(
    program: Program, plan: PlanDefinition, layout: OfferLayout, day: date
) -> CompiledOffer:
    offer = offer_on(program, plan, day)
    known, source = _function(offer, layout, three_valued=False)
    unknowns, other = _function(offer, layout, three_valued=True)
    written = "\n\n\n".join(filter(None, (source, other)))
    return CompiledOffer(
        known,
        unknowns,
        _without(offer),
        written or f"# {plan.id} is left to the reference evaluator",
    )


def _without(offer: Offer) -> Solved:
    """Return that nothing is known of the target, nor whether there are terms at all."""
    target = (1 << len(offer.plan.offer.until)) - 1
    return Solved(None, False, 0, target | 1 << len(offer.rules), None, None, None)


def _function(offer: Offer, layout: OfferLayout, *, three_valued: bool) -> tuple[Solve | None, str]:
    try:
        writing = _written(offer, layout, three_valued=three_valued)
    except NotWritten:
        return None, ""
    what = "where not all is known" if three_valued else "where all is known"
    title = f"<{offer.program.id}, offer {offer.plan.id} {what}, on {offer.day}>"
    in_sight = {**CONDITIONS, **IN_SIGHT, "WholeTerms": WholeTerms, **writing.in_sight}
    return function_of(title, writing.lines.text, in_sight), writing.lines.text


def _written(offer: Offer, layout: OfferLayout, *, three_valued: bool) -> Writing:
    names = Names({*CONDITIONS, *IN_SIGHT, "WholeTerms", "values", "as_of", *_WITHIN})
    writing = Writing(offer.program, layout.layout, offer.day, names)
    name = offer.plan.id + ("_unknowns" if three_valued else "")
    writing.begin(writing.names.new(name))
    # What is derived is written twice where not all is known: as the steps see it, and as the rules do.
    known = Known(attrs.evolve(writing, derived={}) if three_valued else writing)
    unknowns = Unknowns(writing) if three_valued else None
    levers = Levers(
        known,
        writing.name_of("loan.next_due"),
        writing.name_of("loan.due_day"),
        any(map(has_own_term, offer.levers)),
    )
    Solver(offer, writing, known, levers, unknowns).write()
    return writing


#: Names that the search itself uses.
_WITHIN = frozenset(
    (  # fmt: skip
        "at", "offered", "found", "last", "again", "place", "choice", "sure", "met", "failed", "withheld", "enough",
        "until", "rows", "days", "payments", "highest", "total", "payment", "tried", "interest_paid", "num", "den", "owed",
        "until_open", "failed_open", "enough_open", "withheld_open",
    )
)  # fmt: skip
