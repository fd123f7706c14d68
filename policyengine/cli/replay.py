"""`policyengine replay`: a record made again from the profile, and what differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import click
from rich.text import Text

from policyengine.cli import exit_codes, output
from policyengine.cli.deciding import borrower_from
from policyengine.cli.keeping import read_record, read_salt, salt_beside
from policyengine.cli.reading import read_policies
from policyengine.diagnostics import RecordError
from policyengine.record.canonical import opened
from policyengine.record.replay import Replay
from policyengine.record.replay import replay as replayed


@click.command()
@click.argument("record", metavar="RECORD")
@click.option("--policies", "folder", required=True, metavar="DIR", help="Where the policies are.")
@click.option("--profile", required=True, metavar="FILE", help="The borrower; - reads the input.")
@click.option("--salt-file", metavar="FILE", help="The salt; by default RECORD.salt.")
@output.format_option
@click.pass_context
def replay(
    context: click.Context, *, record: str, folder: str, profile: str, salt_file: str | None
) -> None:
    """Make the RECORD of a decision again and say what differs, never naming a value of the profile."""
    content = read_record(record)
    _check(content, record)  # what is no record is said before anything else is read
    salt = read_salt(salt_file or salt_beside(record))
    policies = read_policies(folder)
    found = replayed(content, policies, borrower_from(profile), salt)
    if output.wants_json():
        output.write_json(_json(found))
    else:
        output.write_text(_text(found))
    context.exit(exit_codes.CLEAN if found.same else exit_codes.FINDINGS)


def _check(content: bytes, record: str) -> None:
    """Refuse what is no record, and say which file that is."""
    try:
        opened(content)
    except RecordError as error:
        raise RecordError(attrs.evolve(each, path=record) for each in error.diagnostics) from None


def _text(found: Replay) -> Iterator[Text]:
    if found.same:
        yield Text("the same bytes: decisions, terms and commitments", style="green")
        return
    place = None
    for difference in found.differences:
        named = difference.place not in difference.message and difference.place != difference.about
        if named and difference.place != place:
            yield Text(difference.place, style="bold")
        place = difference.place
        yield Text(f"  {difference.message}" if named else difference.message)
    yield Text(f"{len(found.differences)} differ" if len(found.differences) > 1 else "1 differs")


def _json(found: Replay) -> dict[str, Any]:
    listed = [
        {"about": str(each.about), "place": each.place, "message": each.message}
        for each in found.differences
    ]
    return {"same": found.same, "differences": listed}
