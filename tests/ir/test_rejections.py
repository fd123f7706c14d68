"""What does not load, by its code: one line for each way in which names and types can fail to fit.

Where a message points and what it says is shown by the files under `rejected/`.
"""

from __future__ import annotations

import pytest
import tiny

from policyengine.decision.trace import Unknown
from policyengine.model.offers import LEVERS

TERM = "- term: {up_to: +12, step: 1 month}"

DERIVE = [
    ("derive: {a: b, b: a}\n", ["cycle"]),
    ("derive: {a: a}\n", ["cycle"]),
    ("derive: {a: b + nothing, b: x.n, c: a}\n", ["unknown-name"]),
    ("derive: {a: -nothing}\n", ["unknown-name"]),
    ("derive: {a: abs(nothing)}\n", ["unknown-name"]),
    ("derive: {a: plan(1)}\n", ["unknown-name"]),
    ("derive: {a: sum(nothing for i in x.items)}\n", ["unknown-name"]),
    ("derive: {a: lpr at nothing}\nparameters: {lpr: {value: 3%}}\n", ["unknown-name"]),
    ("derive: {a: x.flag and floor}\nparameters: {floor: {value: 3}}\n", ["type-mismatch"]),
    ("derive: {a: x.cash > floor}\nparameters: {floor: {value: 3}}\n", ["type-mismatch"]),
    (
        "derive: {a: 'payment(floor, 5%, 3 months)'}\nparameters: {floor: {value: 3}}\n",
        ["type-mismatch"],
    ),
    ("derive: {a: b > 1 and b() > 1}\nparameters: {b: {value: 1:30}}\n", ["not-a-number"]),
    ("derive: {a: x.word, x: x.n}\n", ["name-taken"]),
    ("derive: {cap: x.n}\nparameters: {cap: {value: 1}}\n", ["name-taken"]),
    ("derive: {plan: x.n}\n", ["name-taken"]),
    ("applies_to: x.n\n", ["type-mismatch"]),
    ("regulations: [law]\n", ["unknown-name"]),
]
PARAMETERS = [
    ("parameters: {a: {value: 3 months, type: days}}\n", ["wrong-unit"]),
    ("parameters: {a: {value: one}}\n", ["not-a-number"]),
    (
        "parameters: {a: [{from: 2024-01-01, value: 1}, {from: 2024-02-01, value: 2%}]}\n",
        ["type-mismatch"],
    ),
    (
        "parameters: {a: [{from: 2024-01-01, value: 1}, {from: 2024-01-01, value: 2}]}\n",
        ["overlapping-dates"],
    ),
    (
        "parameters: {a: [{from: 2024-01-01, until: 2024-03-01, value: 1}, {from: 2024-02-01, value: 2}]}\n",
        ["overlapping-dates"],
    ),
    ("parameters: {a: [{from: 2024-02-01, until: 2024-01-01, value: 1}]}\n", ["overlapping-dates"]),
    ("parameters: {a: {value: 1, source: paper 1}}\n", []),
    (
        "sources: {law: {kind: regulation, title: L}}\nparameters: {a: {value: 1, source: paper 1}}\n",
        ["unknown-name"],
    ),
]


def table(row: str, inputs: str = "[x.n]", output: str = "integer", more: str = "") -> str:
    return (
        f"tables:\n  t:\n    hit: first\n    inputs: {inputs}\n    output: {output}\n"
        f"    rows: [{row}]\n    otherwise: 0\n{more}"
    )


