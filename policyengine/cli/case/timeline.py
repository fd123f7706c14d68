"""`policyengine case timeline`: how a case came to where it stands."""

from __future__ import annotations

import sys
from datetime import date

import click

from policyengine.cases.history import history_of
from policyengine.cli import output
from policyengine.cli.case.kept import (
    as_of_option,
    lang_option,
    name_argument,
    policies_option,
    read_kept,
    store_option,
)
from policyengine.report.cases.text import timeline_table, timeline_text
from policyengine.report.cases.to_json import timeline_json


@click.command()
@name_argument
@store_option
@policies_option
@as_of_option("The day with which it ends; by default that of the last event.")
@lang_option
@output.format_option
def timeline(*, name: str, at: str, folder: str, as_of: date | None, lang: str | None) -> None:
    """Tell the events of a case in their order: what each changed and why, and what the lender did next.

    Late events stand where they count, and are marked.
    """
    kept = read_kept(at, name, folder, as_of)
    telling, other = kept.telling(lang), kept.other_policies
    steps = history_of(kept.case, kept.told)
    if output.wants_json():
        output.write_json(timeline_json(name, kept.case, steps, other_policies=other))
    elif sys.stdout.isatty():
        output.write_text(timeline_table(name, kept.case, steps, telling, other_policies=other))
    else:
        width = output.width()
        lines = timeline_text(name, kept.case, steps, telling, other_policies=other, width=width)
        output.write_text(lines)
