"""`policyengine case verify`: whether anything in the log of a case was changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from rich.text import Text

from policyengine.cases.chain import Head
from policyengine.cases.storage import open_store
from policyengine.cli import exit_codes, output
from policyengine.cli.case.kept import name_argument, store_option
from policyengine.diagnostics import CaseError


@click.command()
@name_argument
@store_option
@click.option(
    "--digest",
    metavar="DIGEST",
    help="A digest of the case that was kept elsewhere: its entry must be there.",
)
@output.format_option
@click.pass_context
def verify(context: click.Context, *, name: str, at: str, digest: str | None) -> None:
    """Verify the log of a case: no entry was altered, is missing or stands twice.

    It prints the digest of the last entry. Keep that where nobody who can write the store can change it.
    """
    try:
        with open_store(at, create=False) as store:
            head = store.verify(name, digest=digest)
    except CaseError as error:
        if error.code != "changed-log":
            raise
        output.write_diagnostics(error.diagnostics, err=False)
        context.exit(exit_codes.FINDINGS)
    if output.wants_json():
        output.write_json(_json(head))
    else:
        output.write_text(_text(head))


def _text(head: Head) -> Iterator[Text]:
    yield Text(f"{head.case}: the opening and {_counted(head.number)} verify", style="green")
    if head.erased:
        yield Text("what is personal was erased")
    yield Text(head.digest)


def _counted(events: int) -> str:
    return "1 event" if events == 1 else f"{events} events"


def _json(head: Head) -> dict[str, Any]:
    return {
        "case": head.case,
        "events": head.number,
        "digest": head.digest,
        "erased": head.erased,
    }
