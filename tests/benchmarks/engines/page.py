"""The tables of a run in Markdown, between two marks of a page that somebody wrote around them."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, log10

from engines.measuring import Row
from engines.results import Run, Table

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_UNITS = {"µs": 1e6, "ms": 1e3}


def written(page: str, run: Run, drawing: str) -> str:
    """Return a page with this run in the place of another.

    Raises:
        ValueError: the page has no place for it.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs a line `{BEGIN}` and one `{END}`")
    picture = f"![How long each way takes, against the first of its table]({drawing})"
    return (
        before + "\n\n".join([BEGIN, _where(run), picture, *map(markdown, run.tables), END]) + after
    )


def markdown(table: Table) -> str:
    """Return a table."""
    head = [
        f"### {table.title}", "",
        f"| way | median, {table.unit} | × the first | from … to | by the wall |",
        "| --- | ---: | ---: | --- | ---: |",
    ]  # fmt: skip
    return "\n".join([*head, *(_row(row, table) for row in table.rows), *_skipped(table)])


def ratio(value: float) -> str:
    """Return a ratio as it is read: two figures, all of them before the point."""
    places = max(1 - floor(log10(value)), 0)
    return f"{round(value):,}" if places == 0 else f"{value:.{places}f}"


def _row(row: Row, table: Table) -> str:
    name = f"**{row.name}**" if row.ours else row.name
    span = f"{ratio(row.lowest)} … {ratio(row.highest)}"
    taken = ratio(row.seconds * _UNITS[table.unit])
    return f"| {name} | {taken} | {ratio(row.ratio)} | {span} | {ratio(row.wall)} |"


def _skipped(table: Table) -> Iterator[str]:
    if table.skipped:
        yield ""
        yield f"Left out: {'; '.join(table.skipped)}."


def _where(run: Run) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return f"Measured on {run.day}: {run.machine}. {versions}."
