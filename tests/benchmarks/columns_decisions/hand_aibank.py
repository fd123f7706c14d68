"""The policy of one lender written by hand for numba (see `solved_by_hand`)."""

# ruff: noqa: ANN001, ANN201, C901, F841, PLR0912, PLR0913, PLR0915, PLR0917 - as one writes for numba
# mypy: ignore-errors

from __future__ import annotations

import numba
from hand_schedules import (
    ALLOWED,
    CAPITALISED,
    DENIED,
    LEVEL,
    OFFER,
    REFUSE,
    extended_before,
    jit,
    loop,
    months_within,
    others,
    personal_loan,
    private_lending,
    schedule,
    write,
)


@jit
def aibank_row(row, codes, b, loan, loans, plans, out):
    (lender_code, product_code, temporary, willing, _, _, _) = codes
    (income, expenses, debts, willingness, _, _, _, duration, expected, shock, _, _, _, _, _) = b
    (
        lender,
        product,
        principal,
        accrued,
        _,
        _,
        annual,
        overdue,
        term,
        original,
        longest,
        dpd,
        contracted,
        method,
        kind,
        payment,
    ) = loan
    (offsets, ids, payments) = loans
    (past, added) = plans
    (outcome, statuses, failures, terms, referrals) = out
    if lender[row] != lender_code or product[row] != product_code:
        outcome[row] = -1
        for plan in range(3):
            statuses[plan, row] = -1
        return
    left = income[row] - expenses[row] - debts[row] - others(offsets, ids, payments, row)
    now = max(0, left) * 9 // 10
    later = max(0, left + shock[row]) * 9 // 10
    rate = annual[row] / 12e9
    owed = principal[row] + accrued[row]
    earlier = extended_before(past, added, row)
    caps = private_lending(kind[row] == 3, annual[row], overdue[row], contracted[row]) << 3
    bits = (dpd[row] < 1) | (duration[row] != temporary) << 1 | (willingness[row] != willing) << 2
    any_offer = False
    for plan in range(2):
        failed, status = bits, DENIED
        if bits == 0:
            stays = plan == 1
            for holiday in range(1, 4):
                months = term[row] - holiday if stays else term[row]
                if months < 1:
                    continue
                found = schedule(
                    owed, rate, holiday, CAPITALISED, months, method[row], expected[row], rate
                )
                failed = (found[2] > now) << 3 | (found[3] > later) << 4
                last = found
                if failed == 0:
                    extension = 0 if stays else holiday
                    kept = (
                        personal_loan(extension, earlier, original[row], longest[row], True) | caps
                    )
                    failed = kept << 5
                    if kept == 0:
                        status = ALLOWED
                        any_offer = True
                        write(
                            terms[plan],
                            row,
                            found,
                            months + holiday,
                            annual[row],
                            found[4] - owed,
                            0,
                            owed - found[5],
                        )
                    break
            if stays and term[row] < 2:
                failed = 1 << 10
        statuses[plan, row] = status
        failures[plan, row] = failed
    bits = (dpd[row] < 1) | (willingness[row] != willing) << 1
    failed, status = bits, DENIED
    if bits == 0:
        start, end = term[row], term[row] + 24
        if method[row] == LEVEL:
            start = min(months_within(owed, rate, now, start, end), end)
        for months in range(start, end + 1):
            found = schedule(owed, rate, 0, 0, months, method[row], 0, rate)
            failed = (found[1] > now) << 2
            if failed == 0:
                kept = (
                    personal_loan(months - term[row], earlier, original[row], longest[row], True)
                    | caps
                )
                failed = kept << 3
                if kept == 0:
                    status = ALLOWED
                    any_offer = True
                    write(
                        terms[2],
                        row,
                        found,
                        months,
                        annual[row],
                        found[4] - owed,
                        0,
                        owed - found[5],
                    )
                break
    statuses[2, row] = status
    failures[2, row] = failed
    outcome[row] = OFFER if any_offer else REFUSE
    referrals[row] = 1 | (left >= payment[row]) << 1


@loop
def aibank(codes, b, loan, loans, plans, out):
    for row in numba.prange(len(b[0])):
        aibank_row(row, codes, b, loan, loans, plans, out)
