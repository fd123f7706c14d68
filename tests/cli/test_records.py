"""Keeping and replaying records from the command line."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import policyengine as pe
from policyengine.cli import keeping, main
from policyengine.record.canonical import opened, sealed
from policyengine.record.mask import Mask

POLICIES = Path(__file__).parent.parent.parent / "policies"
MR_LI = POLICIES / "examples" / "mr-li.yaml"
DECIDE = ("decide", "--policies", POLICIES, "--profile", MR_LI)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def replayed(at: Path, *more: str | Path, profile: Path = MR_LI) -> Result:
    return run("replay", at, "--policies", POLICIES, "--profile", profile, *more)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A record of the example, with its salt beside it."""
    at = tmp_path / "li.record"
    assert run(*DECIDE, "--record", at).exit_code == 0
    return at


def salt_of(at: Path) -> Path:
    return at.with_name(at.name + ".salt")


def test_a_decision_is_shown_as_without_a_record(tmp_path: Path) -> None:
    plain, result = run(*DECIDE), run(*DECIDE, "--record", tmp_path / "r")
    assert (result.exit_code, result.stdout, result.stderr) == (0, plain.stdout, plain.stderr)


def test_the_record_and_its_salt_are_all_that_is_written(kept: Path) -> None:
    assert sorted(kept.parent.iterdir()) == [kept, salt_of(kept)]
    salt = bytes.fromhex(salt_of(kept).read_text("ascii"))
    record = pe.load(POLICIES).record(pe.Profile.from_file(MR_LI), salt=salt)
    assert kept.read_bytes() == record


def test_nobody_else_may_read_the_salt(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        at = tmp_path / "r"
        run(*DECIDE, "--record", at)
    finally:
        os.umask(before)
    assert stat.S_IMODE(salt_of(at).stat().st_mode) == 0o600
    assert stat.S_IMODE(at.stat().st_mode) == 0o666


def test_every_record_has_a_salt_of_its_own(tmp_path: Path) -> None:
    salts = set()
    for name in ("a", "b", "c"):
        run(*DECIDE, "--record", tmp_path / name)
        salts.add(salt_of(tmp_path / name).read_bytes())
    assert len(salts) == 3


def test_the_record_is_whole_whatever_part_is_asked_for(tmp_path: Path) -> None:
    five = POLICIES / "examples" / "five-lenders.yaml"
    at, salt = tmp_path / "r", tmp_path / "elsewhere"
    more = ("--policy", "aibank.consumer-loan", "--record", at, "--salt-file", salt)
    assert run("decide", "--policies", POLICIES, "--profile", five, *more).exit_code == 0
    assert len(json.loads(at.read_bytes())["decisions"]) == 5
    assert replayed(at, "--salt-file", salt, profile=five).exit_code == 0


def test_the_day_that_was_asked_for_is_in_the_record(tmp_path: Path) -> None:
    at = tmp_path / "r"
    assert run(*DECIDE, "--as-of", "2025-02-03", "--record", at).exit_code == 0
    assert json.loads(at.read_bytes())["as_of"] == "2025-02-03"
    assert replayed(at).exit_code == 0


# What keeps a record from being written


def assert_nothing_written(folder: Path, result: Result, code: int = 2) -> None:
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "more",
    [
        ("--lang", "xx"),
        ("--policy", "nothing"),
        ("--loan", "nothing"),
        ("--as-of", "yesterday"),
        ("--as-of", "1024-01-01", "--policies", "/nowhere"),
    ],
)
def test_of_a_wrong_call_nothing_is_written(tmp_path: Path, more: tuple[str, ...]) -> None:
    assert_nothing_written(tmp_path, run(*DECIDE, "--record", tmp_path / "r", *more))


def test_of_a_wrong_profile_nothing_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(MR_LI.read_text("utf-8").replace("8000.00", "8000.001"), "utf-8")
    result = run("decide", "--policies", POLICIES, "--profile", wrong, "--record", folder / "r")
    assert_nothing_written(folder, result)
    assert "8000" not in result.stderr


def test_where_masking_fails_nothing_is_written_or_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    profile = tmp_path / "profile.yaml"
    written = MR_LI.read_text("utf-8").replace("payment: 4500.00", "payment: 4664.55")
    profile.write_text(written, "utf-8")
    command = ("decide", "--policies", POLICIES, "--profile", profile, "--record", folder / "r")
    monkeypatch.setattr(Mask, "masked", lambda _, value: value)
    for more in ((), ("--format", "json")):
        result = run(*command, *more)
        assert_nothing_written(folder, result, 3)
        assert "MaskingError: the record would say `loans[0].payment` at" in result.stderr
        assert "nothing was written" in result.stderr
        assert "4664" not in result.stderr
    assert "4664" not in run("--traceback", *command).stderr


