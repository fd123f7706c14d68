"""Stores that are none, were changed, are full or go away: one clear error, and nothing is half recorded."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from case_store import OPENING, event
from sqlalchemy import event as sql_event
from sqlalchemy import text

from policyengine.cases.storage import engines, open_store
from policyengine.cases.storage.engines import reading
from policyengine.cases.storage.store import Store
from policyengine.diagnostics import CaseError, UsageError

HERE = Path(__file__).parent


def filled(store: Store) -> Store:
    store.create("C-1", OPENING)
    store.append("C-1", [event(n) for n in (1, 2, 3)], expected=0)
    return store


# What is no store


@pytest.mark.parametrize(
    "content", [b"some text that is longer than a header\n" * 9, b"\x89PNG\r\n" * 99]
)
def test_a_file_of_another_kind_is_refused_and_stays_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    at = tmp_path / "borrower.yaml"
    at.write_bytes(content)
    with pytest.raises(CaseError, match="this is no store of cases") as refused:
        open_store(at)
    assert refused.value.code == "not-a-store"
    assert at.read_bytes() == content
    assert list(tmp_path.iterdir()) == [at]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="is not a file"):
        open_store(tmp_path)


def test_a_store_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    at = tmp_path / "cases.db"
    with open_store(at) as store:
        filled(store)
    at.write_bytes(at.read_bytes()[:5000])
    with pytest.raises(CaseError, match="the file is damaged") as refused:
        open_store(at).read("C-1")
    assert refused.value.code == "not-a-store"


def test_a_store_that_is_not_there_is_made_only_where_that_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no store"):
        open_store(tmp_path / "cases.db", create=False)
    with pytest.raises(UsageError, match="there is no folder for"):
        open_store(tmp_path / "nowhere" / "cases.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("mysql://root:geheim@host/cases", "a store cannot be in `mysql`"),
        ("postgresql://me:geheim@host:port/cases", "is not written as URLs are"),
        ("://geheim", "is not written as URLs are"),
        ("", "a store is a file, or a URL"),
        (":memory:", "a store is a file, or a URL"),
        ("sqlite://", "a store is a file, or a URL"),
    ],
)
def test_an_address_that_is_none_is_refused_and_no_password_repeated(
    address: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        open_store(address)
    assert refused.value.code == "bad-store"
    assert "geheim" not in str(refused.value)


def test_a_url_of_sqlite_is_its_file(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/cases.db") as store:
        filled(store)
    with open_store(tmp_path / "cases.db") as store:
        assert store.verify("C-1").number == 3


# A log that was changed

CHANGED: dict[str, tuple[str, str]] = {
    "altered": (
        "UPDATE policyengine_entry SET content = '{}' WHERE number = 2",
        "entry 2 of case `C-1` was altered",
    ),
    "renamed": (
        "UPDATE policyengine_entry SET event_id = '9' WHERE number = 1",
        "entry 1 of case `C-1` was altered",
    ),
    "of another content": (
        "UPDATE policyengine_entry SET personal = salt WHERE number = 3",
        "entry 3 of case `C-1` was altered: its personal content is another",
    ),
    "of no content": (
        "UPDATE policyengine_entry SET personal = NULL WHERE number = 0",
        "entry 0 of case `C-1` lacks its personal content",
    ),
    "missing": (
        "DELETE FROM policyengine_entry WHERE number = 1",
        "entry 1 of case `C-1` is missing",
    ),
    "cut off": (
        "DELETE FROM policyengine_entry WHERE number = 3",
        "entry 3 of case `C-1` is missing",
    ),
    "moved": (
        "UPDATE policyengine_entry SET number = 4 WHERE number = 3",
        "entry 3 of case `C-1` is missing",
    ),
    "another end": (
        "UPDATE policyengine_case SET number = 2",
        "entry 3 of case `C-1` stands after the end, which is entry 2",
    ),
}


@pytest.mark.parametrize("how", CHANGED)
def test_a_log_that_was_changed_is_not_read(store: Store, how: str) -> None:
    statement, said = CHANGED[how]
    with filled(store).engine.begin() as connection:
        connection.execute(text(statement))
    for look in (store.read, store.verify):
        with pytest.raises(CaseError) as refused:
            look("C-1")
        assert refused.value.code == "changed-log"
        assert any(said in found.message for found in refused.value.diagnostics)


def test_a_log_that_was_written_anew_is_found_by_an_end_kept_elsewhere(store: Store) -> None:
    end = filled(store).verify("C-1")
    store.append("C-1", [event(4)], expected=3)
    assert store.verify("C-1", digest=end.digest).number == 4
    for table in ("entry", "case"):
        with store.engine.begin() as connection:
            connection.execute(text(f"DELETE FROM policyengine_{table}"))  # noqa: S608
    filled(store)
    assert store.verify("C-1").number == 3
    with pytest.raises(CaseError, match="has no entry with the digest that was kept elsewhere"):
        store.verify("C-1", digest=end.digest)


# A database that goes away


@pytest.fixture
def in_file(tmp_path: Path) -> Store:
    """A store with three events in a file, which a test may lose."""
    return filled(open_store(tmp_path / "cases.db"))


def test_each_connection_waits_for_the_disk(in_file: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
    with reading(in_file.engine).connect() as one, reading(in_file.engine).connect() as other:
        for each in (one, other):
            found = {name: each.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
            assert found == wanted
    in_file.close()


def test_a_file_that_is_moved_away_is_not_written_any_more(in_file: Store, tmp_path: Path) -> None:
    (tmp_path / "cases.db").rename(tmp_path / "moved.db")
    for attempt in (
        lambda: in_file.append("C-1", [event(4)], expected=3),
        lambda: in_file.read("C-1"),
    ):
        with pytest.raises(CaseError, match="the file was taken away or replaced") as refused:
            attempt()
        assert refused.value.code == "store-unavailable"
    in_file.close()
    assert not (tmp_path / "cases.db").exists()
    put_back(tmp_path)


def test_a_file_that_is_replaced_in_the_middle_keeps_nothing(
    in_file: Store, tmp_path: Path
) -> None:
    at = tmp_path / "cases.db"

    def replace(*_: object) -> None:
        at.rename(tmp_path / "moved.db")
        at.write_bytes(b"")

    sql_event.listen(in_file.engine, "after_cursor_execute", replace, once=True)
    with pytest.raises(CaseError, match="the file was taken away or replaced"):
        in_file.append("C-1", [event(4)], expected=3)
    in_file.close()
    assert at.read_bytes() == b""
    put_back(tmp_path)


def put_back(folder: Path) -> None:
    """The file with the log that SQLite writes ahead of it is as it was."""
    (folder / "moved.db").replace(folder / "cases.db")
    with open_store(folder / "cases.db") as store:
        assert [each.id for each in store.read("C-1").events] == ["1", "2", "3"]


def test_who_waits_too_long_for_another_writer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PATIENCE", 0.05)
    with open_store(tmp_path / "cases.db") as store:
        filled(store)
        other = sqlite3.connect(tmp_path / "cases.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CaseError, match="another process holds it for too long; nothing was"):
            store.append("C-1", [event(4)], expected=3)
        assert store.read("C-1").head.number == 3
        other.close()
        assert store.append("C-1", [event(4)], expected=3).number == 4


def test_a_full_disk_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    at = tmp_path / "cases.db"
    command = [sys.executable, str(HERE / "fill_until_full.py"), str(at), "600000"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    acknowledged, said = done.stdout.splitlines()
    assert "error[store-unavailable]" in said
    assert "recorded" in said
    with open_store(at) as store:
        there = store.read("C-1").head.number
        assert 5 < int(acknowledged) <= there <= int(acknowledged) + ("not known" in said)
        assert store.append("C-1", [event("next")], expected=there).number == there + 1


def test_pages_that_run_out_are_a_full_disk(in_file: Store) -> None:
    with in_file.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(CaseError, match="the disk is full; nothing was recorded"):
        in_file.append("C-1", [event(4), event(5, note="Sommer" * 9999)], expected=3)
    assert in_file.read("C-1").head.number == 3
    in_file.close()


@pytest.mark.skipif(os.name != "posix", reason="files have no owners there")
@pytest.mark.parametrize(
    ("mode", "said"), [(0o000, "it cannot be opened"), (0o444, "it cannot be")]
)
def test_a_file_that_may_not_be_used_says_so(mode: int, said: str) -> None:
    """As somebody who is not the superuser, who may everything."""
    source = f"""
