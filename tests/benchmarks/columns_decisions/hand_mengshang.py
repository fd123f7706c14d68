"""The policy of one lender written by hand for numba (see `solved_by_hand`)."""

# ruff: noqa: ANN001, ANN201, ARG001, C901, PLR0912, PLR0913, PLR0915, PLR0917 - as one writes for numba
# mypy: ignore-errors

from __future__ import annotations

import numba
from hand_schedules import (
    ALLOWED,
    DENIED,
    LEVEL,
    OFFER,
    REFER,
    REFUSE,
    half_up,
    jit,
    level,
    loop,
    months_within,
    others,
    private_lending,
    schedule,
    write,
)


@jit
def mengshang_row(row, codes, b, loan, loans, plans, out):
    (lender_code, product_code, other_product, educated, educated_2, educated_3, _) = codes
    (income, expenses, debts, _, _, cooperates, consents, _, _, _, cause, _, _, _, _) = b
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
        _,
        _,
        dpd,
        contracted,
        method,
        kind,
        _,
    ) = loan
    (offsets, ids, payments, lenders, principals, assessed) = loans
    (outcome, statuses, failures, terms, referrals) = out
    if lender[row] != lender_code or not (
        product[row] == product_code or product[row] == other_product
    ):
        outcome[row] = -1
        for plan in range(3):
            statuses[plan, row] = -1
        return
    left = income[row] - expenses[row] - debts[row] - others(offsets, ids, payments, row)
    now = max(0, left) * 9 // 10
    rate = annual[row] / 12e9
    other_credit = 0
    for place in range(offsets[row] + 1, offsets[row + 1]):
        if lenders[place] == lender_code and ids[place] != ids[offsets[row]]:
            other_credit += principals[place]
    caps = private_lending(kind[row] == 3, annual[row], overdue[row], contracted[row]) << 2
    bits = (
        (dpd[row] < 1)
        | (assessed[row] == 0) << 1
        | (consents[row] == 0 or cooperates[row] == 0) << 2
    )
    any_offer = False
    for plan in range(3):
        failed, status = bits, DENIED
        if bits == 0:
            waived = half_up(accrued[row] / 2) if plan == 0 else 0
            owed = principal[row] + accrued[row] - waived
            start, end = 0, 1
            if plan == 1:
                start, end = term[row], term[row] + 12
                if method[row] == LEVEL:
                    start = min(months_within(owed, rate, now, start, end), end)
                end += 1
            elif plan == 2:
                start, end = 1, 6
            for place in range(start, end):
                months, lower = term[row], rate
                if plan == 0:
                    months += 6
                elif plan == 1:
                    months = place
                else:
                    lower = rate * (10 - place) / 10
                    if place < 5 and method[row] == LEVEL and level(owed, lower, months) > now:
                        continue
                found = schedule(owed, lower, 0, 0, months, method[row], 0, rate)
                failed = (found[1] > now) << 3
                if failed == 0:
                    failed = (caps | (owed + other_credit > 20_000_000)) << 4
                    if failed == 0:
                        status = ALLOWED
                        any_offer = True
                        shown = (
                            half_up(annual[row] * (10 - place) / 10) if plan == 2 else annual[row]
                        )
                        write(
                            terms[plan],
                            row,
                            found,
                            months,
                            shown,
                            found[4] - owed,
                            waived,
                            owed + waived - found[5],
                        )
                    break
        statuses[plan, row] = status
        failures[plan, row] = failed
    outcome[row] = OFFER if any_offer else REFUSE if assessed[row] == 1 else REFER
    taught = cause[row] == educated or cause[row] == educated_2 or cause[row] == educated_3
    referrals[row] = (assessed[row] == 1) | 2 | (not taught) << 2


@loop
def mengshang(codes, b, loan, loans, plans, out):
    for row in numba.prange(len(b[0])):
        mengshang_row(row, codes, b, loan, loans, plans, out)
