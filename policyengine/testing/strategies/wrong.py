"""Makes a valid profile or policy wrong in exactly one place, and says what is wrong and how it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import attrs

from policyengine.ir.dictionary import FactDefinition
from policyengine.ir.program import Program
from policyengine.model.types import Kind
from policyengine.testing.strategies.borrower import Borrower, Written
from policyengine.testing.strategies.grammar import Made


@attrs.frozen(eq=False)
class Wrong:
    """Something wrong: `given` is a profile or a made policy; `code` is that of the finding, `path` where it is."""

    given: Any
    code: str
    path: str
    what: str


@attrs.frozen
class _Fault:
    """What stands in the place of a fact, and how it is refused."""

    value: Any
    code: str
    what: str


def wrong_profile(borrower: Borrower, program: Program, random: Random) -> Wrong:
    """Return the profile of a borrower with one fact that cannot be read."""
    profile = borrower.profile()
    if random.random() < 0.3 or len(borrower.facts) < 2:
        return _misshapen(profile, random)
    path = random.choice(sorted(p for p in borrower.facts if p != "loan.id"))
    fact = program.dictionary.facts[path]
    fault = random.choice(list(_faults(fact)))
    record, _, field = path.partition(".")
    at, name = (
        (profile["loans"][0], f"loans[0].{field}") if record == "loan" else (profile[record], path)
    )
    if fault.code == "unknown-field":
        at[field + "x"] = at.pop(field)
        return Wrong(profile, fault.code, f"{name}x", f"`{name}` is misspelt")
    at[field] = fault.value
    return Wrong(profile, fault.code, name, f"`{name}` {fault.what}")


def _misshapen(profile: Written, random: Random) -> Wrong:
    """Return a profile that is wrong as a whole."""
    faults: list[Callable[[], Wrong]] = [
        lambda: Wrong(profile | {"loans": []}, "no-loans", "loans", "it lists no loan"),
        lambda: Wrong(_less(profile, "as_of"), "missing-date", "as_of", "it says no day"),
        lambda: Wrong(_less(profile, "loans"), "no-loans", "loans", "it has no loans"),
        lambda: Wrong(profile | {"lonas": 1}, "unknown-field", "lonas", "a part of it is misspelt"),
        lambda: Wrong(
            profile | {"loans": {"id": "L-1"}}, "wrong-shape", "loans", "its loans are no list"
        ),
    ]
    return random.choice(faults)()


def _less(profile: Written, key: str) -> Written:
    return {name: value for name, value in profile.items() if name != key}


_NO_NUMBER = {Kind.MONEY: "not-an-amount", Kind.NUMBER: "not-a-number", Kind.RATE: "not-a-rate"}


def _faults(fact: FactDefinition) -> Iterator[_Fault]:
    kind = fact.type.kind
    yield _Fault(None, "unknown-field", "")
    yield _Fault({"a": 1}, "wrong-shape", "is a mapping")
    if kind in (Kind.INTEGER, Kind.DAYS, Kind.MONTHS):
        yield _Fault(Decimal("1.5"), "not-a-number", "is no whole number")
        if isinstance(fact.min, int):
            yield _Fault(fact.min - 1, "out-of-range", "is below the vocabulary's least")
    elif kind in _NO_NUMBER:
        yield _Fault(True, _NO_NUMBER[kind], "is a truth value")
        yield _Fault("100", "quoted-value", "is a number in quotes")
    elif kind is Kind.BOOLEAN:
        yield _Fault(2, "not-a-boolean", "is a number")
    elif kind is Kind.ENUM:
        yield _Fault("no_such_value", "unknown-value", "is no value of its enum")
    elif kind is Kind.DATE:
        yield _Fault("2024-02-30", "not-a-date", "is a day that does not exist")
        yield _Fault(date(1800, 1, 1), "out-of-range", "lies in another century")


# Policies


def wrong_policy(made: Made, random: Random) -> Wrong:
    """Return a policy with one mistake in its text."""
    mistakes = [mistake for mistake in _MISTAKES if re.search(mistake.pattern, made.policy)]
    mistake = random.choice(mistakes)
    places = [found.start() for found in re.finditer(mistake.pattern, made.policy)]
    at = random.choice(places)
    head, tail = made.policy[:at], made.policy[at:]
    text = head + re.sub(mistake.pattern, mistake.instead, tail, count=1)
    return Wrong(attrs.evolve(made, policy=text), mistake.code, "tiny.yaml", mistake.what)


@attrs.frozen
class _Mistake:
    pattern: str
    instead: str
    code: str
    what: str


_MISTAKES = (
    _Mistake(r"\bx\.cash\b", "x.cahs", "unknown-name", "a fact is misspelt"),
    _Mistake(r"\bx\.n\b", "x.age", "protected-fact", "a protected fact is used"),
    _Mistake(r"    offer:", "    ofer:", "unknown-key", "a key is misspelt"),
    _Mistake(
        r"    title: \{en: Plan, zh: 方案\}",
        "    title: {en: Plan}",
        "missing-translation",
        "a text lacks a language",
    ),
    _Mistake(r"  c0: ", "  c1: ", "duplicate-key", "a name stands twice"),
    _Mistake(r"plan\.max_payment\b", "plan.no_such_term", "unknown-name", "a term does not exist"),
)
