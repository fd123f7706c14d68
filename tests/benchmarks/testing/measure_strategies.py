"""How many each strategy makes in a second of one core, and what borrowers reach.

    python tests/benchmarks/testing/measure_strategies.py [count] [policy …]

By default 300 of each, for the five lenders. Loading is not counted, nor is the search for borrowers whom each plan is
allowed, which is made once for a policy and stands in a column of its own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

import policyengine as pe
from policyengine.testing.strategies import invalid, loans, policies, profiles, reach_of
from policyengine.testing.strategies.public import borrowers_of
from policyengine.testing.strategies.reach import drawn
from policyengine.testing.strategies.witnesses import witnesses_of

POLICIES = Path(__file__).parents[3] / "policies"
FIVE = (
    "aibank.consumer-loan",
    "ccb.personal-loan",
    "citic.consumer-loan",
    "citic.credit-card",
    "mengshang.consumer-finance",
)


def rate(strategy: st.SearchStrategy[object], count: int) -> float:
    """Return how many are made in a second of processor time."""
    began = time.process_time()
    made = sum(1 for _ in drawn(strategy, count))
    return made / (time.process_time() - began)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that something takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def speed(policy: pe.Policy, count: int) -> str:
    """Return the rates of the strategies of one policy."""
    search = seconds(lambda: witnesses_of(policy.program))
    near, plain = profiles(policy), profiles(policy, near_thresholds=False)
    rates = [rate(each, count) for each in (near, plain, loans(policy), invalid(policy))]
    shown = " | ".join(f"{each:.0f}" for each in rates)
    return f"| {policy.program.id} | {search:.2f} | {shown} |"


def reach(policy: pe.Policy, count: int, *, near: bool) -> str:
    """Return what the borrowers of one policy reach, in hundredths."""
    found = reach_of(policy, borrowers_of(policy, near_thresholds=near), count)
    shares = [found.share_near, *(found.share(status) for status in pe.Status)]
    elsewhere = 100 * found.elsewhere // found.borrowers
    shown = " | ".join(f"{float(100 * share):.0f}" for share in shares)
    how = "aimed" if near else "plain"
    return f"| {policy.program.id} | {how} | {shown} | {elsewhere} |"


def main(count: int, names: tuple[str, ...]) -> None:
    """Print both tables."""
    loaded = pe.load(POLICIES)
    say = sys.stdout.write
    say("| policy | search, s | profiles/s | plain/s | loans/s | invalid/s |\n")
    say("| --- | --- | --- | --- | --- | --- |\n")
    for name in names:
        say(speed(loaded[name], count) + "\n")
    say(f"\npolicies() {rate(policies(), 60):.0f}/s, invalid() {rate(invalid(), 60):.0f}/s\n\n")
    say("| policy | how | near a limit | allowed | denied | undetermined | not applied to |\n")
    say("| --- | --- | --- | --- | --- | --- | --- |\n")
    for name in names:
        for near in (True, False):
            say(reach(loaded[name], count, near=near) + "\n")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    named = tuple(word for word in sys.argv[1:] if not word.isdigit())
    main(numbers[0] if numbers else 300, named or FIVE)