TABLES = [
    (table("[1, 1]", inputs="[nothing]"), ["unknown-name"]),
    (table("[1, 1]", inputs="[{n: integr}]"), ["unknown-name"]),
    (table("[1, 1]", output="integr"), ["unknown-name"]),
    (table("[1, 2, 1]"), ["wrong-shape"]),
    (table("[1, nothing]"), ["unknown-name"]),
    (table("['9..1', 1]"), ["empty-range"]),
    (table("['9..<9', 1]"), ["empty-range"]),
    (table("[x.m, 1]"), ["not-a-constant"]),
    (table("['{1, x.m}', 1]"), ["not-a-constant"]),
    (table("['1..x.m', 1]"), ["not-a-constant"]),
    (table("['> x.m', 1]"), ["not-a-constant"]),
    (table("[nothing.at_all, 1]"), ["unknown-name"]),
    (table("[1 day, 1]"), ["type-mismatch"]),
    (table("['red..blue', 1]", inputs="[x.colour]"), ["type-mismatch"]),
    (table("['> red', 1]", inputs="[x.colour]"), ["type-mismatch"]),
    (table("[pink, 1]", inputs="[x.colour]"), ["unknown-value"]),
    (table("[1, t]"), ["cycle"]),
    (table("[1, 1]", more="    order: [1]\n"), ["unknown-key"]),
    (table("[1, 1]").replace("first", "priority"), ["missing-key"]),
    (table("[nothing, 1]", more="derive: {a: t, b: t}\n"), ["unknown-name"]),
    (table("[1, nothing]").replace("otherwise: 0", "otherwise: nothing"), ["unknown-name"] * 2),
]


@pytest.mark.parametrize(("body", "codes"), [*DERIVE, *PARAMETERS, *TABLES])
def test_names_and_values(body: str, codes: list[str]) -> None:
    assert tiny.findings(body) == codes


BOUND = """\
tables:
  bound: {hit: first, inputs: [{n: integer}, {c: colour}], output: integer, rows: [[1, red, 1]], otherwise: 2}
"""
SILENT = [
    table("[1, 1]", more="    order: [x.m]\n").replace("first", "priority"),
    BOUND + "derive: {a: 'bound(n = x.n, n = x.m, c = x.colour)'}\n",
    BOUND.replace("{c: colour}", "{n: integer}").replace("red", "1")
    + "derive: {a: bound(n = x.n)}\n",
]


@pytest.mark.parametrize("body", SILENT)
def test_nothing_is_left_out_without_a_word(body: str) -> None:
    assert tiny.findings(body)


STEPS = [
    (TERM + "\n  when: x.n", ["type-mismatch"]),
    ("- term: {up_to: +nothing}", ["unknown-name"]),
    ("- term: {up_to: +1201}", ["bad-argument"]),
    ("- term: {up_to: +12, step: 0 months}", ["bad-argument"]),
    ("- term: {up_to: +12, step: 1 day}", ["type-mismatch"]),
    ("- holiday: {months: 1..x.n, interest: waived, maturity: stays}", ["type-mismatch"]),
    ("- holiday: {months: nothing, interest: waived, maturity: stays}", ["unknown-name"]),
    ("- instalments: {months: 1..nothing}", ["unknown-name"]),
    ("- instalments: {months: 12, rate: 12 months}", ["type-mismatch"]),
    ("- waive: {step: 5%}", ["missing-key"]),
    ("- waive: {fees: 0%..50%}", ["missing-key"]),
    ("- waive: {fees: x.n}", ["type-mismatch"]),
    ("- capitalise: {}", ["missing-key"]),
    ("- capitalise: {fees: x.n}", ["type-mismatch"]),
    ("- interest_only: {months: 1..x.n, maturity: stays}", ["type-mismatch"]),
    ("- repayment_plan: {balance: fees, months: 1..3, cap: 3 months}", ["type-mismatch"]),
    ("- rate: {down_to: 2%}", ["missing-key"]),
    ("- rate: {down_to: 2 months, step: 1%}", ["type-mismatch"]),
    ("- rate: {exactly: 2%, fixed_for: 60 months}", ["missing-key"]),
    ("- rate: {exactly: 2%, then: {rise: 1%, every: 12, up_to: 5%}}", ["missing-key"]),
    ("- rate: {exactly: 2%, fixed_for: 60, then: {rise: 1%, every: 12}}", ["missing-key"]),
    ("- rate: {exactly: 2%, fixed_for: 60, then: {rise: 1%, up_to: 5%}}", ["missing-key"]),
    ("- rate: {exactly: 2%, fixed_for: 60, then: {every: 12, up_to: 5%}}", ["missing-key"]),
    ("- rate: {exactly: 2%, fixed_for: 60, then: 5%}", ["wrong-shape"]),
    (
        "- rate: {exactly: 2%, fixed_for: 0, then: {rise: -1%, every: 0 months, up_to: 3 months}}",
        ["type-mismatch", "bad-argument", "bad-argument", "bad-argument"],
    ),
    (
        "- rate: {exactly: 2%, fixed_for: 9 days, then: {rise: 1 month, every: 1201, up_to: nothing}}",
        ["type-mismatch", "type-mismatch", "unknown-name", "bad-argument"],
    ),
    ("- rate: {exactly: 2%, fixed_for: 60, then: {rise: 1%, every: 12, up_to: x.rate}}", []),
    ("- forbear: {up_to: 3 months}", ["type-mismatch"]),
    ("- forgive: {up_to: 100, step: 0}", ["bad-argument"]),
    ("- settle: {discount: 3 months}", ["type-mismatch"]),
    ("- settle: {discount: 10%..40%}", ["missing-key"]),
    ("- stepped: {shares: [30%, x.days], months: 3}", ["type-mismatch"]),
    ("- stepped: {shares: [30%], months: x.days}", ["type-mismatch"]),
    ("- holiday: {through: x.months, interest: waived, maturity: stays}", ["type-mismatch"]),
    ("- holiday: {interest: waived, maturity: stays}", ["missing-key"]),
    ("- pay: {amount: x.rate}", ["type-mismatch"]),
    ("- pay: {amount: x.cash, months: x.days}", ["type-mismatch"]),
    ("- pay: {amount: x.cash, months: 1..1201}", ["bad-argument"]),
    ("- pay: {months: 3}", ["missing-key"]),
    ("- pay: {amount: nothing, unpaid_interest: waived}", ["unknown-name", "missing-key"]),
    ("- pay: {amount: x.cash, months: 3, unpaid_interest: capitalised}", ["contradictory-keys"]),
]


