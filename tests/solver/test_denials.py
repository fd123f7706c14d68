"""A denial says what is missing, and brute force agrees: the nearest terms, and how far limits would have to move."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import attrs
import comparing
import oracle
import problems
import pytest
from expressions import Node, Value, months, value
from oracle import Grid, NoScheduleError, Outcome, Problem, State, Step

import policyengine as pe
from policyengine.decision.decision import Shortfall, StepLimit

SEEDS = range(400)
OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@cache
def denied() -> list[tuple[Problem, pe.Plan, Shortfall]]:
    """Return the denials of some problems, of those that have terms at all."""
    found = []
    for seed in SEEDS:
        problem = comparing.posed(seed, "waterfall" if seed % 2 else "least_cost")
        (plan,) = problems.decided(problem).plans
        if plan.status == "denied" and plan.shortfall:
            found.append((problem, plan, plan.shortfall))
    return found


# The nearest terms


def missing(node: Node, facts: dict[str, Value], outcome: Outcome, wanted: bool = True) -> Fraction:
    """Return what a condition misses: the share of their size by which two amounts are apart; all of it otherwise."""
    match node:
        case ("not", operand):
            return missing(operand, facts, outcome, not wanted)
        case ("and" | "or" as joint, left, right):
            both = [missing(part, facts, outcome, wanted) for part in (left, right)]
            return sum(both, Fraction(0)) if (joint == "and") == wanted else min(both)
    if value(node, facts, outcome.named) is not (not wanted):
        return Fraction(0)
    if node[0] not in OPPOSITES:
        return Fraction(1)
    left, right = (Fraction(value(side, facts, outcome.named) or 0) for side in node[1:])
    return abs(left - right) / (abs(left) + abs(right)) if left or right else Fraction(0)


def steps_of(problem: Problem, grid: Grid) -> list[Step]:
    return [step for step in problem.steps if grid.used(step) is not False]


def every_outcome(problem: Problem) -> Iterator[Outcome]:
    """Yield all terms in the order of the file: of the line, or of the whole grid."""
    grid = Grid(problem)
    steps, start = steps_of(problem, grid), State.of(problem.loan)
    if problem.choose == "least_cost":
        for _, state in oracle.points_of(grid, steps, start):
            try:
                if state:
                    yield grid.outcome(state)
            except NoScheduleError:
                pass
        return
    for index, step in enumerate(steps):
        try:
            count = len(grid.settings(step, most(grid, steps[:index], start)))
        except NoScheduleError:
            count = 1
        for place in range(1 if index else 0, max(count, 1)):
            outcome = oracle.outcome_at(grid, steps, start, (*(-1,) * index, place))
            if outcome:
                yield outcome


def most(grid: Grid, steps: list[Step], state: State) -> State:
    for step in steps:
        state = (grid.settings(step, state) or [state])[-1]
    return state


def test_the_nearest_terms_are_shown() -> None:
    """Fewest rules fail, then least is missing, then the greatest concession."""
    looked_at = elsewhere = 0
    for problem, plan, shortfall in denied():
        if problem.accept:
            continue
        outcomes = list(every_outcome(problem))
        nearest = min(reversed(outcomes), key=lambda outcome: short(problem, outcome))
        assert shortfall.payment == comparing.cents(nearest.minor("payment"))
        failing = [
            f"until_{number}"
            for number, rule in enumerate(problem.until, 1)
            if value(rule, dict(problem.facts), nearest.named) is False
        ]
        assert [r.rule for r in plan.decisive if r.kind == "until"] == failing
        assert list(dict.fromkeys(miss.rule for miss in shortfall.misses)) == failing
        looked_at += 1
        elsewhere += nearest is not outcomes[-1]
    assert looked_at > 100
    assert elsewhere > 10


def short(problem: Problem, outcome: Outcome) -> tuple[int, Fraction]:
    facts = dict(problem.facts)
    fail = [r for r in problem.until if value(r, facts, outcome.named) is False]
    return len(fail), sum((missing(rule, facts, outcome) for rule in fail), Fraction(0))


def test_the_reasons_stand_at_the_nearest_terms() -> None:
    """What a rule compares there is what the shortfall says, and the distance is the difference."""
    looked_at = 0
    for _, plan, shortfall in denied():
        reasons = {reason.rule: reason for reason in plan.decisive}
        for miss in shortfall.misses:
            shown = {(c.left, c.right) for c in reasons[miss.rule].comparisons}
            if miss.operator is None or not shown:
                continue
            assert (miss.left, miss.right) in shown
            if miss.short_by is not None:
                apart = Decimal(str(miss.left)) - Decimal(str(miss.right))
                assert abs(abs(apart) - Decimal(str(miss.short_by))) <= Decimal("1e-11")
                looked_at += 1
    assert looked_at > 100


def test_what_does_not_fit_at_the_last_terms_is_what_would_be_enough() -> None:
    looked_at = 0
    for problem, plan, shortfall in denied():
        if problem.accept and problem.choose == "waterfall":
            last = list(every_outcome(problem))[-1]
            assert shortfall.payment == comparing.cents(last.minor("payment"))
            assert {reason.kind for reason in plan.decisive} == {"accept"}
            assert {miss.rule for miss in shortfall.misses} == {"accept_1"}
            looked_at += 1
    assert looked_at > 5


# The limits


def step_at(problem: Problem, limit: StepLimit) -> int:
    """Return which step of the policy a limit is one of."""
    line = int(limit.at.split(":")[-2])
    lines = problems.policy(problem).splitlines()
    return (
        sum(each.startswith("        - ") for each in lines[lines.index("      steps:") + 1 : line])
        - 1
    )


def moved(problem: Problem, index: int, setting: str, to: Fraction) -> Problem:
    """Return the problem with one limit at another value."""
    step = problem.steps[index]
    settings = dict(step.settings)
    match step.lever:
        case "holiday" | "interest_only" | "instalments" | "repayment_plan" | "pay":
            settings["months"] = (settings["months"][0], months(int(to)))
        case "term":
            settings["more" if "more" in settings else "up_to"] = months(int(to))
        case "rate":
            settings["down_to"] = ("is", "", to)
        case "forbear" | "forgive":
            settings["up_to"] = ("is", "", to)
        case "settle":
            settings["discount"] = (settings["discount"][0], to)
        case "waive":
            shares = dict(settings["shares"])
            settings["shares"] = shares | {setting: (shares[setting][0], to)}
    steps = list(problem.steps)
    steps[index] = attrs.evolve(step, settings=settings)
    return attrs.evolve(problem, steps=tuple(steps))


def stride(step: Step) -> Fraction:
    """Return the step of a range, of months, shares or major units."""
    match step.lever:
        case "term" | "instalments":
            return Fraction(step.settings["step"])
        case "holiday" | "interest_only" | "repayment_plan" | "pay":
            return Fraction(1)
    return Fraction(step.settings["step"][2])


def one_less(problem: Problem, index: int, to: Fraction) -> Fraction:
    """Return the value of a range before another one, towards the limit."""
    step, grid = problem.steps[index], Grid(problem)
    if step.lever == "rate":
        used = [each for each in problem.steps[:index] if grid.used(each) is not False]
        rate = most(grid, used, State.of(problem.loan)).rate
        while rate - stride(step) > to:
            rate -= stride(step)
        return rate
    if step.lever in ("forbear", "forgive"):
        return -(-to // stride(step)) * stride(step) - stride(step)
    return to - stride(step)


def beyond(step: Step, to: Fraction, limit: Fraction) -> bool:
    return to < limit if step.lever == "rate" else to > limit


def fraction(amount: Any) -> Fraction:
    return Fraction(str(amount))


def all_limits() -> Iterator[tuple[Problem, int, StepLimit]]:
    for problem, _, shortfall in denied():
        for limit in shortfall.limits:
            yield problem, step_at(problem, limit), limit


def test_with_a_limit_moved_as_far_as_said_there_are_terms_and_not_one_step_before() -> None:
    """Brute force solves the problem with the policy's limit changed."""
    looked_at, levers = 0, set()
    for problem, index, limit in all_limits():
        if limit.enough is None:
            continue
        step, enough = problem.steps[index], fraction(limit.enough)
        assert step.lever == limit.step
        assert beyond(step, enough, fraction(limit.limit))
        assert oracle.solve(moved(problem, index, limit.setting, enough)).holds is True
        less = one_less(problem, index, enough)
        if beyond(step, less, fraction(limit.limit)):
            assert oracle.solve(moved(problem, index, limit.setting, less)).holds is False
        looked_at += 1
        levers.add(limit.step)
    assert looked_at > 60
    assert {"term", "rate", "forbear", "forgive"} <= levers


@pytest.mark.parametrize("part", range(4))
def test_where_no_other_limit_would_do_none_does(part: int) -> None:
    """A few steps beyond the limit and the last value that was looked at, where brute force can."""
    looked_at = 0
    for number, (problem, index, limit) in enumerate(all_limits()):
        if limit.enough is not None or number % 4 != part:
            continue
        step, value_, looked_to = (
            problem.steps[index],
            fraction(limit.limit),
            fraction(limit.looked_to),
        )
        sign = -1 if step.lever == "rate" else 1
        tried = [value_ + sign * stride(step) * k for k in (1, 2, 3)]
        if abs(looked_to - value_) <= 12 * stride(step):
            tried.append(looked_to)
        for to in tried:
            if to >= 0 and sign * to <= sign * looked_to:
                # not known, as where a rule divides by a payment of nothing, is not enough either
                assert oracle.solve(moved(problem, index, limit.setting, to)).holds is not True
                looked_at += 1
    assert looked_at > 20
