"""The waterfall: each step starts at its least; steps are raised in order, each only as far as needed.

The drafts of a waterfall form one line, from the least concession to the greatest. The first that meets
the rules is the offer. A draft of which it is not known whether it meets them ends the search: what comes
after it might not be the least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Protocol

import attrs

from policyengine.decision.trace import Result, Truth, Unknown
from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.ir.nodes import Node
from policyengine.plans.draft import Draft
from policyengine.plans.position import Position
from policyengine.plans.prospect import Prospect

MAX_CANDIDATES = 10_000


class Judge(Protocol):
    """What the search asks of an evaluator."""

    def value(self, node: Node, prospect: Prospect | None) -> Result:
        """Return the value of an expression; `plan.` names the prospect."""

    def holds(self, prospect: Prospect) -> Truth:
        """Return whether terms meet the rules."""


@attrs.frozen
class Found:
    """Where the search ended.

    `holds` is true with the terms found; false with the last terms tried, if any could be worked out, and
    what stood in the way of the others; unknown with the terms that could not be judged.
    """

    holds: Truth
    prospect: Prospect | None
    obstacle: str | None = None


@attrs.frozen
class Waterfall:
    """The levers of a plan over a position."""

    levers: Sequence[ir.Lever]
    position: Position
    scale: int
    negative_amortisation: bool
    judge: Judge

    def search(self) -> Found:
        """Return the first terms that meet the rules, or where the search ended."""
        last, obstacle = None, "no step can be used"
        try:
            for draft in self._drafts():
                try:
                    prospect = self._prospect(draft)
                except FinanceError as error:
                    obstacle = str(error)
                    continue
                holds = self.judge.holds(prospect)
                if isinstance(holds, Unknown) or holds:
                    return Found(holds, prospect)
                last = prospect
        except _NotKnown as error:
            return Found(error.unknown, None)  # what failed before does not decide
        return Found(False, last, obstacle)

    def _prospect(self, draft: Draft) -> Prospect:
        return Prospect.from_draft(
            draft, self.scale, negative_amortisation=self.negative_amortisation
        )

    def _drafts(self) -> Iterator[Draft]:
        """Yield the drafts in order: all steps at their least, then each raised in turn.

        Where no step can be used there is no draft: the loan as it stands is no relief.
        """
        applicable = [lever for lever in self.levers if self._available(lever)]
        least = self._draft(applicable, 0, 0)
        if not self._usable(applicable):
            return
        yield least
        for step in range(len(applicable)):
            for notch in range(1, self._notches(applicable, step)):
                yield self._draft(applicable, step, notch)

    def _usable(self, applicable: Sequence[ir.Lever]) -> bool:
        untouched = Draft.from_position(self.position)
        return any(len(self._settings(lever, untouched)) for lever in applicable)

    def _available(self, lever: ir.Lever) -> bool:
        if lever.when is None:
            return True
        holds = self.judge.value(lever.when, None)
        if isinstance(holds, Unknown):
            raise _NotKnown(holds)
        return bool(holds)

    def _draft(self, applicable: Sequence[ir.Lever], step: int, notch: int) -> Draft:
        """Return the draft with the steps before one at their most, it at a notch, the rest at their least."""
        draft = Draft.from_position(self.position)
        for index, lever in enumerate(applicable):
            settings = self._settings(lever, draft)
            if len(settings):
                chosen = -1 if index < step else notch if index == step else 0
                draft = settings[chosen](draft)
        return draft

    def _notches(self, applicable: Sequence[ir.Lever], step: int) -> int:
        draft = self._draft(applicable[:step], step, 0)
        return min(len(self._settings(applicable[step], draft)), MAX_CANDIDATES)

    def _settings(self, lever: ir.Lever, draft: Draft) -> Sequence[Callable[[Draft], Draft]]:
        """Return what a lever can do to a draft, from the least to the most; nothing where it cannot be used."""
        before = self._before(draft)
        match lever:
            case ir.Holiday():
                return [_holiday(lever, n) for n in self._months(lever.months, before)]
            case ir.TermExtension():
                return [_term(lever, n) for n in self._months(lever.months, before)]
            case ir.Instalments():
                rate = self._share(lever.rate, before) if lever.rate else None
                return [_instalments(n, rate) for n in self._months(lever.months, before)]
            case ir.Waiver():
                return self._waivers(lever, before)
            case ir.Capitalisation():
                return [_capitalise({n: self._share(s, before) for n, s in lever.shares})]
            case _:
                raise NotImplementedError

    def _before(self, draft: Draft) -> Prospect | None:
        """Return the terms after the earlier steps, for caps that speak of them."""
        try:
            return self._prospect(draft)
        except FinanceError:
            return None

    def _months(self, extent: ir.Extent, before: Prospect | None) -> range:
        low, high = self._number(extent.low, before), self._number(extent.high, before)
        step = self._number(extent.step, before) if extent.step else 1
        return range(max(int(low), 0), int(high) + 1, max(int(step), 1))

    def _waivers(
        self, lever: ir.Waiver, before: Prospect | None
    ) -> Sequence[Callable[[Draft], Draft]]:
        """Raise all shares together, each no further than its own end."""
        grids = {name: self._shares(extent, before) for name, extent in lever.shares}
        longest = max(len(grid) for grid in grids.values())
        if not all(grids.values()):
            return []
        return [
            _waive({name: grid[min(i, len(grid) - 1)] for name, grid in grids.items()})
            for i in range(longest)
        ]

    def _shares(self, extent: ir.Extent, before: Prospect | None) -> list[Fraction]:
        low, high = self._share(extent.low, before), self._share(extent.high, before)
        step = self._share(extent.step, before) if extent.step else Fraction(0)
        if extent.single or step <= 0:
            return [low] if low <= high else []
        count = int((high - low) / step) + 1 if high >= low else 0
        return [low + step * i for i in range(min(count, MAX_CANDIDATES))]

    def _share(self, node: Node, before: Prospect | None) -> Fraction:
        return min(max(Fraction(self._number(node, before)), Fraction(0)), Fraction(1))

    def _number(self, node: Node, before: Prospect | None) -> int | Fraction:
        value = self.judge.value(node, before)
        if isinstance(value, Unknown):
            raise _NotKnown(value)
        return value  # type: ignore[return-value]  # settings are months or shares


class _NotKnown(Exception):
    def __init__(self, unknown: Unknown) -> None:
        self.unknown = unknown
        super().__init__()


def _holiday(lever: ir.Holiday, months: int) -> Callable[[Draft], Draft]:
    return lambda draft: draft.with_holiday(months, lever.interest, lever.maturity)


def _term(lever: ir.TermExtension, months: int) -> Callable[[Draft], Draft]:
    if lever.relative:
        return lambda draft: draft.with_months_added(months)
    return lambda draft: draft.with_term(months)


def _instalments(months: int, rate: Fraction | None) -> Callable[[Draft], Draft]:
    return lambda draft: draft.with_instalments(months, rate)


def _waive(shares: dict[str, Fraction]) -> Callable[[Draft], Draft]:
    def apply(draft: Draft) -> Draft:
        for name, share in shares.items():
            draft = draft.with_waiver(name, share)
        return _noting(draft, "waive", shares)

    return apply


def _capitalise(shares: dict[str, Fraction]) -> Callable[[Draft], Draft]:
    def apply(draft: Draft) -> Draft:
        for name, share in shares.items():
            draft = draft.with_capitalised(name, share)
        return _noting(draft, "capitalise", shares)

    return apply


def _noting(draft: Draft, lever: str, shares: dict[str, Fraction]) -> Draft:
    """Note the shares that took something; of an empty balance there is nothing to tell."""
    balances = draft.position.balances
    taken = {n: _percentage(s) for n, s in shares.items() if s and balances.get(n, 1)}
    return draft.noting(lever, taken) if taken else draft


def _percentage(share: Fraction) -> str:
    percent = share * 100
    return f"{percent.numerator}%" if percent.denominator == 1 else f"{float(percent):.4f}%"
