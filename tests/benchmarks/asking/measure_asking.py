"""Measures what `ask` takes under one policy, for borrowers of whom some facts are not known.

    python tests/benchmarks/asking/measure_asking.py [how many] [policy]

The policy is the largest one unless it is named: the one with the most expressions in its rules and steps. One to six
facts are taken from the example borrowers that it applies to. Prints the median, the ninth decile and the worst of the
processor's time, and how many missing facts that are read were named, certified or not decided.
"""

# ruff: noqa: T201  # a script that prints; chance with a seed

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests"))

import borrowers  # noqa: E402  # the folder is known only now
from asking import verdicts  # noqa: E402

import policyengine as pe  # noqa: E402
from policyengine.ir.program import Program  # noqa: E402
from policyengine.ir.reach import reached, settings_of  # noqa: E402

Times = list[float]


def main(count: int, policy: str | None) -> None:
    """Ask about so many borrowers."""
    policies = pe.load(ROOT / "policies")
    program = policies[policy].program if policy else max(policies.programs, key=size)
    alone, chance = attrs.evolve(policies, programs=(program,)), random.Random(1)
    names = [name for name, full in borrowers.EXAMPLES.items() if alone.decide(full).decisions]
    times, kinds = Times(), Counter[str]()
    while len(times) < count:
        ask(alone, borrowers.EXAMPLES[chance.choice(names)], chance, times, kinds)
    ninth = statistics.quantiles(times, n=10)[-1]
    print(f"{program.id}, {size(program)} expressions; {count} profiles of {', '.join(names)}")
    print(f"median {statistics.median(times):.3f} s, p90 {ninth:.3f} s, worst {max(times):.2f} s")
    print(", ".join(f"{kind} {n} ({n / kinds.total():.1%})" for kind, n in kinds.most_common()))


def ask(
    policies: pe.PolicySet,
    full: borrowers.Profile,
    chance: random.Random,
    times: Times,
    kinds: Counter[str],
) -> None:
    """Ask about a borrower without some facts; one without loans is refused and does not count."""
    paths = borrowers.facts_of(full)
    profile = borrowers.without(full, *chance.sample(paths, chance.randint(1, 6)))
    start = time.process_time()
    try:
        found = policies.ask(profile)
    except pe.ProfileError:
        return
    times.append(time.process_time() - start)
    for inquiry in found.inquiries:
        kinds.update(kind for kind in verdicts(inquiry).values() if kind != "not_read")


def size(program: Program) -> int:
    """Return how many expressions the rules and steps of a policy stand on."""
    plans = program.plans
    rules = [r for p in plans for r in (*p.require, *p.offer.until, *p.offer.accept)]
    rules += [*program.guarantees, *(r.rule for r in program.referrals)]
    steps = [node for plan in plans for node in settings_of(plan.offer.levers)]
    return len(list(reached([*(rule.test for rule in rules), *steps], program)))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 1000, given[1] if len(given) > 1 else None)
