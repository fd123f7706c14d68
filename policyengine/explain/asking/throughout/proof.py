"""Whether an offer is made throughout a stretch of a fact, or nowhere in it.

It is made throughout where the last terms of the waterfall can be worked out and meet the rules in any case: whatever
is found before them meets the rules too. It is made nowhere where no terms, of any settings, meet them. Either way the
search must come to its end: it gives up once it has worked out too many months.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import attrs

from policyengine.decision.trace import Result
from policyengine.explain.asking.case import Case
from policyengine.explain.asking.throughout.levers import Step, Taken
from policyengine.explain.asking.throughout.sketch import Sketch
from policyengine.explain.asking.throughout.span import Vague
from policyengine.explain.asking.throughout.stretch import Stretch
from policyengine.explain.asking.throughout.terms import Terms
from policyengine.ir import levers as ir
from policyengine.ir.clashes import clashes
from policyengine.ir.nodes import Node
from policyengine.ir.program import PlanDefinition, Rule
from policyengine.ir.reach import conjuncts
from policyengine.plans.glance import payment_limits
from policyengine.plans.ladder import MAX_MONTHS
from policyengine.plans.traits import follows_terms, lowers_payment, plan_values

#: What terms cost besides their months and what a glance at them costs, and a little more of each than that.
_EACH, _GLANCE = 40, 20
#: How often a stretch is halved at most, so that a search for a place among them all ends.
_HALVINGS = 64
_EXACT_AT_A_GLANCE = frozenset({"payment", "payment_before_rounding"})


def offered_throughout(plan: PlanDefinition, stretch: Stretch) -> bool | None:
    """Return whether a plan has an offer throughout a stretch, or nowhere; None where that is not shown."""
    if plan.offer.choose != "waterfall":
        return None
    try:
        return _Offer(plan, stretch).made()
    except Vague:
        return None


@attrs.frozen(slots=False, eq=False)
class _Offer:
    plan: PlanDefinition
    stretch: Stretch

    def made(self) -> bool | None:
        if self._unusable:
            return False
        if self._cost() > MAX_MONTHS:
            return None
        if self._nowhere():
            return False
        return True if self._in_any_case() else None

    @property
    def _case(self) -> Case:
        return self.stretch.case

    # The steps

    @cached_property
    def _levers(self) -> tuple[ir.Lever, ...]:
        """Return the steps whose `when` holds.

        Raises:
            Vague: Of one it may and may not, or two of them could not both be taken.
        """
        found = []
        for lever in self.plan.offer.levers:
            holds = True if lever.when is None else self.stretch.truth(lever.when)
            if holds is None:
                raise Vague
            found += [lever] if holds else []
        if not found or next(iter(clashes(found)), None):
            raise Vague
        return tuple(found)

    def _taken(self, *, most: bool) -> list[Taken]:
        """Return what the steps come to one after the other."""
        step = Step(self.stretch, most)
        found: list[Taken] = []
        sketch = Sketch.of(self.stretch, self.plan.offer.levers)
        for lever in self._levers:
            found.append(step.take(lever, sketch))
            sketch = found[-1].sketch
            if found[-1].usable is None and isinstance(lever, ir.RepaymentPlan):
                self._alone()
        return found

    def _alone(self) -> None:
        """See that there is no other step: beside one, terms could be without a plan that may have no months."""
        if len(self._levers) > 1:
            raise Vague

    @cached_property
    def _any_way(self) -> list[Taken]:
        return self._taken(most=False)

    @cached_property
    def _any_terms(self) -> Terms:
        return Terms(self.stretch, self._any_way[-1].sketch)

    @property
    def _unusable(self) -> bool:
        """Whether no step can do anything, which is no relief."""
        return all(taken.usable is False for taken in self._any_way)

    # Made nowhere, or in any case

    def _nowhere(self) -> bool:
        """Whether no terms meet the rules. A single step that may have no settings makes no terms then."""
        certain = len(self._any_way) == 1 or all(taken.usable for taken in self._any_way)
        offer = self.plan.offer
        ways = [offer.until, *([offer.accept] if offer.accept else [])]
        return certain and all(self._fail(rules) for rules in ways)

    def _fail(self, rules: Sequence[Rule]) -> bool:
        try:
            return self.stretch.all_hold(_tests(rules), self._any_terms) is False
        except Vague:
            return False

    def _in_any_case(self) -> bool:
        """Whether the last terms meet the rules, and all terms have what rules speak of and keep the guarantees."""
        if not any(taken.usable for taken in self._any_way):
            return False
        offer, last = self.plan.offer, Terms(self.stretch, self._taken(most=True)[-1].sketch)
        last.check()
        self.stretch.all_hold(_tests(offer.until), self._any_terms)  # every rule has a value
        enough = [offer.until, *([offer.accept] if offer.accept else [])]
        met = any(self.stretch.all_hold(_tests(rules), last) is True for rules in enough)
        return met and all(map(self._kept, self._case.program.guarantees))

    def _kept(self, rule: Rule) -> bool:
        if rule.applies is not None and self.stretch.truth(rule.applies) is False:
            return True
        return self.stretch.truth(rule.test, self._any_terms) is True

    # What the search costs at most

    def _cost(self) -> int:
        """Return how many months the search works out at most, and its price of terms looked at."""
        longest = self._any_terms.longest
        steps = zip(self._levers, self._any_way, strict=True)
        return sum(self._cost_of(place, taken, longest) for place, (_, taken) in enumerate(steps))

    def _cost_of(self, place: int, taken: Taken, longest: int) -> int:
        """Where a glance tells all, few terms of a step are worked out: the first that fit, the last, and one less."""
        if not self._told_at_a_glance:
            return (2 * taken.count + 2) * (_EACH + _GLANCE + longest)
        lever, later = self._levers[place], self._levers[place + 1 :]
        halves = lowers_payment(lever) and not any(map(follows_terms, later))
        return 4 * (_EACH + longest) + (_HALVINGS if halves else taken.count) * _GLANCE

    @cached_property
    def _told_at_a_glance(self) -> bool:
        """Whether terms that a glance does not exclude meet the rules: there is a regular payment, and it decides."""
        sketch = self._any_terms.sketch
        plain = sketch.on_top is None and sketch.paying is None
        if not plain or not self._has_months:
            return False
        tests = _tests(self.plan.offer.until)
        parts = payment_limits(tests, self._value)
        whole = len(parts) == sum(1 for test in tests for _ in conjuncts(test))
        return whole and all(plan_values(part) <= _EXACT_AT_A_GLANCE for part in parts)

    @property
    def _has_months(self) -> bool:
        """Whether there are months and a balance for a payment, whichever steps have been taken."""
        sketches = [taken.sketch for taken in self._any_way]
        owed = all(each.owed.least >= 1 for each in sketches)
        return owed and all(each.months is not None and each.months.least >= 1 for each in sketches)

    def _value(self, node: Node) -> Result:
        return self._case.value(node, self.stretch.answers)


def _tests(rules: Sequence[Rule]) -> tuple[Node, ...]:
    return tuple(rule.test for rule in rules)
