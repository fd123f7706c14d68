"""Says what an event takes in cases of 10, 100 and 1,000 events, and what a case holds in memory.

python tests/benchmarks/cases/measure_events.py [--evaluator compiled] [--rounds 5]

Each row is of one more event after so many: recorded alone; with the state looked at; with the decisions looked at too,
where the event changes no fact and where it changes one; an event that comes late, in the middle; and all of it from
scratch, the log taken anew. Medians in one run, in microseconds.
"""

from __future__ import annotations

import argparse
import sys
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import policyengine as pe
from policyengine.cases.case import Case

POLICIES = Path(__file__).parents[3] / "policies"
SIGNED = date(2024, 11, 25)
LENGTHS = (10, 100, 1000)
CASES = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluator", default="compiled")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    policies = pe.load(POLICIES / "aibank", evaluator=asked.evaluator)
    say(f"{'events':>7}" + "".join(f"{name:>22}" for name in COLUMNS) + f"{'kB a case':>12}")
    for length in LENGTHS:
        figures = measured(policies, length, asked.rounds)
        row = "".join(f"{figures[name]:>22,.0f}" for name in COLUMNS)
        say(f"{length:>7,}{row}{memory(policies, length) / 1000:>12,.0f}")


def profile() -> pe.Profile:
    return pe.Profile.from_file(POLICIES / "examples" / "mr-li.yaml")


def case_of(policies: pe.PolicySet, length: int) -> Case:
    """Return a case of so many events, a payment or a contact a day, and a fact changed in every tenth."""
    case = policies.open_case(profile()).record(_signed(), as_of=SIGNED, salt=bytes(32))
    for number in range(1, length):
        event = _event(number)
        case = case.record(event, as_of=event["on"])
    return case


def _signed() -> dict[str, Any]:
    chosen = {"policy": "aibank.consumer-loan", "plan": "payment_holiday"}
    return {"id": "signed", "kind": "plan_signed", "on": SIGNED, **chosen}


def _event(number: int) -> dict[str, Any]:
    event = {"id": f"e{number}", "on": SIGNED + timedelta(number)}
    if number % 10 == 9:
        facts = {"borrower.monthly_income": f"{8000 + number}.00"}
        return event | {"kind": "fact_changed", "facts": facts}
    if number % 2:
        return event | {"kind": "payment_made", "amount": "10.00"}
    return event | {"kind": "contact", "channel": "telephone"}


COLUMNS = (
    "record",
    "and state",
    "and decisions, same",
    "and decisions, changed",
    "late, and state",
    "from scratch",
)


def measured(policies: pe.PolicySet, length: int, rounds: int) -> dict[str, float]:
    """Return the microseconds of each way, as medians over the rounds; all ways within each round."""
    case = case_of(policies, length)
    on = case.as_of
    _ = case.state, case.decisions
    contact = {"id": "more", "kind": "contact", "on": on, "sequence": 9}
    changed = contact | {"facts": {"borrower.monthly_income": "7999.00"}}
    late = contact | {"on": SIGNED + timedelta(length // 2)}
    events = case.record(changed).events
    ways: dict[str, Callable[[], object]] = {
        "record": lambda: case.record(contact),
        "and state": lambda: case.record(contact).state,
        "and decisions, same": lambda: _looked_at(case.record(contact)),
        "and decisions, changed": lambda: _looked_at(case.record(changed)),
        "late, and state": lambda: case.record(late).state,
        "from scratch": lambda: _looked_at(policies.reopen_case(profile(), events, as_of=on)),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(rounds):
        for name, way in ways.items():
            taken[name].append(_seconds(way))
    return {name: median(each) * 1e6 for name, each in taken.items()}


def _looked_at(case: Case) -> object:
    return case.state, case.decisions.decisions[0].outcome


def _seconds(way: Callable[[], object]) -> float:
    started, times = perf_counter(), 0
    while perf_counter() - started < 0.05:
        way()
        times += 1
    return (perf_counter() - started) / times


def memory(policies: pe.PolicySet, length: int) -> float:
    """Return the bytes that a case holds, looked at once; what the policies keep is not counted."""
    _ = case_of(policies, 10).state
    tracemalloc.start()
    cases = [case_of(policies, length) for _ in range(CASES if length < 1000 else 3)]
    _ = [case.state for case in cases]
    found = tracemalloc.get_traced_memory()[0] / len(cases)
    tracemalloc.stop()
    return found


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
