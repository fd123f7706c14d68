"""What a developer would write by hand for the five lenders' policies: no reasons, nothing missing, nothing checked.

Amounts are whole cents, rates whole millionths a year; payments are exact, the lender's cost is in floating point.
"""

# ruff: noqa: C419, PLR0913, PLR0917, SIM102 - it is what it is measured for

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import floor, gcd, log1p
from typing import NamedTuple

SHORT, CARD_TERM, CREDIT_LIMIT = 12, 60, 200_000_00
CONSUMER_TERM = ((date(2024, 7, 1), date(2025, 3, 20), 60), (date(2025, 3, 21), date.max, 84))
LPR = ((date(2025, 1, 1), date(2025, 5, 19), 31_000), (date(2025, 5, 20), date.max, 30_000))


@dataclass(slots=True)
class Other:
    id: str
    lender: str
    principal: int
    payment: int


@dataclass(slots=True)
class Loan:
    """One loan with its borrower, and all loans of the borrower."""

    as_of: date
    income: int
    expenses: int
    other_debt: int
    willing: bool
    cooperates: bool
    consents: bool
    assessed: bool
    record_impaired: bool
    cause: str
    temporary: bool
    expected_months: int
    shock: int
    appointment: bool
    visit_consent: bool
    visited: bool
    reported: bool
    id: str
    lender: str
    lender_type: str
    product: str
    contract_date: date
    principal: int
    accrued: int
    penalty: int
    fees: int
    rate: int
    overdue_rate: int
    payment: int
    original_term: int
    remaining_term: int
    product_term: int
    days_past_due: int
    next_due: date
    method: str
    extensions: tuple[int, ...]
    loans: tuple[Other, ...]


#: n, due, payment, interest, principal, balance
Row = tuple[int, date, int, int, int, int]
#: The rows, the highest payment and the sum of all.
Found = tuple[list[Row], int, int]
#: Which rules a plan breaks, given its months, the rate of a month, what is owed and the highest payment.
Guarantees = Callable[[Loan, int, int, int, int, int], list[str]]


class Terms(NamedTuple):
    payment: int
    max_payment: int
    months: int
    rate: int
    total_paid: int
    total_interest: int
    waived: int
    forborne: int
    forgiven: int
    cost: int


class Plan(NamedTuple):
    plan: str
    status: str
    failed: list[str]
    unknown: list[str]
    terms: Terms | None
    schedule: list[Row] | None


class Decision(NamedTuple):
    outcome: str
    plans: list[Plan]
    referrals: list[bool]


def decide(loan: Loan) -> Decision:
    """Return what is decided under the policy of the loan's lender."""
    if loan.lender == "aibank":
        return aibank(loan)
    if loan.lender == "ccb":
        return ccb(loan)
    if loan.lender == "mengshang":
        return mengshang(loan)
    return citic_card(loan) if loan.product == "credit_card" else citic_loan(loan)


# The lenders


def aibank(loan: Loan) -> Decision:
    surplus = surplus_of(loan)
    meanwhile, later = affordable(surplus), affordable(surplus + loan.shock)
    owed, term = loan.principal + loan.accrued, loan.remaining_term
    short = common(loan)
    plans: list[Plan] = []
    why = ([] if loan.temporary else ["temporary"]) + ([] if loan.willing else ["willing"])
    why = short + why
    if why:
        plans.append(denied("payment_holiday", why))
        plans.append(denied("payment_holiday_same_maturity", why))
    else:
        for name, stays in (("payment_holiday", False), ("payment_holiday_same_maturity", True)):
            plans.append(
                holiday(
                    name, loan, owed, range(1, 4), "joins", stays, meanwhile, later, bank_guarantees
                )
            )
    why = short + ([] if loan.willing else ["willing"])
    if why:
        plans.append(denied("lower_instalment", why))
    else:
        plans.append(
            longer(
                "lower_instalment", loan, owed, range(term, term + 25), meanwhile, bank_guarantees
            )
        )
    referrals = [False, surplus < loan.payment]
    return Decision(outcome(plans), plans, referrals)


