"""`policyengine fmt`: what it writes, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policyengine.cli import main

CARELESS, AS_IT_SHOULD = "a:   1\nb:\n- c   # d\n", "a: 1\nb:\n  - c  # d\n"


def run(*arguments: str | Path, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["fmt", *(str(a) for a in arguments)], input=given)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three files, of which one is as it should be, where the command runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").mkdir()
    (tmp_path / "careless.yaml").write_text(CARELESS, "utf-8")
    (tmp_path / "tidy.yaml").write_text(AS_IT_SHOULD, "utf-8")
    (tmp_path / "examples" / "borrower.yaml").write_text("as_of:  2024-11-20\n", "utf-8")
    return tmp_path


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.rglob("*.yaml")}


def test_files_are_written_anew_examples_too(folder: Path) -> None:
    result = run(folder)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "careless.yaml: formatted\nexamples/borrower.yaml: formatted\n2 of 3 files formatted\n"
    )
    assert texts(folder) == {
        "careless.yaml": AS_IT_SHOULD,
        "tidy.yaml": AS_IT_SHOULD,
        "borrower.yaml": "as_of: 2024-11-20\n",
    }
    again = run(folder, "--check")
    assert (again.exit_code, again.stdout) == (0, "3 files: nothing to format\n")


def test_a_check_writes_nothing(folder: Path) -> None:
    before = texts(folder)
    result = run("careless.yaml", "tidy.yaml", "careless.yaml", "--check")
    assert result.exit_code == 1
    assert result.stdout == "careless.yaml: not formatted\n1 of 2 files not formatted\n"
    assert texts(folder) == before


def test_a_difference_can_be_seen_and_writes_nothing(folder: Path) -> None:
    before = texts(folder)
    result = run("careless.yaml", "tidy.yaml", "--diff")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "--- careless.yaml",
        "+++ careless.yaml (formatted)",
        "@@ -1,3 +1,3 @@",
        "-a:   1",
        "+a: 1",
        " b:",
        "-- c   # d",
        "+  - c  # d",
    ]
    assert texts(folder) == before


def test_what_cannot_be_read_stays_and_the_others_are_written(folder: Path) -> None:
    (folder / "broken.yaml").write_text("policy: a\n b: c\n", "utf-8")
    (folder / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    result = run(folder)
    assert result.exit_code == 2
    assert "  --> broken.yaml:2:2\n" in result.stderr
    assert "bytes.yaml" in result.stderr
    assert (folder / "broken.yaml").read_text("utf-8") == "policy: a\n b: c\n"
    assert run("broken.yaml").stdout == ""
    assert (folder / "careless.yaml").read_text("utf-8") == AS_IT_SHOULD


def test_json_says_which_files_change_and_what_is_wrong(folder: Path) -> None:
    (folder / "broken.yaml").write_text("policy: a\npolicy: b\n", "utf-8")
    result = run("careless.yaml", "tidy.yaml", "broken.yaml", "--check", "--format", "json")
    found = json.loads(result.stdout)
    assert result.exit_code == 2
    assert found["files"] == [
        {"file": "careless.yaml", "changes": True},
        {"file": "tidy.yaml", "changes": False},
    ]
    assert [(d["code"], d["line"]) for d in found["diagnostics"]] == [("duplicate-key", 2)]


def test_the_input_is_written_to_the_output() -> None:
    assert run("-", given=CARELESS).stdout == AS_IT_SHOULD
    result = run("-", given="a: [")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--> <input>:1:5" in result.stderr


def test_the_lines_of_a_borrower_are_not_shown(folder: Path) -> None:
    (folder / "examples" / "borrower.yaml").write_text("name: 'Secret\n", "utf-8")
    result = run(folder)
    assert result.exit_code == 2
    assert "Secret" not in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "there is no `nowhere`"),
        (["notes.txt"], "there is no YAML in `notes.txt`"),
        (["empty"], "there is no YAML in `empty`"),
        (["-", "careless.yaml"], "`-` stands alone"),
        (["-", "--check"], "`-` stands alone"),
    ],
)
def test_a_call_that_is_wrong_changes_nothing(
    folder: Path, arguments: list[str], said: str
) -> None:
    (folder / "notes.txt").write_text("a:   1\n", "utf-8")
    (folder / "empty").mkdir()
    before = texts(folder)
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert texts(folder) == before


def test_who_may_read_a_file_stays(folder: Path) -> None:
    (folder / "careless.yaml").chmod(0o640)
    run("careless.yaml")
    assert (folder / "careless.yaml").stat().st_mode & 0o777 == 0o640
