"""Whole decisions under the five lenders' policies: the compiled offers beside Python written by hand, in one run.

    python tests/benchmarks/decisions/compare_decisions.py [--passes 15]

Both return, for the same 1,000 loans, the outcome, the status of each plan, the rules that fail, the terms to the cent
and every payment with its date; that they are equal is checked first. Prints medians of the passes and their ratios;
the ratios are what to compare between machines.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import lenders_by_hand
from lenders_by_hand import Loan, Other

import policyengine as pe
from policyengine.decision.decided import Decided
from policyengine.evaluators.base import Prepared

LOANS = 1_000
POLICIES = Path(__file__).parents[3] / "policies"
AS_OF = date(2025, 6, 20)
PRODUCTS = {
    ("aibank", "consumer_loan"): "aibank.consumer-loan",
    ("ccb", "personal_loan"): "ccb.personal-loan",
    ("citic", "consumer_loan"): "citic.consumer-loan",
    ("citic", "credit_card"): "citic.credit-card",
    ("mengshang", "personal_credit_loan"): "mengshang.consumer-finance",
}
CAUSES = (
    "family_medical", "misunderstood_terms", "poor_money_management", "overconsumption", "unemployment",
)  # fmt: skip


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--passes", type=int, default=15, help="passes over all loans")
    passes = parser.parse_args().passes
    compiled, reference = pe.load(POLICIES, evaluator="compiled"), pe.load(POLICIES)
    loans = list(made())
    typed = [prepared(compiled, loan) for loan in loans]
    slow = [prepared(reference, loan) for loan in loans[:50]]
    check(loans, typed, slow)
    said = f"{shares(typed)} Python {platform.python_version()} on {platform.machine()}"
    print(f"{said}, {LOANS:,} loans\n")
    ways: dict[str, tuple[Callable[[Any], object], list[Any]]] = {
        "by hand, nothing checked": (lenders_by_hand.decide, loans),
        "compiled, typed inputs": (lambda loan: loan.decide(), typed),
        "reference, typed facts": (lambda loan: loan.decide(), slow),
    }
    report(measured(ways, passes))


def made() -> Iterator[Loan]:
    """Yield made-up loans, the same on every run: most of them can be offered something."""
    random = Random(20241120)
    for place in range(LOANS):
        lender, product = random.choice(list(PRODUCTS))
        principal = random.randrange(300_000, 9_000_000)
        original = random.choice([12, 24, 36, 60])
        rate, term = random.randrange(0, 240_000, 500), random.randrange(3, original + 1)
        payment = lenders_by_hand.level_payment(principal, rate, 12_000_000, term)
        expenses = random.randrange(200_000, 900_000)
        other = Other(
            "O", random.choice(["aibank", "mengshang"]), 500_000, random.randrange(0, 50_000)
        )
        income = expenses + other.payment + payment * random.randrange(60, 160) // 100
        own = Other(f"L{place}", lender, principal, payment)
        yield Loan(
            as_of=AS_OF,
            income=income,
            expenses=expenses,
            other_debt=0,
            willing=random.random() < 0.95,
            cooperates=random.random() < 0.95,
            consents=random.random() < 0.95,
            assessed=random.random() < 0.95,
            record_impaired=random.random() < 0.5,
            cause=random.choice(CAUSES),
            temporary=random.random() < 0.9,
            expected_months=random.randrange(0, 7),
            shock=random.randrange(0, 300_000),
            appointment=random.random() < 0.5,
            visit_consent=random.random() < 0.5,
            visited=random.random() < 0.5,
            reported=random.random() < 0.5,
            id=own.id,
            lender=lender,
            lender_type="consumer_finance" if lender == "mengshang" else "bank",
            product=product,
            contract_date=date(2025, 1, 3),
            principal=principal,
            accrued=random.randrange(0, 50_000),
            penalty=random.randrange(0, 5_000),
            fees=random.randrange(0, 5_000),
            rate=rate,
            overdue_rate=rate,
            payment=payment,
            original_term=original,
            remaining_term=term,
            product_term=random.choice([60, 84]),
            days_past_due=random.randrange(0, 120),
            next_due=date(2025, 7, random.randrange(1, 32)),
            method="equal_principal" if random.random() < 0.1 else "level",
            extensions=(),
            loans=(own, other),
        )


def prepared(policies: pe.PolicySet, loan: Loan) -> Prepared:
    """Return a loan ready to be decided under the policy of its lender."""
    name = PRODUCTS[loan.lender, loan.product]
    ready = policies[name].prepare(profile(loan), loan=loan.id)
    ready.decide()  # inputs are typed once
    return ready


def profile(loan: Loan) -> dict[str, Any]:
    own = {
        "id": loan.id,
        "lender": loan.lender,
        "lender_type": loan.lender_type,
        "product": loan.product,
        "contract_date": loan.contract_date.isoformat(),
        "principal": _money(loan.principal),
        "accrued_interest": _money(loan.accrued),
        "penalty_interest": _money(loan.penalty),
        "fees": _money(loan.fees),
        "annual_rate": Decimal(loan.rate) / 1_000_000,
        "overdue_rate": Decimal(loan.overdue_rate) / 1_000_000,
        "payment": _money(loan.payment),
        "original_term": loan.original_term,
        "remaining_term": loan.remaining_term,
        "product_maximum_term": loan.product_term,
        "days_past_due": loan.days_past_due,
        "next_due": loan.next_due.isoformat(),
        "method": loan.method,
        "past_plans": [],
    }
    others = [
        {
            "id": o.id,
            "lender": o.lender,
            "product": "other",
            "principal": _money(o.principal),
            "payment": _money(o.payment),
        }
        for o in loan.loans
        if o.id != loan.id
    ]
    return {
        "as_of": loan.as_of.isoformat(),
        "currency": "CNY",
        "borrower": {
            "monthly_income": _money(loan.income),
            "essential_expenses": _money(loan.expenses),
            "other_debt_payments": _money(loan.other_debt),
            "willingness": "willing" if loan.willing else "unwilling",
            "cooperates": loan.cooperates,
            "consents": loan.consents,
            "assessed": loan.assessed,
            "credit_record": "impaired" if loan.record_impaired else "good",
        },
        "hardship": {
            "cause": loan.cause,
            "duration": "temporary" if loan.temporary else "permanent",
            "expected_months": loan.expected_months,
            "monthly_shock": _money(loan.shock),
        },
        "visit": {
            "appointment_agreed": loan.appointment,
            "consent": loan.visit_consent,
            "made": loan.visited,
            "reported": loan.reported,
        },
        "loans": [own, *others],
    }


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def check(loans: list[Loan], typed: list[Prepared], slow: list[Prepared]) -> None:
    """Fail where they do not say the same."""
    for loan, ready in zip(loans, typed, strict=True):
        by_hand, found = lenders_by_hand.decide(loan), ready.decide()
        assert _plain(by_hand) == _plain(found), (loan, by_hand, found)
    for ready, other in zip(typed, slow, strict=False):
        assert ready.decide() == other.decide()


def _plain(found: Any) -> object:
    plans = [
        (p.plan, str(p.status), tuple(p.failed), tuple(p.unknown), p.terms, tuple(p.schedule or ()))
        for p in found.plans
    ]
    return str(found.outcome), plans, list(found.referrals)


def shares(typed: list[Prepared]) -> str:
    """Say what was decided."""
    found: list[Decided] = [ready.decide() for ready in typed]
    plans = [plan for each in found for plan in each.plans]
    allowed = [plan for plan in plans if plan.terms]
    months = sum(len(plan.schedule or ()) for plan in allowed)
    return f"{len(plans):,} plans, {len(allowed):,} of them allowed with {months:,} payments;"


def measured(
    ways: dict[str, tuple[Callable[[Any], object], list[Any]]], passes: int
) -> dict[str, float]:
    """Return the median seconds of the processor a loan takes in each way; the ways take turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(passes):
        for name, (way, given) in ways.items():
            began = time.process_time()
            for each in given:
                way(each)
            times[name].append((time.process_time() - began) / len(given))
    return {name: median(found) for name, found in times.items()}


def report(found: dict[str, float]) -> None:
    """Print microseconds and the ratio to what is written by hand."""
    by_hand = next(iter(found.values()))
    for name, seconds in found.items():
        print(f"{name:<30} {seconds * 1e6:>9.2f} µs   {seconds / by_hand:>8.2f} x")


if __name__ == "__main__":
    main()
