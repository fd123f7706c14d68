"""Which types meet in an operation: the whole table, and the type of what comes of it."""

from __future__ import annotations

from itertools import product

import pytest
import tiny

import policyengine as pe
from policyengine.model.types import Kind

FACTS = {
    "boolean": "x.flag",
    "integer": "x.n",
    "number": "x.q",
    "money": "x.cash",
    "rate": "x.rate",
    "days": "x.days",
    "months": "x.months",
    "date": "x.day",
    "text": "x.word",
    "colour": "x.colour",
    "list": "x.items",
}
PLAIN = {"integer", "number", "rate"}
#: left operand, operator, right operands and what comes of it; what is not here does not combine.
TABLE = """
integer + integer:integer number:number rate:number
number  + integer:number number:number rate:number
rate    + integer:number number:number rate:rate
money   + money:money
days    + days:days
months  + months:months
date    + days:date months:date
integer - integer:integer number:number rate:number
number  - integer:number number:number rate:number
rate    - integer:number number:number rate:rate
money   - money:money
days    - days:days
months  - months:months
date    - days:date months:date
integer * integer:integer number:number rate:rate money:money days:days months:months
number  * integer:number number:number rate:rate money:money
rate    * integer:rate number:rate rate:number money:money
money   * integer:money number:money rate:money
days    * integer:days
months  * integer:months
integer / integer:number number:number rate:number
number  / integer:number number:number rate:number
rate    / integer:rate number:rate rate:number
money   / integer:money number:money rate:money money:number
days    / days:number
months  / months:number
"""
RESULTS = {
    (left, operator, right): result
    for line in TABLE.strip().splitlines()
    for left, operator, *pairs in [line.split()]
    for right, result in (pair.split(":") for pair in pairs)
}
COMBINE = sorted(RESULTS)
REFUSED = sorted({*product(FACTS, "+-*/", FACTS)} - set(RESULTS))


def derived(expressions: list[str]) -> list[str]:
    """Return the types of expressions."""
    program = tiny.policies(tiny.derive(expressions)).programs[0]
    nodes = [program.derived[f"tiny#e{i}"].node for i in range(len(expressions))]
    return [node.type.of or str(node.type.kind) for node in nodes]


def test_what_combines() -> None:
    found = derived([f"{FACTS[a]} {operator} {FACTS[b]}" for a, operator, b in COMBINE])
    assert dict(zip(COMBINE, found, strict=True)) == RESULTS


def errors(expressions: list[str]) -> list[str]:
    return tiny.findings(tiny.derive(expressions))


def test_what_does_not_combine() -> None:
    expressions = [f"{FACTS[a]} {operator} {FACTS[b]}" for a, operator, b in REFUSED]
    assert errors(expressions) == ["type-mismatch"] * len(REFUSED)


ORDERED = ("integer", "number", "money", "rate", "days", "months", "date")
ALIKE = sorted((a, b) for a, b in product(FACTS, FACTS) if a == b or (a in PLAIN and b in PLAIN))


def test_what_compares() -> None:
    equal = [f"{FACTS[a]} == {FACTS[b]}" for a, b in ALIKE]
    assert set(derived(equal)) == {"boolean"}
    ordered = [f"{FACTS[a]} < {FACTS[b]}" for a, b in ALIKE if a in ORDERED]
    assert set(derived(ordered)) == {"boolean"}


def test_what_does_not_compare() -> None:
    different = sorted({*product(FACTS, FACTS)} - set(ALIKE))
    found = errors([f"{FACTS[a]} == {FACTS[b]}" for a, b in different])
    assert found == ["type-mismatch"] * len(different)
    unordered = [FACTS[kind] for kind in FACTS if kind not in ORDERED]
    assert errors([f"{f} < {f}" for f in unordered]) == ["type-mismatch"] * len(unordered)


BARE = {"money": "5", "rate": "0.3", "number": "1.5", "integer": "2"}


def test_a_bare_number_takes_the_type_of_what_it_meets() -> None:
    for kind, number in BARE.items():
        fact = FACTS[kind]
        found = derived([f"{fact} + {number}", f"{number} - {fact}", f"max({fact}, {number})"])
        assert set(found) == {kind}


@pytest.mark.parametrize(
    ("expression", "facts", "worth"),
    [
        ("if x.flag then x.n else 0.5", {"x.flag": "false"}, "0.5"),
        ("max(x.n, 0.5)", {"x.n": "0"}, "0.5"),
        ("min(x.n, x.q)", {"x.n": "1", "x.q": "0.25"}, "0.25"),
        ("round_to(x.n, 0.4)", {"x.n": "1"}, "1.2"),
        (
            "sum(if x.flag then i.n else 0.5 for i in x.items)",
            {"x.flag": "false", "x.items": [{}]},
            "0.5",
        ),
    ],
)
def test_a_whole_number_that_meets_a_number_is_a_number(
    expression: str, facts: dict[str, object], worth: str
) -> None:
    assert derived([expression]) == ["number"]
    decision = tiny.decide(tiny.policies(tiny.derive([expression])), facts)
    assert decision.derived == {"e0": worth}


def test_a_rate_that_meets_a_number_is_a_number() -> None:
    assert derived(["max(x.rate, x.q)", "if x.flag then x.rate else x.q"]) == ["number"] * 2


def test_a_quoted_word_in_a_branch_is_the_value_of_the_other() -> None:
    assert derived(['if x.flag then "red" else x.colour']) == ["colour"]


def test_nodes_know_what_is_below_them() -> None:
    policies: pe.PolicySet = tiny.policies(tiny.derive(["max(x.n, -x.m) > 3 and x.flag"]))
    node = policies.programs[0].derived["tiny#e0"].node
    names = [type(each).__name__ for each in node.walk()]
    assert names == ["And", "Compare", "Extremum", "Fact", "Negate", "Fact", "Constant", "Fact"]
    assert node.type.kind == Kind.BOOLEAN
