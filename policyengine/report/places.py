"""Names of files as paths that a reader can open."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import attrs

from policyengine.diagnostics import Diagnostic
from policyengine.source import SourceFile, Span


def shown_path(path: Path, cwd: Path) -> str:
    """Return a path relative to the working folder where it lies below it."""
    shown = path.relative_to(cwd) if path.is_relative_to(cwd) else path
    return shown.as_posix()


@attrs.frozen(eq=False)
class Places:
    """Findings name their files relative to `root`; the reader stands in `cwd`."""

    root: Path
    cwd: Path = attrs.field(factory=Path.cwd)
    _files: dict[SourceFile, SourceFile] = attrs.field(init=False, factory=dict)

    def located(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Return the findings with paths that a reader can open."""
        return tuple(self._located(diagnostic) for diagnostic in diagnostics)

    def path(self, name: str) -> str:
        """Return the path of a file by its name."""
        return shown_path(self.root / name, self.cwd)

    def span(self, span: Span) -> Span:
        """Return a place in the file under its path."""
        if span.file not in self._files:
            self._files[span.file] = attrs.evolve(span.file, name=self.path(span.file.name))
        return attrs.evolve(span, file=self._files[span.file])

    def _located(self, diagnostic: Diagnostic) -> Diagnostic:
        related = tuple(attrs.evolve(r, span=self.span(r.span)) for r in diagnostic.related)
        span = self.span(diagnostic.span) if diagnostic.span else None
        return attrs.evolve(diagnostic, span=span, related=related)
