"""What an input is: the digest of its bytes, so that a changed one is noticed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import attrs

from policyengine.diagnostics import PortfolioError
from policyengine.facts.profile import cannot_open

_BLOCK = 1 << 22


@attrs.frozen
class Identity:
    """A file: its digest, its size, and when it was last changed, which only shows that it stays as it is."""

    digest: str
    size: int
    changed: int
    lines: int

    @classmethod
    def of(cls, path: Path) -> Identity:
        """Read a file through.

        Raises:
            PortfolioError: It cannot be read.
        """
        found, lines = sha256(), 0
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    found.update(block)
                    lines += block.count(b"\n")
            stat = path.stat()
        except OSError as error:
            raise PortfolioError([cannot_open(path, error)]) from None
        return cls(f"sha256:{found.hexdigest()}", stat.st_size, stat.st_mtime_ns, lines)

    def is_unchanged(self, path: Path) -> bool:
        """Whether the file is still as it was, as far as its size and time say."""
        try:
            stat = path.stat()
        except OSError:
            return False
        return (stat.st_size, stat.st_mtime_ns) == (self.size, self.changed)