import os, sys, tempfile
from pathlib import Path
sys.path.insert(0, {str(HERE.parents[1])!r})
import alembic.command
from case_store import OPENING, event
from policyengine.cases.storage import open_store, opening_store
from policyengine.diagnostics import CaseError
with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "cases.db") as store:
    store.create("C-1", OPENING)  # whatever is imported for it, as the superuser
if os.geteuid() == 0:
    os.setgid(65534), os.setuid(65534)
with tempfile.TemporaryDirectory(dir="/tmp") as folder:
    at = Path(folder) / "cases.db"
    with open_store(at) as store:
        store.create("C-1", OPENING)
    at.chmod({mode})
    try:
        with open_store(at) as store:
            store.append("C-1", [event(1)], expected=0)
    except CaseError as error:
        print(error)
"""
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # our own
    assert done.stdout.startswith("error[store-unavailable]")
    assert said in done.stdout


# What is sensitive is nobody's to read in a log


def test_no_log_line_and_no_error_says_what_an_event_holds(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store.create("C-1", OPENING)
    store.append("C-1", [event(1, note="Sommer")], expected=0)
    store.read("C-1")
    attempts: list[Callable[[], object]] = [
        lambda: store.append("C-1", [event(1, note="Sommer zwei")], expected=0),
        lambda: store.append("C-1", [event(2, note="Sommer")], expected=0),
        lambda: store.append("C-2", [event(2, note="Sommer")], expected=0),
        lambda: store.append("C-1", [event(2, note="Sommer", amount=0.5)], expected=1),  # type: ignore[arg-type]
    ]
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE policyengine_entry RENAME TO elsewhere"))
    attempts += [lambda: store.append("C-1", [event(3, note="Sommer")], expected=1)]
    for attempt in attempts:
        with pytest.raises(CaseError) as refused:
            attempt()
        assert "Sommer" not in f"{refused.value} {refused.value!r}"
        assert refused.value.__cause__ is None
    assert "Sommer" not in caplog.text
    assert "8000.00" not in caplog.text
