"""Laws in test files: as text, as JSON, and what is wrong with them, at its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from relief import write

from policyengine.cli import main
from policyengine.loading import load_files
from policyengine.testing import Report, run_tests

HEAD = "tests: tiny\nlanguage: 1\n"


def run(at: Path, laws: str, *, cases: str = "", examples: int = 40) -> Report:
    write(at, tests=f"{HEAD}{cases}laws:\n{laws}\n")
    return run_tests(load_files(at), examples=examples)


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["test", *map(str, arguments)])


ALL = """\
  - never_by_accident
  - never_by_accident: {plans: [relief]}
  - monotone: {fact: x.cash, plans: [relief, other_relief]}
  - monotone: {fact: x.n, direction: down, plans: [other_relief]}
  - indifferent
  - indifferent: [x.n, x.age]
  - indifferent: {facts: [x.m], plans: [relief]}
  - never_exceeds: {term: max_payment, cap: x.cash}
  - every_denial_cites: {plans: [relief]}
  - deterministic
  - order_independent
  - justification_sound
"""


def test_laws_run_beside_cases(tmp_path: Path) -> None:
    report = run(tmp_path, ALL)
    broken = {law.law for law in report.laws if not law.kept}
    assert len(report.laws) == 12
    assert broken == {"every_denial_cites: relief"}  # `earning` names no source
    assert not report.passed


def test_a_broken_law_is_shown_with_reasons_and_the_borrower(tmp_path: Path) -> None:
    write(tmp_path, tests=f"{HEAD}laws:\n  - indifferent: [x.flag]\n")
    result = command(tmp_path)
    assert result.exit_code == 1
    assert "0 of 1 law kept" in result.stdout
    shown = result.stdout.split("FAIL ")[1]
    for line in (
        "indifferent: x.flag",
        "4 |   - indifferent: [x.flag]",
        "the decision is not the same with `x.flag`",
        "to be pasted into a test file:",
        '- name: "indifferent: x.flag, before"',
    ):
        assert line in shown


def test_json_has_the_law_its_place_and_the_cases(tmp_path: Path) -> None:
    write(tmp_path, tests=f"{HEAD}laws:\n  - deterministic\n  - indifferent: [x.flag]\n")
    found = json.loads(command("--format", "json", tmp_path).stdout)
    kept, broken = found["files"][0]["laws"]
    assert (kept["law"], kept["kept"], kept["breach"]) == ("deterministic", True, None)
    assert kept["borrowers"] == 100
    assert (broken["kept"], broken["line"], broken["errors"]) == (False, 5, [])
    assert broken["breach"]["before"]["decided"].startswith("the outcome is")
    assert all(case.startswith("- name:") for case in broken["breach"]["cases"])


def test_as_many_borrowers_are_tried_as_is_asked(tmp_path: Path) -> None:
    write(tmp_path, tests=f"{HEAD}laws: [deterministic]\n")
    found = json.loads(command("--examples", "7", "--format", "json", tmp_path).stdout)
    assert found["files"][0]["laws"][0]["borrowers"] == 7


def test_a_filter_picks_laws(tmp_path: Path) -> None:
    write(tmp_path, tests=f"{HEAD}laws: [deterministic, order_independent]\n")
    assert "1 law kept" in command("--filter", "determ", "--examples", "5", tmp_path).stdout
    assert command("--filter", "zzz", tmp_path).exit_code == 1


@pytest.mark.parametrize(
    ("law", "code", "underlined"),
    [
        ("  - monotone: {fact: x.cahs}", "unknown-name", "x.cahs"),
        ("  - monotone: {fact: x.cash, plans: [releif]}", "unknown-name", "releif"),
        ("  - never_by_accident: {referrals: [advise]}", "unknown-name", "advise"),
        ("  - never_exceeds: {term: lenght, cap: 1}", "unknown-name", "lenght"),
        ("  - never_exceeds: {term: payment, cap: most}", "unknown-name", "most"),
        ("  - monotone: {fact: x.colour}", "no-order", "x.colour"),
        ("  - only_stricter: ../gone", "no-such-path", "../gone"),
    ],
)
def test_a_law_about_what_is_not_there(
    tmp_path: Path, law: str, code: str, underlined: str
) -> None:
    report = run(tmp_path, f"{law}\n  - deterministic", examples=5)
    (error,) = report.errors
    assert error.code == code
    assert error.span is not None
    assert error.span.file.text[error.span.start : error.span.end] == underlined
    assert [each.kept for each in report.laws] == [False, True]  # the rest still runs
    assert command("--examples", "5", tmp_path).exit_code == 2


@pytest.mark.parametrize(
    ("laws", "code"),
    [
        ("  - montone: {fact: x.cash}", "unknown-value"),
        ("  - monotone", "missing-key"),
        ("  - monotone: {plans: [relief]}", "missing-key"),
        ("  - deterministic: {plans: [relief]}", "wrong-shape"),
        ("  - never_exceeds: {term: payment}", "missing-key"),
        ("  - only_stricter", "missing-key"),
        ("  - monotone: {fact: x.cash, direction: sideways}", "unknown-value"),
        ("  - {deterministic: 1, monotone: 2}", "wrong-shape"),
    ],
)
def test_a_law_that_is_not_written_as_laws_are(tmp_path: Path, laws: str, code: str) -> None:
    write(tmp_path, tests=f"{HEAD}laws:\n{laws}\n")
    assert code in {finding.code for finding in load_files(tmp_path).findings.errors}


def test_a_law_that_had_nothing_to_say_is_an_error_at_its_line(tmp_path: Path) -> None:
    report = run(tmp_path, "  - never_exceeds: {term: payment, cap: x.cost}\n  - deterministic")
    assert [error.code for error in report.errors] == ["nothing-tried"]
    assert report.laws[1].kept


def test_the_new_version_is_held_against_the_old(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for at in (old, new):
        at.mkdir()
        write(at, tests=f"{HEAD}laws: [only_more_generous: ../old]\n")
    text = (new / "tiny.yaml").read_text("utf-8")
    (new / "tiny.yaml").write_text(text.replace("x.cash > 0", "x.cash > 500"), "utf-8")
    (law,) = run_tests(load_files(new)).laws
    assert law.breach is not None
    assert law.breach.said.startswith("`relief` is allowed under the old version")
    assert law.breach.after is not None
    assert "earning" in {reason.rule for reason in law.breach.after.reasons}


# Policies that do not load


def two_lenders(at: Path, broken: str) -> Path:
    """Write two lenders with tests, the second with something wrong in it."""
    write(at)
    text = (at / "tiny.yaml").read_text("utf-8")
    old, new = broken.split(" → ")
    other = text.replace("policy: tiny", "policy: other", 1).replace(old, new, 1)
    (at / "other.yaml").write_text(other, "utf-8")
    tests = (at / "tiny.test.yaml").read_text("utf-8").replace("tests: tiny", "tests: other")
    (at / "other.test.yaml").write_text(tests, "utf-8")
    return at


@pytest.mark.parametrize(
    "broken", ["x.other → x.ohter", "law art. 1 → lwa art. 1", "plans: → plnas:", "until: → untl:"]
)
def test_a_policy_that_does_not_load_keeps_no_other_from_being_tested(
    tmp_path: Path, broken: str
) -> None:
    result = command(two_lenders(tmp_path, broken))
    assert result.exit_code == 2
    assert "other.yaml:" in result.stdout
    assert "tiny.test.yaml: 1 of 1 case passed" in result.stdout
    assert "other.test.yaml:1:8" in result.stdout
    found = json.loads(command("--format", "json", tmp_path).stdout)
    assert found["errors"]
    assert not found["passed"]


def test_where_every_policy_is_wrong_all_is_said_and_nothing_runs(tmp_path: Path) -> None:
    write(tmp_path)
    text = (tmp_path / "tiny.yaml").read_text("utf-8")
    (tmp_path / "tiny.yaml").write_text(text.replace("x.other", "x.ohter"), "utf-8")
    result = command(tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "x.ohter" in result.stderr


# Contradictions

CASE = "  - name: {name}\n    given: {{profile: examples/borrower.yaml}}\n    expect: {expect}\n"


@pytest.mark.parametrize(
    ("expects", "message"),
    [
        (
            ["{outcome: refuse, plans: {relief: {status: allowed}}}"],
            "the outcome cannot be `refuse` where the plan `relief` is allowed",
        ),
        (["{outcome: offer}", "{outcome: refuse}"], "`c0` expects the outcome `offer`"),
        (
            ["{plans: {relief: {status: allowed}}}", "{plans: {relief: {status: denied}}}"],
            "`c0` expects `relief` to be allowed for the same borrower",
        ),
    ],
)
def test_contradictory_expectations(tmp_path: Path, expects: list[str], message: str) -> None:
    cases = "".join(CASE.format(name=f"c{i}", expect=each) for i, each in enumerate(expects))
    write(tmp_path, tests=f"{HEAD}cases:\n{cases}")
    report = run_tests(load_files(tmp_path))
    (error,) = report.errors
    assert error.code == "contradictory-expectations"
    assert error.message.startswith(message)
    assert error.related
    assert len(report.cases) == len(expects)  # the rest still runs
    assert command(tmp_path).exit_code == 2


def test_contradictory_laws(tmp_path: Path) -> None:
    both = "  - monotone: {fact: x.cash}\n  - monotone: {fact: x.cash, direction: down}"
    report = run(tmp_path, both, examples=5)
    assert "contradictory-expectations" in {error.code for error in report.errors}


def test_check_finds_what_laws_name_and_is_not_there(tmp_path: Path) -> None:
    laws = """\
  - deterministic
  - monotone: {fact: x.cahs, plans: [releif]}
  - monotone: {fact: x.colour}
  - never_exceeds: {term: paymnet, cap: x.cash}
  - only_stricter: elsewhere
"""
    write(tmp_path, tests=f"{HEAD}laws:\n{laws}")
    result = CliRunner().invoke(main, ["check", "--format", "json", str(tmp_path)])
    every = json.loads(result.stdout)["diagnostics"]
    found = [(d["line"], d["code"], d["message"]) for d in every if d["severity"] == "error"]
    assert result.exit_code == 2
    assert found == [
        (5, "unknown-name", "there is no fact `x.cahs`"),
        (5, "unknown-name", "there is no plan `releif`"),
        (6, "no-order", "`x.colour` is enum colour, of which there is no more and no less"),
        (7, "unknown-name", "there is no term `paymnet`"),
        (
            8,
            "no-such-path",
            f"the version at `elsewhere` cannot be read: there is no `{tmp_path}/elsewhere`",
        ),
    ]
