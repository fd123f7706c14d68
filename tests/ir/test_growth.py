"""Loading and compiling a policy take a number of steps that grows with its rules, and no faster."""

from __future__ import annotations

import sys
from datetime import date

import tiny

from policyengine.evaluators.compiled.from_program import conditions_of


def steps(plans: int) -> int:
    """Return how many functions are called to load and compile a policy of so many plans of three conditions."""
    body, listed = ["conditions:"], ["plans:"]
    for i in range(plans):
        names = [f"c_{i}_{k}" for k in range(3)]
        body += [f"  {name}: {{that: x.n > {i}, {tiny.BECAUSE}}}" for name in names]
        listed += [
            f"  p{i}:",
            "    title: {en: Plan, zh: 方案}",
            f"    require: [{', '.join(names)}]",
            "    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}",
        ]
    texts = "\n".join([*body, ""]), "\n".join([*listed, ""])
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        (program,) = tiny.policies(*texts).programs
        conditions_of(program).on(date(2024, 11, 20))
    finally:
        sys.setprofile(before)
    return count


def test_twice_the_rules_are_twice_the_steps() -> None:
    steps(20)  # what is made once
    twenty, forty, eighty = steps(20), steps(40), steps(80)
    assert eighty - forty < 2.01 * (forty - twenty)
