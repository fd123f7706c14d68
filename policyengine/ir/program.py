"""A policy with the regulations that bind it, ready to be evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import attrs

from policyengine.finance.money import currency
from policyengine.ir.dictionary import Dictionary, Text
from policyengine.ir.levers import Lever
from policyengine.ir.nodes import Constant, Node
from policyengine.model.types import Type, Value
from policyengine.source import Span


@attrs.frozen(eq=False)
class Template:
    """A text with values in it: pieces of text and expressions in turn, and where it is written."""

    pieces: tuple[str | Node, ...]
    span: Span


Wording = Mapping[str, Template]


def named_in(wording: Wording) -> Iterator[Node]:
    """Yield the expressions whose values a text shows, language by language."""
    for template in wording.values():
        yield from (piece for piece in template.pieces if isinstance(piece, Node))


@attrs.frozen(eq=False)
class DatedValue:
    """A parameter's value and the days it holds, both included."""

    value: Value
    starts: date | None
    ends: date | None
    assumed: bool
    note: str | None
    source: str | None
    span: Span

    def covers(self, day: date) -> bool:
        """Whether the value holds on a day."""
        return (self.starts is None or self.starts <= day) and (
            self.ends is None or day <= self.ends
        )


@attrs.frozen(eq=False)
class ParameterDefinition:
    """A parameter: its name for the reader, its type and its values in time order."""

    key: str
    name: str
    type: Type
    values: tuple[DatedValue, ...]

    def on(self, day: date) -> DatedValue | None:
        """Return the value that holds on a day."""
        return next((value for value in self.values if value.covers(day)), None)


@attrs.frozen(eq=False)
class DerivedDefinition:
    """A named expression."""

    key: str
    name: str
    node: Node


@attrs.frozen(eq=False)
class Interval:
    """The values between two ends; None is open, and each end says whether it belongs."""

    low: Any
    high: Any
    includes_low: bool = True
    includes_high: bool = True

    def contains(self, value: Any) -> bool:
        """Whether a value of the interval's own type lies within."""
        if self.low is not None and (
            value < self.low or (value == self.low and not self.includes_low)
        ):
            return False
        return self.high is None or value < self.high or (value == self.high and self.includes_high)


@attrs.frozen(eq=False)
class Cell:
    """What a cell accepts: any of its intervals; None accepts everything."""

    intervals: tuple[Interval, ...] | None

    def accepts(self, value: Value) -> bool:
        """Whether a value fits the cell."""
        return self.intervals is None or any(i.contains(value) for i in self.intervals)


@attrs.frozen(eq=False)
class TableRow:
    """Cells in the order of the inputs, and the output."""

    cells: tuple[Cell, ...]
    output: Node
    span: Span


@attrs.frozen(eq=False)
class TableInput:
    """An input: an expression, or a name that the caller binds."""

    type: Type
    node: Node | None
    name: str | None
    span: Span


@attrs.frozen(eq=False)
class TableDefinition:
    """A decision table. `hit` is unique, first, priority or collect with its aggregate."""

    key: str
    name: str
    hit: str
    inputs: tuple[TableInput, ...]
    output: Type
    rows: tuple[TableRow, ...]
    otherwise: Node | None
    order: tuple[Value, ...]
    span: Span


@attrs.frozen(eq=False)
class Rule:
    """A condition with its wording. `parts` are the rules of an `any` or `all`, joined by `joint`."""

    id: str
    code: str | None
    test: Node
    wording: Wording
    source: str | None
    span: Span
    origin: str
    joint: str | None = None
    parts: tuple[Rule, ...] = ()
    applies: Node | None = None

    @property
    def conditions(self) -> tuple[Node, ...]:
        """What its truth stands on: the test, and when it applies."""
        return (self.test,) if self.applies is None else (self.test, self.applies)

    @property
    def always(self) -> bool:
        """Whether it only says something, such as where terms that are fixed come from: `that: true`, in words."""
        return isinstance(self.test, Constant) and self.test.value is True and bool(self.wording)

    @property
    def told(self) -> tuple[Node, ...]:
        """What a reason tells the values of: the conditions, and of a rule that always holds what its words name."""
        return (*self.conditions, *named_in(self.wording)) if self.always else self.conditions


