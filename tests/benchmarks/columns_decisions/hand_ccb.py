"""The policy of one lender written by hand for numba (see `solved_by_hand`)."""

# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917 - as one writes for numba
# mypy: ignore-errors

from __future__ import annotations

import numba
from hand_schedules import (
    ACCRUES,
    ALLOWED,
    DENIED,
    OFFER,
    REFUSE,
    extended_before,
    jit,
    loop,
    others,
    personal_loan,
    schedule,
    write,
)


@jit
def ccb_row(row, codes, b, loan, loans, plans, out):
    (lender_code, product_code, temporary, willing, impaired, misunderstood, other_product) = codes
    (
        income,
        expenses,
        debts,
        willingness,
        record,
        _,
        _,
        duration,
        expected,
        shock,
        cause,
        agreed,
        consent,
        made,
        reported,
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
    consumer = product[row] == other_product
    if lender[row] != lender_code or not (product[row] == product_code or consumer):
        outcome[row] = -1
        statuses[0, row] = -1
        return
    left = income[row] - expenses[row] - debts[row] - others(offsets, ids, payments, row)
    now = max(0, left) * 9 // 10
    later = max(0, left + shock[row]) * 9 // 10
    rate = annual[row] / 12e9
    owed = principal[row] + accrued[row]
    failed = (dpd[row] < 1) | (duration[row] != temporary) << 1 | (willingness[row] != willing) << 2
    status = DENIED
    if failed == 0:
        months = term[row]
        found = schedule(owed, rate, 3, ACCRUES, months, method[row], expected[row], rate)
        failed = (found[2] > now) << 3 | (found[3] > later) << 4
        if failed == 0:
            earlier = extended_before(past, added, row)
            failed = personal_loan(3, earlier, original[row], longest[row], consumer) << 5
            if failed == 0:
                status = ALLOWED
                write(
                    terms[0],
                    row,
                    found,
                    months + 3,
                    annual[row],
                    found[4] - owed,
                    0,
                    owed - found[5],
                )
    statuses[0, row] = status
    failures[0, row] = failed
    outcome[row] = OFFER if status == ALLOWED else REFUSE
    visit = dpd[row] >= 30 and record[row] == impaired
    referrals[row] = (
        (cause[row] != misunderstood)
        | (not visit) << 1
        | (not (visit and agreed[row] == 1 and consent[row] == 1)) << 2
        | (not (made[row] == 1 and reported[row] == 0)) << 3
    )


@loop
def ccb(codes, b, loan, loans, plans, out):
    for row in numba.prange(len(b[0])):
        ccb_row(row, codes, b, loan, loans, plans, out)
