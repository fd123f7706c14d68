"""What the language says an offer is, by brute force: every setting of every lever, every schedule row by row.

It is written from the language's own definition and shares no code with the engine. Amounts are minor units.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

import attrs
from expressions import Node, Value, terms_named, value

#: The last day of each month from December 2024 on, when an instalment is due.
DUES = [date(y, m, monthrange(y, m)[1]) for y in range(2024, 2034) for m in range(1, 13)][11:]

Row = tuple[int, int, int, int]  # payment, interest, principal, balance after it


class NotKnownError(Exception):
    """Something that a lever stands on is unknown."""


class NoScheduleError(Exception):
    """Terms that cannot be repaid as they say."""


@attrs.frozen
class Loan:
    principal: int
    annual_rate: Fraction
    remaining_term: int
    method: str
    balances: Mapping[str, int]


@attrs.frozen
class Step:
    """A lever by its name in the language, with its settings, and the fact that must be true for it."""

    lever: str
    settings: Mapping[str, Any]
    when: Node | None = None


@attrs.frozen
class Problem:
    loan: Loan
    facts: Mapping[str, Value]
    steps: tuple[Step, ...]
    until: tuple[Node, ...]
    accept: tuple[Node, ...]
    choose: str
    negative_amortisation: bool


@attrs.frozen
class State:
    """A loan with concessions, before any schedule."""

    loan: Loan
    rate: Fraction
    months: int  # all of them, a holiday included
    method: str
    rises: tuple[int, Fraction, int, Fraction] | None = None  # fixed for, rise, every, up to
    holiday: int = 0
    interest: str = "capitalised"
    interest_only: int = 0
    shares: tuple[Fraction, ...] = ()
    each: int = 0
    agreed: tuple[int, int, str | None] | None = (
        None  # amount, months, what becomes of unpaid interest
    )
    until_repaid: int | None = None
    on_top: tuple[str, int, int] | None = None  # balance, amount, months
    settled_for: int | None = None
    forborne: int = 0
    forgiven: int = 0
    taken: tuple[tuple[str, str, int], ...] = ()  # what happened to it, balance, amount

    @classmethod
    def of(cls, loan: Loan) -> State:
        return cls(loan, loan.annual_rate, loan.remaining_term, loan.method)

    def all_of(self, fate: str) -> int:
        return sum(amount for what, _, amount in self.taken if what == fate)

    def left_of(self, balance: str) -> int:
        gone = sum(amount for _, name, amount in self.taken if name == balance)
        if self.on_top and self.on_top[0] == balance:
            gone += self.on_top[1]
        return self.loan.balances[balance] - gone

    def rate_of(self, month: int) -> Fraction:
        """Return the annual rate of a month, the first being 1."""
        if self.rises is None:
            return self.rate
        fixed_for, rise, every, up_to = self.rises
        if month <= fixed_for or self.rate >= up_to:
            return self.rate
        return min(self.rate + rise * (1 + (month - fixed_for - 1) // every), up_to)

    @property
    def bearing(self) -> int:
        return self.loan.principal + self.all_of("capitalised") - self.forgiven

    @property
    def before_regular(self) -> int:
        agreed = self.agreed[1] if self.agreed else 0
        return self.holiday + self.interest_only + len(self.shares) * self.each + agreed

    @property
    def covered(self) -> int:
        on_top = self.on_top[1] if self.on_top else 0
        return self.bearing + self.all_of("deferred") + on_top


def half_up(amount: Fraction | int) -> int:
    return floor(amount + Fraction(1, 2))


def exact_level(balance: int, rate: Fraction, months: int) -> Fraction:
    if rate == 0:
        return Fraction(balance, months)
    return balance * rate / (1 - (1 + rate) ** -months)


# Schedules


def rows_of(  # noqa: C901, PLR0912, PLR0915 - one branch for each kind of month, in their order
    state: State, negative_amortisation: bool
) -> list[Row]:
    """Return the rows; the balance after each holds what is owed without interest too."""
    if state.settled_for is not None:
        if (
            state.settled_for == 0
        ):  # a few cents less a discount: one payment of nothing closes no debt
            raise NoScheduleError
        return [(state.settled_for, 0, state.settled_for, 0)]
    aside = state.forborne + state.all_of("deferred")
    owed = state.bearing - state.forborne
    regular = state.months - state.before_regular
    if owed <= 0 or (regular < 1 and state.until_repaid is None):
        raise NoScheduleError
    rows: list[Row] = []

    def rate() -> Fraction:
        return state.rate_of(len(rows) + 1) / 12

    def changed() -> bool:
        return state.rate_of(len(rows) + 1) != state.rate_of(len(rows))

    def post(payment: int, interest: int) -> None:
        nonlocal owed
        owed += interest - payment
        rows.append((payment, interest, payment - interest, owed + aside))

    bearing = owed
    for _ in range(state.holiday):
        base = {"waived": 0, "capitalised": owed, "accrues": bearing}[state.interest]
        post(0, half_up(base * rate()))
    for _ in range(state.interest_only):
        interest = half_up(owed * rate())
        post(interest, interest)
    if state.shares:
        first = len(rows)
        for share in state.shares:
            for _ in range(state.each):
                if state.until_repaid is not None:
                    whole = state.until_repaid
                elif len(rows) == first or changed():
                    whole = half_up(exact_level(owed, rate(), state.months - len(rows)))
                interest = half_up(owed * rate())
                payment = min(half_up(share * whole), owed + interest)
                if payment < interest and not negative_amortisation:
                    raise NoScheduleError
                post(payment, interest)
    unpaid = 0
    for _ in range(state.agreed[1] if state.agreed else 0):
        if not owed:
            break
        amount, _, treatment = state.agreed  # type: ignore[misc]
        interest = half_up((owed - unpaid) * rate())
        payment = min(amount, owed + interest)
        if payment < interest:
            if treatment == "waived":
                interest = payment
            elif treatment == "accrues":
                unpaid += interest - payment
            elif not negative_amortisation:
                raise NoScheduleError
        else:
            unpaid -= min(unpaid, payment - interest)
        post(payment, interest)
    if state.agreed and not owed:
        pass
    elif state.until_repaid is not None:
        while owed:
            interest = half_up(owed * rate())
            if state.until_repaid <= interest or len(rows) >= 1200:
                raise NoScheduleError
            post(min(state.until_repaid, owed + interest), interest)
    elif state.method == "level":
        for k in range(regular):
            if k == 0 or changed():
                payment = half_up(exact_level(owed, rate(), regular - k)) if owed else 0
            interest = half_up(owed * rate())
            due = owed + interest
            post(due if k == regular - 1 else min(payment, due), interest)
    else:
        whole = owed
        for k in range(1, regular + 1):
            interest = half_up(owed * rate())
            part = half_up(Fraction(whole * k, regular)) - half_up(
                Fraction(whole * (k - 1), regular)
            )
            post(part + interest, interest)
    if state.on_top:
        _, amount, months = state.on_top
        if not 1 <= months <= len(rows):
            raise NoScheduleError
        left = amount
        for k, (payment, interest, principal, balance) in enumerate(rows):
            part = amount // months + (k < amount % months) if k < months else 0
            left -= part
            rows[k] = (payment + part, interest, principal + part, balance + left)
    return rows


@attrs.frozen
class Outcome:
    """Terms that were worked out."""

    state: State
    rows: list[Row]

    @property
    def regular(self) -> Row:
        state = self.state
        if state.settled_for is not None:
            return self.rows[0]
        return self.rows[min(state.before_regular, len(self.rows) - 1)]

    @property
    def before_rounding(self) -> Fraction:
        state = self.state
        first = state.before_regular
        agreed = state.settled_for is not None or state.until_repaid is not None
        if state.method != "level" or agreed or state.on_top or first >= len(self.rows):
            return Fraction(self.regular[0])
        aside = state.forborne + state.all_of("deferred")
        owed = self.regular[3] + self.regular[2] - aside
        rate = state.rate_of(first + 1) / 12
        return exact_level(owed, rate, len(self.rows) - first) if owed else Fraction(0)

    @property
    def cost(self) -> int:
        """What the terms cover, less today's value of the payments at the contract's rate."""
        state = self.state
        growth = 1 + state.loan.annual_rate / 12
        worth, factor = Fraction(0), Fraction(1)
        for payment, *_ in self.rows:
            factor /= growth
            worth += payment * factor
        worth += self.rows[-1][3] * factor
        return half_up(state.covered + state.forgiven + state.all_of("waived") - worth)

    def minor(  # noqa: C901, PLR0911, PLR0912 - one for each name of the language
        self, name: str, months: int | None = None
    ) -> int:
        state, payments = self.state, [row[0] for row in self.rows]
        match name:
            case "balance":
                return state.covered
            case "payment":
                return self.regular[0]
            case "max_payment":
                return max(payments)
            case "max_payment_before":
                return max(payments[:months], default=0)
            case "max_payment_after":
                return max(payments[months:], default=0)
            case "first_payment":
                return payments[0]
            case "total_paid":
                return sum(payments)
            case "total_interest":
                return sum(row[1] for row in self.rows)
            case "waived":
                return state.all_of("waived")
            case "forborne":
                aside = state.forborne + state.all_of("deferred")
                return 0 if state.settled_for is not None else aside
            case "forgiven":
                return state.forgiven
            case "final_balance":
                return self.rows[-1][3]
            case "cost":
                return self.cost
        raise AssertionError(name)

    def named(self, name: str, months: int | None = None) -> Value:
        """Return what `plan.<name>` stands for."""
        match name:
            case "term":
                return len(self.rows)
            case "extension":
                return len(self.rows) - self.state.loan.remaining_term
            case "rate":
                return self.state.rate
            case "payment_before_rounding":
                return self.before_rounding / 100
        return Fraction(self.minor(name, months), 100)


# Settings of each lever, from the least to the greatest


class Grid:
    """The settings of one problem's levers."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def outcome(self, state: State) -> Outcome:
        return Outcome(state, rows_of(state, self.problem.negative_amortisation))

    def number(self, node: Node, state: State) -> Fraction:
        """Return a number; what it says of the terms so far may not stand on a schedule there is none of."""
        names = terms_named(node)
        without = {"balance", "rate", "waived", "forborne", "forgiven"}
        outcome = Outcome(state, []) if names <= without else self.outcome(state)
        terms = outcome.named if names else None
        found = value(node, self.problem.facts, terms)
        if found is None:
            raise NotKnownError
        return Fraction(found)

    def amounts(self, settings: Mapping[str, Any], state: State) -> list[int]:
        """Amounts up to the cap; at least one unit stays to be repaid."""
        room = state.bearing - state.forborne - 1
        if "exactly" in settings:
            most = min(floor(self.number(settings["exactly"], state) * 100), room)
            return [most] if most > 0 else []
        most = max(min(floor(self.number(settings["up_to"], state) * 100), room), 0)
        stride = floor(self.number(settings["step"], state) * 100)
        return sorted({*range(0, most + 1, stride), most})

    def shares(self, low: Fraction, high: Fraction, stride: Fraction) -> list[Fraction]:
        found = []
        while low <= high:
            found.append(low)
            low += stride
        return found

    def settings(self, step: Step, state: State) -> list[State]:
        """Return the state at each setting of a lever; nothing where it cannot be used."""
        if self.used(step) is None:
            raise NotKnownError
        found: list[State] = getattr(self, f"_{step.lever}")(step.settings, state)
        return found

    def used(self, step: Step) -> bool | None:
        """Whether the `when` of a step holds."""
        return value(step.when, self.problem.facts, None) if step.when else True  # type: ignore[return-value]

    def least(self, step: Step, state: State) -> State:
        """Return the state where a step is not raised: what it would be raised to need not be known to do nothing."""
        try:
            return (self.settings(step, state) or [state])[0]
        except (NotKnownError, NoScheduleError):
            if not self._least_is_nothing(step, state):
                raise
            return state

    def _least_is_nothing(self, step: Step, state: State) -> bool:
        match step.lever:
            case "term" | "rate" | "forbear" | "forgive":
                return "exactly" not in step.settings
            case "holiday" | "interest_only":
                return self.number(step.settings["months"][0], state) == 0
            case "waive":
                return all(low == 0 for low, _ in step.settings["shares"].values())
        return False

    def _holiday(self, s: Mapping[str, Any], state: State) -> list[State]:
        if "through" in s:
            dues = sum(due <= s["through"] for due in DUES)
            months: Iterable[int] = [max(dues - state.holiday, 0)]
        else:
            months = self._range(s["months"], state)
        return [
            attrs.evolve(
                state,
                holiday=state.holiday + n,
                interest=s["interest"] if n else state.interest,
                months=state.months + (n if s["maturity"] == "extends" else 0),
            )
            for n in months
        ]

    def _interest_only(self, s: Mapping[str, Any], state: State) -> list[State]:
        return [
            attrs.evolve(
                state,
                interest_only=state.interest_only + n,
                months=state.months + (n if s["maturity"] == "extends" else 0),
            )
            for n in self._range(s["months"], state)
        ]

    def _range(self, ends: tuple[Node, Node], state: State, stride: int = 1) -> range:
        low, high = (int(self.number(end, state)) for end in ends)
        return range(low, high + 1, stride)

    def _term(self, s: Mapping[str, Any], state: State) -> list[State]:
        if "exactly" in s:
            months = int(self.number(s["exactly"], state))  # a term is never made shorter
            return [attrs.evolve(state, months=max(state.months, months))]
        more = "more" in s
        most = int(self.number(s["more" if more else "up_to"], state)) + more * state.months
        return [attrs.evolve(state, months=n) for n in range(state.months, most + 1, s["step"])]

    def _rate(self, s: Mapping[str, Any], state: State) -> list[State]:
        rises = self._rises(s, state)
        if "exactly" in s:
            return [attrs.evolve(state, rate=self.number(s["exactly"], state), rises=rises)]
        floor_, stride, rates = self.number(s["down_to"], state), s["step"][2], [state.rate]
        while rates[-1] > floor_:
            rates.append(max(rates[-1] - stride, floor_))
        return [state, *(attrs.evolve(state, rate=rate, rises=rises) for rate in rates[1:])]

    def _rises(
        self, s: Mapping[str, Any], state: State
    ) -> tuple[int, Fraction, int, Fraction] | None:
        if "then" not in s:
            return None
        then, fixed_for = s["then"], int(self.number(s["fixed_for"], state))
        rise, every, up_to = (self.number(then[key], state) for key in ("rise", "every", "up_to"))
        return fixed_for, rise, int(every), up_to

    def _instalments(self, s: Mapping[str, Any], state: State) -> list[State]:
        rate = self.number(s["rate"], state) if "rate" in s else state.rate
        rises = None if "rate" in s else state.rises
        return [
            attrs.evolve(state, months=n + state.holiday, rate=rate, rises=rises, method="level")
            for n in self._range(s["months"], state, s["step"])
        ]

    def _waive(self, s: Mapping[str, Any], state: State) -> list[State]:
        grids = {
            name: self.shares(low, high, s["step"][2]) for name, (low, high) in s["shares"].items()
        }
        if not all(grids.values()):
            return []
        found = []
        for place in range(max(map(len, grids.values()))):
            each = state
            for name, grid in grids.items():
                share = grid[min(place, len(grid) - 1)]
                if name == "future_interest":
                    each = self._less_interest(each, 1 - share)
                else:
                    each = self._take(each, "waived", name, share)
            found.append(each)
        return found

    def _less_interest(self, state: State, part: Fraction) -> State:
        rises = state.rises
        if rises:
            fixed_for, rise, every, up_to = rises
            rises = fixed_for, rise * part, every, up_to * part
        return attrs.evolve(state, rate=state.rate * part, rises=rises)

    def _take(self, state: State, fate: str, balance: str, share: Fraction) -> State:
        amount = half_up(state.left_of(balance) * share)
        return attrs.evolve(state, taken=(*state.taken, (fate, balance, amount)))

    def _capitalise(self, s: Mapping[str, Any], state: State) -> list[State]:
        for name, share in s["shares"].items():
            state = self._take(state, "capitalised", name, share)
        return [state]

    def _defer_balance(self, s: Mapping[str, Any], state: State) -> list[State]:
        for name, share in s["shares"].items():
            state = self._take(state, "deferred", name, share)
        return [state]

    def _forbear(self, s: Mapping[str, Any], state: State) -> list[State]:
        amounts = self.amounts(s, state)
        return [attrs.evolve(state, forborne=state.forborne + amount) for amount in amounts]

    def _forgive(self, s: Mapping[str, Any], state: State) -> list[State]:
        amounts = self.amounts(s, state)
        return [attrs.evolve(state, forgiven=state.forgiven + amount) for amount in amounts]

    def _repayment_plan(self, s: Mapping[str, Any], state: State) -> list[State]:
        if state.on_top:
            raise NoScheduleError
        owed, counts = state.left_of(s["balance"]), list(self._range(s["months"], state))
        if "cap" in s:
            regular = self.outcome(state).regular[0]
            most = s["cap"] * regular
            counts = [n for n in counts if n > 0 and regular + -(-owed // n) <= most]
        return [attrs.evolve(state, on_top=(s["balance"], owed, n)) for n in counts]

    def _settle(self, s: Mapping[str, Any], state: State) -> list[State]:
        found = []
        low, high = s["discount"]
        for discount in self.shares(low, high, s["step"][2]):
            amount = half_up(state.covered * (1 - discount))
            given_up = state.forgiven + state.covered - amount
            found.append(attrs.evolve(state, settled_for=amount, forgiven=given_up))
        return found

    def _pay(self, s: Mapping[str, Any], state: State) -> list[State]:
        amount = floor(self.number(s["amount"], state) * 100)
        if amount < 0:
            raise NoScheduleError
        if "months" not in s:
            return [attrs.evolve(state, until_repaid=amount)]
        unpaid = s.get("unpaid_interest")
        return [
            attrs.evolve(state, agreed=(amount, n, unpaid)) if n else state
            for n in self._range(s["months"], state)
        ]

    def _stepped(self, s: Mapping[str, Any], state: State) -> list[State]:
        return [attrs.evolve(state, shares=s["shares"], each=s["months"])]


# The two searches

Point = tuple[int, ...]


@attrs.frozen
class Answer:
    """`holds` is true with terms, false, or None where it is not known."""

    holds: bool | None
    outcome: Outcome | None = None
    target_met: bool = True
    choices: int = 0
    choice: Point = ()


def solve(problem: Problem) -> Answer:
    """Return what the language says about an offer."""
    grid, start = Grid(problem), State.of(problem.loan)
    steps = [step for step in problem.steps if grid.used(step) is not False]
    reaches = [_reach(grid, step, start) for step in steps]
    if not any(reaches):
        return Answer(None if None in reaches else False)
    search = _line if problem.choose == "waterfall" else _cheapest
    try:
        return search(grid, steps, start)
    except NotKnownError:
        return Answer(None)


def _reach(grid: Grid, step: Step, state: State) -> bool | None:
    """Whether a step can do anything to a loan."""
    try:
        return bool(grid.settings(step, state))
    except NotKnownError:
        return None
    except NoScheduleError:
        return True


def _all(rules: Sequence[Node], facts: Mapping[str, Value], outcome: Outcome) -> bool | None:
    truths = [value(rule, facts, outcome.named) for rule in rules]
    return False if False in truths else None if None in truths else True


def points_of(
    grid: Grid, steps: Sequence[Step], start: State
) -> Iterator[tuple[Point, State | None]]:
    """Yield every combination of settings in the order of the file; None where one cannot be made."""

    def below(state: State, point: Point) -> Iterator[tuple[Point, State | None]]:
        if len(point) == len(steps):
            yield point, state
            return
        try:
            settings = grid.settings(steps[len(point)], state) or [state]
        except NoScheduleError:
            yield point + (0,) * (len(steps) - len(point)), None
            return
        for place, each in enumerate(settings):
            yield from below(each, (*point, place))

    yield from below(start, ())


def outcome_at(grid: Grid, steps: Sequence[Step], start: State, point: Point) -> Outcome | None:
    """Return the terms at a point; a place beyond a lever's last is its last, -1 its most; steps after it stay low."""
    state = start
    try:
        for index, step in enumerate(steps):
            if index >= len(point):
                state = grid.least(step, state)
                continue
            place, settings = point[index], grid.settings(step, state)
            if settings:
                state = settings[min(place, len(settings) - 1)] if place >= 0 else settings[-1]
        return grid.outcome(state)
    except NoScheduleError:
        return None


def _line(grid: Grid, steps: Sequence[Step], start: State) -> Answer:
    """Raise one lever after the other from its least to its most; stop where the rules hold."""
    problem, last, seen = grid.problem, None, 0
    for index, step in enumerate(steps):
        before = start
        try:
            for earlier in steps[:index]:
                before = (grid.settings(earlier, before) or [before])[-1]
            count = max(len(grid.settings(step, before)), 1)
        except NoScheduleError:
            count = 1
        for place in range(1 if index else 0, count):
            point = (*(-1,) * index, place)
            outcome, seen = outcome_at(grid, steps, start, point), seen + 1
            if outcome is None:
                continue
            holds = _all(problem.until, problem.facts, outcome)
            if holds is not False:
                return Answer(holds, outcome, choices=seen, choice=point)
            last = outcome
    if last is None or not problem.accept:
        return Answer(False, choices=seen)
    return Answer(_all(problem.accept, problem.facts, last), last, target_met=False, choices=seen)


def _cheapest(grid: Grid, steps: Sequence[Step], start: State) -> Answer:
    """Work out all points; those as cheap as the cheapest, but for rounding, whose rules hold; the first of them.

    It is not known where a point that cannot be judged would be the cheapest, or as cheap and before that one.
    """
    problem, found, seen = grid.problem, [], 0
    for point, state in points_of(grid, steps, start):
        seen += 1
        if state is None:
            continue
        try:
            outcome = grid.outcome(state)
        except NoScheduleError:
            continue
        holds = _all(problem.until, problem.facts, outcome)
        if holds is not False:
            found.append((outcome.cost, point, holds, outcome))
    if not found:
        return Answer(False, choices=seen)
    cost, place, holds, cheapest = min(found, key=lambda each: each[:2])
    as_cheap = [each for each in found if each[0] <= cost + len(cheapest.rows)]
    _, point, first_holds, outcome = min(as_cheap, key=lambda each: each[1])
    if holds is None or first_holds is None:
        return Answer(None, choices=seen, choice=place if holds is None else point)
    return Answer(True, outcome, choices=seen, choice=point)


def less_generous(problem: Problem, answer: Answer) -> list[Outcome]:
    """Return the terms one step less generous than those chosen, where they can be worked out and fail the rules.

    On the line there is one such step at most; among all combinations, one for each lever that was raised.
    """
    if not answer.choice or not answer.target_met:
        return []
    facts, grid, start = problem.facts, Grid(problem), State.of(problem.loan)
    steps = [step for step in problem.steps if grid.used(step) is not False]
    raised = [i for i, place in enumerate(answer.choice) if place > 0]
    points = []
    for index in raised if problem.choose == "least_cost" else raised[:1]:
        point = list(answer.choice)
        point[index] -= 1
        points.append(tuple(point))
    outcomes = [outcome_at(grid, steps, start, point) for point in points]
    return [o for o in outcomes if o and _all(problem.until, facts, o) is False]
