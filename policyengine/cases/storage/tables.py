"""The tables of a store. Each change of them is a migration; a test holds the two against each other."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

#: Where alembic keeps the version of the tables.
VERSIONS = "policyengine_version"
_METADATA = MetaData()

#: Where the chain of each case ends. `number` is what writers are held against; `erased` is 0 or 1, since strict
#: tables of SQLite know no truth values.
CASES = Table(
    "policyengine_case",
    _METADATA,
    Column("case_id", Text, key="case", primary_key=True),
    Column("number", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("erased", Integer, nullable=False),
    sqlite_strict=True,
)

#: The entries of the chains. What is personal is in the last two columns alone.
ENTRIES = Table(
    "policyengine_entry",
    _METADATA,
    Column("case_id", Text, ForeignKey(CASES.c.case), key="case", primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("event_id", Text, key="event"),
    Column("content", Text, nullable=False),
    Column("previous", Text),
    Column("commitment", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("salt", LargeBinary),
    Column("personal", LargeBinary),
    UniqueConstraint("case", "event", name="policyengine_entry_event"),
    sqlite_strict=True,
)