def ccb(loan: Loan) -> Decision:
    surplus = surplus_of(loan)
    meanwhile, later = affordable(surplus), affordable(surplus + loan.shock)
    why = [] if loan.days_past_due >= 1 else ["overdue"]
    if not loan.temporary:
        why.append("temporary")
    if not loan.willing:
        why.append("willing")
    if why:
        plan = denied("buffer", why)
    else:
        owed = loan.principal + loan.accrued
        plan = holiday(
            "buffer",
            loan,
            owed,
            range(3, 4),
            "accrues",
            False,
            meanwhile,
            later,
            bank_guarantees_public,
        )
    screened = loan.days_past_due >= 30 and loan.record_impaired
    referrals = [
        loan.cause == "misunderstood_terms",
        screened,
        screened and loan.appointment and loan.visit_consent,
        loan.visited and not loan.reported,
    ]
    return Decision(outcome([plan]), [plan], referrals)


def citic_loan(loan: Loan) -> Decision:
    surplus = surplus_of(loan)
    meanwhile, later = affordable(surplus), affordable(surplus + loan.shock)
    why = [] if loan.days_past_due >= 1 else ["overdue"]
    if not loan.temporary:
        why.append("temporary")
    if not loan.cooperates:
        why.append("good_faith")
    if not loan.willing:
        why.append("willing")
    if why:
        plans = [denied("deferral", why), denied("interest_reduction", why)]
    else:
        owed = loan.principal + loan.accrued
        plans = [
            holiday(
                "deferral",
                loan,
                owed,
                range(1, 7),
                "accrues",
                False,
                meanwhile,
                later,
                bank_guarantees_public,
            ),
            cheaper("interest_reduction", loan, owed, meanwhile, bank_guarantees_public),
        ]
    return Decision(outcome(plans), plans, citic_referrals(loan))


def citic_referrals(loan: Loan) -> list[bool]:
    causes = {"poor_money_management", "misjudged_ability", "misunderstood_terms"}
    return [False, False, loan.cause in causes, loan.willing and loan.cooperates]


def citic_card(loan: Loan) -> Decision:
    most = affordable(surplus_of(loan))
    why = [] if loan.days_past_due >= 1 else ["overdue"]
    if loan.principal + loan.accrued + loan.penalty + loan.fees <= most:
        why.append("beyond_ability")
    if not loan.willing:
        why.append("willing")
    names = "personalised_instalments", "instalments_with_reduction"
    if why:
        plans = [denied(name, why) for name in names]
    else:
        waived = (loan.accrued * 3 + 5) // 10
        plans = [
            longer(
                names[0], loan, loan.principal + loan.accrued, range(1, 73), most, card_guarantees
            ),
            longer(
                names[1],
                loan,
                loan.principal + loan.accrued - waived,
                range(1, 73),
                most,
                card_guarantees,
                waived=waived,
            ),
        ]
    causes = {"spending_habits", "overconsumption", "poor_money_management"}
    return Decision(outcome(plans), plans, [False, loan.willing, loan.cause in causes])


def mengshang(loan: Loan) -> Decision:
    most = affordable(surplus_of(loan))
    why = [] if loan.days_past_due >= 1 else ["overdue"]
    if not loan.assessed:
        why.append("assessed")
    if not (loan.consents and loan.cooperates):
        why.append("consent")
    names = "extension_with_waiver", "term_extension", "interest_reduction"
    if why:
        plans = [denied(name, why) for name in names]
    else:
        owed, term = loan.principal + loan.accrued, loan.remaining_term
        waived = (loan.accrued + 1) // 2
        plans = [
            longer(
                names[0],
                loan,
                owed - waived,
                range(term + 6, term + 7),
                most,
                finance_guarantees,
                waived=waived,
            ),
            longer(names[1], loan, owed, range(term, term + 13), most, finance_guarantees),
            cheaper(names[2], loan, owed, most, finance_guarantees),
        ]
    causes = {"poor_money_management", "weak_credit_awareness", "overconsumption"}
    referrals = [not loan.assessed, False, loan.cause in causes]
    found = outcome(plans)
    return Decision("refer" if found == "refuse" and referrals[0] else found, plans, referrals)


# What they share


def surplus_of(loan: Loan) -> int:
    others = sum([other.payment for other in loan.loans if other.id != loan.id])
    return loan.income - loan.expenses - loan.other_debt - others


