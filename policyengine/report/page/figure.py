"""The repayment before and after, drawn on the same scale, with all that a reader who cannot see it needs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

import attrs

from policyengine.decision.decision import Decision, Plan
from policyengine.decision.terms import Instalment, PaymentLimit
from policyengine.report import amounts
from policyengine.report.page import curve
from policyengine.report.page.curve import Curve, Scale
from policyengine.report.page.words import word
from policyengine.report.view import View

#: From here on an amount is too long to stand beside an axis.
_LARGE = 100_000


@attrs.frozen
class Drawing:
    """One drawing: the schedule as it stands, or with the plan."""

    title: str
    description: str
    curve: Curve


@attrs.frozen
class Figure:
    """One or two drawings on one scale, what stands above their axes, the legend, and what is said below them."""

    title: str
    drawings: tuple[Drawing, ...]
    paid: str
    owed: str
    has_joins: bool
    has_limits: bool
    notes: tuple[str, ...]
    lang: str
    box: str = f"0 0 {curve.WIDTH} {curve.HEIGHT}"
    left: int = curve.LEFT
    right: int = curve.WIDTH - curve.RIGHT
    owed_at: int = curve.TOP + curve.PAYMENTS + curve.BETWEEN - 8
    bottom: int = curve.HEIGHT - 4

    def amount(self, value: Decimal | int) -> str:
        """Write the amount of a tick; a large one as `400K` or `40万`, which is exact for round amounts."""
        if value >= _LARGE:
            return amounts.compact(Decimal(value), self.lang)
        return amounts.number(value, self.lang)


def figure_of(plan: Plan, decision: Decision, view: View) -> Figure | None:
    """Return the curve of a plan that can be offered, beside the loan as it stands where that has one."""
    after, before = plan.schedule, decision.as_it_stands.schedule
    if not after:
        return None
    limits = plan.payment_limits
    scale = Scale.of([rows for rows in (before, after) if rows], limits)
    drawings = [_drawing("before", before, scale, (), decision, view)] if before else []
    drawings.append(_drawing("after", after, scale, limits, decision, view))
    return Figure(
        title=word(view.lang, "curve" if before else "curve_after"),
        drawings=tuple(drawings),
        paid=word(view.lang, "a_period", currency=decision.currency),
        owed=word(view.lang, "owed", currency=decision.currency),
        has_joins=any(row.principal < 0 for row in after),
        has_limits=any(scale.has_room_for(limit) for limit in limits),
        notes=tuple(_notes(after, limits, scale, decision.currency, view)),
        lang=view.lang,
    )


def _drawing(
    which: str,
    schedule: Sequence[Instalment],
    scale: Scale,
    limits: Sequence[PaymentLimit],
    decision: Decision,
    view: View,
) -> Drawing:
    def money(amount: Decimal) -> str:
        return amounts.money(amount, decision.currency, view.lang)

    described = word(
        view.lang,
        f"describe_{which}",
        n=len(schedule),
        first=amounts.day(schedule[0].due, view.lang),
        last=amounts.day(schedule[-1].due, view.lang),
        most=money(max(row.payment for row in schedule)),
        interest=money(sum((row.interest for row in schedule), Decimal(0))),
    )
    return Drawing(word(view.lang, which), described, Curve.of(schedule, scale, limits))


def _notes(
    after: Sequence[Instalment],
    limits: Sequence[PaymentLimit],
    scale: Scale,
    currency: str,
    view: View,
) -> list[str]:
    said = [
        _limit(list(same), len(after), scale, currency, view)
        for _, same in groupby(limits, key=_bound)
    ] or [word(view.lang, "no_limit")]
    if after[-1].balance:
        left = amounts.money(after[-1].balance, currency, view.lang)
        said.append(word(view.lang, "left_at_end", amount=left))
    return [*said, word(view.lang, "numbers_below")]


def _bound(limit: PaymentLimit) -> tuple[Decimal, int, int | None]:
    return limit.amount, limit.first, limit.last


def _limit(
    same: Sequence[PaymentLimit], periods: int, scale: Scale, currency: str, view: View
) -> str:
    """Say a bound, the periods it is about, and the rules that set it."""
    limit = same[0]
    last = min(limit.last or periods, periods)
    whole = (limit.first, last) == (1, periods)
    text = word(
        view.lang,
        "limit_all" if whole else "limit_some",
        amount=amounts.money(limit.amount, currency, view.lang),
        first=limit.first,
        last=last,
        rules=view.label("list").join(each.rule for each in same),
    )
    if scale.has_room_for(limit):
        return text
    return f"{text} {word(view.lang, 'limit_high')}"
