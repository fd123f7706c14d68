"""The five policies solved as a developer would write them by hand for numba: a function a policy, one loop over rows.

Doubles where he would take them: the closed forms and the value of payments. Payments and interest are rounded to whole
cents as they are paid. Everything is known of these borrowers, so nothing here thinks of what is not.
"""

from __future__ import annotations

from math import ceil, floor, log

import numba
import numpy as np

ALLOWED, DENIED = 0, 1
OFFER, REFUSE, REFER = 0, 1, 3
TERMS = 10
CAPITALISED, ACCRUES = 0, 1
LEVEL = 0

jit = numba.njit(error_model="numpy", nogil=True)
loop = numba.njit(parallel=True, error_model="numpy", nogil=True)


@jit
def half_up(value):
    return int(floor(value + 0.5))


@jit
def level(principal, rate, months):
    if rate == 0.0:
        return half_up(principal / months)
    return half_up(principal * rate / (1.0 - (1.0 + rate) ** -months))


@jit
def months_within(principal, rate, limit, low, high):
    """The fewest months in which the level payment is within a limit; one more than `high` if none are."""
    if limit <= 0:
        return high + 1
    if rate == 0.0:
        guess = int(ceil(principal / limit))
    elif principal * rate >= limit:
        return high + 1
    else:
        guess = int(ceil(-log(1.0 - principal * rate / limit) / log(1.0 + rate)))
    guess = min(max(guess, low), high)
    while guess > low and level(principal, rate, guess - 1) <= limit:
        guess -= 1
    while guess <= high and level(principal, rate, guess) > limit:
        guess += 1
    return guess


@jit
def schedule(principal, rate, holiday, treatment, months, method, asked, contract):
    """Return the regular payment, the largest, the largest until and after a month, all paid and its value today."""
    balance, discount, weight, worth = principal, 1.0 / (1.0 + contract), 1.0, 0.0
    for _ in range(holiday):
        base = balance if treatment == CAPITALISED else principal
        balance += half_up(base * rate)
        weight *= discount
    owed = balance
    payment = level(owed, rate, months) if method == LEVEL else 0
    regular = largest = before = after = paid = 0
    for month in range(1, months + 1):
        interest = half_up(balance * rate)
        if method != LEVEL:
            part = half_up(owed * month / months) - half_up(owed * (month - 1) / months)
            due = part + interest
        elif month == months:
            due = balance + interest
        else:
            due = min(payment, balance + interest)
        balance += interest - due
        weight *= discount
        worth += due * weight
        paid += due
        largest = max(largest, due)
        if holiday + month <= asked:
            before = max(before, due)
        else:
            after = max(after, due)
        if month == 1:
            regular = due
    return regular, largest, before, after, paid, worth


@jit
def write(terms, row, found, term, rate, interest, waived, cost):
    terms[0, row] = found[0]
    terms[1, row] = found[1]
    terms[2, row] = term
    terms[3, row] = rate
    terms[4, row] = found[4]
    terms[5, row] = interest
    terms[6, row] = waived
    terms[9, row] = half_up(cost) if cost >= 0 else -half_up(-cost)


@jit
def others(offsets, ids, payments, row):
    total = 0
    for place in range(offsets[row], offsets[row + 1]):
        if ids[place] != ids[offsets[row]]:
            total += payments[place]
    return total


@jit
def extended_before(offsets, added, row):
    total = 0
    for place in range(offsets[row], offsets[row + 1]):
        total += added[place]
    return total


@jit
def personal_loan(extension, earlier, original, longest, consumer):
    """The bits of the three guarantees of personal loans that fail."""
    if extension == 0:
        return 0
    bits = 0
    if original <= 12 and earlier + extension > original:
        bits |= 1
    if original > 12 and original + earlier + extension > longest:
        bits |= 2
    if consumer and original + earlier + extension > 84:
        bits |= 4
    return bits


@jit
def private_lending(private, rate, overdue_rate, contract_date):
    """The bits of the two caps of private lending that fail, for contracts since 2025."""
    if not private:
        return 0
    cap = 4 * (31_000_000 if contract_date < 739391 else 30_000_000)  # 2025-05-20
    return (rate > cap) | (overdue_rate > cap) << 1


