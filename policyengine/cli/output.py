"""Writing to the terminal and to pipes: text in colour where it is seen, JSON as it is.

What draws text is imported where text is drawn: a program that asks for JSON does not wait for it.
"""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from policyengine.diagnostics import Diagnostic

if TYPE_CHECKING:
    from rich.console import RenderableType

F = TypeVar("F", bound=Callable[..., Any])

TEXT, JSON = "text", "json"
_FORMAT = "policyengine.format"


def formats(*more: str) -> Callable[[F], F]:
    """Add `--format` to a command: text, JSON, and formats of its own; errors are written as text or JSON."""

    def added(command: F) -> F:
        return click.option(
            "--format",
            "format_",
            type=click.Choice([TEXT, JSON, *more]),
            default=TEXT,
            show_default=True,
            is_eager=True,
            expose_value=False,
            callback=_remember,
            help="What to write.",
        )(command)

    return added


#: Add `--format` with text and JSON.
format_option = formats()


def _remember(context: click.Context, _: click.Parameter, value: str) -> None:
    context.meta[_FORMAT] = value


def wants_json() -> bool:
    """Whether the command was asked for JSON."""
    return wanted() == JSON


def wanted() -> str:
    """Return the format that the command was asked for."""
    context = click.get_current_context(silent=True)
    return TEXT if context is None else str(context.meta.get(_FORMAT, TEXT))


def width() -> int:
    """Return the cells of a line."""
    from rich.console import Console

    return Console(file=sys.stdout).width


def write_text(lines: Iterable[RenderableType], *, err: bool = False) -> None:
    """Write lines, in colour where a terminal shows them."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    console = Console(file=stream, soft_wrap=True, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        for line in lines:
            console.print(line)
    _write(captured.get(), stream)


def write_json(value: object, *, err: bool = False) -> None:
    """Write a value as JSON, with a line break at the end."""
    write_raw(json.dumps(value, ensure_ascii=False, indent=2) + "\n", err=err)


def write_raw(text: str, *, err: bool = False) -> None:
    """Write a text as it is."""
    _write(text, sys.stderr if err else sys.stdout)


def write_diagnostics(diagnostics: Iterable[Diagnostic], *, err: bool = True) -> None:
    """Write findings in the format that the command was asked for."""
    from policyengine.report.diagnostics import diagnostics_json, diagnostics_text

    found = tuple(diagnostics)
    if wants_json():
        write_json({"diagnostics": diagnostics_json(found)}, err=err)
    else:
        write_text(diagnostics_text(found), err=err)


def use_utf8() -> None:
    """Write UTF-8 whatever the environment says: texts and JSON are the same everywhere."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _write(text: str, stream: TextIO) -> None:
    """Write, and carry on where the reader has gone: what was found stays the exit code."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
