"""`policyengine case show`: where a case stands."""

from __future__ import annotations

from datetime import date

import click

from policyengine.cli import output
from policyengine.cli.case.kept import (
    as_of_option,
    lang_option,
    name_argument,
    policies_option,
    read_kept,
    store_option,
)
from policyengine.report.cases.text import case_text
from policyengine.report.cases.to_json import case_json


@click.command()
@name_argument
@store_option
@policies_option
@as_of_option("The day as of which it stands; by default that of its last event.")
@lang_option
@output.format_option
def show(*, name: str, at: str, folder: str, as_of: date | None, lang: str | None) -> None:
    """Show where a case stands: its agreements, what the lender does next, and what can be offered now."""
    kept = read_kept(at, name, folder, as_of)
    telling, other = kept.telling(lang), kept.other_policies
    if output.wants_json():
        output.write_json(case_json(name, kept.case, other_policies=other))
    else:
        lines = case_text(name, kept.case, telling, other_policies=other, width=output.width())
        output.write_text(lines)
