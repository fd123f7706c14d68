"""What came of mutants: frozen values, ready to be shown and counted."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction

import attrs

from policyengine.diagnostics import Diagnostic
from policyengine.source import Span
from policyengine.testing.mutation.mutant import Kind


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNDECIDED = "undecided"
    EQUIVALENT = "equivalent"
    REFUSED = "refused"
    NOT_TRIED = "not tried"


@attrs.frozen
class Tried:
    """A mutant and its fate.

    Attributes:
        kind: What was done to the policy.
        span: Where.
        said: What became of what.
        fate: What came of it.
        by: Of a killed one the case or law that noticed, with its policy.
        reached: How many cases evaluate what was changed.
        case: Of a survivor a case that would kill it, for a test file.
    """

    kind: Kind
    span: Span
    said: str
    fate: Fate
    by: str | None = None
    reached: int = 0
    case: str | None = None


@attrs.frozen
class FileScore:
    """The mutants of one file, in its order. `untested` says why none of them was tried."""

    name: str
    mutants: tuple[Tried, ...]
    untested: Diagnostic | None = None

    def count(self, fate: Fate) -> int:
        """Return how many mutants came to this."""
        return sum(mutant.fate is fate for mutant in self.mutants)

    @property
    def counted(self) -> int:
        """How many count: all but those that change nothing, would not load, or were not tried."""
        return sum(map(self.count, (Fate.KILLED, Fate.SURVIVED, Fate.UNDECIDED)))

    @property
    def share(self) -> Fraction | None:
        """The share of those that count that are killed; None where none counts."""
        return Fraction(self.count(Fate.KILLED), self.counted) if self.counted else None


@attrs.frozen
class Score:
    """The scores of files. `stopped`: the run was ended before all was tried."""

    files: tuple[FileScore, ...]
    stopped: bool = False

    @property
    def untested(self) -> tuple[Diagnostic, ...]:
        """Why some files have no score."""
        return tuple(file.untested for file in self.files if file.untested)

    def reaches(self, percent: Fraction) -> bool:
        """Whether every file has at least this score; a file that has none does not."""
        return not self.stopped and all(_reaches(file, percent) for file in self.files)

    @property
    def whole(self) -> FileScore:
        """All files as one."""
        return FileScore("", tuple(_all(self.files)))


def _reaches(file: FileScore, percent: Fraction) -> bool:
    return file.untested is None and (file.share is None or file.share * 100 >= percent)


def _all(files: Iterable[FileScore]) -> Iterable[Tried]:
    for file in files:
        yield from file.mutants
