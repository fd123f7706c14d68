"""Files that a command writes."""

from __future__ import annotations

from pathlib import Path

import pytest

import policyengine as pe
from policyengine.cli.writing import write_files


def test_all_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("before", "utf-8")
    write_files({tmp_path / "a": "one", tmp_path / "b": "two"})
    assert {p.name: p.read_text("utf-8") for p in tmp_path.iterdir()} == {"a": "one", "b": "two"}


@pytest.mark.parametrize("wrong", ["folder", "no/such/folder"])
def test_where_one_cannot_be_written_the_others_stay(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "a").write_text("before", "utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(pe.UsageError, match="cannot be written"):
        write_files({tmp_path / "a": "one", tmp_path / wrong: "two"})
    assert (tmp_path / "a").read_text("utf-8") == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "folder"]