@pytest.mark.parametrize(("step", "codes"), STEPS)
def test_steps(step: str, codes: list[str]) -> None:
    assert tiny.findings(plans=tiny.offer(step, "plan.payment > 0")) == codes


SEARCHED = [
    TERM,
    "- holiday: {months: 1..3, interest: waived, maturity: stays}",
    "- interest_only: {months: 1..3, maturity: stays}",
    "- instalments: {months: 1..60}",
    "- waive: {fees: 100%, accrued_interest: 0%..50%, step: 10%}",
    "- rate: {down_to: 2%, step: 1%}",
    "- forbear: {up_to: 100}",
    "- forgive: {up_to: 100}",
    "- repayment_plan: {balance: fees, months: 1..3}",
    "- settle: {discount: 10%..40%, step: 10%}",
    "- pay: {amount: x.cash, months: 1..3}",
]
FIXED = [
    "- term: {exactly: +12}",
    "- holiday: {months: x.months, interest: waived, maturity: stays}",
    "- holiday: {through: x.day, interest: waived, maturity: stays}",
    "- interest_only: {months: 3, maturity: stays}",
    "- instalments: {months: 60, rate: 2%}",
    "- waive: {fees: 100%, accrued_interest: 50%}",
    "- capitalise: {fees: all}",
    "- defer_balance: {fees: all}",
    "- rate: {exactly: 2%}",
    "- forbear: {exactly: 100}",
    "- forgive: {exactly: 100}",
    "- repayment_plan: {balance: fees, months: 3}",
    "- settle: {discount: 40%}",
    "- stepped: {shares: [30%, 60%], months: 3}",
    "- pay: {amount: x.cash}",
    "- pay: {amount: x.cash, months: 3, unpaid_interest: waived}",
]


def fixed(steps: str) -> str:
    """Return a plan without a target."""
    return tiny.offer(steps, "x.flag").replace("      until: x.flag\n", "")


@pytest.mark.parametrize("step", SEARCHED)
def test_a_search_needs_a_target(step: str) -> None:
    assert tiny.findings(plans=fixed(step)) == ["missing-key"]
    assert tiny.findings(plans=fixed("- capitalise: {fees: all}\n" + step)) == ["missing-key"]


@pytest.mark.parametrize("step", FIXED)
def test_fixed_terms_need_no_target(step: str) -> None:
    assert tiny.findings(plans=fixed(step)) == []


def test_every_lever_is_searched_or_fixed_here() -> None:
    """A lever that is new to the language says which it is."""
    names = {step.split(":")[0].removeprefix("- ") for step in (*SEARCHED, *FIXED)}
    assert names == set(LEVERS)