@pytest.mark.parametrize("there", ["r", "r.salt"])
def test_nothing_is_overwritten(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    result = run(*DECIDE, "--record", tmp_path / "r")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "already-there" in result.stderr
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [(there, "mine")]


def test_a_link_to_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "r").symlink_to(tmp_path / "target")
    assert run(*DECIDE, "--record", tmp_path / "r").exit_code == 2
    assert not (tmp_path / "target").exists()


def test_the_record_and_the_salt_are_two_files(tmp_path: Path) -> None:
    at = tmp_path / "r"
    result = run(*DECIDE, "--record", at, "--salt-file", tmp_path / "." / "r")
    assert_nothing_written(tmp_path, result)


def test_a_salt_without_a_record_is_a_wrong_call(tmp_path: Path) -> None:
    assert_nothing_written(tmp_path, run(*DECIDE, "--salt-file", tmp_path / "s"))


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = run(*DECIDE, "--record", tmp_path / "no" / "r")
    assert_nothing_written(tmp_path, result)
    assert "error[cannot-write]" in result.stderr
    result = run(*DECIDE, "--record", tmp_path / "r", "--salt-file", tmp_path / "no" / "s")
    assert_nothing_written(tmp_path, result)


def test_a_record_that_cannot_be_written_takes_its_salt_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync
    calls = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    result = run(*DECIDE, "--record", tmp_path / "r")
    assert len(calls) == 2
    assert_nothing_written(tmp_path, result)
    assert "no space left on device" in result.stderr


def test_somebody_else_may_write_the_name_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = keeping.refuse_to_overwrite

    def late(*paths: str) -> None:
        real(*paths)
        (tmp_path / "r").write_text("theirs")

    monkeypatch.setattr("policyengine.cli.keeping.refuse_to_overwrite", late)
    result = run(*DECIDE, "--record", tmp_path / "r")
    assert (result.exit_code, result.stdout) == (2, "")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("r", "theirs")]


# replay


def test_a_record_replays(kept: Path) -> None:
    before = {path: path.read_bytes() for path in kept.parent.iterdir()}
    result = replayed(kept)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "the same bytes: decisions, terms and commitments\n"
    as_json = replayed(kept, "--format", "json")
    assert (as_json.exit_code, json.loads(as_json.stdout)) == (0, {"same": True, "differences": []})
    assert {path: path.read_bytes() for path in kept.parent.iterdir()} == before