def affordable(surplus: int) -> int:
    return max(0, surplus) * 9 // 10


def common(loan: Loan) -> list[str]:
    return [] if loan.days_past_due >= 1 else ["in_arrears"]


def denied(plan: str, why: list[str]) -> Plan:
    return Plan(plan, "denied", why, [], None, None)


def outcome(plans: list[Plan]) -> str:
    return "offer" if any([plan.status == "allowed" for plan in plans]) else "refuse"


# Plans


def holiday(
    plan: str,
    loan: Loan,
    owed: int,
    months: range,
    interest: str,
    stays: bool,
    meanwhile: int,
    later: int,
    guarantees: Guarantees,
) -> Plan:
    """The shortest holiday after which payments are affordable."""
    num, den = lowest(loan.rate, 12_000_000)
    first, found = loan.expected_months, None
    failed: list[str] = []
    for resting in months:
        term = loan.remaining_term - resting if stays else loan.remaining_term
        if term < 1:
            break
        found = schedule(loan, owed, num, den, resting, interest, term)
        rows = found[0]
        before = max([row[2] for row in rows[:first]], default=0)
        after = max([row[2] for row in rows[first:]], default=0)
        failed = [] if before <= meanwhile else ["affordable_meanwhile"]
        if after > later:
            failed.append("affordable_later")
        if not failed:
            return offered(plan, loan, owed, 0, num, den, resting, found, guarantees)
    return denied(plan, failed if found else ["terms"])


def longer(
    plan: str,
    loan: Loan,
    owed: int,
    terms: range,
    most: int,
    guarantees: Guarantees,
    waived: int = 0,
) -> Plan:
    """The shortest term whose payments are affordable."""
    num, den = lowest(loan.rate, 12_000_000)
    equal = loan.method == "equal_principal" and loan.product != "credit_card"
    least = (
        terms.start if equal else least_months(owed, num, den, most, terms.start, terms.stop - 1)
    )
    for term in range(min(least, terms.stop - 1), terms.stop):
        found = schedule(loan, owed, num, den, 0, "", term)
        if found[1] <= most:
            return offered(plan, loan, owed, waived, num, den, 0, found, guarantees)
    return denied(plan, ["affordable_now"])


def cheaper(plan: str, loan: Loan, owed: int, most: int, guarantees: Guarantees) -> Plan:
    """The least share of future interest without which payments are affordable."""
    for tenths in range(9, 4, -1):
        num, den = lowest(loan.rate * tenths, 120_000_000)
        if loan.method == "level" and tenths > 5:
            if level_payment(owed, num, den, loan.remaining_term) > most:
                continue
        found = schedule(loan, owed, num, den, 0, "", loan.remaining_term)
        if found[1] <= most:
            return offered(plan, loan, owed, 0, num, den, 0, found, guarantees)
    return denied(plan, ["affordable_now"])


