"""`policyengine test` and `check` in the formats of other programs: whole whatever happens, and all say the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import exchanged
import pytest
from click.testing import CliRunner, Result
from relief import case, write
from relief import test_file as a_test_file

from policyengine.cli import main

HEAD = "tests: tiny\nlanguage: 1\n"
GOOD, WRONG = case(name="'good, 100%: yes'"), "plans: {other_relief: {status: allowed}}"
BAD = case("profile: examples/borrower.yaml\nwith: {x.n: 1}", WRONG, name="bad <b> & 纾困")


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


def _with(text: str) -> Callable[[Path], list[str | Path]]:
    def written(at: Path) -> list[str | Path]:
        write(at, tests=text)
        return [at]

    return written


def _refused(at: Path) -> list[str | Path]:
    write(at, tests=a_test_file(GOOD))
    text = (at / "tiny.yaml").read_text("utf-8")
    (at / "tiny.yaml").write_text(text.replace("x.other", "x.ohter"), "utf-8")
    return [at]


def _one_of_two_refused(at: Path) -> list[str | Path]:
    _refused(at)
    text = (at / "tiny.yaml").read_text("utf-8").replace("policy: tiny", "policy: other")
    (at / "other.yaml").write_text(text.replace("x.ohter", "x.other"), "utf-8")
    tests = (at / "tiny.test.yaml").read_text("utf-8").replace("tests: tiny", "tests: other")
    (at / "other.test.yaml").write_text(tests, "utf-8")
    return [at]


#: What is run, how it ends, how many tests pass, fail and are errors, and the codes that are noted.
RUNS: dict[str, tuple[Callable[[Path], list[str | Path]], int, tuple[int, int, int], set[str]]] = {
    "all pass": (_with(a_test_file(GOOD)), 0, (1, 0, 0), set()),
    "one fails": (_with(a_test_file(GOOD, BAD)), 1, (1, 1, 0), {"case-failed"}),
    "a law is broken": (
        _with(f"{HEAD}laws:\n  - deterministic\n  - never_exceeds: {{term: payment, cap: 1}}\n"),
        1,
        (1, 1, 0),
        {"law-broken"},
    ),
    "a law about no fact": (
        _with(f"{HEAD}laws:\n  - deterministic\n  - monotone: {{fact: x.cahs}}\n"),
        2,
        (1, 0, 1),
        {"unknown-name"},
    ),
    "no profile": (
        _with(a_test_file(GOOD, case("profile: examples/nobody.yaml", name="b"))),
        2,
        (1, 0, 1),
        {"cannot-open"},
    ),
    "contradictory": (
        _with(a_test_file(case(name="a"), case(expect="outcome: refuse", name="b"))),
        2,
        (1, 1, 1),
        {"case-failed", "contradictory-expectations"},
    ),
    "no case": (_with(f"{HEAD}cases: []\n"), 1, (0, 1, 0), {"nothing-tested"}),
    "no yaml": (_with("tests: [\n"), 2, (0, 0, 2), {"yaml-bracket", "yaml-character"}),
    "a filter that matches nothing": (
        lambda at: [*_with(a_test_file(GOOD))(at), "--filter", "zzz"],
        1,
        (0, 1, 0),
        {"nothing-tested"},
    ),
    "refused": (_refused, 2, (0, 0, 1), {"unknown-name"}),
    "one of two refused": (_one_of_two_refused, 2, (1, 0, 2), {"unknown-name", "not-tested"}),
    "no such path": (
        lambda at: [*_with(a_test_file(GOOD))(at), at / "gone"],
        2,
        (1, 0, 1),
        {"no-such-path"},
    ),
    "too little covered": (
        lambda at: [*_with(a_test_file(GOOD))(at), "--fail-under", "90"],
        1,
        (1, 1, 0),
        {"never-seen", "coverage-below"},
    ),
    "covered": (
        lambda at: [*_with(a_test_file(GOOD))(at), "--policy-coverage"],
        0,
        (2, 0, 0),
        {"never-seen"},
    ),
}


@pytest.mark.parametrize("what", RUNS)
def test_every_format_is_whole_and_they_agree(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, exit_code, (passed, failed, errors), codes = RUNS[what]
    arguments = ["test", "--examples", "5", *make(tmp_path)]
    monkeypatch.chdir(tmp_path)
    results = {
        name: command(*arguments, "--format", name) for name in ("text", "junit", "sarif", "github")
    }
    assert {result.exit_code for result in results.values()} == {exit_code}
    assert {results[name].stderr for name in ("junit", "sarif", "github")} == {""}

    root = exchanged.junit(results["junit"].stdout)
    counts = [int(root.attrib[each]) for each in ("tests", "failures", "errors")]
    assert counts == [passed + failed + errors, failed, errors]

    run = exchanged.sarif(results["sarif"].stdout)
    assert {result["ruleId"] for result in run["results"]} == codes
    assert run["invocations"][0]["exitCode"] == exit_code

    commands = exchanged.github(results["github"].stdout)
    assert len(commands) == len(run["results"])
    for (kind, properties, message), result in zip(commands, run["results"], strict=True):
        assert kind == result["level"].replace("note", "notice")
        assert result["message"]["text"].endswith(message)
        region = result.get("locations", [{}])[0].get("physicalLocation", {}).get("region", {})
        assert properties.get("line") == (str(region["startLine"]) if region else None)


def test_a_failure_stands_at_its_line_with_its_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, GOOD, BAD)
    monkeypatch.chdir(tmp_path)
    (found,) = exchanged.github(command("test", ".", "--format", "github").stdout)
    kind, properties, message = found
    assert (kind, properties["file"], properties["title"]) == (
        "error",
        "tiny.test.yaml",
        "bad <b> & 纾困",
    )
    line = (
        (tmp_path / "tiny.test.yaml").read_text("utf-8").splitlines()[int(properties["line"]) - 1]
    )
    assert line[int(properties["col"]) - 1 : int(properties["endColumn"]) - 1] == "allowed"
    assert message.startswith("plan `other_relief`, status: expected allowed, came denied\n")
    assert "✗ affordable (UNAFFORDABLE): At most CN¥800.00 a month." in message
    root = exchanged.junit(command("test", ".", "--format", "junit").stdout)
    (failure,) = root.iter("failure")
    assert failure.attrib["message"] == message.split("\n")[0]
    assert failure.text == message.partition("\n")[2]


def test_the_summary_follows_the_commands(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert command("test", tmp_path, "--format", "github").stdout == "1 passed\n"


def test_the_findings_of_check_in_these_formats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refused(tmp_path)
    monkeypatch.chdir(tmp_path)
    (wanted,) = json.loads(command("check", ".", "--format", "json").stdout)["diagnostics"]
    result = command("check", ".", "gone", "--format", "sarif")
    _, found = exchanged.sarif(result.stdout)["results"]
    assert (result.exit_code, result.stderr) == (2, "")
    assert (found["ruleId"], found["level"]) == (wanted["code"], wanted["severity"])
    region = found["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["endColumn"]) == (wanted["line"], wanted["end_column"])
    (noted,) = exchanged.github(command("check", ".", "--format", "github").stdout)
    assert noted[1]["line"] == str(wanted["line"])
    (tmp_path / "tiny.yaml").unlink()
    assert command("check", ".", "--format", "junit").exit_code == 2  # it is no test
