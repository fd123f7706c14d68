"""A store of cases: opened, appended to, read, verified and erased.

An append says how many events it expects to be there. Of several writers one wins each number; the others are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from types import TracebackType
from typing import Self

import attrs
from sqlalchemy import Connection, Engine, select, update

from policyengine.cases import chain
from policyengine.cases.chain import Entry, Head
from policyengine.cases.event import Event
from policyengine.cases.kept_log import Log, log_of
from policyengine.cases.opening import Opening
from policyengine.cases.storage import rows
from policyengine.cases.storage.address import Address, identity_of
from policyengine.cases.storage.engines import reading
from policyengine.cases.storage.errors import ConflictError, Progress, told
from policyengine.cases.storage.tables import CASES, ENTRIES
from policyengine.diagnostics import (
    MAX_FINDINGS,
    CaseError,
    Diagnostic,
    UsageError,
    nearest_or_list,
)

_LONGEST_NAME = 200


@attrs.frozen(eq=False)
class Store:
    """A store of cases; `open_store` opens one. It may serve many threads, and is closed once."""

    address: Address
    engine: Engine
    identity: tuple[int, int] | None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    def create(self, case: str, opening: Opening) -> Head:
        """Keep a new case. The same case with the same opening again is no error.

        Raises:
            CaseError: The case was opened otherwise before, or it could not be recorded.
            UsageError: The name is none.
        """
        _check_name("a case", case)
        entry = chain.first_entry(case, opening, rows.new_salt())
        try:
            return self._created(entry)
        except CaseError as error:
            if error.code != "conflict":
                raise
        return self._created(entry)  # somebody else was first: by now the case is there

    def append(self, case: str, events: Sequence[Event], *, expected: int) -> Head:
        """Keep events of a case: all of them, or none.

        Events that are there already, with the same content, are not kept twice; where all are, nothing is expected.

        Args:
            case: The case's name.
            events: What happened, in the order in which it was heard.
            expected: How many events the case has, as far as the caller knows.

        Raises:
            ConflictError: The case has another number of events.
            CaseError: There is no such case, it was erased, an event of an id is there with another content, or they
                could not be recorded.
            UsageError: The name of the case or of an event is none.
        """
        for event in events:
            _check_name("an event", event.id)
        with self._writing() as connection:
            head = self._found(connection, case, for_update=True)
            _check_not_erased(head)
            new = rows.new_of(case, events, rows.there_of(connection, case, events))
            if not new:
                return head
            if head.number != expected:
                raise ConflictError(case, expected, head.number)
            return rows.append(connection, head, new)

    def read(self, case: str) -> Log:
        """Return what is kept of a case, verified.

        Raises:
            CaseError: There is no such case, it was erased, or its log was changed.
        """
        head, entries = self._verified(case)
        _check_not_erased(head)
        return log_of(entries, head)

    def cases(self) -> tuple[Head, ...]:
        """Return where each case ends, by the names of the cases."""
        with self._reading() as connection:
            found = connection.execute(select(CASES).order_by(CASES.c.case))
            return tuple(rows.head_of(row) for row in found)

    def verify(self, case: str, *, digest: str | None = None) -> Head:
        """Verify the chain of a case and return where it ends; keep that where no writer of the store can change it.

        Args:
            case: The case's name.
            digest: Of an entry, as it was kept elsewhere: the chain must have it.

        Raises:
            CaseError: There is no such case, or its log was changed; it carries every finding, each with its number.
        """
        head, entries = self._verified(case)
        if digest is not None and digest not in (entry.digest for entry in entries):
            raise CaseError([_other_chain(case)])
        return head

    def erase(self, case: str) -> Head:
        """Erase what is personal of a case, for good; its chain still verifies. Twice is no error.

        Raises:
            CaseError: There is no such case, or it could not be erased.
        """
        with self._writing() as connection:
            head = self._found(connection, case, for_update=True)
            at = ENTRIES.c.case == case
            connection.execute(update(ENTRIES).where(at).values(salt=None, personal=None))
            connection.execute(update(CASES).where(CASES.c.case == case).values(erased=1))
        self._leave_no_copy()
        return attrs.evolve(head, erased=True)

    def _created(self, entry: Entry) -> Head:
        with self._writing() as connection:
            head = rows.head_at(connection, entry.case)
            if head is None:
                rows.add(connection, [entry])
                return chain.head_of(entry)
            _check_not_erased(head)
            first = rows.entries_at(connection, entry.case, ENTRIES.c.number == 0)
            if [(e.content, e.personal) for e in first] != [(entry.content, entry.personal)]:
                raise CaseError([_opened_otherwise(entry.case)])
            return head

    # Connections

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        progress = Progress(writes=True)
        with told(self.address.name, progress):
            self._check_in_place()
            with self.engine.connect() as connection, connection.begin():
                yield connection
                self._check_in_place()
                progress.committing = True

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told(self.address.name, Progress(writes=False)):
            self._check_in_place()
            with reading(self.engine).connect() as connection:
                yield connection

    def _check_in_place(self) -> None:
        """Refuse to go on where the file was moved or replaced: whoever opens it next would find nothing of this."""
        if self.address.file is not None and identity_of(self.address.file) != self.identity:
            message = f"`{self.address.name}`: the file was taken away or replaced"
            hint = "nothing was recorded; put it back, and open it again"
            raise CaseError([Diagnostic("store-unavailable", message, hint=hint)])

    def _leave_no_copy(self) -> None:
        """Empty the log that SQLite writes ahead, where what was overwritten may still stand."""
        if self.address.file is not None:
            with (
                told(self.address.name, Progress(writes=False)),
                self.engine.connect() as connection,
            ):
                connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    # Cases

    def _verified(self, case: str) -> tuple[Head, list[Entry]]:
        with self._reading() as connection:
            head = self._found(connection, case)
            entries = rows.entries_at(connection, case)
        wrong = tuple(islice(chain.findings(entries, head), MAX_FINDINGS))
        if wrong:
            raise CaseError(wrong)
        return head, entries

    def _found(self, connection: Connection, case: str, *, for_update: bool = False) -> Head:
        head = rows.head_at(connection, case, for_update=for_update)
        if head is None:
            names = connection.execute(select(CASES.c.case).limit(1000)).scalars()
            hint = nearest_or_list(case, names)
            raise CaseError([Diagnostic("unknown-name", f"there is no case `{case}`", hint=hint)])
        return head


def _check_not_erased(head: Head) -> None:
    if head.erased:
        message = f"what is personal of case `{head.case}` was erased"
        hint = "its chain can still be verified"
        raise CaseError([Diagnostic("erased-case", message, hint=hint)])


def _check_name(what: str, name: str) -> None:
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        message = f"the name of {what} is not one line of text"
        hint = f"use up to {_LONGEST_NAME} characters, none of them a control character"
        raise UsageError([Diagnostic("bad-name", message, hint=hint)])


def _opened_otherwise(case: str) -> Diagnostic:
    message = f"there is a case `{case}` already, opened otherwise"
    return Diagnostic("already-there", message, hint="choose another name")


def _other_chain(case: str) -> Diagnostic:
    message = f"case `{case}` has no entry with the digest that was kept elsewhere"
    hint = "the whole log was written anew, or the digest is of another case"
    return Diagnostic("changed-log", message, hint=hint)
