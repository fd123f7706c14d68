"""Each rule fires where it should and stays quiet where it should: the cases stand in YAML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from linting import GENERATED, findings, merged

from policyengine.diagnostics import Diagnostic
from policyengine.lint import RULES, expiring_parameter

CASES = Path(__file__).parent / "cases"
CODES = {*(sys.modules[rule.__module__].CODE for rule in RULES), expiring_parameter.CODE}


def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))[kind]
    ]


@pytest.mark.parametrize(("code", "case"), _cases("fires"))
def test_a_rule_fires(code: str, case: dict[str, Any]) -> None:
    found = [d for d in _found(case) if d.code == code]
    assert [d.message for d in found] == case["messages"]
    assert [_line(d) for d in found] == case.get("lines", [_line(d) for d in found])
    assert all(d.hint for d in found)


@pytest.mark.parametrize(("code", "case"), _cases("quiet"))
def test_a_rule_stays_quiet(code: str, case: dict[str, Any]) -> None:
    assert [str(d) for d in _found(case) if d.code == code] == []


def _found(case: dict[str, Any]) -> list[Diagnostic]:
    policy = GENERATED[case["generated"]]() if "generated" in case else case["policy"]
    found = findings(policy, case.get("files"))
    broken = [str(d) for d in found if d.severity == "error" and d.code not in CODES]
    assert broken == [], "the case itself does not load"
    return found


def _line(finding: Diagnostic) -> str:
    assert finding.span is not None
    return finding.span.file.line(finding.span.line).strip()


def test_every_rule_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    for code in CODES:
        cases = yaml.safe_load((CASES / f"{code}.yaml").read_text(encoding="utf-8"))
        assert cases["fires"]
        assert cases["quiet"]


def test_every_case_file_is_about_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == CODES


def test_a_second_place_is_shown_where_there_is_one() -> None:
    text = "because:\n        en: Late {loan.days_past_due}.\n        zh: 逾期。\n"
    fragment = (
        "referrals:\n  help:\n    title: {en: Help, zh: 帮助}\n"
        f"    when: loan.days_past_due > 0 days\n    {text}"
    )
    (found,) = (d for d in findings(fragment) if d.code == "missing-placeholder")
    (related,) = found.related
    assert found.span is not None
    assert (related.message, related.span.line) == ("the text `zh`", found.span.line + 1)


def test_what_policies_share_is_noted_once() -> None:
    case = next(c for _, c in (p.values for p in _cases("fires")) if "two policies" in c["name"])
    assert len([d for d in _found(case) if d.code == "table-overlap"]) == 1


def test_a_policy_without_dates_is_in_force_on_any_day() -> None:
    fragment = (
        "parameters: {lpr: [{from: 2024-02-01, value: 3%, assumed: true}]}\nderive: {p: lpr}\n"
    )
    text = merged(fragment).replace("effective: {from: 2024-01-01}\n", "")
    found = findings("", {"small/loan.yaml": text})
    expected = "`lpr` has no value before 2024-02-01, when `small.loan` is in force"
    assert [d.message for d in found if d.code == "parameter-gap"] == [expected]
