"""The schedule of a draft as source, what `plan.` names of it, and the bounds that its payments must keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from policyengine.evaluators.compiled import numbers
from policyengine.evaluators.compiled.known import Known
from policyengine.evaluators.compiled.naming import inside
from policyengine.evaluators.compiled.numbers import Number
from policyengine.evaluators.compiled.offers.analysis import Offer
from policyengine.evaluators.compiled.offers.drafts import Draft, added
from policyengine.evaluators.compiled.offers.ground import Ground
from policyengine.evaluators.compiled.offers.schedules import MOST as MAX_AMOUNT
from policyengine.evaluators.compiled.writing import NotWritten, Written
from policyengine.finance.phases import LONGEST
from policyengine.ir.nodes import Compare, Constant, Fact, Node, PlanValue
from policyengine.ir.reach import conjuncts, speaks_of_terms

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_PERIODS = {"max_payment_before", "max_payment_after"}


@attrs.frozen
class Bound:
    """No payment before or after some months is more than `most`."""

    name: str
    months: str
    most: str


@attrs.frozen
class Bounds:
    """No payment is more than `most` where that is not empty; nor those of some months."""

    most: str = ""
    of_periods: tuple[Bound, ...] = ()


def bounds_of(offer: Offer, known: Known) -> Bounds:
    """Write the amounts that payments must not exceed, of the rules that say so plainly; all of `until` must hold."""
    most, periods = [], []
    for rule in offer.plan.offer.until:
        for part in conjuncts(rule.test):
            found = _bound(part, known)
            if found is None:
                continue
            value, amount = found
            name = amount
            if not amount.isidentifier():
                name = known.writing.names.new("most")
                known.writing.lines.add(f"{name} = {amount}")
            if value.name in _PERIODS:
                months = known.number(value.arguments[0])
                if months.denominator == 1:
                    periods.append(Bound(value.name, months.numerator, name))
            else:
                most.append(name)
    least = most[0] if len(most) == 1 else f"min({', '.join(most)})" if most else ""
    if len(most) > 1:
        least_name = known.writing.names.new("most")
        known.writing.lines.add(f"{least_name} = {least}")
        least = least_name
    return Bounds(least, tuple(periods))


def _bound(node: Node, known: Known) -> tuple[PlanValue, str] | None:
    """Return the payment that a comparison bounds, and the most that it may be in minor units."""
    if not isinstance(node, Compare) or node.operator not in _FLIPPED:
        return None
    left, operator, right = node.left, node.operator, node.right
    if operator.startswith(">"):
        left, operator, right = right, _FLIPPED[operator], left
    if not isinstance(left, PlanValue) or speaks_of_terms(right):
        return None
    if left.name not in {"payment", "max_payment", *_PERIODS}:
        return None
    if any(map(speaks_of_terms, left.arguments)):
        return None
    limit = known.number(right)
    scale = known.writing.layout.scale
    minor = numbers.multiplied(limit, numbers.constant(scale))
    source, over = _over(limit, scale, minor)
    whole = over == "1" and isinstance(right, Constant | Fact)
    if operator == "<=":
        return left, source if whole else f"{inside(source)} // {inside(over)}"
    below = source if whole else f"-(-{inside(source)} // {inside(over)})"
    return left, f"{below} - 1"


def _over(limit: Number, scale: int, minor: Number) -> tuple[str, str]:
    if limit.denominator == scale:
        return limit.numerator, "1"
    return minor.numerator, str(minor.denominator)


@attrs.define(eq=False)
class Measured:
    """The schedule of a draft within a function, and what is known of it."""

    offer: Offer
    levers: Ground
    draft: Draft
    start: Draft
    three_valued: bool = False
    kept: Sequence[str] = ("rows", "highest", "total")

    # The schedule

    def schedule(self, bounds: Bounds) -> None:
        """Write how the rows are worked out; `()` is returned where they cannot be, False where they need not be."""
        draft, add = self.draft, self.levers.writing.lines.add
        if draft.settled is not None:
            self._settlement()
            return
        regular, owed = self._regular(), self._owed()
        months = added(draft.holiday, inside(draft.months))
        if draft.until_repaid is not None:
            months = str(LONGEST)
        elif draft.method is not None and self.levers.term_may_miss:
            raise NotWritten
        else:
            add(f"if {regular} < 1: return ()")
        add(f"if {owed} <= 0: return ()")
        repaid = added(added(draft.bearing, draft.deferred), draft.on_top)
        add(f"if {repaid} > {MAX_AMOUNT}: return None")
        if draft.on_top != "0" and not draft.follows:
            add(f"if {draft.on_top_months} > {self.term}: return ()")
        add(f"days = dues({self.levers.next_due}, {self.levers.due_day}, {months})")
        add("rows = []")
        rate = f"{draft.num}, {draft.den}"
        if draft.holiday != "0":
            how = f"{draft.holiday}, {draft.holiday_interest!r}"
            owed = self._set("owed", f"rest(rows, days, {owed}, {rate}, {how})")
        if draft.interest_only != "0":
            add(f"interest_paid = pay_interest(rows, days, {owed}, {rate}, {draft.interest_only})")
        if draft.steps or draft.follows:
            self._agreed(owed, rate, regular)
            return
        self._repaid(owed, rate, regular, bounds)
        if draft.interest_only != "0":
            add("total += interest_paid")
        self._besides()

    def _agreed(self, owed: str, rate: str, regular: str) -> None:
        """Write payments that no closed form speaks of, and what is repaid regularly after them."""
        draft, add = self.draft, self.levers.writing.lines.add
        negative = self.offer.plan.offer.negative_amortisation
        if draft.steps:
            steps, of = draft.steps, draft.until_repaid
            whole = of or f"level_payment({owed}, {rate}, {self._after_interest()})"
            shares = f"{steps.shares!r}, {steps.whole}, {steps.each}"
            owed = self._set(
                "owed", f"pay_steps(rows, days, {owed}, {rate}, {whole}, {shares}, {negative})"
            )
            add("if owed < 0: return ()")
        if draft.paying_months != "0":
            agreed = f"{draft.paying}, {draft.paying_months}, {draft.unpaid!r}, {negative}"
            owed = self._set("owed", f"pay_agreed(rows, days, {owed}, {rate}, {agreed})")
            add("if owed < 0: return ()")
        if draft.until_repaid is not None:
            paid = f"pay_until_repaid(rows, days, {owed}, {rate}, {draft.until_repaid})"
            add(f"if not {paid}: return ()")
        else:
            head = "if owed:" if draft.paying_months != "0" else "if True:"
            with self.levers.block(head):
                self._repaid(owed, rate, regular, Bounds())
        add("payments = [row[2] for row in rows]")
        add("highest, total = max(payments), sum(payments)")
        self._besides()

    def _settlement(self) -> None:
        add, paid = self.levers.writing.lines.add, self.draft.settled
        add(f"if {paid} <= 0: return ()")
        add(f"if {paid} > {MAX_AMOUNT}: return None")
        add(f"rows = [(1, {self.levers.next_due}, {paid}, 0, {paid}, 0)]")
        add(f"highest = total = {paid}")

    def _repaid(self, owed: str, rate: str, regular: str, bounds: Bounds) -> None:
        add, draft = self.levers.writing.lines.add, self.draft
        arguments = f"{owed}, {rate}, {regular}"
        if draft.method is not None:
            with self.levers.block(f"if {draft.method} == 'equal_principal':"):
                add(f"payment = equal_payment({arguments})")
                self._early(bounds, regular, equal=True)
                add(f"highest, total = repay_equal(rows, days, {arguments})")
            with self.levers.block("else:"):
                self._level(arguments, bounds, regular)
        else:
            self._level(arguments, bounds, regular)

    def _level(self, arguments: str, bounds: Bounds, regular: str) -> None:
        add = self.levers.writing.lines.add
        add(f"payment = level_payment({arguments})")
        self._early(bounds, regular)
        add(f"highest, total = repay_level(rows, days, {arguments}, payment)")

    def _early(self, bounds: Bounds, regular: str, *, equal: bool = False) -> None:
        """Write the end of it where the regular payment alone is too high; of equal parts only the first is as high."""
        tests = [f"payment > {bounds.most}"] if bounds.most else []
        for bound in bounds.of_periods:
            before = self.before
            if bound.name == "max_payment_before":
                tests.append(f"{bound.months} > {before} and payment > {bound.most}")
            elif equal:
                tests.append(f"{bound.months} <= {before} and payment > {bound.most}")
            else:
                last = f"{before} + {inside(regular)} - 1" if before != "0" else f"{regular} - 1"
                tests.append(
                    f"{inside(regular)} > 1 and {bound.months} < {last} and payment > {bound.most}"
                )
        if tests:
            condition = " or ".join(map(inside, tests))
            self.levers.writing.lines.add(f"if not sure and ({condition}): return False")

    def _besides(self) -> None:
        """Write what is paid on top, and what stays owed without interest."""
        add, draft = self.levers.writing.lines.add, self.draft
        if self._free() != "0":
            add(f"rows = with_besides(rows, {self._free()})")
        if draft.on_top != "0":
            add(f"if {draft.on_top_months} > len(rows): return ()")
            add(f"rows, highest = with_on_top(rows, {draft.on_top}, {draft.on_top_months})")
            add(f"total += {draft.on_top}")

    def _set(self, name: str, source: str) -> str:
        self.levers.writing.lines.add(f"{name} = {source}")
        return name

    # Sources

    @property
    def before(self) -> str:
        """Months before the first regular payment."""
        draft = self.draft
        resting = added(draft.holiday, draft.interest_only)
        months = draft.steps.months if draft.steps else "0"
        return added(added(resting, months), draft.paying_months)

    def _regular(self) -> str:
        draft = self.draft
        first = added(draft.steps.months if draft.steps else "0", draft.paying_months)
        left = self._after_interest()
        return left if first == "0" else f"({left} - {inside(first)})"

    def _after_interest(self) -> str:
        """Months that are left once payments of interest alone are over."""
        draft = self.draft
        if draft.interest_only == "0":
            return draft.months
        return f"({draft.months} - {draft.interest_only})"

    def _owed(self) -> str:
        draft = self.draft
        if draft.forborne == "0":
            return draft.bearing
        return f"({draft.bearing} - {draft.forborne})"

    def _free(self) -> str:
        if self.draft.settled is not None:
            return "0"
        return added(self.draft.forborne, self.draft.deferred)

    def of_terms(self, name: str, months: Sequence[str]) -> Written | None:
        """Return what `plan.<name>` stands for."""
        scale = self.levers.writing.layout.scale
        if name == "term":
            return Number(self.term, 1, 64, True)
        if name == "extension":
            return self._extension()
        if name == "rate":
            return Number(f"12 * {self.draft.num}", self.draft.den, 200, True)
        if name == "payment_before_rounding":
            return Number(self._before_rounding(), scale, 60_000, True)
        if months:
            function = {"max_payment_before": "max_before", "max_payment_after": "max_after"}[name]
            source = f"{function}(rows, {months[0]})"
            if self.three_valued:
                source = self.levers.named("asked", f"maybe({function}, rows, {months[0]})")
            return Number(source, scale, 64, not self.three_valued)
        return Number(self.amount(name), scale, 66, name != "cost")

    def _extension(self) -> Number:
        if self.three_valued:
            present = self.start.months
            source = f"None if {present} is None else {self.term} - {present}"
            return Number(self.levers.named("extension", source), 1, 64)
        if self.levers.term_may_miss:
            self.levers.leave(f"{self.start.months} is None")
        return Number(f"{inside(self.term)} - {self.start.months}", 1, 64)

    @property
    def term(self) -> str:
        """Months to the last payment."""
        if self.draft.settled is not None:
            return "1"
        if self.draft.follows:
            return "len(rows)"
        return inside(added(self.draft.holiday, inside(self.draft.months)))

    def amount(self, name: str) -> str:
        """Return an amount in minor units."""
        draft = self.draft
        settled = draft.settled is not None
        before = "0" if settled else inside(self.before)
        if draft.follows:
            before = f"min({before}, len(rows) - 1)"
        owed = self._owed()
        interest = "0" if settled else f"total - {inside(added(owed, draft.on_top))}"
        sources = {
            "balance": self.levers.balance_of(draft),
            "payment": f"rows[{before}][2]",
            "max_payment": "highest",
            "first_payment": "rows[0][2]",
            "total_paid": "total",
            "total_interest": interest,
            "waived": draft.waived,
            "forborne": self._free(),
            "forgiven": draft.forgiven,
            "final_balance": self._free(),
        }
        return self._cost() if name == "cost" else sources[name]

    def _cost(self) -> str:
        draft = self.draft
        covered = added(added(self.levers.balance_of(draft), draft.forgiven), draft.waived)
        return f"given_up({covered}, rows, {self.start.num}, {self.start.den})"

    def _before_rounding(self) -> str:
        draft = self.draft
        if draft.steps or draft.follows:
            raise NotWritten
        payment = f"rows[{inside(self.before)}][2]"
        if draft.settled is not None or draft.on_top != "0":
            return "rows[0][2]" if draft.settled is not None else payment
        at = inside(self.before)
        owed = f"rows[{at}][4] + rows[{at}][5] - {inside(self._free())}"
        exact = f"exact_level({owed}, {draft.num}, {draft.den}, {self._regular()})"
        if draft.method is None:
            return exact
        return f"({exact} if {draft.method} == 'level' else {payment})"

    def terms(self) -> str:
        """Return the source of the terms, in the order of `decision.columns.TERMS`."""
        rate = f"billionths({self.draft.num}, {self.draft.den})"
        if (self.draft.num, self.draft.den) == (self.start.num, self.start.den):
            rate = f"in_billionths({self.levers.writing.name_of('loan.annual_rate')})"
        amounts = list(self._terms(rate))
        return f"({', '.join(amounts)})"

    def _terms(self, rate: str) -> Iterator[str]:
        yield from (self.amount("payment"), "highest", self.term, rate)
        for name in ("total_paid", "total_interest", "waived", "forborne", "forgiven", "cost"):
            yield self.amount(name)
