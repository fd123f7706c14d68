"""Debts and how they are repaid, by chance, and what the exact functions make of them."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

import attrs

from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import EqualPrincipal, Holiday, InterestOnly, Level, Phase
from policyengine.finance.rounding import round_to_integer
from policyengine.finance.schedule import Instalment, build_schedule
from policyengine.finance.valuation import present_value
from policyengine.finance.whole.repayment import EQUAL_PRINCIPAL, Terms

TREATMENTS = ("capitalised", "accrues", "waived")
DENOMINATORS = (12 * 10**9, 12 * 10**10, 1200, 12)


@attrs.frozen
class Case:
    """Terms, the month that is asked about, and the rate of a month at which payments are worth less today."""

    terms: Terms
    asked: int
    contract: tuple[int, int]


def case_from(chance: random.Random) -> Case:
    denominator = chance.choice(DENOMINATORS)
    numerator = _rate(chance, denominator)
    terms = Terms(
        owed=_amount(chance),
        deferred=chance.choice((0, 0, 0, _amount(chance))),
        numerator=numerator,
        denominator=denominator,
        holiday=chance.choice((0, 0, chance.randint(1, 6), chance.randint(0, 40))),
        treatment=chance.randrange(3),
        interest_only=chance.choice((0, 0, 0, chance.randint(1, 12))),
        months=_months(chance),
        method=int(chance.random() < 0.25),
    )
    same = (numerator, denominator)
    other = (_rate(chance, denominator), denominator)
    return Case(
        terms, chance.choice((0, 1, 3, 12, chance.randint(0, 500))), chance.choice((same, other))
    )


def _amount(chance: random.Random) -> int:
    return chance.choice(
        (
            chance.randint(1, 300),
            chance.randint(1, 10**7),
            chance.randint(1, 10**10),
            2 ** chance.randint(0, 50),
        )
    )


def _rate(chance: random.Random, denominator: int) -> int:
    most = denominator // 12
    return chance.choice(
        (0, chance.randint(0, 3), chance.randint(0, most), most * chance.randint(0, 36) // 100)
    )


def _months(chance: random.Random) -> int:
    return chance.choice(
        (1, 2, chance.randint(1, 24), chance.randint(1, 60), chance.randint(1, 480))
    )


@attrs.frozen
class Expected:
    """What the exact functions make of a case."""

    rows: tuple[Instalment, ...]
    cost: int


def expected(case: Case) -> Expected | FinanceError:
    terms = case.terms
    try:
        rows = build_schedule(
            terms.owed + terms.deferred,
            12 * Fraction(terms.numerator, terms.denominator),
            tuple(_phases(terms)),
            date(2024, 1, 15),
            deferred=terms.deferred,
        )
    except FinanceError as error:
        return error
    rate = Fraction(*case.contract)
    worth = present_value([row.payment for row in rows], rate)
    at_end = rows[-1].balance / (1 + rate) ** len(rows)
    return Expected(rows, round_to_integer(covered(case) - worth - at_end))


def covered(case: Case) -> int:
    """Return what terms cover: here what is owed, and a part of it that is given up."""
    return case.terms.owed + case.terms.deferred + case.terms.owed // 3


def _phases(terms: Terms) -> list[Phase]:
    found: list[Phase] = []
    if terms.holiday:
        found.append(Holiday(terms.holiday, TREATMENTS[terms.treatment]))
    if terms.interest_only:
        found.append(InterestOnly(terms.interest_only))
    regular = EqualPrincipal if terms.method == EQUAL_PRINCIPAL else Level
    return [*found, regular(terms.months)]