def test_another_profile_is_exit_1_and_no_value_is_said(kept: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(MR_LI.read_text("utf-8").replace("8000.00", "8123.45"), "utf-8")
    result = replayed(kept, profile=other)
    assert (result.exit_code, result.stderr) == (1, "")
    said = "`borrower.monthly_income` is not the value that the record commits to"
    assert said in result.stdout.splitlines()
    assert "8123" not in result.stdout
    as_json = replayed(kept, "--format", "json", profile=other)
    found: dict[str, Any] = json.loads(as_json.stdout)
    assert (as_json.exit_code, found["same"]) == (1, False)
    first = {"about": "input", "place": "borrower.monthly_income", "message": said}
    assert found["differences"][0] == first


def test_a_policy_that_has_moved_on_is_exit_1(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(POLICIES, folder)
    policy = folder / "aibank" / "consumer-loan.yaml"
    text = policy.read_text("utf-8")
    assert "version: 2024-11-13\n" in text
    policy.write_text(text.replace("version: 2024-11-13\n", "version: 2025-01-01\n"), "utf-8")
    result = run("replay", kept, "--policies", folder, "--profile", MR_LI)
    assert (result.exit_code, result.stderr) == (1, "")
    moved = "the policy `aibank.consumer-loan` has moved on"
    assert f"  {moved}: version 2024-11-13 then, 2025-01-01 now" in result.stdout.splitlines()
    assert "withholds" not in result.stdout


def test_what_differs_is_said_as_whole_as_it_does_and_what_was_decided_first(
    kept: Path, tmp_path: Path
) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(POLICIES, policies)
    policy = policies / "aibank" / "consumer-loan.yaml"
    text = policy.read_text("utf-8")
    assert "value: 90%" in text
    policy.write_text(text.replace("value: 90%", "value: 80%"), "utf-8")
    result = run("replay", kept, "--policies", policies, "--profile", MR_LI)
    lines = result.stdout.splitlines()
    at = lines.index("loan L-1: aibank.consumer-loan: payment_holiday")
    assert lines[at + 1] == '  `status`: "allowed" then, "denied" now'
    assert "  `terms`: there then, not there now" in lines
    assert "  `rules[consumer_loan_term]`: there then, not there now" in lines
    assert "  `shortfall`: not there then, there now" in lines
    assert not any("terms." in line and "not there" in line for line in lines)
    assert "  values that the record withholds are others now" in lines


def test_a_record_with_one_byte_changed_is_exit_2(kept: Path) -> None:
    record = kept.read_bytes()
    for place in range(0, len(record), 97):
        kept.write_bytes(record[:place] + bytes([record[place] ^ 1]) + record[place + 1 :])
        result = replayed(kept, "--policies", "/nowhere")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "error[changed-record]: the record was changed: " in result.stderr or (
            "error[not-a-record]: this is not a record: " in result.stderr
        )
        assert str(kept) in result.stderr


@pytest.mark.parametrize("content", [b"", b"{}", b"hello\n", b"\xff\xfe", b"[]\n"])
def test_what_is_no_record_is_exit_2(kept: Path, content: bytes) -> None:
    kept.write_bytes(content)
    result = replayed(kept)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[not-a-record]" in result.stderr


def test_a_record_of_an_earlier_format_is_exit_2(kept: Path) -> None:
    content = opened(kept.read_bytes())
    content.pop("checksum")
    kept.write_bytes(sealed(content | {"format": "policyengine.record/1"}))
    result = replayed(kept)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[unknown-format]" in result.stderr
    assert "replay a record with the version that made it" in result.stderr


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("bad", "code"), [("byte", 2), ("policy", 1), ("language", 2), ("profile", 1)]
)
def test_of_bad_input_nothing_is_written_and_it_is_said_plainly(
    kept: Path, tmp_path: Path, bad: str, code: int
) -> None:
    policies, profile = tmp_path / "policies", tmp_path / "profile.yaml"
    shutil.copytree(POLICIES, policies)
    shutil.copy(MR_LI, profile)
    if bad == "byte":
        record = kept.read_bytes()
        kept.write_bytes(record[:1000] + bytes([record[1000] ^ 1]) + record[1001:])
    elif bad == "policy":
        vocabulary = policies / "vocabulary" / "personal-credit.yaml"
        text = vocabulary.read_text("utf-8")
        vocabulary.write_text(text.replace("税后月收入", "每月收入"), "utf-8")
    elif bad == "profile":
        profile.write_text(profile.read_text("utf-8").replace("8000.00", "8123.45"), "utf-8")
    before = contents(tmp_path)
    where = ("--policies", policies, "--profile", profile)
    result = (
        run("decide", *where, "--lang", "fr", "--record", tmp_path / "new")
        if bad == "language"
        else run("replay", kept, *where)
    )
    said = result.stdout if code == 1 else result.stderr
    assert (result.exit_code, said.strip() != "", "Traceback" in said) == (code, True, False)
    assert _SAID[bad] in said
    assert contents(tmp_path) == before


_SAID = {
    "byte": "error[changed-record]: the record was changed: ",
    "policy": "has moved on: version 2024-11-13 then and now, with another content; so did the vocabulary",
    "language": "help: known: `en`, `zh`",
    "profile": "`borrower.monthly_income` is not the value that the record commits to",
}


def test_a_vocabulary_that_the_policy_does_not_reach_moves_nothing_on(
    kept: Path, tmp_path: Path
) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(POLICIES, policies)
    (policies / "vocabulary" / "more.yaml").write_text(_MORE, "utf-8")
    assert run("replay", kept, "--policies", policies, "--profile", MR_LI).exit_code == 0


_MORE = """\
vocabulary: more
language: 1
languages: [en, zh]
title: {en: More, zh: 更多}
enums:
  mood:
    title: {en: mood, zh: 心情}
    values: {glad: {en: glad, zh: 喜}, sad: {en: sad, zh: 悲}}
facts:
  more.mood: {type: enum, of: mood, title: {en: mood, zh: 心情}}
"""


@pytest.mark.parametrize("salt", [b"", b"00", b"0" * 63, b"0" * 65, b"g" * 64, b"\xff" * 64])
def test_what_is_no_salt_is_exit_2(kept: Path, salt: bytes) -> None:
    salt_of(kept).chmod(0o600)
    salt_of(kept).write_bytes(salt)
    result = replayed(kept)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[bad-salt]" in result.stderr
    assert "0" * 60 not in result.stderr


def test_another_salt_is_exit_1(kept: Path) -> None:
    salt_of(kept).write_text("0" * 64 + "\r\n")
    result = replayed(kept)
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout == "the salt is not the one of the record\n1 differs\n"


@pytest.mark.parametrize("gone", ["record", "salt", "profile", "policies"])
def test_a_file_that_is_not_there_is_exit_2(kept: Path, gone: str, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    result = run(
        "replay",
        nowhere if gone == "record" else kept,
        *("--policies", nowhere if gone == "policies" else POLICIES),
        *("--profile", nowhere if gone == "profile" else MR_LI),
        *("--salt-file", nowhere if gone == "salt" else salt_of(kept)),
    )
    assert (result.exit_code, result.stdout) == (2, "")
    assert str(nowhere) in result.stderr
