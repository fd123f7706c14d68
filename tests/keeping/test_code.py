"""Byte code that is kept: what another start takes in place of compiling, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from policyengine.keeping import code
from policyengine.keeping.code import kept_code
from policyengine.keeping.folder import VARIABLE, write_sealed

SOURCE, TITLE = "def seven():\n    return 7\n", "<seven>"


def _seven() -> object:
    within: dict[str, object] = {}
    exec(kept_code(SOURCE, TITLE), within)  # noqa: S102  # it is written above
    return eval("seven()", within)  # noqa: S307  # the same


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_source_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _seven() == 7
    assert len(list(folder.iterdir())) == 1

    def compiled(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(code, "compile", compiled, raising=False)
    assert _seven() == 7


def test_other_source_is_another_entry(folder: Path) -> None:
    kept_code(SOURCE, TITLE)
    kept_code(SOURCE.replace("7", "8"), TITLE)
    kept_code(SOURCE, "<eight>")
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("content", [b"", b"\xff", b"i\x07\0\0\0"])
def test_what_is_no_code_is_made_anew(folder: Path, content: bytes) -> None:
    _seven()
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    write_sealed(file, content)
    assert _seven() == 7
    assert file.read_bytes() == whole


def test_nothing_is_kept_where_nothing_is_to_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    assert _seven() == 7
    assert not folder.exists()
