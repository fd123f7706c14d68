"""One borrower under ten plans of six conditions: the compiled conditions beside Python written by hand, in one run.

    python tests/benchmarks/screening/compare_screening.py [--passes 15]

Both return the plans whose conditions all hold and the ids of those that fail, for the same 2,000 borrowers. Prints
medians of the passes and their ratios; the ratios are what to compare between machines.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import handwritten

import policyengine as pe
from policyengine.evaluators.base import Prepared

BORROWERS = 2_000
POLICIES = Path(__file__).parent / "policies"
#: The borrowers' facts: names, whole numbers from one to another, and the shares of whom something is true.
ENUMS = ("loan_type", "state", "employment", "hardship")
RANGES = {
    "income": (800, 15_000), "debt_service": (200, 9_000), "balance": (500, 900_000),
    "days_past_due": (0, 240), "months_on_book": (0, 180), "remaining_term": (0, 360),
    "prior_plans": (0, 4),
}  # fmt: skip
SHARES = {"in_bankruptcy": 0.15, "owner_occupied": 0.7, "docs_complete": 0.75}
Loan = dict[str, Any]


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--passes", type=int, default=15, help="passes over all borrowers")
    passes = parser.parse_args().passes
    compiled = pe.load(POLICIES, evaluator="compiled")["hardship"]
    reference = pe.load(POLICIES, evaluator="reference")["hardship"]
    loans = list(borrowers(compiled.policies))
    profiles = [_profile(loan) for loan in loans]
    typed = [compiled.prepare(profile) for profile in profiles]
    slow = [reference.prepare(profile) for profile in profiles[:100]]
    plain = [_plain(loan) for loan in loans]
    check(plain, typed)
    print(f"Python {platform.python_version()} on {platform.machine()}, {BORROWERS:,} borrowers\n")
    ways: dict[str, tuple[Callable[[Any], object], list[Any]]] = {
        "by hand, floats, nothing checked": (handwritten.screened, plain),
        "compiled, typed inputs, ids read": (_read, typed),
        "compiled, typed inputs, masks only": (lambda loan: loan.screen(), typed),
        "compiled, from the mapping, all checked": (lambda p: _ids(compiled.screen(p)), profiles),
        "compiled, read as any profile": (lambda p: _read(compiled.prepare(p)), profiles[:100]),
        "reference, typed facts": (_read, slow),
    }
    report(measured(ways, passes))


def borrowers(policies: pe.PolicySet) -> Iterable[Loan]:
    """Yield made-up borrowers, the same on every run; amounts in whole dollars, the loan to value in hundredths."""
    random, values = Random(20240817), policies.dictionary.enums
    for _ in range(BORROWERS):
        yield (
            {name: random.choice(list(values[name].values)) for name in ENUMS}
            | {name: random.randint(*ends) for name, ends in RANGES.items()}
            | {name: random.random() < share for name, share in SHARES.items()}
            | {"ltv": Decimal(random.randint(20, 140)) / 100}
        )


def _profile(loan: Loan) -> dict[str, Any]:
    return {"as_of": "2024-11-20", "loan": loan}


def _plain(loan: Loan) -> Loan:
    return loan | {"ltv": float(loan["ltv"])}


def _read(prepared: Prepared) -> object:
    return _ids(prepared.screen())


def _ids(screening: pe.Screening) -> object:
    return screening.eligible, screening.failed, screening.unknown


def check(plain: list[Loan], typed: list[Prepared]) -> None:
    """Fail where the two do not say the same: floats happen to be right of these borrowers."""
    for loan, prepared in zip(plain, typed, strict=True):
        eligible, failed = handwritten.screened(loan)
        screening = prepared.screen()
        assert screening.eligible == tuple(eligible)
        assert screening.failed == {plan: tuple(ids) for plan, ids in failed.items()}
        assert not screening.unknown


def measured(
    ways: dict[str, tuple[Callable[[Any], object], list[Any]]], passes: int
) -> dict[str, float]:
    """Return the median seconds a borrower takes in each way; the ways take turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(passes):
        for name, (way, given) in ways.items():
            began = time.perf_counter()
            for each in given:
                way(each)
            times[name].append((time.perf_counter() - began) / len(given))
    return {name: median(found) for name, found in times.items()}


def report(found: dict[str, float]) -> None:
    """Print microseconds and the ratio to what is written by hand."""
    by_hand = next(iter(found.values()))
    for name, seconds in found.items():
        print(f"{name:<40} {seconds * 1e6:>9.2f} µs   {seconds / by_hand:>8.2f} x")


if __name__ == "__main__":
    main()
