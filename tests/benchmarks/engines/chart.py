"""The ratios of a run as a drawing: a dot for each way, and a line from its least to its greatest.

The scale has powers of ten, on which the length of a bar would say nothing; so there are dots.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import ceil, floor, log10

from engines.measuring import Row
from engines.page import ratio
from engines.results import Run, Table

#: The drawing, in its own units.
_WIDTH, _LABELS, _RIGHT = 900, 330, 70
_ROW, _HEAD, _FOOT = 24, 46, 34
_OURS, _OTHERS = "#6366f1", "#475569"


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
    return _HEAD + len(table.rows) * _ROW + _FOOT


def _panel(table: Table, top: int) -> Iterator[str]:
    """Yield the lines of one table: title, powers of ten, dots."""
    ends = _ends(table)
    first, bottom = top + _HEAD, top + _height(table) - _FOOT
    yield f'<text x="12" y="{top + 22}" font-weight="bold" fill="#0f172a">{escape(table.title)}</text>'
    for power in range(ends[0], ends[1] + 1):
        x, stroke = _x(10.0**power, *ends), "#94a3b8" if power == 0 else "#e2e8f0"
        yield f'<path d="M{x} {first - 4} V{bottom}" stroke="{stroke}"/>'
        yield f'<text x="{x}" y="{bottom + 16}" text-anchor="middle" fill="#64748b">{ratio(10.0**power)} ×</text>'
    for place, row in enumerate(table.rows):
        yield from _way(row, first + place * _ROW + _ROW // 2, ends)


def _ends(table: Table) -> tuple[int, int]:
    """Return the powers of ten between which all ratios lie."""
    low = floor(log10(min(row.lowest for row in table.rows)))
    return low, max(ceil(log10(max(row.highest for row in table.rows))), low + 1)


def _way(row: Row, y: int, ends: tuple[int, int]) -> Iterator[str]:
    x, least, most = (_x(value, *ends) for value in (row.ratio, row.lowest, row.highest))
    colour, weight = (_OURS, ' font-weight="bold"') if row.ours else (_OTHERS, "")
    yield f'<text x="{_LABELS - 14}" y="{y + 5}" text-anchor="end"{weight}>{escape(row.name)}</text>'
    yield f'<path d="M{least} {y} H{most}" stroke="{colour}" stroke-width="2"/>'
    yield f'<circle cx="{x}" cy="{y}" r="6" fill="{colour}"/>'
    yield f'<text x="{max(most, x + 6) + 8:.1f}" y="{y + 5}" fill="#0f172a">{ratio(row.ratio)} ×</text>'


def _x(value: float, low: int, high: int) -> float:
    """Return where a ratio stands between two powers of ten."""
    share = (log10(value) - low) / (high - low)
    return round(_LABELS + share * (_WIDTH - _LABELS - _RIGHT), 1)
