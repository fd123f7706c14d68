"""What is said of an error in the library itself: where it arose, and never a value, which could be a borrower's."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from policyengine.record.leak import MaskingError

_PACKAGE = Path(__file__).parent.parent


def internal_error(error: Exception, *, with_traceback: bool) -> str:
    """Return an internal error in one line, after the way to it where that is wanted.

    The error's own message stays unsaid: it may repeat what was given.
    """
    way = "".join(_way(error)) if with_traceback else ""
    ask = "" if with_traceback else "; `policyengine --traceback …` shows the way there"
    name = type(error).__name__
    said = f": {error}; nothing was written" if isinstance(error, MaskingError) else _where(error)
    return f"{way}internal error: {name}{said} (this is a defect of policyengine{ask})\n"


def _where(error: Exception) -> str:
    """Return the last place of the package that an error went through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    if not own:
        return ""
    name = Path(own[-1].filename).relative_to(_PACKAGE.parent).as_posix()
    return f" at {name}:{own[-1].lineno}"


def _way(error: BaseException) -> Iterator[str]:
    """Yield the frames of an error and of what it came from, with the names of the errors alone."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _way(before)
        yield "\nand then\n\n"
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__name__}\n"
