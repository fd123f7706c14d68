"""`policyengine test --policy-coverage` and `--fail-under`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from relief import case, write

from policyengine.cli import main


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["test", *map(str, arguments)])


def test_what_was_never_seen_is_said_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = command(".", "--policy-coverage")
    assert result.exit_code == 0
    assert (
        result.stdout.partition("1 passed\n")[2]
        == """
coverage of tiny: 10 of 22, 45.4 %
  conditions: 7 of 14, 0 seen unknown
  plans: 2 of 6
  steps: 1 of 2
  tiny.yaml:13:5: plan `relief`: never denied or undetermined
  tiny.yaml:16:15: condition `x.other`: never false
  tiny.yaml:21:15: condition `x.cash > 0`: never false
  tiny.yaml:28:17: condition `plan.max_payment <= x.cash`: never false
  tiny.yaml:31:17: condition `plan.payment >= 0`: never false
  tiny.yaml:37:5: plan `other_relief`: never allowed or undetermined
  tiny.yaml:39:16: step `other_relief, term`: never used
  tiny.yaml:42:17: condition `plan.max_payment <= x.cash`: never true
  tiny.yaml:48:11: condition `x.flag`: never true
  tiny.yaml:52:11: condition `plan.term <= 24 months`: never false

policy coverage: 10 of 22, 45.4 %
"""
    )


def test_as_json_every_part_stands_with_the_number_of_cases_that_showed_it(tmp_path: Path) -> None:
    write(tmp_path, case(name="one"), case(name="two"))
    found = json.loads(command(tmp_path, "--policy-coverage", "--format", "json").stdout)
    (unit,) = found["coverage"]["units"]
    willing = next(part for part in unit["parts"] if part["name"] == "x.other")
    assert (willing["kind"], willing["never"]) == ("condition", ["false"])
    assert willing["seen"] == {"true": 2, "false": 0}
    assert willing["file"].endswith("tiny.yaml")
    assert (
        found["coverage"]["total"]
        == unit["total"]
        == sum(kind["total"] for kind in unit["kinds"].values())
    )


def test_without_being_asked_nothing_is_counted(tmp_path: Path) -> None:
    write(tmp_path)
    assert "coverage" not in command(tmp_path).stdout
    assert json.loads(command(tmp_path, "--format", "json").stdout)["coverage"] is None


def test_too_little_fails_the_run(tmp_path: Path) -> None:
    write(tmp_path)
    result = command(tmp_path, "--fail-under", "99.5")
    assert result.exit_code == 1
    assert "is below 99.5 %" in result.stderr
    found = json.loads(command(tmp_path, "--fail-under", "99.5", "--format", "json").stdout)
    assert (found["passed"], found["coverage"]["fail_under"]) == (False, 99.5)
    assert command(tmp_path, "--fail-under", "10").exit_code == 0


def test_a_policy_without_a_case_counts_unless_only_some_are_run(tmp_path: Path) -> None:
    write(tmp_path)
    text = (tmp_path / "tiny.yaml").read_text("utf-8").replace("policy: tiny", "policy: untested")
    (tmp_path / "untested.yaml").write_text(text, "utf-8")
    assert "coverage of untested: 0 of 22, 0.0 %" in command(tmp_path, "--policy-coverage").stdout
    some = command(tmp_path, "--policy-coverage", "--filter", "it works").stdout
    assert "untested" not in some


def test_two_paths_are_one_run_and_what_is_refused_keeps_no_other_from_running(
    tmp_path: Path,
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(tmp_path / name)
    result = command(tmp_path / "a", tmp_path / "gone", tmp_path / "b", "--policy-coverage")
    assert result.exit_code == 2
    assert result.stdout.count("1 of 1 case passed") == 2
    assert result.stdout.count("coverage of tiny") == 1
    assert "no-such-path" in result.stderr
    both = command(tmp_path / "a", tmp_path / "b", "--policy-coverage").stdout
    assert "policy coverage: 20 of 44" in both


@pytest.mark.parametrize("percent", ["101", "-1", "many"])
def test_a_gate_that_is_none(tmp_path: Path, percent: str) -> None:
    result = command(write(tmp_path), "--fail-under", percent)
    assert result.exit_code == 2
    assert "write a number from 0 to 100" in result.stderr
