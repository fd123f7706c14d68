"""Finished parts of an output: each has the decisions of the same number of rows, and is whole or not there.

OUT.parts/manifest.json     what the parts were made of: another input or policy starts anew
OUT.parts/00000007.arrow    the decisions of a part, `.rejects.arrow` its rejects
OUT.parts/00000007.json     the counts; it is written last, and says that the part is finished
OUT.parts/all.json          says that there are no more parts
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa

from policyengine.diagnostics import Diagnostic, PortfolioError
from policyengine.portfolio.deciding import DecidedBatch
from policyengine.portfolio.rejects import SCHEMA as REJECTS
from policyengine.portfolio.run.files import whole, writable, write_whole
from policyengine.portfolio.tally import Tally

_MANIFEST, _ALL = "manifest.json", "all.json"
_OURS = re.compile(r"manifest\.json|all\.json|[0-9]{8}\.(json|arrow|rejects\.arrow)|.*\.unfinished")
_COMPRESSED: Any = pa.ipc.IpcWriteOptions(compression="lz4")


@attrs.frozen
class Finished:
    """A finished part: the place after its last row, and its counts."""

    end: int
    tally: Tally


@attrs.define
class PartWriter:
    """Writes a part, a batch at a time, and counts."""

    decided: Any
    rejects: Any
    end: int = 0
    tally: Tally = attrs.field(factory=Tally)

    def add(self, batch: DecidedBatch, end: int) -> None:
        """Write a batch; `end` is the place after its last row.

        Raises:
            OSError: It cannot be written.
        """
        if batch.decided.num_rows:
            self.decided.write_batch(batch.decided)
        if batch.rejects.num_rows:
            self.rejects.write_batch(batch.rejects)
        self.end, self.tally = end, self.tally + batch.tally


@attrs.frozen
class Parts:
    """The folder of the parts of an output."""

    folder: Path

    @classmethod
    def beside(cls, output: Path) -> Parts:
        """Return the parts of an output."""
        return cls(output.with_name(f"{output.name}.parts"))

    def prepare(self, manifest: Mapping[str, Any]) -> bool:
        """Keep the parts that were made of the same; return whether there were others, which are gone now.

        Raises:
            PortfolioError: The folder cannot be written, or holds something else.
        """
        before = self._manifest()
        if before == manifest:
            return False
        with writable(self.folder):
            self.folder.mkdir(exist_ok=True)
        self._clear()
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        write_whole(self.folder / _MANIFEST, text, self.folder)
        return before is not None

    def _clear(self) -> None:
        """Take away all parts, and first of all what says that they are parts."""
        found = sorted(self.folder.iterdir(), key=lambda path: path.name != _MANIFEST)
        foreign = [path for path in found if not _OURS.fullmatch(path.name)]
        if foreign:
            message = f"`{foreign[0]}` is no part of a run"
            hint = f"`{self.folder.name}` is where parts are kept: move it away"
            raise PortfolioError([Diagnostic("already-there", message, hint=hint)])
        with writable(self.folder):
            for path in found:
                path.unlink()

    def _manifest(self) -> Any:
        try:
            return json.loads((self.folder / _MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def finished(self) -> list[Finished]:
        """Return the finished parts, from the first on without a gap."""
        found: list[Finished] = []
        while (path := self._at(len(found), "json")).exists():
            said = json.loads(path.read_text("utf-8"))
            found.append(Finished(said["end"], Tally.from_json(said["tally"])))
        return found

    @property
    def complete(self) -> bool:
        """Whether the parts are all there are."""
        return (self.folder / _ALL).exists()

    def complete_now(self) -> None:
        """Note that there are no more parts.

        Raises:
            PortfolioError: That cannot be written.
        """
        write_whole(self.folder / _ALL, "{}\n", self.folder)

    @contextmanager
    def writing(self, number: int, schema: Any) -> Iterator[PartWriter]:
        """Yield what writes a part: it is finished once its counts are there.

        Raises:
            PortfolioError: It cannot be written; then there is no such part.
        """
        with (
            self._stream(number, "arrow", schema) as decided,
            self._stream(number, "rejects.arrow", REJECTS) as rejects,
        ):
            writer = PartWriter(decided, rejects)
            yield writer
        said = {"end": writer.end, "tally": writer.tally.to_json()}
        write_whole(self._at(number, "json"), json.dumps(said), self.folder)

    @contextmanager
    def _stream(self, number: int, ending: str, schema: Any) -> Iterator[Any]:
        with (
            whole(self._at(number, ending), self.folder) as path,
            pa.OSFile(str(path), "wb") as file,
            pa.ipc.new_stream(file, schema, options=_COMPRESSED) as writer,
        ):
            yield writer

    def decided(self) -> Iterator[Any]:
        """Yield the decisions of all parts."""
        return self._batches("arrow")

    def rejects(self) -> Iterator[Any]:
        """Yield the rejects of all parts."""
        return self._batches("rejects.arrow")

    def _batches(self, ending: str) -> Iterator[Any]:
        for number in range(len(self.finished())):
            with pa.OSFile(str(self._at(number, ending))) as file:
                yield from pa.ipc.open_stream(file)

    def _at(self, number: int, ending: str) -> Path:
        return self.folder / f"{number:08d}.{ending}"

    def remove(self) -> None:
        """Remove the folder: its output is in its place."""
        with writable(self.folder):
            self._clear()
            self.folder.rmdir()
