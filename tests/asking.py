"""Puts answers into profiles by the paths that are asked for, and makes answers of every kind."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from borrowers import Profile
from tiny import plain

import policyengine as pe
from policyengine.explain.asking.completion import definition_of
from policyengine.explain.asking.inquiry import Inquiry
from policyengine.model.types import Kind

PART = re.compile(r"[^.\[\]]+")


def answered(profile: Profile, answers: Mapping[str, Any], loan: int = 0) -> Profile:
    """Return a profile with answers in their places; `loan` is the one that was asked about."""
    found = copy.deepcopy(profile)
    for path, value in answers.items():
        way: list[Any] = [int(p) if p.isdigit() else p for p in PART.findall(path)]
        if way[0] == "loan" and "loan" not in found:
            way[:1] = ["loans", loan]
        at: Any = found
        for step in way[:-1]:
            at = at[step] if isinstance(step, int) or step in at else at.setdefault(step, {})
        at[way[-1]] = plain(value)
    return found


def statuses(
    policies: pe.PolicySet, profile: Profile, policy: str, loan: str | None
) -> dict[str, str]:
    """Return the statuses of a policy's plans, or nothing where it does not apply."""
    for decision in policies.decide(profile).decisions:
        if decision.policy == policy and decision.loan == loan:
            return {plan.plan: str(plan.status) for plan in decision.plans}
    return {}


def verdicts(inquiry: Inquiry) -> dict[str, str]:
    """Return what is said of each missing fact: `question`, `needed`, `undecided`, or its certificate."""
    return {
        **{each.path: "question" for each in inquiry.questions},
        **{each.path: "needed" for each in inquiry.needed},
        **{each.path: "undecided" for each in inquiry.undecided},
        **{each.path: each.certificate for each in inquiry.irrelevant},
    }


def some_answers(policies: pe.PolicySet, path: str, chance: random.Random, count: int) -> list[Any]:
    """Return valid answers to a question, near nought and far from it."""
    fact = definition_of(path, policies.dictionary)
    low, high = fact.min, fact.max
    match fact.type.kind:
        case Kind.BOOLEAN:
            return [True, False]
        case Kind.ENUM:
            return list(policies.dictionary.values_of(fact.type))
        case Kind.TEXT:
            return ["one", "another"]
        case Kind.LIST:
            return [[]]
        case Kind.DATE:
            middle = date(2024, 11, 20)
            days = (chance.choice([3, 40, 400, 4000]) for _ in range(count))
            return [middle + timedelta(days=chance.randint(-d, d)) for d in days]
        case Kind.MONEY | Kind.NUMBER | Kind.RATE:
            most = 1 if fact.type.kind is Kind.RATE else 10 ** chance.randint(2, 7)
            made: list[Any] = [
                Decimal(chance.randint(-100 * most, 100 * most)) / 100 for _ in range(count)
            ]
        case Kind.DAYS | Kind.MONTHS:
            made = [chance.randint(0, 1000) for _ in range(count)]
        case _:
            made = [chance.randint(-20, 60) for _ in range(count)]
    within = [v for v in made if (low is None or v >= low) and (high is None or v <= high)]
    return [*within, *(_written(end) for end in (low, high) if isinstance(end, (int, Fraction)))]


def _written(end: int | Fraction) -> int | Decimal:
    """Return a number as a profile writes it: whole ones without a point."""
    return int(end) if end == int(end) else Decimal(str(float(end)))
