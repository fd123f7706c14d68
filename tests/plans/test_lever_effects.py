"""What each lever does to interest, maturity, arrears and days past due: the table of the reference, and a small loan.

The loan is 12,000.00 at 12 % over 12 months, 45 days past due, with 300.00 in arrears.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import attrs
import pytest
import tiny

import policyengine as pe
from policyengine.model.offers import LEVERS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "language.md"
HEAD = "| step | interest | maturity | arrears and other balances | days past due |"
VOCABULARY = (
    tiny.VOCABULARY + "  loan.arrears: {type: money, min: 0, title: {en: arrears, zh: 逾期}}\n"
)
LOAN = tiny.LOAN | {
    "loan.annual_rate": "12%",
    "loan.arrears": "300.00",
    "loan.days_past_due": "45",
}
LESS, SAME, MORE, NONE = "less", "same", "more", "none"


@attrs.frozen
class Case:
    """A step, the interest in all against that of the loan, and the months by which the last due date moves.

    `arrears` are left outside the plan; `at_end` is still owed after the last payment.
    """

    step: str
    interest: str
    moved: int = 0
    arrears: int = 300
    at_end: int = 0


CASES = {
    "holiday": [
        Case("{months: 3, interest: accrues, maturity: extends}", MORE, moved=3),
        Case("{months: 3, interest: capitalised, maturity: stays}", MORE),
        Case("{months: 3, interest: waived, maturity: extends}", SAME, moved=3),
        Case("{months: 3, interest: waived, maturity: stays}", LESS),
    ],
    "term": [Case("{exactly: +6}", MORE, moved=6)],
    "instalments": [Case("{months: 18}", MORE, moved=6), Case("{months: 18, rate: 0%}", NONE, 6)],
    "waive": [
        Case("{arrears: 100%}", SAME, arrears=0),
        Case("{arrears: 50%, future_interest: 50%}", LESS, arrears=150),
    ],
    "capitalise": [Case("{arrears: all}", MORE, arrears=0)],
    "rate": [
        Case("{exactly: 6%}", LESS),
        Case("{exactly: 6%, fixed_for: 6, then: {rise: 1%, every: 1, up_to: 12%}}", LESS),
        Case("{exactly: 6%, fixed_for: 1, then: {rise: 24%, every: 1, up_to: 30%}}", MORE),
    ],
    "interest_only": [
        Case("{months: 3, maturity: extends}", MORE, moved=3),
        Case("{months: 3, maturity: stays}", MORE),
    ],
    "repayment_plan": [Case("{months: 3}", SAME, arrears=0)],
    "defer_balance": [Case("{arrears: all}", SAME, arrears=0, at_end=300)],
    "forbear": [Case("{exactly: 2000}", LESS, at_end=2000)],
    "forgive": [Case("{exactly: 2000}", LESS)],
    "settle": [Case("{discount: 10%}", NONE, moved=-11)],
    "stepped": [Case("{shares: [50%, 75%], months: 2}", MORE)],
    "pay": [
        Case("{amount: 500}", MORE, moved=16),
        Case("{amount: 2000}", LESS, moved=-5),
        Case("{amount: 500, months: 3}", MORE),
        Case("{amount: 50, months: 3, unpaid_interest: accrues}", MORE),
        Case("{amount: 50, months: 11, unpaid_interest: waived}", LESS),
    ],
}


def offered(steps: str) -> tuple[pe.Terms, list[pe.Instalment]]:
    """Return terms and payments; the figure `late` is the days past due with the terms in sight."""
    offer = tiny.offer(steps, "plan.payment >= 0", "    figures: {late: loan.days_past_due}\n")
    policies = tiny.policies(plans=offer, vocabulary=VOCABULARY)
    (plan,) = tiny.decide(policies, LOAN).plans
    assert plan.terms, plan
    assert plan.schedule
    return plan.terms, list(plan.schedule)


def rows() -> dict[str, list[str]]:
    """Return the table: for each lever what it does to interest, maturity, arrears and days past due."""
    _, _, table = REFERENCE.read_text("utf-8").partition(HEAD)
    lines = table.partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {lever.strip("`"): effects for lever, *effects in cells}


def test_the_table_has_a_row_for_every_lever() -> None:
    assert set(rows()) == set(LEVERS)
    assert all(len(effects) == 4 and all(effects) for effects in rows().values())


def test_every_lever_is_shown_here() -> None:
    assert set(CASES) == set(LEVERS)


def compared(interest: Decimal, before: Decimal) -> str:
    if interest == 0:
        return NONE
    return SAME if interest == before else MORE if interest > before else LESS


@pytest.mark.parametrize("lever", CASES)
def test_a_lever_does_what_the_table_says(lever: str) -> None:
    before, unchanged = offered("- term: {exactly: 12}")
    assert before.levers == {}
    months = [(row.due.year * 12 + row.due.month) for row in unchanged]
    for case in CASES[lever]:
        terms, schedule = offered(f"- {lever}: {case.step}")
        last = schedule[-1].due
        assert lever in terms.levers
        assert compared(terms.total_interest, before.total_interest) == case.interest, case
        assert last.year * 12 + last.month - months[-1] == case.moved, case
        assert last.day == unchanged[-1].due.day
        assert terms.outside.get("arrears", 0) == case.arrears, case
        assert schedule[-1].balance == case.at_end, case
        assert terms.figures["late"] == 45


@pytest.mark.parametrize("lever", CASES)
def test_the_words_of_the_table_are_those_of_the_cases(lever: str) -> None:
    _, maturity, arrears, days = rows()[lever]
    assert maturity.startswith("unchanged") == ({case.moved for case in CASES[lever]} == {0})
    assert arrears.startswith("stay owed") == ({case.arrears for case in CASES[lever]} == {300})
    assert days == "unchanged"