@pytest.mark.parametrize(
    ("until", "code"),
    [("'plan.payment <'", "expression-syntax"), ("nothing", "unknown-name"), ("[]", "wrong-shape")],
)
def test_a_target_that_cannot_be_read_is_not_called_missing(until: str, code: str) -> None:
    assert tiny.findings(plans=tiny.offer(TERM, until)) == [code]


UNTIL = [
    ("plan.nothing > 0", ["unknown-name"]),
    ("plan.payment(3 months) > 0", ["bad-argument"]),
    ("plan.max_payment_before > 0", ["missing-argument"]),
    ("plan.max_payment_before() > 0", ["bad-argument"]),
    ("plan.max_payment_before(3) > 0", ["type-mismatch"]),
    ("plan.nothing(3 months) > 0", ["unknown-name"]),
    ("nothing", ["unknown-name"]),
    ("plan.payment", ["type-mismatch"]),
    ("[plan.payment > 0, {id: a, that: x.flag, because: {en: A, zh: A}}]", []),
    ("[{id: a, any: [{that: nothing}], because: {en: A, zh: A}}]", ["unknown-name"]),
    ("[shared, shared]", ["repeated-name"]),
    ("{id: a, that: x.flag, because: {en: '{x.n', zh: A}}", ["expression-syntax"]),
    ("{id: a, that: x.flag, because: {en: 'x.n}', zh: A}}", ["expression-syntax"]),
    ("{id: a, that: x.flag, because: {en: '{x.n +}', zh: A}}", ["expression-syntax"]),
    ("{id: a, that: x.flag, because: {en: '{nothing}', zh: A}}", ["unknown-name"]),
]
SHARED = "conditions: {shared: {that: x.other, because: {en: A, zh: A}}}\n"


@pytest.mark.parametrize(("until", "codes"), UNTIL)
def test_until(until: str, codes: list[str]) -> None:
    found = tiny.findings(SHARED, tiny.offer(TERM, until))
    assert [code for code in found if code != "missing-placeholder"] == codes


def test_a_derived_truth_may_end_the_steps() -> None:
    assert tiny.findings("derive: {good: x.flag}\n", tiny.offer(TERM, "good")) == []


def test_a_name_that_could_not_be_read_is_reported_once() -> None:
    body = "parameters: {good: {value: maybe, type: boolean}}\n"
    assert tiny.findings(body, tiny.offer(TERM, "good")) == ["not-a-boolean"]


OTHERS = [
    ("guarantees: [{id: a, that: plan.term, because: {en: A, zh: A}}]\n", ["type-mismatch"]),
    (
        "guarantees: [{id: a, that: plan.term > 0 months, applies_to: x.n, because: {en: A, zh: A}}]\n",
        ["type-mismatch"],
    ),
    (
        "referrals: {a: {title: {en: A, zh: A}, when: x.n, because: {en: A, zh: A}}}\n",
        ["type-mismatch"],
    ),
    (
        "referrals: {a: {title: {en: A, zh: A}, when: known(x.n + 1), because: {en: A, zh: A}}}\n",
        ["bad-argument"],
    ),
    (
        "referrals: {a: {title: {en: A, zh: A}, when: 'known(x.n, x.m)', because: {en: A, zh: A}}}\n",
        ["bad-argument"],
    ),
]


@pytest.mark.parametrize(("body", "codes"), OTHERS)
def test_guarantees_and_referrals(body: str, codes: list[str]) -> None:
    assert tiny.findings(body) == codes


def test_a_follow_up_that_is_not_there() -> None:
    plans = tiny.offer(TERM, extra="    follow_up: standard\n")
    assert tiny.findings(plans=plans) == ["unknown-name"]


WRONG = "wrong-fact-type"


def declared(before: str, after: str) -> str:
    return tiny.VOCABULARY.replace(before, after)


def renamed(fact: str) -> str:
    return declared(f"  {fact}:", f"  {fact}_not:")


