"""Which kind of source something is: a file by the ending of its name, anything else by what it can do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.portfolio.sources.csv import CsvSource
from policyengine.portfolio.sources.frames import FrameSource
from policyengine.portfolio.sources.ipc import IpcSource
from policyengine.portfolio.sources.parquet import ParquetSource
from policyengine.portfolio.sources.source import Source

_KINDS: dict[str, Callable[[str], Source]] = {
    ".parquet": ParquetSource,
    ".pq": ParquetSource,
    ".csv": CsvSource,
    ".arrow": IpcSource,
    ".arrows": IpcSource,
    ".ipc": IpcSource,
    ".feather": IpcSource,
}
ENDINGS = tuple(_KINDS)


def source_of(given: Any) -> Source:
    """Return the rows of a file, a table, a batch, a reader or a frame.

    Raises:
        PortfolioError: The file cannot be read.
        UsageError: It is no file of rows, and nothing that gives Arrow batches.
    """
    if not isinstance(given, (str, Path)):
        return FrameSource(given)
    path = Path(given)
    if path.suffix.lower() not in _KINDS:
        raise UsageError([unknown_ending(str(path))])
    if not path.exists():
        message = f"there is no `{path}`"
        raise UsageError([Diagnostic("no-such-path", message, hint="check the path")])
    return _KINDS[path.suffix.lower()](str(path))


def unknown_ending(path: str) -> Diagnostic:
    """Return the finding for a name that does not say what kind of file it is."""
    hint = "the name ends in " + ", ".join(f"`{ending}`" for ending in ENDINGS)
    return Diagnostic(
        "wrong-suffix", f"`{path}`: it is not clear what kind of file it is", hint=hint
    )
