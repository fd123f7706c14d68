"""A policy's offers on a day as Python source: one function for each plan.

`offer(as_of, values)` returns None where it is left to the other evaluator, else

    holds      whether there are terms that keep the guarantees
    met        whether they meet the target; else they are what is enough all the same
    failed     a mask of the rules that fail at them: `until`, `accept`, guarantees, and last that there are terms at all
    outside    a mask of the guarantees that do not concern the loan
    choice     the step that was raised last, and the place of its setting
    terms      in the order of `decision.columns.TERMS`, None where there is no offer
    rows       their schedule

Where no terms meet the rules, `failed` and `choice` are of the last ones that could be worked out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import attrs

from policyengine.decision.decided import RuleIds
from policyengine.evaluators.compiled.functions import changes_of, function_of
from policyengine.evaluators.compiled.known import Known
from policyengine.evaluators.compiled.layout import Layout, layout_from, whole, within
from policyengine.evaluators.compiled.naming import Names
from policyengine.evaluators.compiled.offers.analysis import Offer, facts_of, offer_on
from policyengine.evaluators.compiled.offers.schedules import IN_SIGHT as SCHEDULES
from policyengine.evaluators.compiled.offers.settings import Levers
from policyengine.evaluators.compiled.offers.solving import Solver
from policyengine.evaluators.compiled.support import IN_SIGHT
from policyengine.evaluators.compiled.writing import NotWritten, Writing
from policyengine.facts.facts import Situation
from policyengine.ir.levers import has_own_term
from policyengine.ir.program import PlanDefinition, Program

#: What an offer's function returns.
Solved = tuple[Any, ...]
Solve = Callable[[date, tuple[Any, ...]], Solved | None]
#: May be missing all the same: what stands on them is left to the other evaluator, or says so.
_OPTIONAL = "loan.due_day"
_OF_THE_TERM = ("loan.remaining_term", "loan.method")


@attrs.frozen(eq=False)
class OfferLayout:
    """The facts that an offer reads; `optional` are the places of those that may be missing."""

    layout: Layout
    optional: tuple[int, ...]

    def inputs(self, situation: Situation) -> tuple[Any, ...] | None:
        """Return the typed inputs of one loan; None where one is missing, or below what the vocabulary allows."""
        values: tuple[Any, ...] = self.layout.inputs(situation).values
        needed = [value for place, value in enumerate(values) if place not in self.optional]
        allowed = zip(self.layout.facts, values, strict=True)
        return (
            values if all(map(whole, needed)) and all(within(*each) for each in allowed) else None
        )


@attrs.frozen(eq=False)
class CompiledOffer:
    """The function of an offer on a day, and its source; None where it is left to the other evaluator."""

    solve: Solve | None
    source: str


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
    places = tuple(i for i, slot in enumerate(layout.facts) if slot.name in may_miss)
    return OfferLayout(layout, places)


def _compiled(
    program: Program, plan: PlanDefinition, layout: OfferLayout, day: date
) -> CompiledOffer:
    offer = offer_on(program, plan, day)
    try:
        writing = _written(offer, layout)
    except NotWritten:
        return CompiledOffer(None, f"# {plan.id} is left to the reference evaluator")
    title = f"<{program.id}, offer {plan.id}, on {day}>"
    source = writing.lines.text
    solve = function_of(title, source, {**IN_SIGHT, **SCHEDULES, **writing.in_sight})
    return CompiledOffer(solve, source)


def _written(offer: Offer, layout: OfferLayout) -> Writing:
    names = Names({*IN_SIGHT, *SCHEDULES, "values", "as_of", *_WITHIN})
    writing = Writing(offer.program, layout.layout, offer.day, names)
    writing.begin(writing.names.new(offer.plan.id))
    known = Known(writing)
    name = writing.name_of
    levers = Levers(
        known,
        name("loan.next_due"),
        name("loan.due_day"),
        any(map(has_own_term, offer.levers)),
    )
    Solver(offer, writing, known, levers).write()
    return writing


#: Names that the search itself uses.
_WITHIN = frozenset(
    "at offered found last place choice sure met failed outside withheld enough until rows days highest total payment "
    "tried interest_paid num den owed".split()  # noqa: SIM905  # as they stand in the source
)
