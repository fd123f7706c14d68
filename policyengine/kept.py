"""Policies that were read before, kept ready on disk, so that a start does not read and check them again.

What is kept is named by the bytes and names of all files, and by this engine as it is installed. What is in a file can
become objects of this package and plain values, never a call of anything else.
"""

from __future__ import annotations

import gc
import io
import pickle  # what is loaded is restricted below
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs

from policyengine.diagnostics import UsageError
from policyengine.files import files_at, is_tests, name_of, root_of
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.program import Program
from policyengine.keeping.folder import make_room, read_sealed, usual_folder, write_sealed
from policyengine.keeping.naming import digest_of, engine

_SUFFIX = ".policies"
#: Sets of policies that are kept; the one kept longest goes first.
_MOST_FILES = 16
#: Plain values that may be made beside those of this package.
_PLAIN = {("fractions", "Fraction"): Fraction, ("datetime", "date"): date}
_PLAIN |= {("builtins", kind.__name__): kind for kind in (frozenset, set)}

Programs = tuple[tuple[Program, ...], Dictionary]


@attrs.frozen
class Kept:
    """Where the policies at a path are kept, if they are."""

    path: Path
    file: Path | None

    @classmethod
    def of(cls, path: str | Path) -> Kept:
        """Return the place of the policies at a path, as their files are now."""
        folder, given = usual_folder(), Path(path)
        digest = None if folder is None else _digest(given)
        return cls(given, folder / f"{digest}{_SUFFIX}" if folder and digest else None)

    def programs(self) -> Programs | None:
        """Return the policies, or None where they are not kept."""
        content = None if self.file is None else read_sealed(self.file)
        return None if content is None else _made_of(content)

    def keep(self, programs: Programs) -> None:
        """Keep policies that were read, unless a file has changed since."""
        if self.file is None or Kept.of(self.path) != self:
            return
        for program in programs[0]:
            _ = program.digest  # it is kept with the program
        write_sealed(self.file, pickle.dumps(programs, protocol=5))
        make_room(self.file.parent, _SUFFIX, _MOST_FILES)


def _digest(path: Path) -> str | None:
    """Return the digest of all that the policies at a path are made from; None where they cannot be read."""
    try:
        root = root_of(path)
        files = [file for file in files_at(path, root, whole=False) if not is_tests(file)]
        parts = [part for file in files for part in (name_of(file, root), file.read_bytes())]
    except (OSError, UsageError, ValueError):
        return None  # whoever reads them says why
    return digest_of(engine(), *parts)


# Reading


def _made_of(content: bytes) -> Programs | None:
    """Return what the bytes say, or None where they say something else."""
    with _without_collections():
        try:
            programs, dictionary = _Objects(io.BytesIO(content)).load()
        except Exception:  # noqa: BLE001  # whatever it is, it is none of ours
            return None
    return programs, dictionary


@contextmanager
def _without_collections() -> Iterator[None]:
    """Let no garbage be looked for meanwhile: everything that is made stays."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Objects(pickle.Unpickler):
    """Makes objects of this package's own classes, and a few plain values; nothing else is ever called."""

    def find_class(self, module: str, name: str) -> Any:
        plain = _PLAIN.get((module, name))
        if plain is not None:
            return plain
        if not module.startswith("policyengine.") or "." in name:
            raise pickle.UnpicklingError
        found = getattr(import_module(module), name)
        if not isinstance(found, type) or found.__module__ != module:
            raise pickle.UnpicklingError
        return found
