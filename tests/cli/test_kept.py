"""Policies that are kept ready on disk: the same as those read, never out of date, and nobody else's."""

from __future__ import annotations

import os
import pickle
import shutil
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import borrowers
import pytest
from click.testing import CliRunner

import policyengine as pe
from policyengine.cli import main
from policyengine.cli.reading import read_policies
from policyengine.keeping.folder import VARIABLE
from policyengine.kept import Kept

LENDER = "aibank"


@pytest.fixture
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to keep policies in."""
    folder = tmp_path / "kept"
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A copy of the policies of one lender."""
    folder = tmp_path / "policies"
    for part in (LENDER, "vocabulary", "regulations"):
        shutil.copytree(borrowers.FOLDER.parent / part, folder / part)
    return folder


def only(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_what_is_kept_decides_the_same_bytes(kept_in: Path, policies: Path) -> None:
    profile = borrowers.EXAMPLES["mr-li"]
    read = read_policies(str(policies))
    assert Kept.of(policies).programs() is not None
    ready = read_policies(str(policies))
    assert ready.programs[0] is not read.programs[0]
    assert ready.programs[0].digest == read.programs[0].digest
    assert ready.decide(profile).to_json() == read.decide(profile).to_json()
    salt = bytes(32)
    assert ready.record(profile, salt=salt) == read.record(profile, salt=salt)
    found = ready.ask(borrowers.without(profile, ("hardship", "duration")))
    assert found == read.ask(borrowers.without(profile, ("hardship", "duration")))
    assert len(list(kept_in.iterdir())) == 1


def test_the_command_says_the_same_with_and_without(
    kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile, folder = borrowers.FOLDER / "mr-li.yaml", borrowers.FOLDER.parent
    asked = ["decide", "--policies", str(folder), "--profile", str(profile), "--format", "json"]
    outputs = [CliRunner().invoke(main, asked).output for _ in range(2)]
    assert len(list(kept_in.iterdir())) == 1
    monkeypatch.setenv(VARIABLE, "off")
    outputs.append(CliRunner().invoke(main, asked).output)
    assert outputs[0] == outputs[1] == outputs[2]
    assert '"plan": "payment_holiday"' in outputs[0]


@pytest.mark.parametrize("place", [f"{LENDER}/consumer-loan.yaml", "vocabulary/credit.yaml"])
def test_a_changed_file_is_read_again(kept_in: Path, policies: Path, place: str) -> None:
    read_policies(str(policies))
    file = policies / place
    if not file.exists():
        file = next((policies / place).parent.glob("*.yaml"))
    file.write_text(file.read_text("utf-8") + "\n# changed\n", "utf-8")
    assert Kept.of(policies).programs() is None
    read_policies(str(policies))
    assert len(list(kept_in.iterdir())) == 2


def test_a_file_more_or_less_is_noticed(kept_in: Path, policies: Path) -> None:
    del kept_in
    read_policies(str(policies))
    copy = policies / "other.yaml"
    shutil.copy(next((policies / LENDER).glob("consumer-loan.yaml")), copy)
    assert Kept.of(policies).programs() is None
    copy.unlink()
    assert Kept.of(policies).programs() is not None


def test_what_is_wrong_is_kept_nowhere(kept_in: Path, policies: Path) -> None:
    (policies / "bad.yaml").write_text("policy: bad\n", "utf-8")
    for _ in range(2):
        with pytest.raises(pe.PolicyError):
            read_policies(str(policies))
    assert not kept_in.exists()


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 40])
def test_a_damaged_file_is_written_anew(kept_in: Path, policies: Path, damage: bytes) -> None:
    read_policies(str(policies))
    file = only(kept_in)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage == b"x" else damage)
    assert Kept.of(policies).programs() is None
    read_policies(str(policies))
    assert only(kept_in).read_bytes()[:32] == whole[:32]


class Evil:
    def __init__(self, *call: object) -> None:
        self.call = call

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.call[0], self.call[1:]


@pytest.mark.parametrize("call", [(os.system, "true"), (eval, "1"), (main, ["--version"])])
def test_nothing_is_called_that_a_file_names(
    kept_in: Path, policies: Path, call: tuple[object, ...]
) -> None:
    read_policies(str(policies))
    content = pickle.dumps(Evil(*call)) if call[0] is not main else b"cpolicyengine.cli\nmain\n."
    only(kept_in).write_bytes(sha256(content).digest() + content)
    assert Kept.of(policies).programs() is None


@pytest.mark.parametrize("of", ["file", "folder"])
def test_what_others_may_write_to_is_not_read(kept_in: Path, policies: Path, of: str) -> None:
    read_policies(str(policies))
    place = kept_in if of == "folder" else only(kept_in)
    place.chmod(place.stat().st_mode | stat.S_IWGRP)
    assert Kept.of(policies).programs() is None


def test_a_link_is_not_followed(kept_in: Path, policies: Path, tmp_path: Path) -> None:
    read_policies(str(policies))
    file = only(kept_in)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert Kept.of(policies).programs() is None


def test_only_the_owner_may_read_it(kept_in: Path, policies: Path) -> None:
    read_policies(str(policies))
    assert stat.S_IMODE(kept_in.stat().st_mode) == 0o700
    assert stat.S_IMODE(only(kept_in).stat().st_mode) == 0o600


def test_where_nothing_can_be_written_it_is_read_every_time(
    tmp_path: Path, policies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "below"))
    assert len(read_policies(str(policies))) == len(read_policies(str(policies))) == 1


def test_what_was_kept_longest_ago_goes(kept_in: Path, policies: Path) -> None:
    read_policies(str(policies))
    for i in range(20):
        (kept_in / f"{i}.policies").write_bytes(b"")
        os.utime(kept_in / f"{i}.policies", (i, i))
    only_file = next(file for file in kept_in.iterdir() if file.stat().st_size)
    only_file.unlink()
    read_policies(str(policies))
    assert len(list(kept_in.iterdir())) == 16
    assert Kept.of(policies).programs() is not None


def test_a_decision_with_policies_kept_imports_nothing_heavy(tmp_path: Path) -> None:
    profile = borrowers.FOLDER / "mr-li.yaml"
    code = (
        "import sys\nfrom policyengine.cli import main\n"
        f"main(['decide', '--policies', {str(borrowers.FOLDER.parent)!r}, '--profile', {str(profile)!r},"
        " '--format', 'json'], standalone_mode=False)\n"
        "sys.stderr.write(' '.join(sorted(sys.modules)))\n"
    )
    environment = os.environ | {VARIABLE: str(tmp_path / "kept")}
    for _ in range(2):
        found = subprocess.run(  # noqa: S603  # what is written above
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            check=True,
            text=True,
        )
    modules = set(found.stderr.split())
    assert "policyengine.kept" in modules
    never = {
        "numba",
        "numpy",
        "pyarrow",
        "z3",
        "pyspark",
        "hypothesis",
        "jinja2",
        "durable",
        "pandas",
        "polars",
    }
    assert not never & modules
    # The files are not read again: neither their grammar nor their checks.
    assert (
        not {"lark", "policyengine.loading", "policyengine.lint", "policyengine.explain.asking"}
        & modules
    )
