"""A policy's digest: the same for the same meaning, another for anything a decision can depend on."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import tiny

import policyengine as pe
from policyengine.explain.changes.reach import POSITION
from policyengine.ir.sight import OF_THE_LOAN

POLICY = """\
policy: tiny
language: 1
version: 2024-01-01
title: {en: Tiny, zh: 小}
languages: [en, zh]
currency: CNY
vocabulary: tiny
regulations: [law]
effective: {from: 2024-01-01, until: 2030-12-31}
sources:
  case: {kind: guidance, title: A case, date: 2024-01-01, url: "https://example.org", note: None.}
applies_to: x.n > 0
parameters:
  cap: {value: 90 days, assumed: true, note: A note.}
  lpr:
    - {from: 2024-01-01, until: 2024-06-30, value: 3.10%, source: case}
    - {from: 2024-07-01, value: 3.00%, source: case}
tables:
  share:
    hit: first
    inputs: [x.m]
    output: rate
    rows: [["<= 5", 10%], ["6..9", 20%]]
    otherwise: 0%
derive:
  surplus: x.cash - x.cost
conditions:
  shared:
    that: x.days <= cap
    because: {en: "At most {cap}.", zh: "最多{cap}。"}
    code: DAYS
plans:
  one:
    title: {en: One, zh: 一}
    require:
      - shared
      - {id: rule, that: x.flag and share < 15%, because: {en: Rule., zh: 规则。}, source: case 1}
    offer:
      steps:
        - holiday: {months: 1..3, interest: accrues, maturity: extends}
          when: lpr at x.day > 1%
        - waive: {fees: 0%..50%, step: 10%}
      until: plan.max_payment <= surplus
    figures: {ratio: plan.payment / x.cash}
    follow_up: standard
guarantees:
  - {id: own, that: plan.term <= 60 months, because: {en: Own., zh: 自。}}
referrals:
  advice:
    title: {en: Advice, zh: 建议}
    when: not known(x.word)
    because: {en: Go., zh: 去。}
  instead:
    title: {en: Instead, zh: 代替}
    when: x.cash > 100
    instead_of_refusal: true
    because: {en: Go., zh: 去。}
follow_up:
  standard:
    start: performing
    performing:
      - {event: payment_missed, count: 2, within: 60 days, go: broken, because: {en: M., zh: 漏。}}
    asks:
      performing:
        stop: {title: {en: S., zh: 停。}, when: not x.flag, because: {en: Stop., zh: 停止。}, source: case 3}
"""
LAW = """\
regulation: law
language: 1
version: 2024
title: {en: Law, zh: 法}
languages: [en, zh]
currency: CNY
vocabulary: tiny
effective: {from: 2024-02-01}
guarantees:
  - {id: legal, applies_to: x.other, that: plan.term <= 24 months, because: {en: L., zh: 法。}}
