"""Who runs a portfolio on a terminal sees how far it is."""

from __future__ import annotations

import io
from pathlib import Path

import portfolio_runs as runs
from rich.console import Console

from policyengine.cli.progress import shown
from policyengine.portfolio.run.run import Watching, run


def test_rows_and_the_rate(tmp_path: Path) -> None:
    given = runs.write(runs.loans(300), tmp_path / "loans.parquet")
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    watching = Watching()
    with shown(watching, str(given), console):
        run(runs.order(given, tmp_path / "out.parquet", pause=0.02), watching)
    assert watching.row == 300
    assert "loans.parquet" in screen.getvalue()
    assert "300/300" in screen.getvalue()
    assert "rows/s" in screen.getvalue()
