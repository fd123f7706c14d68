"""Policies that were read before, kept ready on disk, so that a start does not read and check them again.

What is kept is named by the digest of everything it was made from: the bytes and names of all files, this engine as it
is installed, and the Python that runs it. So nothing kept is ever out of date.

It lies in a folder of the user's own (`$XDG_CACHE_HOME/policyengine`, else `~/.cache/policyengine`), which nobody else
may write to: a folder or a file of somebody else, or one that others can change, is not read. What is in a file can
become objects of this package and plain values, never a call of anything else. A file that is damaged, or cannot be
written, is as good as none. `POLICYENGINE_CACHE=off` keeps nothing; any other value is the folder to use.
"""

from __future__ import annotations

import gc
import hashlib
import io
import os
import pickle  # what is loaded is restricted below
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs

from policyengine import __version__
from policyengine.diagnostics import UsageError
from policyengine.files import files_at, is_tests, name_of, root_of
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.program import Program

VARIABLE, OFF = "POLICYENGINE_CACHE", "off"
_PACKAGE = Path(__file__).parent
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
        folder, given = _folder(), Path(path)
        digest = None if folder is None else _digest(given)
        return cls(given, folder / f"{digest}{_SUFFIX}" if folder and digest else None)

    def programs(self) -> Programs | None:
        """Return the policies, or None where they are not kept."""
        if self.file is None:
            return None
        with suppress(OSError):
            return _made_of(_read(self.file))
        return None

    def keep(self, programs: Programs) -> None:
        """Keep policies that were read, unless a file has changed since."""
        if self.file is None or Kept.of(self.path) != self:
            return
        for program in programs[0]:
            _ = program.digest  # it is kept with the program
        content = pickle.dumps(programs, protocol=5)
        with suppress(OSError):
            _write(self.file, hashlib.sha256(content).digest() + content)
            _make_room(self.file.parent)


def _folder() -> Path | None:
    """Return the folder, or None where nothing is to be kept."""
    chosen = os.environ.get(VARIABLE)
    if chosen == OFF or not hasattr(os, "geteuid"):
        return None  # where files have no owner in this sense, whose they are cannot be checked
    if chosen:
        return Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111  # no error without a home
    return Path(home) / "policyengine" if os.path.isabs(home) else None  # noqa: PTH117  # as above


def _digest(path: Path) -> str | None:
    """Return the digest of all that the policies at a path are made from; None where they cannot be read."""
    found = hashlib.sha256()
    for part in (__version__, sys.version, *_engine()):
        found.update(f"{part}\n".encode())
    try:
        root = root_of(path)
        for file in files_at(path, root):
            if not is_tests(file):
                content = file.read_bytes()
                found.update(f"{name_of(file, root)}\n{len(content)}\n".encode() + content)
    except (OSError, UsageError, ValueError):
        return None  # whoever reads them says why
    return found.hexdigest()


def _engine() -> Iterator[str]:
    """Yield what tells one installed state of this package, and of what makes its classes, from another."""
    yield _state(attrs.__file__)
    for folder, folders, names in os.walk(_PACKAGE):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        for name in sorted(name for name in names if name.endswith(".py")):
            yield _state(f"{folder}/{name}")


def _state(file: str) -> str:
    found = os.stat(file)  # noqa: PTH116  # there are hundreds, and making paths takes a while
    return f"{file} {found.st_size} {found.st_mtime_ns}"


# Reading


def _read(file: Path) -> bytes:
    """Return a file's bytes, where nobody else can have written them.

    Raises:
        OSError: It is not there, or somebody else can.
    """
    _check_own(os.lstat(file.parent), stat.S_IFDIR)
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as stream:
        _check_own(os.fstat(descriptor), stat.S_IFREG)
        return stream.read()


def _check_own(found: os.stat_result, kind: int) -> None:
    others = stat.S_IWGRP | stat.S_IWOTH
    if stat.S_IFMT(found.st_mode) != kind or found.st_uid != os.geteuid() or found.st_mode & others:
        raise PermissionError


def _made_of(content: bytes) -> Programs | None:
    """Return what the bytes say, or None where they are damaged."""
    digest, written = content[:32], content[32:]
    if hashlib.sha256(written).digest() != digest:
        return None
    with _without_collections():
        try:
            programs, dictionary = _Objects(io.BytesIO(written)).load()
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


# Writing


def _write(file: Path, content: bytes) -> None:
    """Put a file in its place whole."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_own(os.lstat(file.parent), stat.S_IFDIR)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _make_room(folder: Path) -> None:
    """Take away what was kept longest ago."""
    kept = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda file: file.stat().st_mtime_ns)
    for file in kept[:-_MOST_FILES]:
        file.unlink(missing_ok=True)
