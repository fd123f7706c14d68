"""What would change a denied plan: the nearest change of each single fact, else of two, else why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import attrs

from policyengine.decision.decision import (
    Change,
    ChangeSearch,
    FactChange,
    Searched,
    Status,
    Text,
)
from policyengine.decision.from_trace import status_of
from policyengine.decision.reasons import plan_reasons
from policyengine.decision.trace import PlanFinding, Trace, Truth
from policyengine.decision.values import encode
from policyengine.evaluators.base import Evaluator
from policyengine.explain.changes import wording
from policyengine.explain.changes.conditions import Condition, conditions_of
from policyengine.explain.changes.moves import Move, Point, moved, moves_of
from policyengine.explain.changes.places import Ground, Offers, Places
from policyengine.explain.changes.reach import Reach
from policyengine.explain.changes.search import Nearest, nearest, trends_of
from policyengine.explain.changes.trend import FALLS, RISES, STILL, Trend

Moves = tuple[Move, ...]


def changes_of(found: PlanFinding, trace: Trace, evaluator: Evaluator) -> ChangeSearch:
    """Return what would change a plan that is denied."""
    reach = Reach(trace.program)
    conditions = conditions_of(found, trace, reach)
    reads = frozenset[str]().union(*(condition.reads for condition in conditions))
    moves = tuple(m for m in moves_of(trace.program, trace.situation) if m.path in reads)
    offers = Offers(trace.program, found.plan, reach, frozenset(move.path for move in moves))
    ground = Ground(trace.program, found.plan, trace.situation, evaluator, conditions, offers)
    return _Seeker(found, trace, ground, moves).run()


@attrs.define
class _Seeker:
    found: PlanFinding
    trace: Trace
    ground: Ground
    moves: Moves
    tried: dict[Moves, Nearest] = attrs.field(factory=dict)

    def run(self) -> ChangeSearch:
        unmet, text = self._unmet()
        if not unmet:
            found = self._singles() or self._pair()
            return ChangeSearch(found, tuple(self._searched()), (), self._text(found))
        return ChangeSearch((), (), unmet, text)

    # What no change meets

    def _unmet(self) -> tuple[tuple[str, ...], dict[str, str]]:
        """Return the rules that no change meets, or none, whatever else may be unmet; and what is said of them.

        Where a rule certainly fails throughout, rules of which that is not known are no matter.
        """
        never = list(self._never())
        fail = [condition for condition, holds in never if holds is False]
        conditions = fail or [condition for condition, _ in never]
        rules = tuple(dict.fromkeys(rule for each in conditions for rule in each.rules))
        said = wording.stays_unmet if fail else wording.stays_unknown
        texts = self._in_words(rules)
        return rules, {lang: said(texts, lang) for lang in self.ground.program.languages}

    def _in_words(self, rules: tuple[str, ...]) -> list[Text]:
        """Return rules as the reasons of the plan have them; that it needs a schedule as something to be met."""
        if not rules:
            return []
        reasons = plan_reasons(self.found, self.trace)
        own = {"terms": wording.schedule_needed(self.trace.program.languages)}
        texts = {reason.rule: reason.text for reason in reasons} | own
        return [texts[rule] for rule in rules]

    def _never(self) -> Iterator[tuple[Condition, Truth]]:
        """Yield the conditions that hold at no place at all, as far as that is certain, and what they come to."""
        either = {m.path for m in self.moves if sum(o.path == m.path for o in self.moves) > 1}
        places = Places(self.ground, tuple(m for m in self.moves if m.path not in either))
        for condition, trend in trends_of(places):
            if condition.reads.isdisjoint(either) and _fails(condition, trend, places):
                yield condition, condition.holds(places.probe(places.last))

    # One fact, and two

    def _singles(self) -> tuple[Change, ...]:
        """Return the nearest change of each single fact, the nearest first."""
        found: dict[str, tuple[int, Move]] = {}
        for move in self.moves:
            point = self._tried((move,)).point
            if point and (move.path not in found or point[0] < found[move.path][0]):
                found[move.path] = (point[0], move)
        ranked = sorted((steps, path) for path, (steps, _) in found.items())
        return tuple(self._change((found[path][1],), (steps,)) for steps, path in ranked)

    def _pair(self) -> tuple[Change, ...]:
        """Return the nearest change of two facts."""
        best: tuple[Moves, Point] | None = None
        for moves in combinations(self.moves, 2):
            if moves[0].path != moves[1].path:
                point = self._tried(moves, sum(best[1]) if best else None).point
                best = (moves, point) if point else best
        return (self._change(*best),) if best else ()

    def _tried(self, moves: Moves, below: int | None = None) -> Nearest:
        self.tried[moves] = nearest(self.ground, moves, self._confirmed, below)
        return self.tried[moves]

    def _confirmed(self, moves: Sequence[Move], point: Point) -> bool:
        """Decide the plan anew, whole, and say whether it is allowed."""
        ground = self.ground
        program = attrs.evolve(ground.program, plans=(ground.plan,))
        trace = ground.evaluator.evaluate(program, moved(ground.situation, moves, point))
        return trace.applies is True and status_of(trace.plans[0], trace) is Status.ALLOWED

    # As a reader sees it

    def _change(self, moves: Moves, point: Point) -> Change:
        program = self.ground.program
        return Change(
            changes={m.path: self._fact(m, k) for m, k in zip(moves, point, strict=True)},
            status=Status.ALLOWED,
            proven=self._proven(moves, point),
            text={lang: wording.change(moves, point, program, lang) for lang in program.languages},
        )

    def _fact(self, move: Move, steps: int) -> FactChange:
        return FactChange(self._encoded(move, 0), self._encoded(move, steps), steps)

    def _proven(self, moves: Moves, point: Point) -> bool:
        """Whether nothing nearer does; of one fact the step before is looked at anew."""
        if len(moves) > 1:
            return all(self._excluded_below(sum(point), each) for each in self.tried.values())
        own = [each for tried, each in self.tried.items() if tried[-1].path == moves[0].path]
        before = self._possible(moves, (point[0] - 1,))
        return not before and all(self._excluded_below(point[0], each) for each in own)

    def _possible(self, moves: Moves, point: Point) -> bool:
        ground = self.ground
        probe = ground.evaluator.probe(ground.program, moved(ground.situation, moves, point))
        return all(condition.holds(probe) is True for condition in ground.conditions)

    def _excluded_below(self, steps: int, found: Nearest) -> bool:
        return found.all or found.steps >= steps

    def _searched(self) -> Iterator[Searched]:
        for moves, found in self.tried.items():
            to = {move.path: self._encoded(move, move.most) for move in moves}
            yield Searched(to, found.steps, found.all)

    def _encoded(self, move: Move, steps: int) -> str | int:
        found = encode(move.at(steps), move.fact.type, self.ground.program)
        assert isinstance(found, (str, int))  # noqa: S101  # amounts, rates, numbers and counts
        return found

    def _text(self, found: tuple[Change, ...]) -> dict[str, str]:
        """Say that nothing helps, and what was not looked at; nothing where all is shown and proven."""
        program = self.ground.program
        gaps = [
            (moves, each.steps) for moves, each in self.tried.items() if self._open(each, found)
        ]
        if found and not gaps:
            return dict.fromkeys(program.languages, "")
        facts = () if found else self.moves
        return {lang: wording.ending(facts, gaps, lang) for lang in program.languages}

    def _open(self, each: Nearest, found: tuple[Change, ...]) -> bool:
        """Whether a search gave up: a change that would be shown was not found, and not excluded."""
        pair = next((change.steps for change in found if len(change.changes) > 1), None)
        return each.point is None and not each.all and (pair is None or each.steps < pair)


def _fails(condition: Condition, trend: Trend, places: Places) -> bool:
    """Whether a condition holds nowhere, from today's place to the last."""
    if trend is STILL:
        return condition.holds(places.probe(places.today)) is not True
    if trend is RISES:
        return condition.excludes(places.probe(places.last))
    return trend is FALLS and condition.excludes(places.probe(places.today))