"""


def digest(policy: str = POLICY, law: str = LAW, vocabulary: str = tiny.VOCABULARY) -> str:
    loaded: pe.PolicySet = tiny.policies(
        "", "", head=policy, vocabulary=vocabulary, regulations={"law": law}
    )
    return loaded.programs[0].digest


ONE = digest()


def test_a_digest_has_its_form() -> None:
    assert ONE.startswith("sha256:")
    assert len(ONE) == 7 + 64
    assert set(ONE[7:]) <= set("0123456789abcdef")


SAME = {
    "a comment": POLICY + "# a comment\n",
    "a comment in the middle": POLICY.replace("derive:\n", "# why\nderive:   # what\n"),
    "empty lines": POLICY.replace("plans:\n", "\n\nplans:\n\n"),
    "spaces after a colon": POLICY.replace("version: ", "version:    "),
    "spaces within an expression": POLICY.replace("x.cash - x.cost", "x.cash   -   x.cost"),
    "quotes": POLICY.replace("that: x.days <= cap", "that: 'x.days <= cap'"),
    "folded": POLICY.replace("surplus: x.cash - x.cost", "surplus: >-\n    x.cash -\n    x.cost"),
    "brackets": POLICY.replace("x.cash - x.cost", "(x.cash) - (x.cost)"),
    "block instead of flow": POLICY.replace(
        "effective: {from: 2024-01-01, until: 2030-12-31}",
        "effective:\n  from: 2024-01-01\n  until: 2030-12-31",
    ),
    "the order of two keys": POLICY.replace(
        "{from: 2024-01-01, until: 2030-12-31}", "{until: 2030-12-31, from: 2024-01-01}"
    ),
    "the title of a source": POLICY.replace("title: A case", "title: {en: A case, zh: 案例}"),
    "what a source is called": POLICY.replace(
        "title: A case", "title: A case, cited_as: {en: the case, zh: 案例}"
    ),
    "another notation": POLICY.replace("value: 3.10%", "value: 3.1%"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_layout_changes_nothing(text: str) -> None:
    assert text != POLICY
    assert digest(text) == ONE


CHANGES = [
    ("version: 2024-01-01", "version: 2024-01-02"),
    ("{en: Tiny, zh: 小}", "{en: Tiny!, zh: 小}"),
    ("from: 2024-01-01, until: 2030", "from: 2024-01-02, until: 2030"),
    ("until: 2030-12-31", "until: 2030-12-30"),
    ("applies_to: x.n > 0", "applies_to: x.n >= 0"),
    ("value: 90 days", "value: 91 days"),
    ("note: A note.", "note: B note."),
    ("assumed: true", "assumed: false"),
    ("value: 3.00%", "value: 3.01%"),
    ("from: 2024-07-01, value", "from: 2024-07-02, value"),
    ("hit: first", "hit: unique"),
    ('"<= 5", 10%', '"<= 5", 11%'),
    ("6..9", "6..<9"),
    ("otherwise: 0%", "otherwise: 1%"),
    ("x.cash - x.cost", "x.cost - x.cash"),
    ("At most {cap}", "At the most {cap}"),
    ("最多{cap}", "至多{cap}"),
    ("code: DAYS", "code: DPD"),
    ("source: case 1", "source: case 2"),
    ("x.flag and share < 15%", "x.flag or share < 15%"),
    ("share < 15%", "share < 0.16"),
    ("months: 1..3", "months: 1..4"),
    ("interest: accrues", "interest: waived"),
    ("maturity: extends", "maturity: stays"),
    ("lpr at x.day", "lpr"),
    ("step: 10%", "step: 5%"),
    ("plan.max_payment <= surplus", "plan.payment <= surplus"),
    ("{ratio: plan.payment", "{share: plan.payment"),
    ("plan.term <= 60 months", "plan.term <= 61 months"),
    ("instead_of_refusal: true", "instead_of_refusal: false"),
    ("known(x.word)", "known(x.q)"),
    ("count: 2", "count: 3"),
    ("within: 60 days", "within: 61 days"),
    ("go: broken", "go: renegotiate"),
    ("        stop: {", "        halt: {"),
    ("when: not x.flag", "when: x.flag"),
    ("en: Stop.", "en: Stop!"),
    ("source: case 3", "source: case 4"),
]


@pytest.mark.parametrize(("before", "after"), CHANGES, ids=[after for _, after in CHANGES])
def test_what_matters_changes_it(before: str, after: str) -> None:
    changed = POLICY.replace(before, after)
    assert changed != POLICY
    assert digest(changed) != ONE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("plan.term <= 24 months", "plan.term <= 25 months"),
        ("applies_to: x.other", "applies_to: x.flag"),
        ("effective: {from: 2024-02-01}", "effective: {from: 2024-02-02}"),
        ("en: L.", "en: LL."),
    ],
)
def test_a_regulation_is_a_part_of_it(before: str, after: str) -> None:
    assert digest(law=LAW.replace(before, after)) != ONE


def test_the_facts_are_a_part_of_it() -> None:
    renamed = tiny.VOCABULARY.replace("title: {en: cash,", "title: {en: money,")
    limited = tiny.VOCABULARY.replace("x.n: {type: integer,", "x.n: {type: integer, min: 1,")
    required = tiny.VOCABULARY.replace(
        "x.n: {type: integer,", "x.n: {type: integer, required: true,"
    )
    found = {digest(vocabulary=text) for text in (tiny.VOCABULARY, renamed, limited, required)}
    assert len(found) == 4


# What the policy reaches, and what it does not

UNREACHED = {
    "an enum": (
        "enums:\n",
        "enums:\n  unused:\n    title: {en: u, zh: 无}\n    values: {a: {en: a, zh: 甲}}\n",
    ),
    "a value of an enum that it does not name": (
        "blue: {en: blue, zh: 蓝}",
        "navy: {en: navy, zh: 藏青}",
    ),
    "a title of such a value": ("blue: {en: blue,", "blue: {en: azure,"),
    "a record": (
        "records:\n",
        "records:\n  unused:\n    n: {type: integer, title: {en: n, zh: 数}}\n",
    ),
    "a field of a record that it does not name": (
        "cash: {type: money, title: {en: cash, zh: 现金}}\n    rate",
        "cash: {type: money, title: {en: kash, zh: 现金}}\n    rate",
    ),
    "a fact": ("facts:\n", "facts:\n  x.unused: {type: boolean, title: {en: u, zh: 无}}\n"),
    "a fact that it does not name": ("x.wait: {type: days,", "x.wait: {type: days, min: 1,"),
    "a fact of the loan that it does not name": (
        "loan.payment: {type: money, min: 0,",
        "loan.payment: {type: money,",
    ),
}


@pytest.mark.parametrize(("before", "after"), UNREACHED.values(), ids=UNREACHED)
def test_what_is_not_reached_is_no_part_of_it(before: str, after: str) -> None:
    assert tiny.VOCABULARY.count(before) == 1
    assert digest(vocabulary=tiny.VOCABULARY.replace(before, after)) == ONE


def test_a_parameter_that_nothing_names_is_no_part_of_it() -> None:
    assert digest(law=LAW + "parameters: {unused: {value: 90 days}}\n") == ONE
    more = "parameters:\n  unused: {value: 90 days}\n"
    assert digest(POLICY.replace("parameters:\n", more)) == ONE


def test_another_vocabulary_beside_it_is_no_part_of_it() -> None:
    other = tiny.VOCABULARY.replace("vocabulary: tiny", "vocabulary: other")
    other = other[: other.index("enums:")] + (
        "enums:\n  mood:\n    title: {en: mood, zh: 心情}\n    values: {glad: {en: glad, zh: 喜}}\n"
        "facts:\n  y.mood: {type: enum, of: mood, title: {en: mood, zh: 心情}}\n"
    )
    with tempfile.TemporaryDirectory() as at:
        tiny.folder(at, POLICY, regulations={"law": LAW})
        (Path(at) / "vocabulary" / "other.yaml").write_text(other, "utf-8")
        loaded = pe.load(at)
    assert "mood" in loaded.dictionary.enums
    assert loaded.programs[0].digest == ONE


#: The policy with a condition in the place of `x.n > 0`, and what that reaches.
REACHED = {
    "a title of a fact": (
        "x.wait > 3 days",
        "x.wait: {type: days, title: {en: wait,",
        "{type: days, title: {en: delay,",
    ),
    "a limit of a fact": ("x.wait > 3 days", "x.wait: {type: days,", "{type: days, min: 1,"),
    "whether a fact is sensitive": (
        "x.wait > 3 days",
        "x.wait: {type: days,",
        "{type: days, sensitive: true,",
    ),
    "a value of an enum": (
        'x.colour == "red"',
        "blue: {en: blue, zh: 蓝}",
        "navy: {en: navy, zh: 藏青}",
    ),
    "a title of a value": ('x.colour == "red"', "blue: {en: blue,", "{en: azure,"),
    "an enum of a field": (
        'any(i in x.items where i.colour == "red")',
        "blue: {en: blue,",
        "{en: azure,",
    ),
    "a field of a record": (
        "any(i in x.items where i.days > 3 days)",
        "days: {type: days, title: {en: days, zh: 天}}\n    day",
        "{type: days, title: {en: daze, zh: 天}}\n    day",
    ),
    "a field within a field": (
        "any(i in x.items where any(p in i.parts where p.flag))",
        "flag: {type: boolean, title: {en: flag, zh: 标志}}\n  item",
        "{type: boolean, title: {en: flagg, zh: 标志}}\n  item",
    ),
    "what the engine reads": (
        "x.n > 0",
        "loan.principal: {type: money, min: 0, title: {en: principal",
        "{type: money, min: 0, title: {en: capital",
    ),
}


@pytest.mark.parametrize(("condition", "before", "after"), REACHED.values(), ids=REACHED)
def test_what_is_reached_is_a_part_of_it(condition: str, before: str, after: str) -> None:
    assert tiny.VOCABULARY.count(before) == 1
    name = before.partition(": ")[0]
    policy = POLICY.replace("applies_to: x.n > 0", f"applies_to: {tiny.quoted(condition)}")
    changed = tiny.VOCABULARY.replace(
        before, f"{name}: {after}" if not after.startswith("navy") else after
    )
    assert digest(policy, vocabulary=changed) != digest(policy)


def test_a_parameter_of_a_regulation_counts_where_a_rule_reaches_it() -> None:
    law = LAW.replace("plan.term <= 24 months", "plan.term <= most")
    values = ("24 months", "25 months")
    one, other = (digest(law=f"{law}parameters: {{most: {{value: {v}}}}}\n") for v in values)
    assert one != other


def test_the_engine_reads_of_a_loan_what_offers_start_from() -> None:
    assert {*POSITION, "loan.id"} == OF_THE_LOAN
