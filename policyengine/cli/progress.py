"""How far a run is, on a terminal: rows, rows a second, and the time that is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from policyengine.portfolio.run.run import Watching


class Rate(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> Text:
        """Return the rate of a run."""
        return Text(f"{task.speed:,.0f} rows/s" if task.speed else "", style="dim")


@contextmanager
def shown(watching: Watching, name: str, console: Console | None = None) -> Iterator[None]:
    """Show a run while it is watched; an earlier run's rows do not count for the rate."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console or Console(stderr=True)) as progress:
        task = progress.add_task(Path(name).name, total=None)

        def begun(start: int, rows: int | None) -> None:
            progress.reset(task, total=rows, completed=start)

        def at(end: int) -> None:
            progress.update(task, completed=end)

        watching.begun, watching.at = begun, at
        yield
