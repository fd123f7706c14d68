"""The tables of a store: made by migrations, alone, and never those of something else."""

from __future__ import annotations

import sqlite3
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from case_store import OPENING
from sqlalchemy import text

from policyengine.cases.storage import migrations, open_store
from policyengine.cases.storage.migrating import KNOWN
from policyengine.cases.storage.store import Store
from policyengine.cases.storage.tables import CASES, VERSIONS
from policyengine.diagnostics import CaseError


def test_what_the_migrations_make_is_what_the_tables_say(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSIONS})
        assert compare_metadata(context, CASES.metadata) == []


def test_the_known_versions_are_those_of_the_migrations() -> None:
    assert migrations.__file__ is not None
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert [each.revision for each in scripts.walk_revisions()] == [*reversed(KNOWN)]


def test_every_migration_says_what_it_does() -> None:
    module = import_module("policyengine.cases.storage.migrations.versions.v0001_cases")
    assert (module.revision, module.down_revision) == ("0001", None)


def test_a_store_of_a_newer_version_is_refused(store_at: str) -> None:
    with open_store(store_at) as store, store.engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSIONS} SET version_num = '9999'"))  # noqa: S608  # our own name
    with pytest.raises(CaseError, match="the store was written by a newer version") as refused:
        open_store(store_at)
    assert refused.value.code == "newer-store"


def test_a_migration_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise KeyboardInterrupt

    at = tmp_path / "cases.db"
    with monkeypatch.context() as patched:
        patched.setattr("alembic.runtime.migration.MigrationContext._ensure_version_table", failing)
        with pytest.raises(KeyboardInterrupt):
            open_store(at)
    assert tables(at) == []
    with open_store(at) as store:
        assert store.cases() == ()


def test_a_file_with_other_tables_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    at = tmp_path / "accounts.db"
    with sqlite3.connect(at) as connection:
        connection.execute("CREATE TABLE account (id TEXT)")
    connection.close()
    with pytest.raises(CaseError, match="the file has tables of something else"):
        open_store(at)
    assert tables(at) == ["account"]


@pytest.mark.postgresql
def test_a_database_with_other_tables_takes_a_store_beside_them(database: str) -> None:
    import psycopg  # noqa: PLC0415  # an extra

    with psycopg.connect(database) as connection:
        connection.execute('CREATE TABLE "case" (id TEXT)')
    with open_store(database) as store:
        store.create("C-1", OPENING)
        assert [head.case for head in store.cases()] == ["C-1"]


def tables(at: Path) -> list[str]:
    connection = sqlite3.connect(at)
    try:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]
    finally:
        connection.close()
