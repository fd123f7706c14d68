"""Makes expressions of every type, each with what it is worth by an account of its own.

An expression is its text and a function from facts to its value, None where that is unknown. The function
is written from the language's reference, not from the evaluator.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, TypeAlias

import attrs
from hypothesis import strategies as st

Facts: TypeAlias = dict[str, Any]


@attrs.frozen
class Made:
    """An expression and what it is worth."""

    text: str
    worth: Callable[[Facts], Any]


def _fact(path: str) -> Made:
    return Made(path, lambda facts: facts.get(path))


def _constant(text: str, value: Any) -> Made:
    return Made(text, lambda _: value)


def _strict(text: str, function: Callable[..., Any], *operands: Made) -> Made:
    """Make what is unknown as soon as an operand is."""

    def worth(facts: Facts) -> Any:
        values = [operand.worth(facts) for operand in operands]
        return None if None in [v for v in values if v is None] else function(*values)

    return Made(text, worth)


NUMBERS = st.integers(-3, 12)
MORE = Fraction(13, 4)


def _leaves(kind: str) -> st.SearchStrategy[Made]:
    constants: dict[str, st.SearchStrategy[Made]] = {
        "boolean": st.sampled_from([_constant("true", True), _constant("false", False)]),
        "integer": NUMBERS.map(lambda n: _constant(f"({n})", n)),
        "days": NUMBERS.filter(lambda n: n >= 0).map(lambda n: _constant(f"{n} days", n)),
        "months": NUMBERS.filter(lambda n: n >= 0).map(lambda n: _constant(f"{n} months", n)),
        "date": DATES.map(lambda d: _constant(d.isoformat(), d)),
    }
    facts = st.sampled_from(FACTS[kind]).map(_fact)
    if kind == "money":  # a bare number is money only where it meets some
        return facts | facts.map(lambda a: _strict(f"({a.text} + 3.25)", lambda v: v + MORE, a))
    return facts | constants[kind]


DATES = st.dates(date(2023, 12, 28), date(2024, 3, 2))
FACTS = {
    "boolean": ["x.flag", "x.other", "x.dear"],
    "integer": ["x.n", "x.m"],
    "money": ["x.cash", "x.cost", "loan.fees"],
    "days": ["x.days", "x.wait"],
    "months": ["x.months", "x.term"],
    "date": ["x.day", "x.end"],
}
KINDS = tuple(FACTS)
ORDERED = ("integer", "money", "days", "months", "date")


def _not(one: Made) -> Made:
    return _strict(f"not ({one.text})", lambda a: not a, one)


def _both(one: Made, other: Made) -> Made:
    def worth(facts: Facts) -> Any:
        values = [one.worth(facts), other.worth(facts)]
        return False if False in values else None if None in values else True

    return Made(f"(({one.text}) and ({other.text}))", worth)


def _either(one: Made, other: Made) -> Made:
    def worth(facts: Facts) -> Any:
        values = [one.worth(facts), other.worth(facts)]
        return True if True in values else None if None in values else False

    return Made(f"(({one.text}) or ({other.text}))", worth)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def _compare(operator: str, one: Made, other: Made) -> Made:
    return _strict(f"({one.text} {operator} {other.text})", _COMPARE[operator], one, other)


def _within(value: Made, low: Made, high: Made) -> Made:
    both = _both(_compare("<=", low, value), _compare("<=", value, high))
    return Made(f"({value.text} in {low.text}..{high.text})", both.worth)


def _choose(condition: Made, then: Made, otherwise: Made) -> Made:
    def worth(facts: Facts) -> Any:
        held = condition.worth(facts)
        yes, no = then.worth(facts), otherwise.worth(facts)
        if held is None:
            return yes if yes == no else None
        return yes if held else no

    return Made(f"(if {condition.text} then {then.text} else {otherwise.text})", worth)


def _quotient(one: Made, other: Made, step: int) -> Made:
    def worth(facts: Facts) -> Any:
        a, b = one.worth(facts), other.worth(facts)
        if a is None or b is None or b == 0:
            return None
        return (a / Fraction(b)) // step * step

    return Made(f"floor_to({one.text} / {other.text}, {step})", worth)


def _moved(day: Made, amount: Made, unit: str) -> Made:
    def months(start: date, count: int) -> date:
        year, month = divmod(12 * start.year + start.month - 1 + count, 12)
        for last in range(start.day, 0, -1):
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
        raise AssertionError

    def days(start: date, count: int) -> date:
        return start + timedelta(days=count)

    return _strict(
        f"({day.text} + {amount.text})", months if unit == "months" else days, day, amount
    )


def _extend(kind: str, depth: int) -> st.SearchStrategy[Made]:
    here, true = made(kind, depth - 1), made("boolean", depth - 1)
    choose = st.builds(_choose, true, here, here)
    if kind == "boolean":
        ordered = st.sampled_from(ORDERED).flatmap(
            lambda k: (
                st.builds(
                    _compare,
                    st.sampled_from(sorted(_COMPARE)),
                    made(k, depth - 1),
                    made(k, depth - 1),
                )
                | st.builds(_within, *[made(k, depth - 1)] * 3)
            )
        )
        return st.one_of(
            choose,
            ordered,
            st.builds(_not, true),
            st.builds(_both, true, true),
            st.builds(_either, true, true),
        )
    extremes = st.builds(
        lambda kind_, a, b: _strict(
            f"{kind_}({a.text}, {b.text})", min if kind_ == "min" else max, a, b
        ),
        st.sampled_from(["min", "max"]),
        here,
        here,
    )
    if kind == "date":
        units = st.sampled_from(["days", "months"])
        moved = units.flatmap(
            lambda unit: st.builds(_moved, here, made(unit, depth - 1), st.just(unit))
        )
        return choose | extremes | moved
    sums = st.builds(
        lambda a, b: _strict(f"({a.text} + {b.text})", lambda x, y: x + y, a, b), here, here
    )
    rests = st.builds(
        lambda a, b: _strict(f"({a.text} - {b.text})", lambda x, y: x - y, a, b), here, here
    )
    found = choose | extremes | sums | rests
    if kind == "money":
        found |= st.builds(_quotient, here, made("integer", depth - 1), st.integers(1, 3))
    if kind == "integer":
        found |= _counts()
    return found


def _counts() -> st.SearchStrategy[Made]:
    """Make counts over the list `x.items`, whose members are facts of their own."""

    def counted(least: int) -> Made:
        def worth(facts: Facts) -> Any:
            items = facts.get("x.items")
            if items is None or any("n" not in item for item in items):
                return None
            return sum(1 for item in items if item["n"] >= least)

        return Made(f"count(i in x.items where i.n >= {least})", worth)

    def total(facts: Facts) -> Any:
        items = facts.get("x.items")
        if items is None or any("n" not in item for item in items):
            return None
        return sum(item["n"] for item in items)

    return st.integers(0, 5).map(counted) | st.just(Made("sum(i.n for i in x.items)", total))


def made(kind: str, depth: int) -> st.SearchStrategy[Made]:
    """Make expressions of a type, so deep at most."""
    if depth <= 0:
        return st.deferred(lambda: _leaves(kind))
    return st.deferred(lambda: _leaves(kind) | _extend(kind, depth))


ITEMS = st.lists(st.fixed_dictionaries({}, optional={"n": st.integers(0, 5)}), max_size=3)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": NUMBERS,
    "money": st.integers(0, 1200).map(lambda cents: Fraction(cents, 100)),
    "days": st.integers(0, 40),
    "months": st.integers(0, 14),
    "date": DATES,
}
#: Profiles in which any fact may be missing.
PROFILES: st.SearchStrategy[Facts] = st.fixed_dictionaries(
    {}, optional={p: VALUES[k] for k, paths in FACTS.items() for p in paths} | {"x.items": ITEMS}
)
