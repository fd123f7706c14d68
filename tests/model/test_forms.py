"""Each kind of file as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from policyengine.diagnostics import Findings
from policyengine.model.from_syntax import Form, form_in, json_schema
from policyengine.model.policy import Policy, Regulation
from policyengine.model.tables import BoundInput
from policyengine.model.test_file import TestFile
from policyengine.model.types import Record
from policyengine.model.vocabulary import Vocabulary
from policyengine.source import SourceFile

POLICIES = Path(__file__).parents[2] / "policies"
FILES = [path for path in sorted(POLICIES.rglob("*.yaml")) if path.parent.name != "examples"]
HEAD = """
policy: a
language: 1
version: 1
title: {en: A}
languages: [en]
currency: CNY
vocabulary: b
"""
PLANS = """
plans:
  p:
    title: {en: P}
    offer: {steps: [{term: {exactly: 12 months}}], until: true}
"""


def read(text: str) -> tuple[Form | None, list[str], frozenset[str]]:
    findings = Findings()
    form, unreadable = form_in(SourceFile("a.yaml", text), findings)
    return form, [str(d).split("a.yaml:")[1] for d in findings.items], unreadable


def policy(text: str) -> tuple[Policy, list[str]]:
    form, said, _ = read(HEAD + text)
    assert isinstance(form, Policy), said
    return form, said


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(POLICIES)))
def test_the_policies_that_come_along_are_read_and_fit_the_schema(path: Path) -> None:
    text = path.read_text("utf-8")
    form, said, unreadable = read(text)
    assert isinstance(form, (Vocabulary, Regulation, Policy, TestFile))
    assert (said, unreadable) == ([], frozenset())
    jsonschema.validate(_as_json(yaml.compose(text)), json_schema())


def _as_json(node: Any) -> Any:
    """Read a file as an editor would, but for dates, which JSON has not."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _as_json(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_as_json(item) for item in node.value]
    plain = {"true": True, "false": False}
    return (
        int(node.value)
        if node.value.isdigit() and len(node.value) < 4
        else plain.get(node.value, node.value)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[a]",
            "1:1: error[wrong-shape]: a policy, a regulation, a vocabulary or tests is expected here, not a list",
        ),
        (
            "{}",
            "1:1: error[wrong-shape]: a policy, a regulation, a vocabulary or tests is expected here, not a mapping",
        ),
        (
            "polcy: a",
            "1:1: error[unknown-kind]: the first key `polcy` names no kind of file (did you mean `policy`?)",
        ),
    ],
)
def test_a_file_of_no_kind_is_refused(text: str, said: str) -> None:
    assert read(text) == (None, [said], frozenset())


def test_a_name_that_cannot_be_read_is_remembered() -> None:
    _, said, unreadable = read(HEAD + "derive: {x: a b}" + PLANS)
    assert len(said) == 1
    assert unreadable == {"x"}


def test_errors_of_syntax_hide_no_others() -> None:
    text = HEAD + "parameters:\n  a: {value: 1, assumed: ON}\n  b: c: d\ntables:b" + PLANS
    form, said, _ = read(text.replace("version: 1\n", "sources:x\n").replace("p:", "P:"))
    assert form is None
    assert sorted(line.split("]")[0] for line in said) == [
        "10:26: error[not-a-boolean",
        "11:7: error[yaml-colon",
        "12:7: error[yaml-colon",
        "14:3: error[bad-name",
        "4:8: error[yaml-colon",
    ]


def test_a_file_without_anything_has_no_form() -> None:
    assert read("")[0] is None


def test_a_file_that_cannot_be_mended_has_no_form() -> None:
    form, said, _ = read("policy: [a\nb: ON\n")
    assert form is None
    assert [line.split("]")[0] for line in said] == ["1:9: error[yaml-bracket"]


def test_languages_that_are_no_list_of_codes_are_noted_once() -> None:
    assert len(read(HEAD.replace("[en]", "en") + PLANS)[1]) == 1
    assert len(read(HEAD.replace("[en]", "[en, English]") + PLANS)[1]) == 1


def test_a_shared_condition_stands_for_itself_by_its_name() -> None:
    form, said = policy(
        """
conditions: {willing: {that: a.b, because: {en: W}}}
plans:
  p:
    title: {en: P}
    require: [willing]
    offer: {steps: [{term: {exactly: 12 months}}], until: [willing, plan.term < 12 months]}
"""
    )
    assert said == []
    plan = form.plans["p"]
    assert [type(c).__name__ for c in plan.require] == ["Reference"]
    assert plan.offer.until
    assert [type(c).__name__ for c in plan.offer.until] == ["Reference", "Condition"]


