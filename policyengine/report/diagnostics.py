"""Diagnostics for the terminal, with the source line underlined, and as JSON.

error[unknown-key]: unknown key `thta` in a condition
  --> policies/aibank/consumer-loan.yaml:31:9
   |
31 |         thta: loan.days_past_due >= 1 day
   |         ^^^^
   = help: did you mean `that`?
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from policyengine.diagnostics import Diagnostic, Related, Severity
from policyengine.source import Span

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow"}
_FRAME = "blue"
#: Characters that are shown of a long line, and how many of them before the place.
_WINDOW, _BEFORE = 100, 40


def diagnostics_text(diagnostics: Iterable[Diagnostic]) -> list[Text]:
    """Return the lines of all findings, and a summary of how many there are."""
    found = tuple(diagnostics)
    lines = [line for diagnostic in found for line in [*diagnostic_text(diagnostic), Text()]]
    return [*lines, Text(summary(found), style="bold")] if found else []


def diagnostic_text(diagnostic: Diagnostic) -> list[Text]:
    """Return the lines of one finding."""
    return list(_lines(diagnostic))


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Say how many errors and warnings there are."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    counts = [(severities.count(severity), str(severity)) for severity in Severity]
    said = [counted(number, word) for number, word in counts if number]
    return ", ".join(said) or "no findings"


def counted(number: int, word: str) -> str:
    """Write a number of things: `1 error`, `3 errors`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _lines(diagnostic: Diagnostic) -> Iterator[Text]:
    style = _STYLES[diagnostic.severity]
    head = f"{diagnostic.severity}[{diagnostic.code}]"
    yield Text.assemble((head, style), (f": {_tidy(diagnostic.message)}", "bold"))
    gutter = _gutter(diagnostic)
    if diagnostic.span:
        yield from snippet(diagnostic.span, gutter=gutter, style=style)
    elif diagnostic.path:
        yield Text.assemble((f"{' ' * gutter}--> ", _FRAME), diagnostic.path)
    for related in diagnostic.related:
        yield from snippet(related.span, gutter=gutter, note=related.message, underline="-")
    if diagnostic.hint:
        yield Text.assemble((f"{' ' * gutter} = ", _FRAME), f"help: {_tidy(diagnostic.hint)}")


def _gutter(diagnostic: Diagnostic) -> int:
    spans = [diagnostic.span, *(related.span for related in diagnostic.related)]
    return max([2, *(len(str(span.line)) for span in spans if span)])


def snippet(
    span: Span, *, gutter: int = 2, note: str = "", underline: str = "^", style: str = _FRAME
) -> Iterator[Text]:
    """Yield a place: its path, and the first line of it with the part in question underlined."""
    gutter = max(gutter, len(str(span.line)))
    edge = " " * gutter
    said = f": {_tidy(note)}" if note else ""
    yield Text.assemble((f"{edge}--> ", _FRAME), f"{_tidy(str(span))}{said}")
    if not span.file.text or span.file.confidential:
        return
    before, part, after = _parts(span)
    length = max(cell_len(part), 1)
    yield Text(f"{edge} |", _FRAME)
    yield Text.assemble((f"{span.line:>{gutter}} | ", _FRAME), before + part + after)
    yield Text.assemble((f"{edge} | ", _FRAME), " " * cell_len(before), (underline * length, style))


def _parts(span: Span) -> tuple[str, str, str]:
    """Cut the first line of a place in three: before it, the place itself, and after it."""
    line, start = span.file.line(span.line), span.column - 1
    end = min(start + max(span.end - span.start, 0), len(line))
    left = max(start - _BEFORE, 0) if len(line) > _WINDOW else 0
    right = left + _WINDOW
    before = ("…" if left else "") + line[left:start]
    after = line[end:right] + ("…" if max(end, right) < len(line) else "")
    return _tidy(before), _tidy(line[start : min(end, right)]), _tidy(after)


def _tidy(text: str) -> str:
    """Show what a terminal would act upon, such as a tab, as a space."""
    return "".join(c if c.isprintable() else " " for c in text)


def diagnostics_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Return the findings as plain mappings; an end is the first column after the place."""
    return [_mapping(diagnostic) for diagnostic in diagnostics]


def _mapping(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        **place_json(diagnostic.span),
        "path": diagnostic.path,
        "related": [_related(related) for related in diagnostic.related],
    }


def _related(related: Related) -> dict[str, Any]:
    return {"message": related.message, **place_json(related.span)}


def place_json(span: Span | None) -> dict[str, Any]:
    """Return a place as plain values, all null where there is none."""
    if span is None:
        return dict.fromkeys(("file", "line", "column", "end_line", "end_column"))
    end_line, end_column = span.file.line_and_column(span.end)
    return {
        "file": span.file.name,
        "line": span.line,
        "column": span.column,
        "end_line": end_line,
        "end_column": end_column,
    }
