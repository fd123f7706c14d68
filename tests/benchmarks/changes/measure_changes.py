"""What it takes to say what would change a denial: `python tests/benchmarks/changes/measure_changes.py [profiles]`.

Borrowers near the thresholds of the five lenders and of the largest policy here are decided. Times are in
milliseconds, of one denied plan each.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from copy import deepcopy
from pathlib import Path
from statistics import median

TESTS = Path(__file__).parents[2]
sys.path.insert(0, str(TESTS))

import borrowers  # noqa: E402  # after the path is known
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402

import policyengine as pe  # noqa: E402
from policyengine.decision.decision import Plan, Status  # noqa: E402

_MOVED = ("monthly_income", "essential_expenses", "other_debt_payments", "housing_capacity")


def main(count: int) -> None:
    policies = pe.load(TESTS.parent / "policies")
    lenders, examples = near_thresholds(count), around_examples(count)
    for name, profiles in (
        ("near the lenders' thresholds", lenders),
        ("around all examples", examples),
    ):
        report(name, policies, profiles)


def near_thresholds(count: int) -> list[borrowers.Profile]:
    found: list[borrowers.Profile] = []

    @settings(max_examples=count, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(borrowers.near_thresholds())
    def collect(profile: borrowers.Profile) -> None:
        found.append(profile)

    collect()
    return found


def around_examples(count: int) -> list[borrowers.Profile]:
    chance = random.Random(1)  # no secret
    return [_around(chance.choice(list(borrowers.EXAMPLES.values())), chance) for _ in range(count)]


def _around(profile: borrowers.Profile, chance: random.Random) -> borrowers.Profile:
    found = deepcopy(profile)
    for name in _MOVED:
        if name in found.get("borrower", {}):
            amount = found["borrower"][name] * chance.randint(80, 120) / 100
            found["borrower"][name] = amount.quantize(1)
    return found


def report(name: str, policies: pe.PolicySet, profiles: list[borrowers.Profile]) -> None:
    times, ends, deciding = [], Counter[str](), []
    for profile in profiles:
        start = time.perf_counter()
        assessment = policies.decide(profile)
        deciding.append(time.perf_counter() - start)
        for decision in assessment.decisions:
            for plan in decision.plans:
                if plan.status is Status.DENIED:
                    start = time.perf_counter()
                    ends[end(plan)] += 1
                    taken = time.perf_counter() - start
                    times.append((taken, f"{decision.policy} {plan.plan}"))
    times.sort()
    print(f"{name}: {len(profiles)} profiles, {len(times)} denied plans")  # noqa: T201
    print(f"  deciding: {_ms(median(deciding))} median, {_ms(max(deciding))} worst")  # noqa: T201
    if times:
        worst, plan_name = times[-1]
        high, middle = times[int(len(times) * 0.95)][0], median(taken for taken, _ in times)
        said = f"{_ms(middle)} median, {_ms(high)} 95 %, {_ms(worst)} worst ({plan_name})"
        print(f"  changes: {said}")  # noqa: T201
    print(f"  {dict(ends)}")  # noqa: T201


def end(plan: Plan) -> str:
    search = plan.change_search
    assert search
    if search.found:
        one = "one fact" if len(search.found[0].changes) == 1 else "two facts"
        return one if all(change.proven for change in search.found) else f"{one}, with a gap"
    return "nothing helps" if search.unmet or all(s.all for s in search.searched) else "gave up"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
