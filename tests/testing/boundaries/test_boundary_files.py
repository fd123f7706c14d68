"""Boundary files: written whole, kept where a person reviewed, and run with the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny
from click.testing import CliRunner, Result

from policyengine.cli import main

POLICY = """\
plans:
  relief:
    title: {en: Relief, zh: 纾困}
    require: [{id: late, that: x.days <= 90 days, because: {en: It is so., zh: 如此。}}]
    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}
"""
NAME = "tiny.boundaries.test.yaml"
EXACTLY = 'name: "days: exactly 90 days (relief, late)"'


def test(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["test", *map(str, arguments)])


test.__test__ = False  # type: ignore[attr-defined]  # not a test itself


def generate(at: Path, *arguments: str | Path) -> Result:
    return test(at, "--generate-boundaries", *arguments)


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    """A folder with one small policy."""
    tiny.folder(tmp_path, tiny.HEAD + POLICY)
    return tmp_path


def read(at: Path) -> str:
    return (at / NAME).read_text("utf-8")


def edit(at: Path, name: str, old: str, new: str) -> None:
    text = (at / name).read_text("utf-8")
    assert old in text
    (at / name).write_text(text.replace(old, new), "utf-8")


def review(at: Path, *, instead: str = "") -> None:
    """Review the case at exactly 90 days."""
    edit(at, NAME, f"{EXACTLY}\n    reviewed: false\n", f"{EXACTLY}\n{instead}")


def test_what_is_written_passes_and_is_counted_as_not_reviewed(lender: Path) -> None:
    written = generate(lender)
    assert written.exit_code == 0
    assert ": written, 11 cases, 11 not reviewed" in written.stdout
    for path in (lender, lender / "tiny.yaml", lender / NAME):
        run = test(path)
        assert run.exit_code == 0, run.stdout
        assert "11 of 11 cases passed, 11 not reviewed" in run.stdout
        assert run.stdout.endswith("11 passed, 11 not reviewed\n")
    said = json.loads(test(lender, "--format", "json").stdout)
    assert [case["reviewed"] for case in said["files"][0]["cases"]] == [False] * 11


def test_the_same_policy_gives_the_same_bytes(lender: Path, tmp_path: Path) -> None:
    generate(lender)
    first = read(lender)
    assert ": unchanged, 11 cases" in generate(lender).stdout
    assert read(lender) == first
    generate(lender, "--out", tmp_path / "elsewhere" / "deep")
    assert (tmp_path / "elsewhere" / "deep" / NAME).read_text("utf-8") == first


def test_what_was_reviewed_is_kept_as_it_stands(lender: Path) -> None:
    generate(lender)
    review(lender, instead="    # asked the risk team\n    reviewed: true\n")
    before = read(lender)
    again = generate(lender)
    assert again.exit_code == 0
    assert "1 reviewed case kept" in again.stdout
    assert read(lender) == before
    assert "10 not reviewed" in test(lender).stdout


def test_what_is_decided_otherwise_than_was_reviewed_is_said_and_not_written(lender: Path) -> None:
    generate(lender)
    review(lender)
    edit(lender, "tiny.yaml", "<= 90 days", "< 90 days")
    again = generate(lender)
    assert again.exit_code == 1
    assert "1 reviewed case decided otherwise now" in again.stdout
    assert "- expected: allowed" in again.stdout
    assert "+ actual:   denied" in again.stdout
    kept = read(lender).partition(EXACTLY)[2].partition("\n\n")[0]
    assert "reviewed: false" not in kept
    assert "status: allowed" in kept
    assert test(lender).exit_code == 1
    overwritten = generate(lender, "--overwrite-reviewed")
    assert overwritten.exit_code == 0
    assert "reviewed case" not in overwritten.stdout
    assert "11 not reviewed" in test(lender).stdout


def test_a_reviewed_case_at_a_limit_that_moved_stays_with_its_profile(lender: Path) -> None:
    generate(lender)
    review(lender)
    edit(lender, NAME, "annual_rate: 12%", "annual_rate: 11%   # as in the contract")
    edit(lender, "tiny.yaml", "<= 90 days", "<= 60 days")
    again = generate(lender)
    assert "no longer at a boundary that was found: days: exactly 90 days" in again.stdout
    assert "annual_rate: 11%   # as in the contract" in read(lender)
    assert "relief_2:" in read(lender)
    assert ": unchanged, 12 cases" in generate(lender).stdout


def test_a_contradiction_with_another_file_is_found(lender: Path) -> None:
    generate(lender)
    own = (
        read(lender)
        .replace("generated: boundaries\n", "")
        .replace("status: allowed", "status: denied")
    )
    (lender / "tiny.test.yaml").write_text(
        own.replace("outcome: offer", "outcome: refuse"), "utf-8"
    )
    run = test(lender)
    assert run.exit_code == 2
    assert "error[contradictory-expectations]" in run.stdout
    assert "expects the outcome `offer` of the same borrower" in run.stdout


# What is refused, with nothing written


def test_a_file_that_was_not_generated_is_left_alone(lender: Path) -> None:
    (lender / NAME).write_text("tests: tiny\nlanguage: 1\ncases: []\n", "utf-8")
    refused = generate(lender)
    assert refused.exit_code == 2
    assert "error[already-there]" in refused.stderr
    assert read(lender) == "tests: tiny\nlanguage: 1\ncases: []\n"


def test_laws_in_a_generated_file_are_not_lost(lender: Path) -> None:
    generate(lender)
    (lender / NAME).write_text(read(lender) + "laws: [deterministic]\n", "utf-8")
    before = read(lender)
    refused = generate(lender)
    assert refused.exit_code == 2
    assert "laws would be lost" in refused.stderr
    assert f"{NAME}:" in refused.stderr
    assert read(lender) == before


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_folder_that_cannot_be_written_in(lender: Path, tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    refused = generate(lender, "--out", tmp_path / "file" / below)
    assert refused.exit_code == 2
    assert "error[cannot-write]" in refused.stderr
    assert not list(tmp_path.rglob("*.test.yaml"))


def test_a_policy_that_does_not_load(lender: Path, tmp_path: Path) -> None:
    (lender / "broken.yaml").write_text(
        (tiny.HEAD + POLICY).replace("x.days", "x.dyas").replace("policy: tiny", "policy: broken"),
        "utf-8",
    )
    refused = generate(lender, "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert refused.stderr.count("error[") == 1
    assert "broken.yaml:" in refused.stderr
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.rglob("*.test.yaml"))


def test_a_policy_without_a_boundary(tmp_path: Path) -> None:
    tiny.folder(tmp_path, tiny.HEAD + "applies_to: false\n" + POLICY)
    refused = generate(tmp_path)
    assert (refused.exit_code, refused.stderr.count("error[nothing-tried]")) == (2, 1)
    assert not list(tmp_path.rglob("*.test.yaml"))


def test_options_that_need_another_one(lender: Path) -> None:
    assert test(lender, "--overwrite-reviewed").exit_code == 2
    assert test(lender, "--out", lender).exit_code == 2
