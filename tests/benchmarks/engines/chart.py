"""The ratios of a run as a drawing: a bar for each way, on a scale of powers of ten."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import ceil, floor, log10

from engines.measuring import Row
from engines.page import ratio
from engines.results import Run, Table

#: The drawing, in its own units.
_WIDTH, _LABELS, _RIGHT = 900, 330, 70
_BAR, _GAP, _HEAD, _FOOT = 16, 8, 46, 34
_OURS, _OTHERS, _FIRST = "#6366f1", "#94a3b8", "#334155"


def chart(run: Run) -> str:
    """Return the drawing as SVG."""
    parts, top = list[str](), 10
    for table in run.tables:
        parts += _panel(table, top)
        top += _height(table)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" role="img"'
        ' font-family="Helvetica, Arial, sans-serif" font-size="14">'
    )
    title = "<title>How long each way takes, against the first of its table</title>"
    back = f'<rect width="{_WIDTH}" height="{top}" fill="#ffffff"/>'
    return "\n".join([head, title, back, *parts, "</svg>"]) + "\n"


def _height(table: Table) -> int:
    return _HEAD + len(table.rows) * (_BAR + _GAP) + _FOOT


def _panel(table: Table, top: int) -> Iterator[str]:
    """Yield the lines of one table: title, powers of ten, bars."""
    low = floor(log10(min(row.ratio for row in table.rows)))
    high = max(ceil(log10(max(row.ratio for row in table.rows))), low + 1)
    first, bottom = top + _HEAD, top + _height(table) - _FOOT
    yield f'<text x="12" y="{top + 22}" font-weight="bold" fill="#0f172a">{escape(table.title)}</text>'
    for power in range(low, high + 1):
        x = _x(10.0**power, low, high)
        yield f'<path d="M{x} {first - 4} V{bottom}" stroke="#e2e8f0"/>'
        yield f'<text x="{x}" y="{bottom + 16}" text-anchor="middle" fill="#64748b">{ratio(10.0**power)}</text>'
    for place, row in enumerate(table.rows):
        yield from _bar(row, first + place * (_BAR + _GAP), (low, high), place == 0)


def _bar(row: Row, y: int, ends: tuple[int, int], first: bool) -> Iterator[str]:
    start, end = _x(10.0 ** ends[0], *ends), _x(row.ratio, *ends)
    colour = _OURS if row.ours else _FIRST if first else _OTHERS
    weight = ' font-weight="bold"' if row.ours else ""
    base = y + _BAR - 3
    yield f'<text x="{_LABELS - 8}" y="{base}" text-anchor="end"{weight}>{escape(row.name)}</text>'
    width = max(end - start, 2)
    yield f'<rect x="{start}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>'
    yield f'<text x="{start + width + 6:.1f}" y="{base}" fill="#0f172a">{ratio(row.ratio)} ×</text>'


def _x(value: float, low: int, high: int) -> float:
    """Return where a ratio stands between two powers of ten."""
    share = (log10(value) - low) / (high - low)
    return round(_LABELS + share * (_WIDTH - _LABELS - _RIGHT), 1)
