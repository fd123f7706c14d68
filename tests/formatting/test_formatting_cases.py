"""What becomes of a text, case by case; and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from policyengine.diagnostics import MAX_FINDINGS, PolicyError
from policyengine.formatting.formatted import formatted

CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))["cases"]


TABLE = """\
tables:
  t:
    hit: first
    inputs: [x.colour]
    output: integer
    rows:
      - ["""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, str]) -> None:
    assert formatted(case["before"]) == case["after"]
    assert formatted(case["after"]) == case["after"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: |+\n  b", "a: |-\n  b\n"),  # the file ends with the text
        ("a: |+\n   \n", "a: |+\n\n"),
        ("a: |-\n\n\nb: 1\n", "a: |-\n\nb: 1\n"),
        ("a: {b:: , c: 1}\n", "a:\n  b::\n  c: 1\n"),  # `{b::}` is no YAML
        ("a: {b: , c}\n", "a: {b: , c}\n"),  # a set of values has no colons
        ("policy: p\n" + TABLE + "{b,\n  }, 1]\n", "policy: p\n" + TABLE + "{b}, 1]\n"),
        ("a: {  # of nothing\n  }\nb: 1\n", "a: {}  # of nothing\nb: 1\n"),
        ('policy: p\napplies_to: {a: "x\n  y"}\n', 'policy: p\napplies_to: {a: "x y"}\n'),
        ("policy: p\nderive: {a: b+\n c}\n", "policy: p\nderive: {a: b + c}\n"),
        ('policy: p\napplies_to: a=="b\n  c"\n', 'policy: p\napplies_to: a=="b\n  c"\n'),
    ],
)
def test_what_once_changed_or_did_not_settle(before: str, after: str) -> None:
    assert formatted(before) == after
    assert formatted(after) == after


def test_line_breaks_stay_those_of_the_file() -> None:
    assert formatted("a:   1\r\nb:\r\n- c\r\n") == "a: 1\r\nb:\r\n  - c\r\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "yaml-character"),
        ("a: 1\na: 2\n", "duplicate-key"),
        ("a: &x 1\n", "anchor"),
        ("a: 1\n---\nb: 2\n", "several-documents"),
        ("- a\n- b\n", "wrong-shape"),
        ("--- --- ", "wrong-shape"),
        ("", "empty-file"),
        ("# nothing but a remark\n", "empty-file"),
    ],
)
def test_a_text_that_is_refused(text: str, code: str) -> None:
    with pytest.raises(PolicyError) as refused:
        formatted(text)
    assert refused.value.code == code


def test_whatever_else_is_wrong_in_a_policy_it_is_laid_out() -> None:
    wrong = "".join(f"key_{number}:   {number}\n" for number in range(MAX_FINDINGS + 1))
    text = formatted(f"policy: p\napplies_to:   a<b\n{wrong}")
    assert text.startswith("policy: p\napplies_to: a < b\nkey_0: 0\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("borrower:\n  name: 'unfinished\n", False),
        ("borrower: {}\npolicy: b\npolicy: 'unfinished\n", False),
        ("# of a lender\n\n---\npolicy: 'unfinished\n", True),
    ],
)
def test_lines_are_shown_of_a_lender_and_not_of_a_borrower(text: str, shown: bool) -> None:
    with pytest.raises(PolicyError) as refused:
        formatted(text, "some.yaml")
    assert refused.value.span is not None
    assert refused.value.span.file.confidential is not shown