def offered(
    plan: str,
    loan: Loan,
    owed: int,
    waived: int,
    num: int,
    den: int,
    before: int,
    found: Found,
    guarantees: Guarantees,
) -> Plan:
    rows, highest, total = found
    broken = guarantees(loan, len(rows), num, den, owed, highest)
    if broken:
        return denied(plan, broken)
    rate = (num * 12 * 1_000_000_000 + den // 2) // den
    cost = cost_of(owed + waived, rows, loan.rate)
    terms = Terms(
        rows[before][2], highest, len(rows), rate, total, total - owed, waived, 0, 0, cost
    )
    return Plan(plan, "allowed", [], [], terms, rows)


# What binds every plan


def bank_guarantees_public(
    loan: Loan, term: int, _num: int, _den: int, _owed: int, _highest: int
) -> list[str]:
    extension = term - loan.remaining_term
    if extension == 0:
        return []
    before, broken = sum(loan.extensions), []
    if loan.original_term <= SHORT:
        if before + extension > loan.original_term:
            broken.append("short_loan_extension")
    elif loan.original_term + before + extension > loan.product_term:
        broken.append("long_loan_extension")
    if loan.product == "consumer_loan":
        cap = next(months for start, end, months in CONSUMER_TERM if start <= loan.as_of <= end)
        if loan.original_term + before + extension > cap:
            broken.append("consumer_loan_term")
    return broken


def private_cap(loan: Loan, num: int, den: int) -> list[str]:
    if loan.lender_type != "private":
        return []
    cap = 4 * next(rate for start, end, rate in LPR if start <= loan.contract_date <= end)
    broken = ["agreed_rate"] if num * 12_000_000 > cap * den else []
    return broken + (["overdue_rate"] if loan.overdue_rate > cap else [])


def bank_guarantees(
    loan: Loan, term: int, num: int, den: int, owed: int, highest: int
) -> list[str]:
    return bank_guarantees_public(loan, term, num, den, owed, highest) + private_cap(loan, num, den)


def card_guarantees(
    _loan: Loan, term: int, _num: int, _den: int, _owed: int, _highest: int
) -> list[str]:
    return [] if term <= CARD_TERM else ["sixty_months", "instalment_business"]


def finance_guarantees(
    loan: Loan, _term: int, num: int, den: int, owed: int, _highest: int
) -> list[str]:
    others = sum([o.principal for o in loan.loans if o.lender == loan.lender and o.id != loan.id])
    broken = ["credit_per_borrower"] if owed + others > CREDIT_LIMIT else []
    if not loan.assessed:
        broken.append("ability_assessed")
    return broken + private_cap(loan, num, den)


# Arithmetic


def schedule(
    loan: Loan, owed: int, num: int, den: int, resting: int, interest: str, term: int
) -> Found:
    """Return the rows, the highest payment and the sum of all."""
    rows: list[Row] = []
    dues = due_dates(loan.next_due, resting + term)
    twice, double, base = 2 * num, 2 * den, owed
    for n in range(resting):
        charged = ((base if interest == "accrues" else owed) * twice + den) // double
        owed += charged
        rows.append((n + 1, dues[n], 0, charged, -charged, owed))
    equal = loan.method == "equal_principal" and loan.product != "credit_card"
    payment = 0 if equal else level_payment(owed, num, den, term)
    whole, repaid, total, highest, add = owed, 0, 0, 0, rows.append
    for k in range(1, term + 1):
        charged = (owed * twice + den) // double
        if k == term:
            principal = owed
        elif equal:
            principal = (2 * whole * k + term) // (2 * term) - repaid
            repaid += principal
        else:
            principal = min(payment - charged, owed)
        owed -= principal
        paid = principal + charged
        total += paid
        highest = max(highest, paid)
        add((resting + k, dues[resting + k - 1], paid, charged, principal, owed))
    return rows, highest, total


def lowest(num: int, den: int) -> tuple[int, int]:
    common = gcd(num, den)
    return num // common, den // common


def level_payment(owed: int, num: int, den: int, months: int) -> int:
    if num == 0:
        return (2 * owed + months) // (2 * months)
    grown: int = (num + den) ** months
    over: int = den * (grown - den**months)
    return (2 * owed * num * grown + over) // (2 * over)


def least_months(owed: int, num: int, den: int, most: int, low: int, high: int) -> int:
    """Return the fewest months whose level payment is affordable: a closed form, and its neighbours."""
    if num == 0:
        guess = int(owed / (most + 0.5)) + 1
    else:
        share = owed * num / den / (most + 0.5)
        if share >= 1:
            return high + 1
        guess = int(-log1p(-share) / log1p(num / den)) + 1
    months = min(max(guess, low), high)
    while months > low and level_payment(owed, num, den, months - 1) <= most:
        months -= 1
    while months <= high and level_payment(owed, num, den, months) > most:
        months += 1
    return months


def cost_of(covered: int, rows: list[Row], rate: int) -> int:
    """Return what the lender gives up in value today."""
    worth, growth = 0.0, 1 + rate / 12_000_000
    for row in reversed(rows):
        worth = (worth + row[2]) / growth
    return floor(covered - worth + 0.5) if covered >= worth else -floor(worth - covered + 0.5)


@lru_cache(maxsize=4096)
def due_dates(first: date, count: int) -> list[date]:
    """Return monthly due dates; the month's last day where it has no such day."""
    found: list[date] = []
    year, month = first.year, first.month
    for _ in range(count):
        found.append(date(year, month, min(first.day, monthrange(year, month)[1])))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found
