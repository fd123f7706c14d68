from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from policyengine.evaluators.compiled.columns.compiling import Function, compiled
from policyengine.keeping import source

SOURCE = "def screen(start, stop, out):\n    for i in range(start, stop):\n        out[i] = 7"


def _compiled(folder: Path | None) -> Function:
    return compiled(SOURCE, (0, 0, np.zeros(1)), folder)


def _works(function: Function) -> bool:
    out = np.zeros(3)
    function(0, 2, out)
    return out.tolist() == [7, 7, 0]


def test_another_start_does_not_compile(tmp_path: Path) -> None:
    assert _works(_compiled(tmp_path / "kept"))
    code = f"""
import numpy as np
from policyengine.evaluators.compiled.columns.compiling import compiled
from pathlib import Path
function = compiled({SOURCE!r}, (0, 0, np.zeros(1)), Path({str(tmp_path / "kept")!r}))
print(sum(function.stats.cache_hits.values()), sum(function.stats.cache_misses.values()))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # ourselves
    assert ran.stdout.split() == ["1", "0"]


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    code = f"""
import numpy as np
from policyengine.evaluators.compiled.columns.compiling import compiled
from pathlib import Path
out = np.zeros(3)
compiled({SOURCE!r}, (0, 0, out), Path({str(tmp_path / "kept")!r}))(0, 2, out)
print(out.tolist())
"""
    begin = [sys.executable, "-c", code]
    both = [subprocess.Popen(begin, stdout=subprocess.PIPE) for _ in "ab"]  # noqa: S603  # ourselves
    assert [process.communicate()[0] for process in both] == [b"[7.0, 7.0, 0.0]\n"] * 2
    assert not list((tmp_path / "kept").glob("*.part"))


def test_a_file_of_other_content_is_not_run(tmp_path: Path) -> None:
    _compiled(tmp_path)
    (file,) = tmp_path.glob("*.py")
    text = file.read_text("utf-8")
    file.write_text("raise SystemExit('run')", "utf-8")
    assert _works(_compiled(tmp_path))
    assert file.read_text("utf-8") == text


def test_what_is_broken_in_the_folder_is_done_without(tmp_path: Path) -> None:
    _compiled(tmp_path)
    for file in (tmp_path / "__pycache__").iterdir():
        file.write_bytes(b"\x80nonsense")
    assert _works(_compiled(tmp_path))


def test_a_folder_that_cannot_be_written_to_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert _works(_compiled(tmp_path / "file"))


def test_a_full_disk_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(source, "write_whole", full)
    assert _works(_compiled(tmp_path))
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owners here")
def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert _works(_compiled(tmp_path))
    assert not list(tmp_path.iterdir())
