"""Ways to move a borrower across a boundary: the values to try, each with words that say which it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date, timedelta
from typing import ClassVar, Protocol

import attrs

from policyengine.evaluators.reference.valuation import Valuation
from policyengine.ir.nodes import Fact, Field, Node, PlanValue
from policyengine.ir.program import Program
from policyengine.ir.reach import reached
from policyengine.model.types import Value
from policyengine.testing.boundaries.axes import Axis, days_around, shown, steps_around, turn
from policyengine.testing.boundaries.conditions import About, Condition
from policyengine.testing.boundaries.deciding import Decider
from policyengine.testing.boundaries.edges import Edge
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.choices import Choices
from policyengine.testing.strategies.written import written

_DAY = timedelta(days=1)
#: Of a list so many members are tried, in all their forms.
_LISTS = 40

#: A borrower at a place of a boundary, and words for the place.
Placed = tuple[str, Borrower]


class Probe(Protocol):
    """One boundary."""

    @property
    def key(self) -> Hashable:
        """What tells boundaries apart; the same in each condition that has it."""

    @property
    def path(self) -> str:
        """The fact that is moved, or `as_of`."""

    @property
    def title(self) -> str:
        """What a reader calls what is moved."""

    @property
    def text(self) -> str:
        """What is compared, as it is written."""

    @property
    def is_limit(self) -> bool:
        """Whether it is a limit that the policy states, which is shown even where nothing changes."""

    def parts(self, condition: Condition) -> Sequence[Node]:
        """Return the parts of a condition that the boundary is of."""

    def placed(self, borrower: Borrower) -> list[Placed]:
        """Return the borrower at each place of the boundary; none where there is no turn for this borrower."""


@attrs.frozen(eq=False)
class _Along:
    """Something that can be moved step by step, and is."""

    axis: Axis

    @property
    def path(self) -> str:
        """The fact that is moved."""
        return self.axis.path

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return self.axis.title


@attrs.frozen(eq=False)
class EdgeProbe(_Along):
    """A comparison: one step below where both sides are the same, there, and one above."""

    is_limit: ClassVar[bool] = True
    edge: Edge
    program: Program
    with_same: bool

    @property
    def key(self) -> Hashable:
        """Where the comparison stands, and which side of it turns."""
        return (self.edge.key, self.with_same)

    @property
    def text(self) -> str:
        """What is compared, as it is written."""
        return self.edge.text

    def parts(self, condition: Condition) -> Sequence[Node]:  # noqa: ARG002  # as every probe
        """Return the comparison."""
        return (self.edge.whole,)

    def placed(self, borrower: Borrower) -> list[Placed]:
        """Return the borrower at each place."""
        place = self._place(borrower)
        return [] if place is None else steps_around(self.axis, place, borrower)

    def _place(self, borrower: Borrower) -> int | None:
        """Return the one place where both sides are the same, or else the first place past the turn."""
        past = turn(self.axis, borrower, self._side)
        if past is None:
            return None
        step = self.axis.choices.domain.step
        alone = self._at(borrower, past - step) == 0 != self._at(borrower, past - 2 * step)
        return past - step if alone else past

    def _side(self, borrower: Borrower) -> bool | None:
        order = self._order(borrower)
        return None if order is None else (order >= 0 if self.with_same else order > 0)

    def _at(self, borrower: Borrower, place: int) -> int | None:
        domain = self.axis.choices.domain
        low, high = domain.ends
        if not low <= place <= high:
            return None
        return self._order(self.axis.put(borrower, domain.at(place)))

    def _order(self, borrower: Borrower) -> int | None:
        return self.edge.order(Valuation(self.program, borrower.situation()))


@attrs.frozen(eq=False)
class TurnProbe(_Along):
    """Where the condition itself turns, or the plan that it can deny, as something is moved."""

    is_limit: ClassVar[bool] = False
    condition: Condition
    plan: str | None
    decider: Decider

    @property
    def key(self) -> Hashable:
        """The condition."""
        return (self.condition.of, self.condition.id, self.path, self.title)

    @property
    def text(self) -> str:
        """The condition as it is written."""
        return self.condition.text

    def parts(self, condition: Condition) -> Sequence[Node]:
        """Return the parts that speak of terms, or of members of a list."""
        kinds = (PlanValue, Field)
        return [
            node for node in parts_of(condition, self.decider.program) if isinstance(node, kinds)
        ]

    def placed(self, borrower: Borrower) -> list[Placed]:
        """Return the borrower at each place."""
        place = turn(self.axis, borrower, self._side)
        return [] if place is None else steps_around(self.axis, place, borrower)

    def _side(self, borrower: Borrower) -> Hashable:
        found = self.decider.decided(borrower)
        if found is None:
            return None
        if self.condition.about is About.REFERRAL:
            ids = [each.id for each in self.decider.program.referrals]
            return found.referrals[ids.index(self.condition.of)]
        plan = next(each for each in found.plans if each.plan == self.plan)
        return self.condition.id in plan.failed, self.condition.id in plan.unknown


@attrs.frozen(eq=False)
class OptionsProbe:
    """Each value of a fact without order, and of a list the members that make a difference."""

    is_limit: ClassVar[bool] = False
    path: str
    title: str
    choices: Choices
    decider: Decider

    @property
    def key(self) -> Hashable:
        """The fact."""
        return ("options", self.path)

    @property
    def text(self) -> str:
        """The fact, by its name."""
        return self.path

    def parts(self, condition: Condition) -> Sequence[Node]:
        """Return the places where the fact is named."""
        return named(self.path, condition, self.decider.program)

    def placed(self, borrower: Borrower) -> list[Placed]:
        """Return the borrower with each value."""
        if self.path not in borrower.facts:
            return []
        each = [self._with(borrower, value) for value in self.choices.values[:_LISTS]]
        each.append(("not known", borrower.without(self.path)))
        if not any(isinstance(value, tuple) for value in self.choices.values):
            return each
        differing: dict[str, Placed] = {}
        for said, moved in each:
            differing.setdefault(self._told_apart(moved), (said, moved))
        return list(differing.values())

    def _with(self, borrower: Borrower, value: Value) -> Placed:
        domain = self.choices.domain
        if not isinstance(value, tuple):
            return (shown(value, domain), borrower.with_fact(self.path, value))
        records = domain.program.dictionary.records[domain.fact.type.of or ""]
        said = [
            ", ".join(
                f"{name} {written(records[name].type.kind, v, domain.scale)}"
                for name, v in member.fields.items()
            )
            for member in value
        ]
        return ("; ".join(said) or "none", borrower.with_fact(self.path, value))

    def _told_apart(self, borrower: Borrower) -> str:
        found = self.decider.decided(borrower)
        if found is None:
            return ""
        return repr((found.referrals, [(p.status, p.failed, p.unknown) for p in found.plans]))


@attrs.frozen(eq=False)
class MissingProbe:
    """A fact that is known, and one that is not."""

    is_limit: ClassVar[bool] = False
    path: str
    title: str
    program: Program

    @property
    def key(self) -> Hashable:
        """The fact."""
        return ("missing", self.path)

    @property
    def text(self) -> str:
        """The fact, by its name."""
        return f"{self.path}, not known"

    def parts(self, condition: Condition) -> Sequence[Node]:
        """Return the places where the fact is named."""
        return named(self.path, condition, self.program)

    def placed(self, borrower: Borrower) -> list[Placed]:
        """Return the borrower without the fact."""
        return [("not known", borrower.without(self.path))] if self.path in borrower.facts else []


@attrs.frozen(eq=False)
class DayProbe:
    """The day before, of and after a value begins."""

    is_limit: ClassVar[bool] = True
    day: date
    text: str
    path: str = "as_of"
    title: str = "day of the decision"

    @property
    def key(self) -> Hashable:
        """The day."""
        return ("as_of", self.day)

    def parts(self, condition: Condition) -> Sequence[Node]:  # noqa: ARG002  # as every probe
        """Return nothing: a value stands behind many parts."""
        return ()

    def placed(self, borrower: Borrower) -> list[Placed]:
        """Return the borrower on each day."""
        days = (self.day - _DAY, self.day, self.day + _DAY)
        return [
            (said, attrs.evolve(borrower, as_of=day))
            for said, day in zip(days_around(self.day), days, strict=True)
        ]


@attrs.frozen(eq=False)
class OnDay:
    """Another boundary, as it stands when the decision is made on a day on which months are hard to count."""

    is_limit: ClassVar[bool] = False
    day: date
    inner: Probe
    decides: Callable[[Borrower], bool]

    @property
    def key(self) -> Hashable:
        """The day, and the boundary."""
        return (self.day, self.inner.key)

    @property
    def path(self) -> str:
        """The fact that is moved."""
        return self.inner.path

    @property
    def title(self) -> str:
        """What a reader calls it, with the day."""
        return f"decided on {self.day}, {self.inner.title}"

    @property
    def text(self) -> str:
        """What is compared, as it is written."""
        return f"{self.inner.text}, on {self.day}"

    def parts(self, condition: Condition) -> Sequence[Node]:
        """Return the parts of the boundary."""
        return self.inner.parts(condition)

    def placed(self, borrower: Borrower) -> list[Placed]:
        """Return the borrower on that day, at each place."""
        dated = attrs.evolve(borrower, as_of=self.day)
        return self.inner.placed(dated) if self.decides(dated) else []


def parts_of(condition: Condition, program: Program) -> list[Node]:
    """Return everything that a condition is made of, in the order of the files."""
    found = reached(condition.nodes, program)
    return sorted(found, key=lambda node: (node.span.file.name, node.span.start, -node.span.end))


def named(path: str, condition: Condition, program: Program) -> list[Node]:
    """Return the places where a condition names a fact."""
    nodes = parts_of(condition, program)
    return [node for node in nodes if isinstance(node, Fact) and node.path == path]
