"""A failure as pytest shows it and as its reports keep it: the lines of the command, and one with the place."""

from __future__ import annotations

# There is no public way to say where a failure is; every plugin that does builds these.
from _pytest._code.code import (
    ReprEntryNative,
    ReprExceptionInfo,
    ReprFileLocation,
    ReprTraceback,
)

from policyengine.testing.trouble import Trouble


class Failure(Exception):
    """Raised by an item that did not pass."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble

    def shown(self, file: str) -> ReprExceptionInfo:
        """Return the failure; `file` is where it is, unless it says itself."""
        trouble, span = self.trouble, self.trouble.span
        text = ReprEntryNative([f"{line}\n" for line in trouble.lines])
        said = f"error[{trouble.code}]: {trouble.message}" if trouble.is_error else trouble.message
        place = ReprFileLocation(span.file.name if span else file, span.line if span else 1, said)
        return ReprExceptionInfo(ReprTraceback([text], None, "native"), place)
