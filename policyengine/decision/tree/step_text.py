"""A search for terms in sentences: what each step was raised from and to, and how near its settings came.

term: 12 → 18 months. At 17 months 3,270.14 a month, over 3,200.00 by 70.14; at 18 months 3,106.36 a month fits …
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs

from policyengine.decision.comparing import distance
from policyengine.decision.reasons import plainly
from policyengine.decision.stage import Measure, StageKind
from policyengine.decision.trace import (
    ComparedFinding,
    ComparisonFinding,
    PlanFinding,
    Result,
    RuleFinding,
    SearchFinding,
    StageFinding,
    TriedFinding,
    Unknown,
)
from policyengine.decision.tree.step_words import step_word
from policyengine.decision.wording import WORDS, shown, shown_as, unknown_text, word
from policyengine.ir.levers import is_searched
from policyengine.ir.nodes import Arithmetic, Fact, Node, PlanValue
from policyengine.ir.program import Program
from policyengine.ir.reach import speaks_of_terms
from policyengine.ir.showing import written
from policyengine.model.types import MONTHS, Type

#: How a comparison reads from its other side.
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@attrs.frozen
class StepText:
    """Says in one language how terms were looked for."""

    found: PlanFinding
    program: Program
    language: str

    # The search

    def search(self) -> str:
        """Say how it went."""
        search = self.found.offer.search
        if search.obstacle:
            return self._word("obstacle", why=search.obstacle.said(self.language))
        if isinstance(search.holds, Unknown) and not search.begun:
            return self._word("unknown", unknown=self._unknown(search.holds))
        return self._word("fixed") if self._is_fixed else self._searched(search)

    def _searched(self, search: SearchFinding) -> str:
        holds = search.holds if search.target_met else False
        unknown = self._unknown(holds) if isinstance(holds, Unknown) else ""
        name = f"{self.found.plan.offer.choose}.{plainly(holds)}"
        return self._word(name, tried=search.tried, unknown=unknown)

    @property
    def _is_fixed(self) -> bool:
        return not any(map(is_searched, self.found.plan.offer.levers))

    # A step

    def stage(self, stage: StageFinding) -> str:
        """Say what became of a step."""
        if stage.step is None:
            return self._all(stage, stage.tried[0])
        step = self._word(stage.step)
        match stage.kind:
            case StageKind.FIXED:
                return self._word("fixed_step", step=step, now=self._now(stage.after))
            case StageKind.LEFT_OUT:
                return self._word("left_out", step=step)
            case StageKind.NOT_REACHED:
                return self._not_reached(step, stage)
            case StageKind.NOTHING:
                return self._nothing(step, stage)
            case _:
                return self._raised(step, stage)

    def _all(self, stage: StageFinding, tried: TriedFinding) -> str:
        """Say what the terms come to where it is a matter of all steps."""
        name = "chosen"
        if stage.kind is StageKind.START:
            name = "start_fixed" if self._is_fixed else "start"
        elif stage.kind is StageKind.ENOUGH:
            name = f"enough.{plainly(tried.holds)}"
        return self._word(name, said=self._at(tried))

    def _not_reached(self, step: str, stage: StageFinding) -> str:
        if isinstance(self.found.offer.search.holds, Unknown):
            return self._word("not_reached_unknown", step=step)
        name = "not_reached_least" if stage.after else "not_reached"
        return self._word(name, step=step, now=self._now(stage.after))

    def _nothing(self, step: str, stage: StageFinding) -> str:
        if stage.why:
            return self._word("nothing_why", step=step, why=stage.why.said(self.language))
        balances = [each.name for each in stage.before if self._is_balance(each)]
        if balances:
            named = (word(self.language, f"balance.{name}") for name in balances)
            return self._word("nothing_with", step=step, what=self._word("list").join(named))
        now = self._now(stage.before)
        return self._word("nothing_at" if now else "nothing", step=step, now=now)

    def _raised(self, step: str, stage: StageFinding) -> str:
        """Say how far a step was raised, where that is known, and what the terms then are."""
        if not stage.tried and stage.unknown is not None:
            applies = stage.condition is None or stage.condition.holds is True
            name = "not_known" if applies else "unsure"
            return self._word(name, step=step, unknown=self._unknown(stage.unknown))
        if stage.kind is StageKind.RAISED:
            return self._word("raised", step=step, moved=self._moved(stage), said=self._most(stage))
        moved = self._chosen(step, stage)
        return self._word("space").join([moved, *([self._tries(stage)] if stage.tried else [])])

    def _most(self, stage: StageFinding) -> str:
        """Say what a step comes to at its most; where that has no terms, first at the last setting that has."""
        *before, most = stage.tried
        return self._word("then").join(map(self._at, stage.tried)) if before else self._judged(most)

    def _chosen(self, step: str, stage: StageFinding) -> str:
        if stage.before != stage.after:
            return self._word("moved_step", step=step, moved=self._moved(stage))
        now = self._now(stage.after)
        return self._word("stays" if now else "unused", step=step, now=now)

    def _tries(self, stage: StageFinding) -> str:
        tries = self._word("then").join(map(self._at, stage.tried))
        return self._word("sentence", said=_capitalised(tries))

    # What was tried

    def tried(self, tried: TriedFinding) -> str:
        """Say what the terms at one setting come to, and how near that is."""
        return self._word("sentence", said=_capitalised(self._at(tried)))

    def _at(self, tried: TriedFinding) -> str:
        said, now = self._judged(tried), self._now(tried.measures)
        if not now:
            return said
        in_months = all(each.type == MONTHS for each in tried.measures)
        return self._word("at" if in_months else "at_value", now=now, said=said)

    def _judged(self, tried: TriedFinding) -> str:
        if tried.why:
            return self._word("no_schedule", why=tried.why.said(self.language))
        if isinstance(tried.holds, Unknown):
            name = "not_judged" if tried.rules else "no_terms"
            return self._word(name, unknown=self._unknown(tried.holds))
        if not tried.rules:
            return self._word("nothing_asked")
        return self._compared(tried, holds=tried.holds)

    def _compared(self, tried: TriedFinding, *, holds: bool) -> str:
        """Say of everything that was compared how it fails, or how much room it leaves; each is named once."""
        named: dict[str, list[ComparisonFinding]] = {}
        for each in tried.compared:
            named.setdefault(self._what(each), []).extend(_present(each.comparison))
        say = self._holding if holds else self._failing
        said = [say(what, found) for what, found in named.items()]
        return self._word("and").join(said) or self._word("met")

    def _failing(self, what: str, found: Sequence[ComparisonFinding]) -> str:
        if not found:
            return self._word("not_met", what=what)
        ways = dict.fromkeys(self._way(each) for each in found)
        return self._word("fails", what=what, how=self._word("also").join(ways))

    def _way(self, found: ComparisonFinding) -> str:
        """Say how a comparison fails."""
        sides, apart = _Sides.of(found), distance(found)
        limit = self._shown(sides.limit, sides.limit_node.type)
        if sides.operator not in _MIRRORED or not apart or not apart[0]:
            return self._word(sides.operator, limit=limit)
        name = "over" if sides.operator.startswith("<") else "below"
        if self._is_tiny(*apart):
            return self._word(f"just_{name}", limit=limit)
        return self._word(name, limit=limit, by=self._shown(*apart))

    def _holding(self, what: str, found: Sequence[ComparisonFinding]) -> str:
        """Say how much room is left to the nearest limit."""
        rooms = [room for room in map(distance, found) if room is not None]
        ordered = all(each.node.operator in _MIRRORED for each in found)
        if not rooms or not ordered:
            return self._word("fits", what=what)
        least = min(rooms, key=lambda room: room[0])
        if self._is_tiny(*least):
            return self._word("just_fits", what=what)
        return self._word("fits_room", what=what, by=self._shown(*least))

    def _is_tiny(self, apart: Fraction | int, type_: Type) -> bool:
        """Whether a difference is too small to be shown."""
        return apart != 0 and self._shown(apart, type_) == self._shown(0, type_)

    def _what(self, found: ComparedFinding) -> str:
        """Name what is compared, with its value; a rule that is no comparison as it is written."""
        if found.comparison is None:
            return self._word("written", written=written(found.rule.rule.test.span))
        sides = _Sides.of(found.comparison)
        parts = [self._part(node, found.rule) for node in _added(sides.node)]
        if len(parts) == 1:
            return parts[0]
        amount = self._shown(sides.value, sides.node.type)
        return self._word("together", parts=self._word("plus").join(parts), amount=amount)

    def _part(self, node: Node, rule: RuleFinding) -> str:
        """Name a value: of the plan in words, a fact by its title, anything else as it is written."""
        amount, months = self._valued(node, rule), ""
        match node:
            case PlanValue():
                months = "".join(self._valued(each, rule) for each in node.arguments)
                return self._word(f"plan.{node.name}", amount=amount, months=months)
            case Fact():
                fact = self.program.dictionary.fact(node.path)
                title = fact.title.get(self.language, node.path) if fact else node.path
                return self._word("titled", title=title, amount=amount)
            case _:
                return self._word("other", written=written(node.span), amount=amount)

    def _valued(self, node: Node, rule: RuleFinding) -> str:
        return shown(rule.value(node), node, self.program, self.language)

    # Settings

    def _moved(self, stage: StageFinding) -> str:
        pairs = zip(stage.before, stage.after, strict=True)
        return self._word("list").join(self._from_to(*pair) for pair in pairs)

    def _from_to(self, before: Measure, after: Measure) -> str:
        now = self._value(after)
        if before.value in (None, after.value):
            return self._of(after, now)
        first = str(before.value) if before.type == MONTHS else self._value(before)
        return self._of(after, self._word("moved", before=first, now=now))

    def _now(self, measures: tuple[Measure, ...]) -> str:
        said = (self._of(each, self._value(each)) for each in measures if each.value is not None)
        return self._word("list").join(said)

    def _of(self, measure: Measure, said: str) -> str:
        if not self._is_balance(measure):
            return said
        return self._word("of", what=word(self.language, f"balance.{measure.name}"), said=said)

    def _is_balance(self, measure: Measure) -> bool:
        return f"balance.{measure.name}" in WORDS[self.language]

    def _value(self, measure: Measure) -> str:
        return "" if measure.value is None else self._shown(measure.value, measure.type)

    def _shown(self, value: Result, type_: Type) -> str:
        return shown_as(value, type_, self.program, self.language)

    def _unknown(self, unknown: Unknown) -> str:
        """Say which facts are missing, or else why there is no value."""
        if unknown.missing or not unknown.undefined:
            return unknown_text(unknown, self.program, self.language)
        return self._word("then").join(w.said(self.language) for w in sorted(unknown.undefined))

    def _word(self, name: str, **values: object) -> str:
        return step_word(self.language, name, **values)


@attrs.frozen
class _Sides:
    """A comparison, read from the side that speaks of the terms."""

    node: Node
    value: Result
    operator: str
    limit_node: Node
    limit: Result

    @classmethod
    def of(cls, found: ComparisonFinding) -> _Sides:
        node = found.node
        if speaks_of_terms(node.right) and not speaks_of_terms(node.left):
            operator = _MIRRORED.get(node.operator, node.operator)
            return cls(node.right, found.right, operator, node.left, found.left)
        return cls(node.left, found.left, node.operator, node.right, found.right)


def _added(node: Node) -> Iterator[Node]:
    """Yield the parts of a sum."""
    if isinstance(node, Arithmetic) and node.operator == "+":
        yield from _added(node.left)
        yield from _added(node.right)
    else:
        yield node


def _present(found: ComparisonFinding | None) -> list[ComparisonFinding]:
    return [] if found is None else [found]


def _capitalised(said: str) -> str:
    return said[:1].upper() + said[1:]
