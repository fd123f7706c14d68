"""The policies of one lender written by hand for numba (see `solved_by_hand`)."""

# ruff: noqa: ANN001, ANN201, ARG001, C901, PLR0913, PLR0917 - as one writes for numba
# mypy: ignore-errors

from __future__ import annotations

import numba
from hand_schedules import (
    ACCRUES,
    ALLOWED,
    DENIED,
    LEVEL,
    OFFER,
    REFUSE,
    extended_before,
    half_up,
    jit,
    level,
    loop,
    months_within,
    others,
    personal_loan,
    schedule,
    write,
)


@jit
def citic_loan_row(row, codes, b, loan, loans, plans, out):
    (lender_code, product_code, temporary, willing, educated, educated_2, educated_3) = codes
    (
        income,
        expenses,
        debts,
        willingness,
        _,
        cooperates,
        _,
        duration,
        expected,
        shock,
        cause,
        _,
        _,
        _,
        _,
    ) = b
    (
        lender,
        product,
        principal,
        accrued,
        _,
        _,
        annual,
        _,
        term,
        original,
        longest,
        dpd,
        _,
        method,
        _,
        _,
    ) = loan
    (offsets, ids, payments) = loans
    (past, added) = plans
    (outcome, statuses, failures, terms, referrals) = out
    if lender[row] != lender_code or product[row] != product_code:
        outcome[row] = -1
        for plan in range(2):
            statuses[plan, row] = -1
        return
    left = income[row] - expenses[row] - debts[row] - others(offsets, ids, payments, row)
    now = max(0, left) * 9 // 10
    later = max(0, left + shock[row]) * 9 // 10
    rate = annual[row] / 12e9
    owed = principal[row] + accrued[row]
    earlier = extended_before(past, added, row)
    bits = (
        (dpd[row] < 1)
        | (duration[row] != temporary) << 1
        | (cooperates[row] == 0) << 2
        | (willingness[row] != willing) << 3
    )
    any_offer = False
    failed, status = bits, DENIED
    if bits == 0:
        for holiday in range(1, 7):
            months = term[row]
            found = schedule(owed, rate, holiday, ACCRUES, months, method[row], expected[row], rate)
            failed = (found[2] > now) << 4 | (found[3] > later) << 5
            if failed == 0:
                failed = personal_loan(holiday, earlier, original[row], longest[row], True) << 6
                if failed == 0:
                    status = ALLOWED
                    any_offer = True
                    write(
                        terms[0],
                        row,
                        found,
                        months + holiday,
                        annual[row],
                        found[4] - owed,
                        0,
                        owed - found[5],
                    )
                break
    statuses[0, row] = status
    failures[0, row] = failed
    failed, status = bits, DENIED
    if bits == 0:
        months = term[row]
        for step in range(1, 6):
            lower = rate * (10 - step) / 10
            if step < 5 and method[row] == LEVEL and level(owed, lower, months) > now:
                continue
            found = schedule(owed, lower, 0, 0, months, method[row], 0, rate)
            failed = (found[1] > now) << 4
            if failed == 0:
                status = ALLOWED
                any_offer = True
                shown = half_up(annual[row] * (10 - step) / 10)
                write(terms[1], row, found, months, shown, found[4] - owed, 0, owed - found[5])
                break
    statuses[1, row] = status
    failures[1, row] = failed
    outcome[row] = OFFER if any_offer else REFUSE
    taught = cause[row] == educated or cause[row] == educated_2 or cause[row] == educated_3
    referrals[row] = (
        3 | (not taught) << 2 | (willingness[row] != willing or cooperates[row] == 0) << 3
    )


@loop
def citic_loan(codes, b, loan, loans, plans, out):
    for row in numba.prange(len(b[0])):
        citic_loan_row(row, codes, b, loan, loans, plans, out)


@jit
def citic_card_row(row, codes, b, loan, loans, plans, out):
    (lender_code, product_code, _, willing, supported, supported_2, supported_3) = codes
    (income, expenses, debts, willingness, _, _, _, _, _, _, cause, _, _, _, _) = b
    (lender, product, principal, accrued, penalty, fees, annual, _, _, _, _, dpd, _, _, _, _) = loan
    (offsets, ids, payments) = loans
    (outcome, statuses, failures, terms, referrals) = out
    if lender[row] != lender_code or product[row] != product_code:
        outcome[row] = -1
        for plan in range(2):
            statuses[plan, row] = -1
        return
    left = income[row] - expenses[row] - debts[row] - others(offsets, ids, payments, row)
    now = max(0, left) * 9 // 10
    rate = annual[row] / 12e9
    debt = principal[row] + accrued[row] + penalty[row] + fees[row]
    any_offer = False
    for plan in range(2):
        reduced = plan == 1
        shift = 4 if reduced else 3
        if reduced:
            failed = (dpd[row] < 1) | (debt <= now) << 2 | (willingness[row] != willing) << 3
        else:
            failed = (dpd[row] < 1) | (debt <= now) << 1 | (willingness[row] != willing) << 2
        status = DENIED
        if failed == 0:
            waived = half_up(accrued[row] * 3 / 10) if reduced else 0
            owed = principal[row] + accrued[row] - waived
            start = min(months_within(owed, rate, now, 1, 72), 72)
            for months in range(start, 73):
                found = schedule(owed, rate, 0, 0, months, LEVEL, 0, rate)
                failed = (found[1] > now) << shift
                if failed == 0:
                    failed = (months > 60) * (6 << shift)
                    if failed == 0:
                        status = ALLOWED
                        any_offer = True
                        write(
                            terms[plan],
                            row,
                            found,
                            months,
                            annual[row],
                            found[4] - owed,
                            waived,
                            owed + waived - found[5],
                        )
                    break
        statuses[plan, row] = status
        failures[plan, row] = failed
    outcome[row] = OFFER if any_offer else REFUSE
    helped = cause[row] == supported or cause[row] == supported_2 or cause[row] == supported_3
    referrals[row] = 1 | (willingness[row] != willing) << 1 | (not helped) << 2


@loop
def citic_card(codes, b, loan, loans, plans, out):
    for row in numba.prange(len(b[0])):
        citic_card_row(row, codes, b, loan, loans, plans, out)
