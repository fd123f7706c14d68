"""What only a server does: it stops, it lets nobody in, and its line is cut in the middle of a commit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from case_store import OPENING, SERVER, WANTED, event
from sqlalchemy import event as sql_event
from sqlalchemy import text
from sqlalchemy.engine import make_url

from policyengine.cases.storage import open_store
from policyengine.cases.storage.store import Store
from policyengine.diagnostics import CaseError

from cut_line import AFTER, BEFORE, CutLine  # isort: skip

pytestmark = pytest.mark.postgresql
if not WANTED:
    pytest.skip(f"{SERVER} names no server", allow_module_level=True)


@pytest.fixture
def line(database: str) -> Iterator[CutLine]:
    url = make_url(database)
    with CutLine((url.host or "127.0.0.1", url.port or 5432)) as between:
        yield between


@pytest.fixture
def store(database: str, line: CutLine) -> Iterator[Store]:
    """A store behind a line that can be cut."""
    url = make_url(database).set(host="127.0.0.1", port=line.port)
    plain = url.update_query_dict({"sslmode": "disable", "gssencmode": "disable"})
    with open_store(plain.render_as_string(hide_password=False)) as opened:
        opened.create("C-1", OPENING)
        yield opened


@pytest.mark.parametrize(("where", "there"), [(BEFORE, 0), (AFTER, 1)])
def test_a_line_cut_at_a_commit_is_said_to_leave_it_open(
    store: Store, line: CutLine, where: str, there: int
) -> None:
    line.cut = where
    with pytest.raises(CaseError, match="it is not known whether anything was recorded") as told:
        store.append("C-1", [event(1)], expected=0)
    assert told.value.hint == "record the same again: what is there is not recorded twice"
    line.cut = None
    assert store.verify("C-1").number == there
    assert store.append("C-1", [event(1)], expected=0).number == 1
    assert store.read("C-1").events == (event(1),)


def test_a_connection_that_ends_in_the_middle_records_nothing(store: Store, database: str) -> None:
    def end(*_: object) -> None:
        with open_store(database) as other, other.engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    sql_event.listen(store.engine, "after_cursor_execute", end, once=True)
    with pytest.raises(CaseError, match="cannot be reached; nothing was recorded"):
        store.append("C-1", [event(1)], expected=0)
    assert store.verify("C-1").number == 0
    assert store.append("C-1", [event(1)], expected=0).number == 1


def test_a_server_that_does_not_answer_is_said_without_the_password(database: str) -> None:
    away = make_url(database).set(port=1, password="geheim")  # noqa: S106
    with pytest.raises(CaseError) as told:
        open_store(away.render_as_string(hide_password=False))
    assert told.value.code == "store-unavailable"
    assert "cannot be reached" in str(told.value)
    assert "geheim" not in str(told.value)


def test_a_database_that_is_not_there_is_said(database: str) -> None:
    with pytest.raises(CaseError, match="store-unavailable"):
        open_store(f"{database}x")


def test_commits_wait_for_the_disk_whatever_the_server_says(database: str) -> None:
    lax = make_url(database).update_query_dict({"options": "-csynchronous_commit=off"})
    with (
        open_store(lax.render_as_string(hide_password=False)) as opened,
        opened.engine.connect() as connection,
    ):
        said = connection.execute(text("SHOW synchronous_commit")).scalar_one()
    assert said == "on"
