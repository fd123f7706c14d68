"""`policyengine explain --html`: where the page goes, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from borrowers import FOLDER
from test_commands import run

MR_LI = ("explain", "--policies", FOLDER.parent, "--profile", FOLDER / "mr-li.yaml", "--html")


def test_it_says_where_it_wrote(tmp_path: Path) -> None:
    to = tmp_path / "out.html"
    result = run(*MR_LI, to)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"wrote {to}\n", "")
    assert to.read_text("utf-8").startswith("<!DOCTYPE html>\n")
    assert [path.name for path in tmp_path.iterdir()] == ["out.html"]
    assert json.loads(run(*MR_LI, to, "--format", "json").stdout) == {"written": str(to)}


def test_it_goes_to_the_output(tmp_path: Path) -> None:
    to = tmp_path / "out.html"
    run(*MR_LI, to)
    assert run(*MR_LI, "-").stdout == to.read_text("utf-8")


def test_a_file_that_is_there_is_replaced_whole(tmp_path: Path) -> None:
    to = tmp_path / "out.html"
    to.write_text("old" * 100_000, "utf-8")
    assert run(*MR_LI, to).exit_code == 0
    assert to.read_text("utf-8").endswith("</html>\n")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.html", tmp_path / "link.html"
    real.touch()
    link.symlink_to(real)
    assert run(*MR_LI, link).exit_code == 0
    assert link.is_symlink()
    assert real.read_text("utf-8").startswith("<!DOCTYPE")


@pytest.mark.parametrize(("name", "why"), [("", "it is a folder"), ("no/out.html", "no such file")])
def test_what_cannot_be_written_is_said(tmp_path: Path, name: str, why: str) -> None:
    result = run(*MR_LI, tmp_path / name)
    assert result.exit_code == 2
    assert "error[cannot-write]" in result.stderr
    assert why in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_only_files_are_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    result = run(*MR_LI, pipe)
    assert result.exit_code == 2
    assert "it is not a file" in result.stderr
    assert pipe.is_fifo()


def test_plan_loan_and_policy_choose_here_too(tmp_path: Path) -> None:
    to = tmp_path / "out.html"
    five = (*MR_LI[:4], FOLDER / "five-lenders.yaml", "--html", to)
    run(*five, "--policy", "ccb.personal-loan")
    text = to.read_text("utf-8")
    assert "ccb.personal-loan" in text
    assert "aibank" not in text
    run(*five, "--plan", "lower_instalment", "--lang", "zh")
    text = to.read_text("utf-8")
    assert '<html lang="zh">' in text
    assert "降低月供并延长期限" in text
    assert "ccb.personal-loan" not in text
    assert run(*five, "--plan", "lower_instalmen").exit_code == 2