ENGINE = [
    (renamed("loan.principal"), TERM, ["missing-fact"]),
    (renamed("loan.method"), TERM, ["missing-fact"]),
    (renamed("loan.method"), "- instalments: {months: 1..12}", []),
    (renamed("loan.fees"), TERM, []),
    (renamed("loan.fees"), "- waive: {fees: 10%, future_interest: 5%}", ["missing-fact"]),
    (renamed("loan.due_day"), TERM, []),
    (
        tiny.VOCABULARY.replace("loan.due_day: {type: integer", "loan.due_day: {type: days"),
        TERM,
        ["wrong-fact-type"],
    ),
    (
        tiny.VOCABULARY.replace("loan.principal: {type: money", "loan.principal: {type: number"),
        TERM,
        ["wrong-fact-type"],
    ),
    (tiny.VOCABULARY.replace("{level: {en", "{flat: {en"), TERM, ["wrong-fact-type"]),
]


@pytest.mark.parametrize(("vocabulary", "steps", "codes"), ENGINE)
def test_facts_that_the_engine_reads(vocabulary: str, steps: str, codes: list[str]) -> None:
    assert vocabulary != tiny.VOCABULARY
    assert tiny.findings(plans=tiny.offer(steps), vocabulary=vocabulary) == codes


def test_a_chain_of_derived_values_has_an_end() -> None:
    chain = "".join(f"  v{i}: v{i + 1} + 1\n" for i in range(500))
    assert "too-deep" in tiny.findings(f"derive:\n{chain}  v500: x.n\n")


def test_a_number_that_grows_and_grows_has_no_value() -> None:
    squares = "".join(f"  v{i + 1}: v{i} * v{i}\n" for i in range(14))
    found = tiny.trace(tiny.policies(f"derive:\n  v0: x.q\n{squares}"), {"x.q": "123456.789"})
    last = found.derived["tiny#v14"]
    assert isinstance(last, Unknown)
    assert last.undefined == {"a number too large to work with"}


VOCABULARIES = [
    ("languages: [en, zh]\n", "languages: [en, zh]\nextends: [nothing]\n", ["unknown-name"]),
    ("languages: [en, zh]\n", "languages: [en, zh]\nextends: [tiny]\n", []),
    ("x.n: {type: integer,", "x.n: {type: enum,", ["missing-key"]),
    (
        "of: colour, title: {en: colour, zh: 颜色}}\n  x.shade",
        "of: colr, title: {en: colour, zh: 颜色}}\n  x.shade",
        ["unknown-name"],
    ),
    ("x.items: {type: list, of: item", "x.items: {type: list, of: itm", ["unknown-name"]),
    ("x.n: {type: integer,", "x.n: {type: integer, of: colour,", ["unknown-key"]),
    ("x.n: {type: integer,", "x.n: {type: integer, min: 1.5,", ["not-a-number"]),
    ("values: {light:", "values: {unknown: {en: u, zh: 未}, light:", ["reserved-name"]),
]


@pytest.mark.parametrize(("before", "after", "codes"), VOCABULARIES)
def test_vocabularies(before: str, after: str, codes: list[str]) -> None:
    changed = tiny.VOCABULARY.replace(before, after)
    assert changed != tiny.VOCABULARY
    assert tiny.findings(vocabulary=changed) == codes


def test_no_vocabulary_of_that_name() -> None:
    assert tiny.findings(vocabulary=tiny.VOCABULARY.replace("tiny", "other", 1)) == ["unknown-name"]
    law = (tiny.HEAD.replace("policy: tiny", "regulation: law")).replace(": tiny\n", ": none\n")
    assert tiny.findings("regulations: [law]\n", regulations={"law": law}) == ["unknown-name"]


OTHER = tiny.VOCABULARY.replace("vocabulary: tiny", "vocabulary: other")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x.n: {type: integer", "x.n: {type: number"),
        ("{light:", "{pale: {en: p, zh: 淡}, light:"),
        ("    n: {type: integer", "    n: {type: number"),
        ("    flag: {type: boolean", "    flagged: {type: boolean"),
    ],
)
def test_one_name_means_one_thing_in_two_vocabularies(before: str, after: str) -> None:
    assert tiny.findings(regulations={"other": OTHER}) == []  # it may stand anywhere in the folder
    changed = OTHER.replace(before, after)
    assert changed != OTHER
    assert set(tiny.findings(regulations={"other": changed})) == {"conflicting-fact"}
