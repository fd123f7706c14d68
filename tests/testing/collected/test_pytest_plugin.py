"""Test files of policies under pytest: what is collected, what failures say and where, what is wrong in files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from relief import GIVEN, case, write
from relief import test_file as a_test_file

pytest_plugins = ["pytester"]

WRONG = "outcome: offer\nplans: {other_relief: {status: allowed}}"
#: Plugins that would write or do something of their own.
QUIET = ("-p", "no:randomly", "-p", "no:cov")


@pytest.fixture
def here(pytester: pytest.Pytester) -> Path:
    """A lender with tests, in the folder in which pytest is started."""
    return write(pytester.path)


def outcomes(pytester: pytest.Pytester, *arguments: str) -> dict[str, str]:
    """Return how each item ended, by its node id."""
    found = pytester.inline_run(*QUIET, *arguments)
    return {
        r.nodeid: r.outcome
        for r in found.getreports("pytest_runtest_logreport")
        if r.when == "call"
    }


def failures(pytester: pytest.Pytester, *arguments: str) -> list[tuple[str, str, int, str]]:
    """Return of each failure the file and line of the item, the line of what went wrong, and what."""
    found = pytester.inline_run(*QUIET, *arguments)
    reports: list[Any] = [r for r in found.getreports("pytest_runtest_logreport") if r.failed]
    crashes = [(report, report.longrepr.reprcrash) for report in reports]
    return [(r.nodeid, r.location[0], crash.lineno, crash.message) for r, crash in crashes]


# Items


def test_each_case_and_each_law_is_an_item(here: Path, pytester: pytest.Pytester) -> None:
    text = a_test_file(case(name="one"), case(name="'two: a::b'"), case(name="one"))
    laws = "laws:\n  - deterministic\n  - monotone: {fact: x.cash, plans: [relief]}\n  - deterministic\n"
    (here / "tiny.test.yaml").write_text(text + laws, "utf-8")
    assert outcomes(pytester, "--policy-examples", "3") == dict.fromkeys(
        [
            "tiny.test.yaml::one",
            "tiny.test.yaml::two: a:b",
            "tiny.test.yaml::one (2)",
            "tiny.test.yaml::law deterministic",
            "tiny.test.yaml::law monotone: x.cash, relief, up",
            "tiny.test.yaml::law deterministic (2)",
        ],
        "passed",
    )


def test_an_item_stands_at_its_line(here: Path, pytester: pytest.Pytester) -> None:
    write(here, case(name="one"), case(name="two"))
    found = pytester.inline_run(*QUIET, "-k", "two")
    reports: list[Any] = list(found.getreports("pytest_runtest_logreport"))
    path, line, name = reports[0].location
    assert (path, name) == ("tiny.test.yaml", "two")
    assert (here / path).read_text("utf-8").splitlines()[line] == "  - name: two"


def test_a_node_id_runs_one_case(here: Path, pytester: pytest.Pytester) -> None:
    write(here, case(name="one"), case(name="two"))
    assert outcomes(pytester, "tiny.test.yaml::two") == {"tiny.test.yaml::two": "passed"}
    (here / "tiny.yaml").write_text("policy: tiny\n", "utf-8")  # it does not load any more
    assert outcomes(pytester, "tiny.test.yaml::two") == {"tiny.test.yaml::two": "failed"}


@pytest.mark.parametrize(
    ("arguments", "code"), [(("-k", "nobody"), 5), (("tiny.test.yaml::nobody",), 4)]
)
def test_what_selects_nothing_is_no_success(
    here: Path, pytester: pytest.Pytester, arguments: tuple[str, ...], code: int
) -> None:
    assert here
    assert pytester.inline_run(*QUIET, *arguments).ret == code


def test_what_failed_last_is_run_again(here: Path, pytester: pytest.Pytester) -> None:
    write(here, case(name="good"), case(f"{GIVEN}\nwith: {{x.n: 1}}", WRONG, name="bad"))
    assert len(outcomes(pytester)) == 2
    assert outcomes(pytester, "--lf") == {"tiny.test.yaml::bad": "failed"}


@pytest.mark.parametrize(
    "text",
    ["suite: a\ntests:\n  - it: works\n", "prompts: [a]\n", "language: en\n", "tests: []\n", ""],
)
def test_files_of_other_tools_are_left_alone(pytester: pytest.Pytester, text: str) -> None:
    (pytester.path / "other.test.yaml").write_text(text, "utf-8")
    assert pytester.inline_run(*QUIET).ret == 5


# Failures


def test_a_failure_is_a_difference_with_its_reasons(here: Path, pytester: pytest.Pytester) -> None:
    write(here, case(expect=WRONG, name="bad"))
    result = pytester.runpytest_inprocess(*QUIET)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "FAIL bad",
            "  --> tiny.test.yaml:9:38",
            " 9 |       plans: {other_relief: {status: allowed}}",
            "   = plan `other_relief`, status",
            "     - expected: allowed",
            "     + actual:   denied",
            "     decided by:",
            "     ✗ affordable (UNAFFORDABLE): At most CN¥800.00 a month.",
            "       tiny.yaml:42:17",
            "FAILED tiny.test.yaml::bad - plan `other_relief`, status: expected allowed, c*",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_a_broken_law_shows_the_borrower(here: Path, pytester: pytest.Pytester) -> None:
    law = "laws:\n  - never_exceeds: {term: payment, cap: 1}\n"
    (here / "tiny.test.yaml").write_text(f"tests: tiny\nlanguage: 1\n{law}", "utf-8")
    result = pytester.runpytest_inprocess(*QUIET)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*to be pasted into a test file:", "*- name:*"])


GOOD = a_test_file(case(name="good"))
HEAD = "tests: tiny\nlanguage: 1\n"

#: A file with something wrong in it, the items that fail, the line of the first and what it says.
BAD: dict[str, tuple[str, list[str], int, str]] = {
    "no case": (f"{HEAD}cases: []\n", ["file"], 1, "a test file without a case tests nothing"),
    "no kind of file": ("language: 1\npolicy: x\n", ["file"], 1, "names no kind of file"),
    "a vocabulary by that name": (
        "vocabulary: x\nlanguage: 1\nlanguages: [en]\ntitle: {en: X}\nfacts: {}\n",
        ["file"],
        1,
        "a test file without a case tests nothing",
    ),
    "no policy of the name": (
        GOOD.replace("tests: tiny", "tests: tinny"),
        ["file", "good"],
        1,
        "there is no policy `tinny`",
    ),
    "no yaml": (f"{HEAD}cases: [\n", ["file"], 4, "yaml"),
    "an unknown key": (
        GOOD.replace("    given:", "    givne:"),
        ["file"],
        4,
        "a case needs the key `given`",
    ),
    "contradictory": (
        a_test_file(case(name="a"), case(expect="outcome: refuse", name="b")),
        ["file", "b"],
        17,
        "`a` expects the outcome `offer` of the same borrower",
    ),
    "a plan that does not exist": (
        a_test_file(case(expect="plans: {releif: {status: denied}}", name="a")),
        ["a"],
        8,
        "there is no plan `releif`",
    ),
    "a law about no fact": (
        f"{HEAD}laws:\n  - deterministic\n  - monotone: {{fact: x.cahs}}\n",
        ["law monotone: x.cahs, up"],
        5,
        "there is no fact `x.cahs`",
    ),
    "a law about no plan": (
        f"{HEAD}laws:\n  - every_denial_cites: {{plans: [releif]}}\n",
        ["law every_denial_cites: releif"],
        4,
        "there is no plan `releif`",
    ),
    "a profile that is not there": (
        a_test_file(case("profile: examples/nobody.yaml", name="a")),
        ["a"],
        6,
        "no such file",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_fails_at_its_line_and_the_rest_still_runs(
    here: Path, pytester: pytest.Pytester, what: str
) -> None:
    text, items, line, message = BAD[what]
    (here / "bad.test.yaml").write_text(text, "utf-8")
    found = failures(pytester, "--policy-examples", "3")
    assert [nodeid for nodeid, *_ in found] == [f"bad.test.yaml::{item}" for item in items]
    assert found[0][1:3] == ("bad.test.yaml", line)
    assert message in found[0][3]
    assert outcomes(pytester)["tiny.test.yaml::it works"] == "passed"


def test_a_file_that_is_no_text_fails(here: Path, pytester: pytest.Pytester) -> None:
    (here / "bad.test.yaml").write_bytes(b"tests: tiny\nlanguage: 1\ncases: \xff\xfe\n")
    assert outcomes(pytester) == {
        "bad.test.yaml::file": "failed",
        "tiny.test.yaml::it works": "passed",
    }


@pytest.mark.parametrize(
    "broken", ["x.other → x.ohter", "plans: → plnas:", "law art. 1 → lwa art. 1"]
)
def test_a_policy_that_does_not_load_fails_its_own_tests_alone(
    here: Path, pytester: pytest.Pytester, broken: str
) -> None:
    old, new = broken.split(" → ")
    text = (here / "tiny.yaml").read_text("utf-8").replace("policy: tiny", "policy: other")
    (here / "other.yaml").write_text(text.replace(old, new, 1), "utf-8")
    (here / "other.test.yaml").write_text(GOOD.replace("tests: tiny", "tests: other"), "utf-8")
    assert outcomes(pytester) == {
        "other.test.yaml::file": "failed",
        "other.test.yaml::good": "failed",
        "tiny.test.yaml::it works": "passed",
    }


# Coverage


def coverage_in(lines: list[str]) -> list[str]:
    start = lines.index("coverage of other: 10 of 22, 45.4 %")
    end = next(i for i, line in enumerate(lines) if line.startswith("policy coverage:"))
    return lines[start : end + 1]


def test_coverage_is_that_of_the_command_whoever_counts(
    here: Path, pytester: pytest.Pytester
) -> None:
    unknown = case(
        f"{GIVEN}\nwithout: [x.other]", "plans: {relief: {status: undetermined}}", "open"
    )
    write(here, case(), unknown)
    other = (here / "tiny.yaml").read_text("utf-8").replace("policy: tiny", "policy: other")
    (here / "other.yaml").write_text(other, "utf-8")
    (here / "other.test.yaml").write_text(GOOD.replace("tests: tiny", "tests: other"), "utf-8")
    command = pytester.run(sys.executable, "-m", "policyengine", "test", ".", "--policy-coverage")
    alone = pytester.runpytest_inprocess(*QUIET, "--policy-coverage")
    spread = pytester.runpytest_inprocess(*QUIET, "--policy-coverage", "-n", "2")
    alone.assert_outcomes(passed=3)
    spread.assert_outcomes(passed=3)
    said = coverage_in(command.stdout.lines)
    assert coverage_in(alone.stdout.lines) == coverage_in(spread.stdout.lines) == said


@pytest.mark.parametrize(("least", "code"), [("45", 0), ("46", 1), ("100", 1)])
def test_the_gate(here: Path, pytester: pytest.Pytester, least: str, code: int) -> None:
    assert here
    result = pytester.runpytest_inprocess(*QUIET, "--policy-coverage-fail-under", least)
    assert result.ret == code
    said = f"policy coverage of 45.4 % is below {least} %"
    assert (said in result.stdout.str()) == bool(code)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--policy-coverage-fail-under", "101", "write a number from 0 to 100"),
        ("--policy-coverage-fail-under", "many", "write a number from 0 to 100"),
        ("--policy-examples", "0", "write one from 1 to 1000000"),
        ("--policy-examples", "few", "write one from 1 to 1000000"),
    ],
)
def test_options_that_are_none(
    pytester: pytest.Pytester, option: str, value: str, said: str
) -> None:
    result = pytester.runpytest_inprocess(*QUIET, option, value)
    assert result.ret == 4
    assert said in result.stderr.str()


# Whoever does not use it


def test_loading_the_plugin_imports_nothing_else() -> None:
    code = (
        "import sys, policyengine.pytest_plugin as plugin; "
        "own = {m for m in sys.modules if m.partition('.')[0] == 'policyengine'}; "
        "assert own == {'policyengine', plugin.__name__}, own; "
        "assert not {'attrs', 'yaml', 'rich', 'hypothesis', 'lark'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  # our own words


def test_tests_in_python_run_as_before(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it():\n    assert True\n")
    assert outcomes(pytester, "--strict-markers", "-W", "error") == {
        "test_tests_in_python_run_as_before.py::test_it": "passed"
    }
