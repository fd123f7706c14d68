"""What the policies written by hand share: schedules, terms, and rules that several read."""

# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917, RUF046 - as one writes for numba
# mypy: ignore-errors

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


def empty(plans, rows):
    """Return arrays for what is decided."""
    return (
        np.zeros(rows, np.int8),
        np.zeros((plans, rows), np.int8),
        np.zeros((plans, rows), np.uint64),
        np.zeros((plans, TERMS, rows), np.int64),
        np.zeros(rows, np.uint64),
    )
