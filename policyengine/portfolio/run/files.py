"""Files that are whole or not there: written under another name, and put in their place once they are on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from policyengine.diagnostics import Diagnostic, PortfolioError

_WHY = "an error of the disk"
_RESUME = "what is finished is kept: the same command goes on from there"


@contextmanager
def whole(path: Path, beside: Path) -> Iterator[Path]:
    """Yield a name in the folder `beside` to write to; what is written there then takes its place at `path`.

    Raises:
        PortfolioError: It cannot be written; nothing is left of it.
    """
    part = beside / f"{path.name}.unfinished"
    try:
        with writable(path):
            yield part
            _sync(part)
            part.replace(path)
            _sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, text: str, beside: Path) -> None:
    """Write a text.

    Raises:
        PortfolioError: It cannot be written; nothing is left of it.
    """
    with whole(path, beside) as part:
        part.write_text(text, "utf-8", newline="\n")


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is written into an error that says so.

    Raises:
        PortfolioError: It cannot be written.
    """
    try:
        yield
    except OSError as error:
        why = (os.strerror(error.errno) if error.errno else _WHY).lower()
        message = f"`{path}` cannot be written: {why}"
        raise PortfolioError([Diagnostic("cannot-write", message, hint=_RESUME)]) from None
    except pa.ArrowException:
        message = f"`{path}` cannot be written"
        raise PortfolioError([Diagnostic("cannot-write", message, hint=_RESUME)]) from None


def _sync(path: Path) -> None:
    """Wait until a file, or what a folder holds, is on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # folders cannot be opened there
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
