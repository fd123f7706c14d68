"""One run an output: a second one is refused. A lock dies with its process, however that ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from policyengine.diagnostics import Diagnostic, PortfolioError
from policyengine.portfolio.run.files import writable


@contextmanager
def locked(output: Path) -> Iterator[None]:
    """Hold an output while it is written.

    Raises:
        PortfolioError: Another run writes it.
    """
    path = output.with_name(f".{output.name}.lock")
    lock = FileLock(path, timeout=0)
    with writable(path):
        free = _acquired(lock)
    if not free:
        message = f"another run writes `{output}`"
        hint = "wait for it to end, or write to another file"
        raise PortfolioError([Diagnostic("already-running", message, hint=hint)])
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        lock.release()


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire()
    except Timeout:
        return False
    return True