@jit
def aibank_row(row, codes, b, loan, loans, plans, out):
    (lender_code, product_code, temporary, willing, _, _, _) = codes
    (income, expenses, debts, willingness, _, _, _, duration, expected, shock, _, _, _, _, _) = b
    (lender, product, principal, accrued, _, _, annual, overdue, term, original, longest, dpd, contracted, method, kind, payment) = loan
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
                found = schedule(owed, rate, holiday, CAPITALISED, months, method[row], expected[row], rate)
                failed = (found[2] > now) << 3 | (found[3] > later) << 4
                last = found
                if failed == 0:
                    extension = 0 if stays else holiday
                    kept = personal_loan(extension, earlier, original[row], longest[row], True) | caps
                    failed = kept << 5
                    if kept == 0:
                        status = ALLOWED
                        any_offer = True
                        write(terms[plan], row, found, months + holiday, annual[row], found[4] - owed, 0, owed - found[5])
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
                kept = personal_loan(months - term[row], earlier, original[row], longest[row], True) | caps
                failed = kept << 3
                if kept == 0:
                    status = ALLOWED
                    any_offer = True
                    write(terms[2], row, found, months, annual[row], found[4] - owed, 0, owed - found[5])
                break
    statuses[2, row] = status
    failures[2, row] = failed
    outcome[row] = OFFER if any_offer else REFUSE
    referrals[row] = 1 | (left >= payment[row]) << 1


@loop
def aibank(codes, b, loan, loans, plans, out):
    for row in numba.prange(len(b[0])):
        aibank_row(row, codes, b, loan, loans, plans, out)


@jit
def ccb_row(row, codes, b, loan, loans, plans, out):
    (lender_code, product_code, temporary, willing, impaired, misunderstood, other_product) = codes
    (income, expenses, debts, willingness, record, _, _, duration, expected, shock, cause, agreed, consent, made, reported) = b
    (lender, product, principal, accrued, _, _, annual, _, term, original, longest, dpd, _, method, _, _) = loan
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
                write(terms[0], row, found, months + 3, annual[row], found[4] - owed, 0, owed - found[5])
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


@jit
def citic_loan_row(row, codes, b, loan, loans, plans, out):
    (lender_code, product_code, temporary, willing, educated, educated_2, educated_3) = codes
    (income, expenses, debts, willingness, _, cooperates, _, duration, expected, shock, cause, _, _, _, _) = b
    (lender, product, principal, accrued, _, _, annual, _, term, original, longest, dpd, _, method, _, _) = loan
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
                kept = personal_loan(holiday, earlier, original[row], longest[row], True) << 1
                failed = (kept | (found[1] > later)) << 6
                if failed == 0:
                    status = ALLOWED
                    any_offer = True
                    write(terms[0], row, found, months + holiday, annual[row], found[4] - owed, 0, owed - found[5])
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
                failed = (found[1] > later) << 5
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
    referrals[row] = 3 | (not taught) << 2 | (willingness[row] != willing or cooperates[row] == 0) << 3


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
                        write(terms[plan], row, found, months, annual[row], found[4] - owed, waived, owed + waived - found[5])
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


@jit
def mengshang_row(row, codes, b, loan, loans, plans, out):
    (lender_code, product_code, other_product, educated, educated_2, educated_3, _) = codes
    (income, expenses, debts, _, _, cooperates, consents, _, _, _, cause, _, _, _, _) = b
    (lender, product, principal, accrued, _, _, annual, overdue, term, _, _, dpd, contracted, method, kind, _) = loan
    (offsets, ids, payments, lenders, principals, assessed) = loans
    (outcome, statuses, failures, terms, referrals) = out
    if lender[row] != lender_code or not (product[row] == product_code or product[row] == other_product):
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
                        shown = half_up(annual[row] * (10 - place) / 10) if plan == 2 else annual[row]
                        write(terms[plan], row, found, months, shown, found[4] - owed, waived, owed + waived - found[5])
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


def empty(plans, rows):
    """Return arrays for what is decided."""
    return (
        np.zeros(rows, np.int8),
        np.zeros((plans, rows), np.int8),
        np.zeros((plans, rows), np.uint64),
        np.zeros((plans, TERMS, rows), np.int64),
        np.zeros(rows, np.uint64),
    )
