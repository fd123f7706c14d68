"""`policyengine case open`: the first entry of a case."""

from __future__ import annotations

from datetime import date

import click

from policyengine.cases.opening import Opening
from policyengine.cases.storage import open_store
from policyengine.cli import output
from policyengine.cli.case.kept import (
    as_of_option,
    digests_of,
    lang_option,
    name_argument,
    policies_option,
    store_option,
    telling_of,
)
from policyengine.cli.deciding import borrower_from
from policyengine.cli.reading import read_policies
from policyengine.facts.answers import profile_json
from policyengine.policy_set import ENGINE
from policyengine.report.cases.text import case_text
from policyengine.report.cases.to_json import case_json


@click.command(name="open")
@name_argument
@store_option
@policies_option
@click.option("--profile", required=True, metavar="FILE", help="The borrower; - reads the input.")
@as_of_option("The day from which events count; by default the profile's own.")
@lang_option
@output.format_option
def open_(
    *, name: str, at: str, folder: str, profile: str, as_of: date | None, lang: str | None
) -> None:
    """Open a case with what is known of a borrower, and keep it.

    The store is made where there is none. The same case with the same profile again changes nothing.
    """
    policies = read_policies(folder)
    telling = telling_of(policies, lang)
    borrower = borrower_from(profile)
    case = policies.open_case(borrower, as_of=as_of)
    opening = Opening(case.as_of, profile_json(borrower), digests_of(policies), ENGINE)
    with open_store(at) as store:
        store.create(name, opening)
    if output.wants_json():
        output.write_json(case_json(name, case, other_policies=()))
    else:
        output.write_text(case_text(name, case, telling, other_policies=(), width=output.width()))
