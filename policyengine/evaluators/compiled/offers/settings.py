"""What each lever does to a draft, as source: how many settings it has, and the draft at any of them.

What no terms could have (a share above all, months below zero) is looked for where it is not certain, and leaves the
offer to the reference by `return None`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from fractions import Fraction
from functools import singledispatchmethod
from typing import Any

import attrs

from policyengine.evaluators.compiled.known import Known
from policyengine.evaluators.compiled.naming import inside
from policyengine.evaluators.compiled.numbers import Number, unified
from policyengine.evaluators.compiled.offers.drafts import Draft, Steps, added
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
class Levers:
    """Writes levers into a function."""

    known: Known
    next_due: str
    due_day: str
    term_may_miss: bool
    memo: dict[str, str] = attrs.field(factory=dict)

    @property
    def writing(self) -> Writing:
        """The function in the making."""
        return self.known.writing

    @singledispatchmethod
    def settings(self, _lever: ir.Lever, _draft: Draft) -> Settings:
        """Return the settings of a lever over a draft.

        Raises:
            NotWritten: It is left to the other evaluator.
        """
        raise NotWritten

    @settings.register
    def _(self, lever: ir.Holiday, _draft: Draft) -> Settings:
        months = self._months(lever.months)

        def at(place: str, draft: Draft) -> Draft:
            return self._rested(draft, months.at(place), lever.interest, lever.maturity)

        return Settings(months.count, at)

    @settings.register
    def _(self, lever: ir.HolidayThrough, _draft: Draft) -> Settings:
        day = str(self.known.written(lever.day))

        def at(_place: str, draft: Draft) -> Draft:
            dues = self.named("dues_due", f"dues_until({self.next_due}, {day}, {self.due_day})")
            more = dues if draft.holiday == "0" else f"max({dues} - {draft.holiday}, 0)"
            more = self.named("more", more)
            return self._rested(draft, more, lever.interest, lever.maturity)

        return Settings("1", at)

    def _rested(self, draft: Draft, months: str, interest: str, maturity: str) -> Draft:
        holiday = self.named("holiday", added(draft.holiday, months))
        left = draft.months
        if maturity == "stays":
            left = self.named("months", f"{self.term_of(draft)} - {inside(months)}")
        return attrs.evolve(draft, holiday=holiday, holiday_interest=interest, months=left)

    @settings.register
    def _(self, lever: ir.InterestOnly, _draft: Draft) -> Settings:
        months = self._months(lever.months)

        def at(place: str, draft: Draft) -> Draft:
            count = months.at(place)
            in_all = self.named("interest_only", added(draft.interest_only, count))
            left = draft.months
            if lever.maturity == "extends":
                left = self.named("months", added(self.term_of(draft), count))
            return attrs.evolve(draft, interest_only=in_all, months=left)

        return Settings(months.count, at)

    @settings.register
    def _(self, lever: ir.TermExtension, draft: Draft) -> Settings:
        if lever.relative:
            more = self._months(lever.months)
            return Settings(more.count, lambda place, d: self._longer(d, more.at(place)))
        if lever.months.single:
            in_all = self._months(lever.months)
            return Settings(
                "1",
                lambda _, d: self._longer(
                    d, f"max({in_all.low} - ({added(self.term_of(d), d.holiday)}), 0)"
                ),
            )
        present = self.named("term", added(self.term_of(draft), draft.holiday))
        beyond = self._months(lever.months, low=present)

        def at(place: str, draft: Draft) -> Draft:
            return self._longer(draft, Range("0", beyond.step, beyond.count).at(place))

        return Settings(beyond.count, at)

    def _longer(self, draft: Draft, months: str) -> Draft:
        if months == "0":
            return draft
        return attrs.evolve(
            draft, months=self.named("months", added(self.term_of(draft), inside(months)))
        )

    def term_of(self, draft: Draft) -> str:
        """Return the months of a draft, which has a term: one without is left to the other evaluator."""
        if draft.method is not None and self.term_may_miss:
            self.leave(f"{draft.months} is None or {draft.method} is None")
        return draft.months

    @settings.register
    def _(self, lever: ir.Instalments, _draft: Draft) -> Settings:
        months = self._months(lever.months, least=1)
        rate = self._rate(lever.rate) if lever.rate else None

        def at(place: str, draft: Draft) -> Draft:
            found = attrs.evolve(draft, months=months.at(place), method=None)
            return self._at_rate(found, *rate) if rate else found

        return Settings(months.count, at)

    @settings.register
    def _(self, lever: ir.RateReduction, draft: Draft) -> Settings:
        if lever.then is not None:
            raise NotWritten
        lowest = self._rate(lever.floor)
        if lever.step is None:
            return Settings("1", lambda _, d: self._at_rate(d, *lowest))
        step = self._above_zero(self.known.number(lever.step))
        ends = f"{step[0]}, {step[1]}, {lowest[0]}, {lowest[1]}"
        count = self.named("rates", f"rate_steps({draft.num}, {draft.den}, {ends})")

        def at(place: str, draft: Draft) -> Draft:
            if place == "0":
                return draft
            num, den = self._pair("lower_rate", f"{draft.num}, {draft.den}, {place}, {ends}")
            return attrs.evolve(draft, num=num, den=den)

        return Settings(count, at)

    def _rate(self, node: Node) -> tuple[str, str]:
        found = self.known.number(node)
        constant = found.constant
        if constant is None:
            self.leave(f"{found.numerator} < 0")
        elif constant < 0:
            raise NotWritten
        return found.numerator, str(found.denominator)

    def _at_rate(self, draft: Draft, numerator: str, denominator: str) -> Draft:
        if numerator.isdigit() and denominator.isdigit():
            rate = Fraction(int(numerator), 12 * int(denominator))
            return attrs.evolve(draft, num=str(rate.numerator), den=str(rate.denominator))
        over = f"12 * {inside(denominator)}"
        num, den = self._pair("reduced", f"{numerator}, {over}")
        return attrs.evolve(draft, num=num, den=den)

    # Balances

    @settings.register
    def _(self, lever: ir.Waiver, _draft: Draft) -> Settings:
        grids = {name: self._shares(extent) for name, extent in lever.shares}
        counts = [count for _, count, _ in grids.values()]
        count = _of_several("max", counts)
        if any(each == "0" for each in counts):
            return Settings("0", lambda _, draft: draft)
        if len(counts) > 1 and not all(map(str.isdigit, counts)):
            raise NotWritten

        def at(place: str, draft: Draft) -> Draft:
            for name, (share, own, _) in grids.items():
                here = _clamped(place, own, count)
                draft = self._waived(draft, name, share(here))
            return draft

        return Settings(count, at)

    def _waived(self, draft: Draft, name: str, share: Number) -> Draft:
        if name == "future_interest":
            whole = share.denominator
            left = f"({whole} - {inside(share.numerator)})"
            if share.constant is not None and isinstance(whole, int):
                left = str(whole - share.constant)
            num, den = self._pair("reduced", f"{draft.num} * {left}, {draft.den} * {whole}")
            return attrs.evolve(draft, num=num, den=den)
        amount, left = self._taken(draft, name, share)
        if amount == "0":
            return draft
        waived = self.named("waived", added(draft.waived, amount))
        return draft.with_parts({"waived": waived, f"left.{name}": left})

    @settings.register
    def _(self, lever: ir.Capitalisation, _draft: Draft) -> Settings:
        return self._taking(lever.shares, "bearing")

    @settings.register
    def _(self, lever: ir.Deferral, _draft: Draft) -> Settings:
        return self._taking(lever.shares, "deferred")

    def _taking(self, shares: tuple[tuple[str, Node], ...], part: str) -> Settings:
        numbers = [(name, self._share(self.known.number(node))) for name, node in shares]

        def at(_place: str, draft: Draft) -> Draft:
            for name, share in numbers:
                amount, left = self._taken(draft, name, share)
                if amount != "0":
                    source = self.named(part, added(draft.part(part), amount))
                    draft = draft.with_parts({part: source, f"left.{name}": left})
            return draft

        return Settings("1", at)

    def _taken(self, draft: Draft, name: str, share: Number) -> tuple[str, str]:
        """Return a share of what is left of a balance, rounded half up, and what is left then."""
        left = draft.left[name]
        if share.constant == 0 or left == "0":
            return "0", left
        if share.constant is not None and share.constant == share.denominator:
            return left, "0"
        part, whole = inside(share.numerator), inside(str(share.denominator))
        amount = self.named("amount", f"(2 * {left} * {part} + {whole}) // (2 * {whole})")
        return amount, self.named(f"{name}_left", f"{left} - {amount}")

    @settings.register
    def _(self, lever: ir.Forbearance, draft: Draft) -> Settings:
        def at(amount: str, draft: Draft) -> Draft:
            forborne = self.named("forborne", added(draft.forborne, amount))
            return attrs.evolve(draft, forborne=forborne)

        return self._amounts(lever, draft, at)

    @settings.register
    def _(self, lever: ir.Forgiveness, draft: Draft) -> Settings:
        def at(amount: str, draft: Draft) -> Draft:
            forgiven = self.named("forgiven", added(draft.forgiven, amount))
            bearing = self.named("bearing", f"{draft.bearing} - {amount}")
            return attrs.evolve(draft, forgiven=forgiven, bearing=bearing)

        return self._amounts(lever, draft, at)

    def _amounts(self, lever: ir.Forbearance | ir.Forgiveness, draft: Draft, at: At) -> Settings:
        with self.seeing(draft):
            up_to = self._minor(self.known.number(lever.up_to))
            step = self.known.number(lever.step) if lever.step else None
        owed = draft.bearing if draft.forborne == "0" else f"{draft.bearing} - {draft.forborne}"
        most = self.named("most", f"max(min({up_to}, {owed} - 1), 0)")
        if lever.single:
            count = self.named("amounts", f"1 if {most} > 0 else 0")
            return Settings(count, lambda _, d: at(most, d))
        stride = "1"
        if step is not None:
            above = self._above_zero(step)
            stride = self._minor(Number(above[0], int(above[1]), step.bits))
            stride = self.named("stride", f"max({stride}, 1)")
        count = self.named("amounts", f"-(-{most} // {stride}) + 1")

        def placed(place: str, draft: Draft) -> Draft:
            if place == "0":
                return draft
            return at(self.named("amount", f"min({inside(place)} * {stride}, {most})"), draft)

        return Settings(count, placed)

    def _minor(self, number: Number) -> str:
        scale = self.writing.layout.scale
        if number.denominator == scale:
            return number.numerator
        return f"{inside(number.numerator)} * {scale} // {inside(str(number.denominator))}"

    @settings.register
    def _(self, lever: ir.Settlement, _draft: Draft) -> Settings:
        share, count, _ = self._shares(lever.discount)

        def at(place: str, draft: Draft) -> Draft:
            given, owed = share(place), self.named("owed", self.balance_of(draft))
            whole = inside(str(given.denominator))
            kept = f"({whole} - {inside(given.numerator)})"
            paid = self.named("settled", f"(2 * {owed} * {kept} + {whole}) // (2 * {whole})")
            forgiven = self.named("forgiven", added(draft.forgiven, f"{owed} - {paid}"))
            bearing = self.named("bearing", f"{draft.bearing} - ({owed} - {paid})")
            return attrs.evolve(draft, settled=paid, forgiven=forgiven, bearing=bearing)

        return Settings(count, at)

    def balance_of(self, draft: Draft) -> str:
        """Return the source of all that the terms cover."""
        return added(added(draft.bearing, draft.deferred), draft.on_top)

    @settings.register
    def _(self, lever: ir.SteppedPayments, _draft: Draft) -> Settings:
        shares = [self._share(self.known.number(node)) for node in lever.shares]
        constants, whole = unified(shares)
        if not isinstance(whole, int) or not all(map(str.isdigit, constants)):
            raise NotWritten
        numerators = tuple(map(int, constants))
        if list(numerators) != sorted(numerators):
            raise NotWritten
        each = self._count(lever.months)
        if not each.isdigit():
            each = self.named("each", each)
            self.leave(f"not 0 < {each} <= 1200")
        elif not 0 < int(each) <= ir.MAX_MONTHS:
            raise NotWritten
        steps = Steps(numerators, whole, each)
        return Settings("1", lambda _, draft: attrs.evolve(draft, steps=steps))

    @settings.register
    def _(self, lever: ir.AgreedPayment, draft: Draft) -> Settings:
        with self.seeing(draft):
            amount = self.named("agreed", self._minor(self.known.number(lever.amount)))
        if not amount.isdigit():
            self.leave(f"{amount} < 0")
        if lever.months is None:
            return Settings("1", lambda _, d: attrs.evolve(d, until_repaid=amount))
        months = self._months(lever.months)

        def at(place: str, draft: Draft) -> Draft:
            return attrs.evolve(
                draft, paying=amount, paying_months=months.at(place), unpaid=lever.unpaid_interest
            )

        return Settings(months.count, at)

    @settings.register
    def _(self, lever: ir.RepaymentPlan, draft: Draft) -> Settings:
        months = self._months(lever.months, least=1)
        if lever.cap is not None:
            months = self._under_cap(months, lever.balance, lever.cap, draft)

        def at(place: str, draft: Draft) -> Draft:
            sources = {"on_top": draft.left[lever.balance], "on_top_months": months.at(place)}
            return draft.with_parts({**sources, f"left.{lever.balance}": "0"})

        return Settings(months.count, at)

    def _under_cap(self, months: Range, balance: str, cap: Node, draft: Draft) -> Range:
        """Return the months that leave the whole payment no higher than a share of the regular one."""
        if draft.kind != attrs.evolve(draft, **_PLAIN).kind or draft.follows:
            raise NotWritten
        if draft.on_top != "0":
            raise NotWritten
        share = self.known.number(cap)
        term = draft.months if draft.method is None else self.term_of(draft)
        resting = f"{draft.holiday}, {draft.holiday_interest!r}, {draft.interest_only}"
        owed = draft.bearing if draft.forborne == "0" else f"{draft.bearing} - {draft.forborne}"
        method = "'level'" if draft.method is None else draft.method
        regular = self.named(
            "regular",
            f"regular_payment({owed}, {draft.num}, {draft.den}, {term}, {resting}, {method})",
        )
        most = (
            f"{inside(share.numerator)} * {regular} // {inside(str(share.denominator))} - {regular}"
        )
        source = f"first_under({draft.left[balance]}, {most}, {months.low}, {months.step})"
        skipped = self.named("skipped", f"min({source}, {months.count})")
        low = self.named("low", f"{months.low} + {skipped} * {months.step}")
        return Range(low, months.step, self.named("count", f"{months.count} - {skipped}"))

    # Helpers

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

    def _pair(self, function: str, arguments: str) -> tuple[str, str]:
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

    def _months(self, extent: ir.Extent, least: int = 0, low: str | None = None) -> Range:
        """Return months of a range, from `low` where it is given."""
        high = self._count(extent.high)
        step = self._count(extent.step) if extent.step else "1"
        first = self._count(extent.low) if low is None else low
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
            return Range(first, step, "1") if not least else self._single(first, high, step)
        return Range(first, step, self._how_many(first, high, step))

    def _single(self, first: str, high: str, step: str) -> Range:
        return Range(first, step, self._how_many(first, high, step))

    def _how_many(self, first: str, high: str, step: str) -> str:
        if all(map(str.isdigit, (first, high, step))):
            return str(max((int(high) - int(first)) // int(step) + 1, 0))
        over = "" if step == "1" else f" // {step}"
        return self.named("count", f"max(({high} - {first}){over} + 1, 0)")

    def _count(self, node: Node) -> str:
        number = self.known.number(node)
        if number.denominator != 1:
            raise NotWritten
        return number.numerator

    def _shares(
        self, extent: ir.Extent
    ) -> tuple[Callable[[str], Number], str, tuple[Number, Number]]:
        """Return the share at a place, how many there are, and the ends."""
        low, high = (self.known.number(n) for n in (extent.low, extent.high))
        if extent.single or extent.step is None:
            only = self._share(low)
            self._share(high)
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

    def _share(self, number: Number) -> Number:
        """Return a share that is no less than nothing and no more than all."""
        constant, whole = number.constant, number.denominator
        if constant is not None and isinstance(whole, int):
            if not 0 <= constant <= whole:
                raise NotWritten
            return number
        name = self.named("share", number.numerator)
        self.leave(f"not 0 <= {name} <= {whole}")
        return attrs.evolve(number, numerator=name, never_negative=True)

    def _above_zero(self, number: Number) -> tuple[str, str]:
        constant = number.constant
        if constant is None or constant <= 0 or not isinstance(number.denominator, int):
            raise NotWritten
        return number.numerator, str(number.denominator)


#: Nothing but a holiday, payments of interest alone and regular payments.
_PLAIN: Mapping[str, Any] = {"steps": None, "unpaid": None, "settled": None, "until_repaid": None}


def _of_several(function: str, sources: list[str]) -> str:
    if all(map(str.isdigit, sources)):
        return str(max(map(int, sources)))
    return sources[0] if len(sources) == 1 else f"{function}({', '.join(sources)})"


def _clamped(place: str, own: str, count: str) -> str:
    """Return a place no further than a lever's own last one."""
    if own == count:
        return place
    if place.isdigit() and own.isdigit():
        return str(min(int(place), int(own) - 1))
    return f"min({place}, {int(own) - 1})"
