"""Who keeps no cases waits for no database; who has not installed what a store needs is told what to install."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from policyengine.cases.storage import open_store
from policyengine.diagnostics import UsageError

HEAVY = "{'alembic', 'psycopg', 'sqlalchemy'}"


@pytest.mark.parametrize(
    "module", ["policyengine", "policyengine.cli.decide", "policyengine.cli.case.show"]
)
def test_nothing_imports_a_database_before_a_store_is_opened(module: str) -> None:
    source = f"import {module}, sys; print(sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run(  # noqa: S603  # our own
        [sys.executable, "-c", source], check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"


def test_opening_a_store_that_is_up_to_date_imports_no_migrations(tmp_path: Path) -> None:
    at = tmp_path / "cases.db"
    open_store(at).close()
    source = (
        "import sys; from policyengine.cases.storage import open_store\n"
        f"open_store({str(at)!r}).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603  # our own
        [sys.executable, "-c", source], check=True, capture_output=True, text=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("missing", "address", "extra"),
    [
        ("sqlalchemy", "cases.db", "cases"),
        ("alembic", "cases.db", "cases"),
        ("psycopg", "postgresql://host/cases", "postgresql"),
    ],
)
def test_what_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, address: str, extra: str
) -> None:
    monkeypatch.chdir(tmp_path)
    source = f"""
import sys
sys.modules[{missing!r}] = None
from policyengine.cases.storage import open_store
from policyengine.diagnostics import UsageError
try:
    open_store({address!r})
except UsageError as error:
    print(error)
"""
    done = subprocess.run(  # noqa: S603  # our own
        [sys.executable, "-c", source], check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith(f"error[missing-extra]: a store needs the extra `{extra}`")


def test_an_sqlite_that_is_too_old_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(UsageError, match=r"a store needs SQLite 3\.37 or later"):
        open_store(tmp_path / "cases.db")
    assert list(tmp_path.iterdir()) == []
