"""Laws that hold for every expression: its meaning by another account, and more facts, same answer."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import made
import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from made import Facts, Made
from rete_here import EVALUATORS_HERE, RETE

import policyengine as pe
from policyengine.decision.trace import Result, Unknown

EVALUATORS = ["reference", "compiled", RETE]
EXPRESSIONS = st.lists(
    st.sampled_from(made.KINDS).flatmap(lambda kind: made.made(kind, 3)), min_size=6, max_size=10
)
FEWER = settings(max_examples=35)  # each loads a policy


def given_as(value: Any) -> Any:
    """Write a value as a profile takes it."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return value


def values(policies: pe.PolicySet, facts: Facts) -> dict[str, Result]:
    written = {path: given_as(value) for path, value in facts.items()}
    trace = tiny.trace(policies, written)
    return {key: trace.derived[key] for key in sorted(trace.derived)}


def load(expressions: list[Made], evaluator: str) -> pe.PolicySet:
    body = tiny.derive(expression.text for expression in expressions)
    return tiny.policies(body, evaluator=evaluator)


def without_some(facts: Facts, data: st.DataObject) -> Facts:
    """Leave out some of the facts, and some of what is known of the members of lists."""
    left = {p: v for p, v in facts.items() if data.draw(st.booleans(), label=p)}
    if "x.items" in left:
        left["x.items"] = [item if data.draw(st.booleans()) else {} for item in left["x.items"]]
    return left


@pytest.mark.parametrize("evaluator", EVALUATORS)
@FEWER
@given(expressions=EXPRESSIONS, facts=made.PROFILES)
def test_an_expression_is_worth_what_the_reference_says(
    evaluator: str, expressions: list[Made], facts: Facts
) -> None:
    found = values(load(expressions, evaluator), facts)
    for i, expression in enumerate(expressions):
        value = found[f"tiny#e{i}"]
        known = None if isinstance(value, Unknown) else value
        assert known == expression.worth(facts), expression.text


@pytest.mark.parametrize("evaluator", EVALUATORS)
@FEWER
@given(expressions=EXPRESSIONS, facts=made.PROFILES, data=st.data())
def test_less_information_never_changes_an_answer(
    evaluator: str, expressions: list[Made], facts: Facts, data: st.DataObject
) -> None:
    policies = load(expressions, evaluator)
    full, less = values(policies, facts), values(policies, without_some(facts, data))
    for key, value in less.items():
        # What is known with less is the same with more: so a known answer stays, or becomes unknown.
        assert isinstance(value, Unknown) or value == full[key], key


@pytest.mark.parametrize("evaluator", EVALUATORS)
@FEWER
@given(expressions=EXPRESSIONS, facts=made.PROFILES)
def test_an_unknown_says_why(evaluator: str, expressions: list[Made], facts: Facts) -> None:
    for value in values(load(expressions, evaluator), facts).values():
        if isinstance(value, Unknown):
            assert value.missing or value.undefined
            assert not value.missing & set(facts)


TABLE = """\
tables:
  unique:
    hit: unique
    inputs: [x.n, x.flag]
    output: integer
    rows: [["<= 3", true, 1], ["<= 3", false, x.m], ["> 3", any, 1]]
  first:
    hit: first
    inputs: [x.n, x.flag]
    output: integer
    rows: [["> 5", any, 1], [any, true, x.m], ["2..8", any, 1]]
    otherwise: 2
  priority:
    hit: priority
    inputs: [x.n, x.flag]
    output: integer
    order: [2, 1, 3]
    rows: [["> 5", any, 1], [any, true, 2], ["2..8", any, 3]]
    otherwise: 1
  total:
    hit: collect sum
    inputs: [x.n, x.flag]
    output: integer
    rows: [["> 5", any, x.m], [any, true, 2], ["2..8", any, 3]]
    otherwise: 2
  most:
    hit: collect max
    inputs: [x.n, x.flag]
    output: integer
    rows: [["> 5", any, x.m], [any, true, 2], ["2..8", any, 2]]
    otherwise: 2
  many:
    hit: collect count
    inputs: [x.n, x.flag]
    output: integer
    rows: [["> 5", any, x.m], [any, true, 2], ["2..8", any, 3]]
"""
NAMES = ("unique", "first", "priority", "total", "most", "many")
TABLES = {
    name: tiny.policies(TABLE + tiny.derive(NAMES), evaluator=name) for name in EVALUATORS_HERE
}


def fitting(n: int, flag: bool, m: int, name: str) -> int:
    """Return what a table gives when all is known."""
    if name == "unique":
        return m if n <= 3 and not flag else 1
    rows = {
        "first": [(n > 5, 1), (flag, m), (2 <= n <= 8, 1)],
        "priority": [(flag, 2), (n > 5, 1), (2 <= n <= 8, 3)],
        "total": [(n > 5, m), (flag, 2), (2 <= n <= 8, 3)],
        "most": [(n > 5, m), (flag, 2), (2 <= n <= 8, 2)],
        "many": [(n > 5, m), (flag, 2), (2 <= n <= 8, 3)],
    }[name]
    outputs = [output for fits, output in rows if fits]
    if name == "many":
        return len(outputs)
    if not outputs:
        return 1 if name == "priority" else 2
    return {"total": sum(outputs), "most": max(outputs)}.get(name, outputs[0])


@pytest.mark.parametrize("evaluator", EVALUATORS)
@given(n=st.integers(0, 10), flag=st.booleans(), m=st.integers(0, 3), data=st.data())
def test_tables(evaluator: str, n: int, flag: bool, m: int, data: st.DataObject) -> None:
    facts = {"x.n": n, "x.flag": flag, "x.m": m}
    full, less = (values(TABLES[evaluator], some) for some in (facts, without_some(facts, data)))
    for i, name in enumerate(NAMES):
        assert full[f"tiny#e{i}"] == fitting(n, flag, m, name), name
        value = less[f"tiny#e{i}"]
        assert isinstance(value, Unknown) or value == full[f"tiny#e{i}"], name
        assert not isinstance(value, Unknown) or value.missing, name
