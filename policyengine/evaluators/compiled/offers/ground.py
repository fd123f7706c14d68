"""What levers are written on: names, checks, and the ranges of their settings as source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import attrs

from policyengine.evaluators.compiled.known import Known
from policyengine.evaluators.compiled.naming import inside
from policyengine.evaluators.compiled.numbers import Number, unified
from policyengine.evaluators.compiled.offers.drafts import Draft, added
from policyengine.evaluators.compiled.writing import NotWritten, Writing, Written
from policyengine.ir import levers as ir
from policyengine.ir.nodes import Node

#: A draft with a lever at a place; lines are written on the way.
At = Callable[[str, Draft], Draft]


@attrs.frozen
class Settings:
    """The settings of a lever: how many, and the draft at one; `count` is a number where that is certain."""

    count: str
    at: At

    @property
    def certain(self) -> int | None:
        """How many there are, whoever the borrower is."""
        return int(self.count) if self.count.isdigit() else None


@attrs.frozen
class Range:
    """Whole numbers from `low`, `step` apart."""

    low: str
    step: str
    count: str

    def at(self, place: str) -> str:
        """Return the source of the number at a place."""
        if all(map(str.isdigit, (self.low, self.step, place))):
            return str(int(self.low) + int(self.step) * int(place))
        moved = place if self.step == "1" else f"{inside(place)} * {self.step}"
        return added(self.low, inside(moved)) if place != "0" else self.low


@attrs.frozen(eq=False)
class Ground:
    """A function in the making, and what of the loan it sees.

    Attributes:
        known: Writes the expressions of levers.
        of_rules: What rules are written into: the same function, with what is derived as they see it.
        next_due: The source of the next due date.
        due_day: The source of the agreed day of the month, or of None.
        term_may_miss: Whether the loan may have no term and no method of its own.
        memo: Sources that have a name already.
    """

    known: Known
    of_rules: Writing
    next_due: str
    due_day: str
    term_may_miss: bool
    memo: dict[str, str] = attrs.field(factory=dict)

    @property
    def writing(self) -> Writing:
        """The function in the making."""
        return self.known.writing

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write the lines of a block; what it names of derived values is not in sight behind it."""
        derived = dict(self.writing.derived)
        with self.of_rules.block(head):
            yield
        self.writing.derived.clear()
        self.writing.derived.update(derived)

    def named(self, text: str, source: str) -> str:
        """Give a source a name, unless it is one or a number."""
        if source.isidentifier() or source.isdigit():
            return source
        if source in self.memo:
            return self.memo[source]
        name = self.writing.names.new(text)
        self.writing.lines.add(f"{name} = {source}")
        if self.writing.lines.depth == 1:  # what stands in a block is not in sight behind it
            self.memo[source] = name
        return name

    def leave(self, condition: str) -> None:
        """Leave the offer to the other evaluator where a condition holds."""
        self.writing.lines.add(f"if {condition}: return None")

    def pair(self, function: str, arguments: str) -> tuple[str, str]:
        """Name the rate that a function returns, unless it has names."""
        source = f"{function}({arguments})"
        if source not in self.memo:
            num, den = self.writing.names.new("num"), self.writing.names.new("den")
            self.writing.lines.add(f"{num}, {den} = {source}")
            if self.writing.lines.depth > 1:
                return num, den
            self.memo[source] = f"{num} {den}"
        num, den = self.memo[source].split()
        return num, den

    def seeing(self, draft: Draft) -> AbstractContextManager[None]:
        """Let expressions see what is known of a draft without its schedule."""
        scale = self.writing.layout.scale
        free = added(draft.forborne, draft.deferred)
        amounts = {
            "balance": self.balance_of(draft),
            "waived": draft.waived,
            "forborne": free,
            "forgiven": draft.forgiven,
        }
        values: Mapping[str, Written] = {
            **{name: Number(source, scale, 66) for name, source in amounts.items()},
            "rate": Number(f"12 * {draft.num}", draft.den, 200, True),
        }
        return self.writing.in_terms(lambda name, months: None if months else values.get(name))

    def months(self, extent: ir.Extent, least: int = 0, low: str | None = None) -> Range:
        """Return months of a range, from `low` where it is given."""
        high = self.count(extent.high)
        step = self.count(extent.step) if extent.step else "1"
        first = self.count(extent.low) if low is None else low
        if not step.isdigit() or step == "0":
            step = self.named("step", step)
            self.leave(f"{step} <= 0")
        if not (first.isdigit() and high.isdigit()):
            first, high = self.named("low", first), self.named("high", high)
            within = f"{high} <= 1200" if low else f"0 <= {first} <= 1200 and {high} <= 1200"
            self.leave(f"not ({within})")
            first = self.named("low", f"max({first}, {least})") if least else first
        elif max(int(first), int(high)) > ir.MAX_MONTHS:
            raise NotWritten
        elif least:
            first = str(max(int(first), least))
        if extent.single:
            certain = "1" if not least else self.how_many(first, high, step)
            return Range(first, step, certain)
        return Range(first, step, self.how_many(first, high, step))

    def how_many(self, first: str, high: str, step: str) -> str:
        """Return how many numbers lie between two, a step apart."""
        if all(map(str.isdigit, (first, high, step))):
            return str(max((int(high) - int(first)) // int(step) + 1, 0))
        over = "" if step == "1" else f" // {step}"
        return self.named("count", f"max(({high} - {first}){over} + 1, 0)")

    def count(self, node: Node) -> str:
        """Return a number of months."""
        number = self.known.number(node)
        if number.denominator != 1:
            raise NotWritten
        return number.numerator

    def shares(
        self, extent: ir.Extent
    ) -> tuple[Callable[[str], Number], str, tuple[Number, Number]]:
        """Return the share at a place, how many there are, and the ends."""
        low, high = (self.known.number(n) for n in (extent.low, extent.high))
        if extent.single or extent.step is None:
            only = self.share(low)
            self.share(high)
            count = "1" if extent.single else self._not_above(low, high)
            return lambda _: only, count, (low, high)
        numbers = [low, high, self.known.number(extent.step)]
        (first, last, step), whole = unified(numbers)
        if not (isinstance(whole, int) and all(map(str.isdigit, (first, last, step)))):
            raise NotWritten
        a, b, s = int(first), int(last), int(step)
        if not s or not 0 <= a <= b <= whole:
            raise NotWritten
        count = str((b - a) // s + 1)
        bits = 64

        def share(place: str) -> Number:
            if place.isdigit():
                return Number(str(a + s * int(place)), whole, bits, True)
            return Number(f"({a} + {s} * {inside(place)})", whole, bits, True)

        return share, count, (low, high)

    def _not_above(self, low: Number, high: Number) -> str:
        (a, b), _ = unified([low, high])
        if a.isdigit() and b.isdigit():
            return "1" if int(a) <= int(b) else "0"
        raise NotWritten

    def share(self, number: Number) -> Number:
        """Return a share that is no less than nothing and no more than all."""
        constant, whole = number.constant, number.denominator
        if constant is not None and isinstance(whole, int):
            if not 0 <= constant <= whole:
                raise NotWritten
            return number
        name = self.named("share", number.numerator)
        self.leave(f"not 0 <= {name} <= {whole}")
        return attrs.evolve(number, numerator=name, never_negative=True)

    def above_zero(self, number: Number) -> tuple[str, str]:
        """Return a step as a numerator and a denominator."""
        constant = number.constant
        if constant is None or constant <= 0 or not isinstance(number.denominator, int):
            raise NotWritten
        return number.numerator, str(number.denominator)

    def minor(self, number: Number) -> str:
        """Return an amount in minor units, what is finer cut off."""
        scale = self.writing.layout.scale
        if number.denominator == scale:
            return number.numerator
        return f"{inside(number.numerator)} * {scale} // {inside(str(number.denominator))}"

    def balance_of(self, draft: Draft) -> str:
        """Return the source of all that the terms cover."""
        return added(added(draft.bearing, draft.deferred), draft.on_top)

    def term_of(self, draft: Draft) -> str:
        """Return the months of a draft, which has a term: one without is left to the other evaluator."""
        if draft.method is not None and self.term_may_miss:
            self.leave(f"{draft.months} is None or {draft.method} is None")
        return draft.months
