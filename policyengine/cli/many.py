"""What every command about many loans shares: what is said of the rows, and how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from policyengine.cli import output
from policyengine.cli.deciding import read_day
from policyengine.diagnostics import Diagnostic

if TYPE_CHECKING:
    from policyengine.portfolio.run.run import Watching

F = TypeVar("F", bound=Callable[..., Any])


def rows_options(command: F) -> F:
    """Add what is said of the rows to a command."""
    return _with(_OPTIONS, columns_options(command))


def columns_options(command: F) -> F:
    """Add what is said of the currency, and of columns that are no facts, to a command."""
    return _with(_COLUMNS, command)


def _with(options: Sequence[Callable[[F], F]], command: F) -> F:
    for option in reversed(options):
        command = option(command)
    return command


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--as-of",
        metavar="DATE",
        callback=read_day,
        help="The day of the decisions; by default that in the column `as_of`.",
    ),
    click.option(
        "--policy",
        "names",
        multiple=True,
        metavar="NAME",
        help="This policy only; may be repeated.",
    ),
)
_COLUMNS: tuple[Callable[[Any], Any], ...] = (
    click.option("--currency", metavar="CODE", help="The currency of rows that state none."),
    click.option(
        "--keep", multiple=True, metavar="COLUMN", help="Copy this column through; may be repeated."
    ),
    click.option(
        "--ignore", multiple=True, metavar="COLUMN", help="Leave this column out; may be repeated."
    ),
    click.option(
        "--unknown",
        multiple=True,
        metavar="FACT",
        help="This fact is known of no row; may be repeated.",
    ),
    click.option(
        "--floats",
        is_flag=True,
        help="Take binary fractions for the decimals that they stand nearest to.",
    ),
)


# On the way


@contextmanager
def watched(name: str, hint: str) -> Iterator[Watching]:
    """Show how far a run is, on a terminal; where it is stopped say so, and what to do then."""
    from policyengine.portfolio.run.run import Watching  # noqa: PLC0415

    watching = Watching()
    try:
        if sys.stderr.isatty() and not output.wants_json():
            from policyengine.cli.progress import shown  # noqa: PLC0415  # only a terminal shows it

            with shown(watching, name):
                yield watching
        else:
            yield watching
    except KeyboardInterrupt:
        message = f"stopped after {watching.row} rows"
        output.write_diagnostics([Diagnostic("stopped", message, hint=hint)])
        raise
