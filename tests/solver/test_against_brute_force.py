"""The solver finds what brute force finds: the terms, the choice, the cost, the denial, and the step before."""

import comparing
import problems
import pytest
from oracle import solve

#: Each test poses some problems, the same on every run. More were posed once; the benchmark poses more.
EACH = 25


@pytest.mark.parametrize("block", range(16))
@pytest.mark.parametrize("choose", ["waterfall", "least_cost"])
def test_the_solver_equals_brute_force(choose: str, block: int) -> None:
    for seed in range(block * EACH, (block + 1) * EACH):
        problem = comparing.posed(seed, choose)
        (plan,) = problems.decided(problem).plans
        assert comparing.differences(problem, plan) == [], (seed, problems.policy(problem))


@pytest.mark.parametrize("block", range(8))
@pytest.mark.parametrize("choose", ["waterfall", "least_cost"])
def test_the_solver_equals_brute_force_where_a_rate_rises(choose: str, block: int) -> None:
    for seed in range(block * EACH, (block + 1) * EACH):
        problem = comparing.posed_rising(seed, choose)
        (plan,) = problems.decided(problem).plans
        assert comparing.differences(problem, plan) == [], (seed, problems.policy(problem))


def test_rates_do_rise_in_the_terms_that_are_found() -> None:
    posed = (comparing.posed_rising(seed, "least_cost") for seed in range(300))
    found = [answer.outcome for answer in map(solve, posed) if answer.holds and answer.outcome]
    rates = [[o.state.rate_of(month) for month in range(1, len(o.rows) + 1)] for o in found]
    assert sum(len(set(each)) > 1 for each in rates) > 10
    above = [max(each) > o.state.loan.annual_rate for each, o in zip(rates, found, strict=True)]
    assert sum(above) > 5


def test_the_problems_are_worth_posing() -> None:
    posed = [
        comparing.posed(seed, choose)
        for seed in range(400)
        for choose in ("waterfall", "least_cost")
    ]
    answers = [solve(problem) for problem in posed]
    holding = [answer for answer in answers if answer.holds]
    assert {answer.holds for answer in answers} == {True, False, None}
    assert len(holding) > 100
    assert sum(any(place > 0 for place in answer.choice) for answer in holding) > 30
    assert sum(not answer.target_met for answer in holding) > 5
    assert max(answer.choices for answer in answers) > 500
    states = [answer.outcome.state for answer in holding if answer.outcome]
    assert sum(state.agreed is not None for state in states) > 10
    assert sum(state.until_repaid is not None for state in states) > 5
    levers = {step.lever for problem in posed for step in problem.steps}
    assert len(levers) == 14