@attrs.frozen(eq=False)
class OfferDefinition:
    """The levers of a plan in their order, and the rules that the terms must meet.

    `accept` is what must hold for an offer where the steps run out before `until` is met; without it, `until`.
    """

    levers: tuple[Lever, ...]
    until: tuple[Rule, ...]
    accept: tuple[Rule, ...]
    choose: str
    negative_amortisation: bool
    span: Span


@attrs.frozen(eq=False)
class FigureDefinition:
    """A number that is reported with the terms, and what a reader calls it."""

    node: Node
    title: Text


@attrs.frozen(eq=False)
class PlanDefinition:
    """One kind of relief."""

    id: str
    title: Text
    require: tuple[Rule, ...]
    offer: OfferDefinition
    figures: Mapping[str, FigureDefinition]
    follow_up: str | None
    span: Span


@attrs.frozen(eq=False)
class ReferralDefinition:
    """Something to do or somebody to turn to; `rule` says when."""

    id: str
    title: Text
    rule: Rule
    instead_of_refusal: bool


@attrs.frozen(eq=False)
class TransitionDefinition:
    """What moves an agreement on."""

    state: str
    event: str
    count: int
    consecutive: int | None
    within: int | None
    go: str
    wording: Wording
    source: str | None


@attrs.frozen(eq=False)
class DutyDefinition:
    """What a state of an agreement asks of the lender; `rule` says when."""

    state: str
    id: str
    title: Text
    rule: Rule


@attrs.frozen(eq=False)
class FollowUpDefinition:
    """The states of an agreement after signature, and what each asks of the lender."""

    start: str
    transitions: tuple[TransitionDefinition, ...]
    asks: tuple[DutyDefinition, ...]


@attrs.frozen(eq=False)
class SourceDefinition:
    """A document that rules cite; `cited_as` is what readers call it, where not by its name in the file."""

    kind: str
    title: Text
    cited_as: Text
    date: date | None
    url: str | None
    note: str | None


@attrs.frozen(eq=False, slots=False)
class Program:
    """One policy, whole. Keys of parameters, derived values and tables say which file they are from."""

    id: str
    version: str
    title: Text
    languages: tuple[str, ...]
    currency: str
    vocabulary: str
    starts: date | None
    ends: date | None
    regulations: tuple[str, ...]
    sources: Mapping[str, SourceDefinition]
    regulation_sources: Mapping[str, Mapping[str, SourceDefinition]]
    applies_to: Node | None
    parameters: Mapping[str, ParameterDefinition]
    derived: Mapping[str, DerivedDefinition]
    tables: Mapping[str, TableDefinition]
    plans: tuple[PlanDefinition, ...]
    guarantees: tuple[Rule, ...]
    referrals: tuple[ReferralDefinition, ...]
    follow_up: Mapping[str, FollowUpDefinition]
    required: tuple[str, ...]
    dictionary: Dictionary = attrs.field(repr=False)
    span: Span

    @cached_property
    def scale(self) -> int:
        """Minor units in one major unit of the policy's currency."""
        units: int = 10 ** currency(self.currency).exponent
        return units

    @cached_property
    def digest(self) -> str:
        """The fingerprint: the same for the same meaning, whatever the layout and comments."""
        from policyengine.ir.fingerprint import fingerprint  # noqa: PLC0415  # it walks programs

        return fingerprint(self)

    def in_force(self, day: date) -> bool:
        """Whether the policy may be used on a day."""
        return (self.starts is None or self.starts <= day) and (
            self.ends is None or day <= self.ends
        )