def test_conditions_nest() -> None:
    form, said = policy(
        """
plans:
  p:
    title: {en: P}
    require: [{id: x, because: {en: X}, any: [{that: a.b}, {all: [{that: a.c}]}]}]
    offer: {steps: [{term: {exactly: 12 months}}], until: true}
"""
    )
    assert said == []
    (condition,) = form.plans["p"].require
    assert not isinstance(condition, str)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{}", "a step needs one of"),
        ("{term: {}}", "the step `term` needs one of `up_to`, `exactly`"),
        ("{term: 12 months}", "the step `term` is expected here"),
        ("{holiday: {months: 3}}", "the step `holiday` needs the key `interest`"),
        ("{wave: {fees: 100%}}", "unknown key `wave` in a step"),
        ("term", "a step is expected here, not text"),
        ("{term: {up_to: 12 months, step: 1 2}}", "`2` is not expected here"),
        ("{term: {up_to: 12 monts}}", "`monts` is not expected here"),
    ],
)
def test_a_step_that_says_nothing_is_refused(step: str, said: str) -> None:
    found = read(HEAD + PLANS.replace("{term: {exactly: 12 months}}", step))[1]
    assert any(said in line for line in found)


def test_a_step_has_words_formulas_and_a_place() -> None:
    text = "{when: a.b, holiday: {months: 1..3, interest: waived, maturity: stays}}"
    form, said = policy(PLANS.replace("{term: {exactly: 12 months}}", text))
    assert said == []
    (step,) = form.plans["p"].offer.steps
    assert (step.lever, dict(step.settings)) == (
        "holiday",
        {"interest": "waived", "maturity": "stays"},
    )
    assert list(step.formulas) == ["months"]
    assert step.when is not None
    assert step.span.file.text[step.span.start : step.span.end] == "holiday"


TABLE = """
tables:
  t:
    hit: unique
    inputs: [a.b, {severity: severity}]
    output: rate
    rows:
      - [1 day..30 days, {mild, severe}, 10%]
      - ["> 30 days", any, 20%]
    otherwise: 0%
"""


def test_a_table_has_inputs_cells_and_outputs() -> None:
    form, said = policy(TABLE + PLANS)
    assert said == []
    table = form.tables["t"]
    bound = table.inputs[1]
    assert isinstance(bound, BoundInput)
    assert (bound.name.text, bound.type.text) == ("severity", "severity")
    assert bound.name.span.start < bound.type.span.start
    assert table.rows[0].cells[1].text() == "{mild, severe}"
    assert table.otherwise is not None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{severity: severity}", "{}", "one `{name: type}` is expected"),
        ("{severity: severity}", "{a: days, b: days}", "one `{name: type}` is expected"),
        ("{severity: severity}", "{Severity: days}", "`Severity` is not a name"),
        ("{severity: severity}", "{severity: [days]}", "a type is expected"),
        ("{severity: severity}", "[severity]", "an expression, or `{name: type}` is expected"),
        ("[1 day..30 days, {mild, severe}, 10%]", "[10%]", "a list of the cells and the output"),
        ("{mild, severe}", "{mild: severe}", "an expression is expected here"),
        ("{mild, severe}", "{mild severe}", "`severe` is not expected here"),
        ("{mild, severe}, 10%", "{mild, severe}, [1]", "an expression is expected here"),
        ("hit: unique", "hit: once", "`once` is not a hit policy"),
    ],
)
def test_a_table_that_says_nothing_is_refused(old: str, new: str, said: str) -> None:
    found, unreadable = read(HEAD + TABLE.replace(old, new) + PLANS)[1:]
    assert any(said in line for line in found)
    assert len(found) == 1
    assert unreadable <= {"t"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("[a]", "`given` is expected here"),
        ("{profile: [a]}", "a path is expected here"),
        ("{with: {loan: 1}}", "`loan` is not the name of a fact"),
    ],
)
def test_what_is_given_in_a_test_is_checked(given: str, said: str) -> None:
    text = f"tests: a\nlanguage: 1\ncases:\n  - {{name: x, given: {given}, expect: {{outcome: offer}}}}"
    assert any(said in line for line in read(text)[1])


def test_what_is_given_in_a_test_is_a_file_or_its_keys() -> None:
    text = (
        "tests: a\nlanguage: 1\ncases:\n"
        "  - {name: x, given: {profile: b.yaml, loan: L-1}, expect: {outcome: offer}}\n"
        "  - {name: y, given: {loan: {id: L-1}, borrower: {}}, expect: {plans: {p: {status: denied}}}}\n"
    )
    form, said, _ = read(text)
    assert isinstance(form, TestFile)
    assert said == []
    first, second = (case.given for case in form.cases)
    assert first.loan is not None
    assert first.inline is None
    assert second.loan is None
    assert second.inline is not None
    assert [key.text for key, _ in second.inline] == ["loan", "borrower"]


def test_records_can_be_members_of_sets() -> None:
    assert hash(Record({"a": 1})) == hash(Record({"a": 2}))
    assert Record({"a": 1}) != Record({"a": 2})
