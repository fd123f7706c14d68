"""The solver against brute force and against formulas written by hand, side by side in one run.

    python tests/benchmarks/solver/compare.py [--problems 10000]

Prints medians of wall time and their ratios; the ratios are what to compare between machines. The brute force is the
tests' oracle, which is plain Python as well. `numpy-financial` is no requirement: without it its line is left out.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from math import ceil, log
from pathlib import Path
from statistics import median
from typing import Any

TESTS = Path(__file__).parents[2]
sys.path.insert(0, str(TESTS / "solver"))

import comparing  # noqa: E402
import offering  # noqa: E402
import oracle  # noqa: E402
import problems  # noqa: E402

import policyengine as pe  # noqa: E402
from policyengine.evaluators.reference.offers import offer_of  # noqa: E402
from policyengine.evaluators.reference.valuation import Valuation  # noqa: E402
from policyengine.facts.facts import Situation  # noqa: E402
from policyengine.facts.from_profile import facts_from  # noqa: E402
from policyengine.finance.money import currency  # noqa: E402
from policyengine.finance.phases import Level  # noqa: E402
from policyengine.finance.schedule import build_schedule  # noqa: E402

ROUNDS = 7


def main() -> None:
    """Print every comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--problems", type=int, default=10_000, help="random problems to solve")
    count = parser.parse_args().problems
    print(f"Python {platform.python_version()} on {platform.machine()}\n")
    against_closed_form()
    against_numpy_financial()
    over_waterfalls()
    over_random_problems(count)


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def medians(*works: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Return the median time of each, taken in turns so that all share the machine's moods."""
    taken = [[seconds(work) for work in works] for _ in range(rounds)]
    return [median(column) for column in zip(*taken, strict=True)]


def shown(label: str, names: Sequence[str], times: Sequence[float]) -> None:
    """Print times in milliseconds and the first one's ratio to the others."""
    parts = [f"{name} {1000 * each:.3f} ms" for name, each in zip(names, times, strict=True)]
    ratios = [
        f"{names[0]} / {name} = {times[0] / each:.3g}"
        for name, each in zip(names[1:], times[1:], strict=True)
    ]
    print(f"{label}\n  {', '.join(parts)}\n  {', '.join(ratios)}")


def solving(policies: pe.PolicySet, profile: dict[str, Any]) -> Callable[[], object]:
    """Return the search alone, without reading the profile and wording the reasons."""
    (program,) = policies.programs
    facts = facts_from(pe.Profile.from_mapping(profile), policies.dictionary, currency("CNY"), None)
    situation: Situation = facts.about(0)

    def solve() -> object:
        return offer_of(program.plans[0], program, Valuation(program, situation))

    return solve


def against_closed_form() -> None:
    """The least term for a cap on the payment: n = -log(1 - P i / A) / log(1 + i), and a look at its neighbours."""
    principal, cap, rate = 200_000_00, 1_400_00, Fraction(5, 100) / 12
    policies = offering.policies(
        "- term: {up_to: 480 months, step: 1 month}", "plan.payment <= x.cash"
    )
    loan = offering.LOAN | {
        "principal": Decimal(200_000),
        "annual_rate": Decimal("0.05"),
        "remaining_term": 120,
    }
    profile = {
        "as_of": "2024-11-20",
        "loans": [loan],
        "x": offering.FACTS | {"cash": Decimal(1_400)},
    }

    def by_hand() -> int:
        i = float(rate)
        guess = max(ceil(-log(1 - principal * i / cap) / log(1 + i)) - 1, 1)
        while oracle.half_up(oracle.exact_level(principal, rate, guess)) > cap:
            guess += 1
        return guess

    def by_scan() -> int:
        return next(
            n
            for n in range(120, 481)
            if oracle.half_up(oracle.exact_level(principal, rate, n)) <= cap
        )

    solve = solving(policies, profile)
    found = policies.decide(profile).decisions[0].plan("relief").terms
    assert found
    assert found.term_months == by_hand() == by_scan()
    label = f"Least term for a payment cap: {found.term_months} months (the solver's includes its schedule and proof)"
    shown(
        label,
        ["solver", "closed form", "closed form, every term"],
        medians(solve, by_hand, by_scan),
    )


def against_numpy_financial() -> None:
    """A schedule of 480 months: ours is exact and rounded, theirs is in floats."""
    try:
        np, npf = import_module("numpy"), import_module("numpy_financial")
    except ImportError:
        print("\nnumpy-financial is not installed: no comparison of schedules")
        return
    periods = np.arange(1, 481)

    def ours() -> object:
        return build_schedule(200_000_00, Fraction(5, 100), [Level(480)], date(2024, 1, 31))

    def arrays() -> object:
        return npf.ipmt(0.05 / 12, periods, 480, -200_000.0), npf.ppmt(
            0.05 / 12, periods, 480, -200_000.0
        )

    def row_by_row() -> object:
        return [
            (npf.ipmt(0.05 / 12, n, 480, -200_000.0), npf.ppmt(0.05 / 12, n, 480, -200_000.0))
            for n in range(1, 481)
        ]

    print()
    names = ["schedule", "numpy-financial, arrays", "numpy-financial, row by row"]
    shown("A schedule of 480 months", names, medians(ours, arrays, row_by_row))


def over_waterfalls() -> None:
    """A waterfall of three steps, against the schedules of its settings one after the other."""
    amount = Decimal(450_000)
    loan = offering.LOAN | {
        "principal": amount,
        "annual_rate": Decimal("0.09"),
        "remaining_term": 360,
    }
    profile = {
        "as_of": "2010-06-15",
        "loans": [loan],
        "x": offering.FACTS | {"cash": Decimal(1_145)},
    }
    step = ("is", "", Fraction(100))
    floor, share = ("is", "", Fraction(2, 100)), ("is", "", Fraction(30, 100))
    problem = oracle.Problem(
        loan=oracle.Loan(450_000_00, Fraction(9, 100), 360, "level", {}),
        facts={"x.cash": Fraction(1_145)},
        steps=(
            oracle.Step("rate", {"down_to": floor, "step": ("is", "", Fraction(125, 100_000))}),
            oracle.Step("term", {"up_to": ("is", "", 480), "step": 12}),
            oracle.Step("forbear", {"up_to": ("*", share, ("plan", "balance")), "step": step}),
        ),
        until=(("<=", ("plan", "payment"), ("fact", "x.cash")),),
        accept=(),
        choose="waterfall",
        negative_amortisation=False,
    )
    policies = offering.policies(
        "- rate: {down_to: 2%, step: 0.125%}\n"
        "- term: {up_to: 480 months, step: 12 months}\n"
        "- forbear: {up_to: 30% * plan.balance, step: 100.00}",
        "plan.payment <= x.cash",
    )
    found, answer = (
        policies.decide(profile).decisions[0].plan("relief").terms,
        oracle.solve(problem),
    )
    assert found
    assert answer.outcome
    assert found.forborne == comparing.cents(answer.outcome.minor("forborne"))
    print()
    label = f"A waterfall of rate, term and forbearance by 100.00: {answer.choices} settings to the offer"
    shown(
        label,
        ["solver", "brute force"],
        medians(solving(policies, profile), lambda: oracle.solve(problem), rounds=3),
    )


def over_random_problems(count: int) -> None:
    """Random problems, half of them waterfalls, half of them for the least cost; each is checked."""
    mine: list[tuple[float, int, str]] = []
    brute: list[float] = []
    settings: list[int] = []
    differing, statuses = [], Counter[str]()
    begun = time.perf_counter()
    for k in range(count):
        seed, choose = k // 2, ("waterfall", "least_cost")[k % 2]
        problem = comparing.posed(seed, choose)
        policies = problems.loaded(problems.policy(problem))
        mine.append((seconds(solving(policies, problems.profile(problem))), seed, choose))
        start = time.perf_counter()
        settings.append(oracle.solve(problem).choices)
        brute.append(time.perf_counter() - start)
        plan = policies.decide(problems.profile(problem)).decisions[0].plan("relief")
        statuses[plan.status] += 1
        if comparing.differences(problem, plan):
            differing.append((seed, choose))
    print()
    times = [each for each, _, _ in mine]
    shown(
        f"{count} random problems, the median one",
        ["solver", "brute force"],
        [median(times), median(brute)],
    )
    for least in (0, 100, 1000):
        chosen = [k for k, tried in enumerate(settings) if tried >= least]
        if chosen:
            sums = [sum(column[k] for k in chosen) for column in (times, brute)]
            shown(
                f"  all {len(chosen)} with {least} settings or more",
                ["solver", "brute force"],
                sums,
            )
    longest, seed, choose = max(mine)
    print(f"  the longest solve took {1000 * longest:.0f} ms (seed {seed}, {choose})")
    print(f"  the longest brute force took {1000 * max(brute):.0f} ms")
    print(f"  {dict(statuses)}; {len(differing)} differ from brute force: {differing[:10]}")
    print(f"  {time.perf_counter() - begun:.0f} s in all, loading and checking included")


if __name__ == "__main__":
    main()
