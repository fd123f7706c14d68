"""The folder of what is kept: where it is, and whose."""

from __future__ import annotations

from pathlib import Path

import pytest

from policyengine.keeping.folder import VARIABLE, make_room, read_sealed, usual_folder, write_sealed
from policyengine.keeping.naming import digest_of
from policyengine.keeping.source import kept_source


def test_it_is_where_caches_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert usual_folder() == tmp_path / "policyengine-relief"


def test_the_variable_names_another_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert usual_folder() == tmp_path
    monkeypatch.setenv(VARIABLE, "off")
    assert usual_folder() is None
    assert kept_source("x = 1", folder=usual_folder()) is None


def test_a_cache_that_is_no_absolute_path_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", "somewhere")
    assert usual_folder() is None


@pytest.mark.parametrize("damage", [b"", b"\0" * 40])
def test_what_is_damaged_is_none(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "kept" / "it.code"
    write_sealed(file, b"content")
    assert read_sealed(file) == b"content"
    file.write_bytes(damage)
    assert read_sealed(file) is None


def test_another_ending_is_another_kind(tmp_path: Path) -> None:
    for name in ("a.code", "b.policies", "c.code"):
        write_sealed(tmp_path / name, name.encode())
    make_room(tmp_path, ".code", 1)
    assert {file.name for file in tmp_path.iterdir()} == {"b.policies", "c.code"}


def test_parts_are_told_apart() -> None:
    assert (
        len({digest_of(*parts) for parts in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""))}) == 4
    )


def test_source_is_a_file_that_says_it(tmp_path: Path) -> None:
    file = kept_source("x = 1", "numba 1", folder=tmp_path)
    assert file is not None
    assert file.read_text("utf-8") == "x = 1"
    assert kept_source("x = 1", "numba 2", folder=tmp_path) != file
    file.write_text("x = 2", "utf-8")
    assert kept_source("x = 1", "numba 1", folder=tmp_path) == file
    assert file.read_text("utf-8") == "x = 1"
