"""What each lever does to the terms, as source over whole numbers: the draft of one choice.

Local names hold the terms so far: `owed` and `deferred`, the `rate` over a denominator that is known as the source is
written, `holiday`, `interest_only` and `months`, what is left of each balance and what was waived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import singledispatchmethod
from math import floor, lcm

import attrs

from policyengine.evaluators.compiled.columns.logic import NO
from policyengine.evaluators.compiled.naming import Lines
from policyengine.evaluators.compiled.numbers import FINE
from policyengine.evaluators.compiled.offers.analysis import value_on
from policyengine.evaluators.compiled.writing import NotWritten
from policyengine.finance.whole.bounds import MOST_DENOMINATOR
from policyengine.finance.whole.repayment import ACCRUES, CAPITALISED, LEVEL, WAIVED
from policyengine.ir import levers as ir
from policyengine.ir.nodes import Node
from policyengine.ir.program import Program

TREATMENTS = {"capitalised": CAPITALISED, "accrues": ACCRUES, "waived": WAIVED}
PERIODS = 12


@attrs.frozen
class Setting:
    """A lever that columns carry: the source of its last place, and what writes a setting, given that of a place.

    `adds` are the months of regular payments that each setting has more than the one before, if they are the same.
    `empty` is the source of whether there is no setting at all; it then does nothing. `unchanged` says that its least
    is nothing: a balance that it touches matters once it is reached.
    """

    lever: ir.Lever
    last: str
    write: Callable[[str], None]
    adds: int = 0
    empty: str = NO
    unchanged: bool = False

    @property
    def searched(self) -> bool:
        """Whether there may be several settings to choose from."""
        return self.last != "0"


@attrs.define
class Draft:
    """The source of a draft in the making. `denominator` is what `rate` is counted in, of a year."""

    program: Program
    day: date
    lines: Lines
    denominator: int = FINE

    def settings(self, levers: Sequence[ir.Lever]) -> list[Setting]:
        """Return what the levers can do.

        Raises:
            NotWritten: Columns do not carry one of them.
        """
        for place, lever in enumerate(levers):
            if _starts_from(lever) & {part for each in levers[:place] for part in _changes(each)}:
                raise NotWritten
        return [self.setting(lever) for lever in levers]

    def begin(self, balances: Iterable[str]) -> None:
        """Write the loan without any concession; its facts have local names."""
        self.denominator = FINE
        add = self.lines.add
        add("owed, deferred, waived, holiday, interest_only = principal, 0, 0, 0, 0")
        add(f"rate, months, treatment = annual_rate, remaining_term, {CAPITALISED}")
        for name in balances:
            add(f"left_{name} = {name}")

    @property
    def monthly(self) -> int:
        """What a month's rate is counted in.

        Raises:
            NotWritten: It is too fine for whole numbers of 64 bits.
        """
        if PERIODS * self.denominator > MOST_DENOMINATOR:
            raise NotWritten
        return PERIODS * self.denominator

    @singledispatchmethod
    def setting(self, _lever: ir.Lever) -> Setting:
        """Return what a lever can do.

        Raises:
            NotWritten: Columns do not carry it.
        """
        raise NotWritten

    @setting.register
    def _(self, lever: ir.Holiday) -> Setting:
        low, step, count = self._months(lever.months)

        def write(place: str) -> None:
            self.lines.add(f"months_off = {_at(low, step, place)}")
            self.lines.add("holiday += months_off")
            self.lines.add(f"treatment = {TREATMENTS[lever.interest]}")
            if lever.maturity == "stays":
                self.lines.add("months -= months_off")

        return self._made(lever, count, write)

    @setting.register
    def _(self, lever: ir.InterestOnly) -> Setting:
        low, step, count = self._months(lever.months)

        def write(place: str) -> None:
            self.lines.add(f"months_alone = {_at(low, step, place)}")
            self.lines.add("interest_only += months_alone")
            if lever.maturity == "extends":
                self.lines.add("months += months_alone")

        return self._made(lever, count, write)

    @setting.register
    def _(self, lever: ir.TermExtension) -> Setting:
        if not lever.relative:
            return self._in_all(lever)
        low, step, count = self._months(lever.months)
        return self._made(
            lever, count, lambda place: self.lines.add(f"months += {_at(low, step, place)}"), step
        )

    def _in_all(self, lever: ir.TermExtension) -> Setting:
        """A term in all runs from the one there is; a term is never made shorter."""
        high, step = self._whole(lever.months.high), 1
        if lever.months.single:
            return Setting(
                lever, "0", lambda _place: self.lines.add(f"months = max(months, {high} - holiday)")
            )
        if lever.months.step:
            step = self._whole(lever.months.step)
        if step < 1:
            raise NotWritten
        return Setting(
            lever,
            f"max(({high} - remaining_term) // {step}, 0)",
            lambda place: self.lines.add(f"months += {_at(0, step, place)}"),
            step,
            f"(remaining_term > {high})",
        )

    @setting.register
    def _(self, lever: ir.RateReduction) -> Setting:
        lowest = self._constant(lever.floor) * FINE
        step = self._constant(lever.step) * FINE if lever.step else Fraction(0)
        if lever.then is not None or lowest < 0 or step < 0 or (lever.step and not step):
            raise NotWritten
        unit = lcm(lowest.denominator, step.denominator)
        least, each = int(lowest * unit), int(step * unit)

        def write(place: str) -> None:
            if unit != 1:
                self.lines.add(f"rate = rate * {unit}")
            self.denominator *= unit
            if not each:
                self.lines.add(f"rate = {least}")
            elif place != "0":
                lower = f"max(rate - {each} * {place}, {least})"
                self.lines.add(f"rate = {lower} if {place} > 0 else rate")

        if not each:
            return Setting(lever, "0", write)
        return Setting(lever, f"max(-(({least} - annual_rate * {unit}) // {each}), 0)", write)

    @setting.register
    def _(self, lever: ir.Instalments) -> Setting:
        if lever.rate is not None:
            raise NotWritten
        low, step, count = self._months(lever.months, least=1)

        def write(place: str) -> None:
            self.lines.add(f"months = {_at(low, step, place)}")
            self.lines.add(f"method = {LEVEL}")

        return self._made(lever, count, write, step)

    @setting.register
    def _(self, lever: ir.Waiver) -> Setting:
        grids = {name: self._shares(extent) for name, extent in lever.shares}
        count = max(count for _, _, count in grids.values())

        def write(place: str) -> None:
            for name, (low, step, own) in grids.items():
                at = place if own == count else f"min({place}, {own - 1})"
                unit = lcm(low.denominator, step.denominator)
                share = _at(int(low * unit), int(step * unit), at)
                self._waive(name, share, unit)

        unchanged = all(not e.single and grids[name][0] == 0 for name, e in lever.shares)
        return attrs.evolve(self._made(lever, count, write), unchanged=unchanged)

    def _waive(self, name: str, share: str, unit: int) -> None:
        if name == "future_interest":
            self.lines.add(f"rate = rate * ({unit} - ({share}))")
            self.denominator *= unit
        else:
            self._take(name, share, unit, "waived")

    @setting.register
    def _(self, lever: ir.Capitalisation) -> Setting:
        return self._taking(lever, lever.shares, "owed")

    @setting.register
    def _(self, lever: ir.Deferral) -> Setting:
        return self._taking(lever, lever.shares, "deferred")

    def _taking(self, lever: ir.Lever, shares: Iterable[tuple[str, Node]], into: str) -> Setting:
        taken = [(name, self._share(node)) for name, node in shares]

        def write(_place: str) -> None:
            for name, share in taken:
                self._take(name, str(share.numerator), share.denominator, into)

        return self._made(lever, 1, write)

    def _take(self, name: str, share: str, unit: int, into: str) -> None:
        """Take a share of what is left of a balance."""
        if unit > MOST_DENOMINATOR:
            raise NotWritten
        if (share, unit) == ("1", 1):
            self.lines.add(f"taken = left_{name}")
        else:
            self.lines.add(f"taken = share_of(left_{name}, {share}, {unit})")
        self.lines.add(f"{into} += taken")
        self.lines.add(f"left_{name} -= taken")

    def _made(
        self, lever: ir.Lever, count: int, write: Callable[[str], None], adds: int = 0
    ) -> Setting:
        if count < 1:
            raise NotWritten
        return Setting(lever, str(count - 1), write, adds)

    def _months(self, extent: ir.Extent, least: int = 0) -> tuple[int, int, int]:
        """Return the least months, the step and how many settings there are."""
        low, high = self._whole(extent.low), self._whole(extent.high)
        step = self._whole(extent.step) if extent.step else 1
        if low < 0 or step < 1:
            raise NotWritten
        low = max(low, least)
        return low, step, len(range(low, high + 1, step))

    def _whole(self, node: Node) -> int:
        """Return a number of months."""
        months = int(self._constant(node))
        if months > ir.MAX_MONTHS:
            raise NotWritten
        return months

    def _shares(self, extent: ir.Extent) -> tuple[Fraction, Fraction, int]:
        low, high = self._share(extent.low), self._share(extent.high)
        if extent.single or extent.step is None:
            return low, Fraction(0), 1 if low <= high else 0
        step = self._constant(extent.step)
        if step <= 0:
            raise NotWritten
        return low, step, floor((high - low) / step) + 1

    def _share(self, node: Node) -> Fraction:
        share = self._constant(node)
        if not 0 <= share <= 1:
            raise NotWritten
        return share

    def _constant(self, node: Node) -> Fraction:
        value = value_on(node, self.program, self.day)
        if value is None:
            raise NotWritten
        return Fraction(value)  # type: ignore[arg-type]  # the types were checked


def _at(low: int, step: int, place: str) -> str:
    """Return the source of a setting at a place."""
    if place == "0" or step == 0:
        return str(low)
    found = place if step == 1 else f"{step} * {place}"
    return found if low == 0 else f"{low} + {found}"


def _changes(lever: ir.Lever) -> frozenset[str]:
    """Return which of rate and term a lever may change."""
    if isinstance(lever, ir.Waiver):
        return frozenset({"rate"} if "future_interest" in dict(lever.shares) else ())
    if isinstance(lever, ir.RateReduction):
        return frozenset({"rate"})
    months = (ir.Holiday, ir.InterestOnly, ir.TermExtension, ir.Instalments)
    return frozenset({"term"} if isinstance(lever, months) else ())


def _starts_from(lever: ir.Lever) -> frozenset[str]:
    """Return from which of rate and term the settings of a lever run, so that they follow the levers before it."""
    if isinstance(lever, ir.RateReduction):
        return frozenset({"rate"} if lever.step else ())
    if isinstance(lever, ir.TermExtension) and not lever.relative:
        return frozenset(() if lever.months.single else {"term"})
    return frozenset()
