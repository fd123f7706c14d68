"""`policyengine decide`: the plans for a borrower, their terms, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date

import attrs
import click
from rich.text import Text

from policyengine.cli import output
from policyengine.cli.reading import read_files
from policyengine.decision.decision import Assessment
from policyengine.diagnostics import Diagnostic, UsageError, nearest_or_list
from policyengine.facts.profile import Profile
from policyengine.model.literals import LiteralError, read_literal
from policyengine.model.types import DATE
from policyengine.policy_set import PolicySet
from policyengine.report.labels import view_languages
from policyengine.report.text import assessment_text, languages_of
from policyengine.syntax.file_text import MAX_BYTES

STDIN = "-"


def _day(_: click.Context, param: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(read_literal(DATE, value)))
    except LiteralError as error:
        raise click.BadParameter(f"{error.message} ({error.hint})", param=param) from None


@click.command()
@click.option("--policies", "folder", required=True, metavar="DIR", help="Where the policies are.")
@click.option("--profile", required=True, metavar="FILE", help="The borrower; - reads the input.")
@click.option(
    "--as-of",
    metavar="DATE",
    callback=_day,
    help="The day of the decision; by default the profile's own.",
)
@click.option("--lang", metavar="CODE", help="The language of the texts; by default en.")
@click.option("--policy", metavar="NAME", help="Decide under this policy only.")
@click.option("--loan", metavar="ID", help="Decide about this loan only.")
@click.option("--schedule", is_flag=True, help="List every payment.")
@output.format_option
def decide(  # noqa: PLR0913  # one parameter for each option
    *,
    folder: str,
    profile: str,
    as_of: date | None,
    lang: str | None,
    policy: str | None,
    loan: str | None,
    schedule: bool,
) -> None:
    """Decide which plans can be offered to a borrower, on which terms, and why."""
    policies = read_files(folder, whole=False).policies()
    if policy is not None and policy not in policies:
        raise _unknown("policy", policy, policies)
    assessment = policies.decide(_profile(profile), as_of=as_of)
    chosen = _chosen(assessment, policy, loan)
    language = _language(lang, chosen)
    if output.wants_json():
        output.write_raw(chosen.to_json())
    else:
        output.write_text(_lines(chosen, policies, language, schedule=schedule))


def _lines(chosen: Assessment, policies: PolicySet, language: str, *, schedule: bool) -> list[Text]:
    return assessment_text(
        chosen,
        language,
        dictionary=policies.dictionary,
        width=output.width(),
        schedule=schedule,
    )


def _profile(path: str) -> Profile:
    if path != STDIN:
        return Profile.from_file(path)
    return Profile.from_bytes("<input>", sys.stdin.buffer.read(MAX_BYTES + 1))


def _chosen(assessment: Assessment, policy: str | None, loan: str | None) -> Assessment:
    """Return the decisions under one policy or about one loan."""
    loans = [d.loan for d in assessment.decisions] + [n.loan for n in assessment.not_assessed]
    if loan is not None and loan not in loans:
        raise _unknown("loan", loan, [name for name in loans if name])
    decisions = tuple(
        d for d in assessment.decisions if policy in (None, d.policy) and loan in (None, d.loan)
    )
    if policy is not None and not decisions:
        which = f"loan `{loan}`" if loan else "any loan of the profile"
        message = f"`{policy}` does not apply to {which}"
        raise UsageError([Diagnostic("which-loan", message)])
    left = () if policy else assessment.not_assessed
    not_assessed = tuple(found for found in left if loan in (None, found.loan))
    return attrs.evolve(assessment, decisions=decisions, not_assessed=not_assessed)


def _language(lang: str | None, assessment: Assessment) -> str:
    """Return the language to write in: the one asked for, or the first that there is."""
    known = languages_of(assessment)
    if lang is None and known:
        return known[0]
    if lang is None:
        return view_languages()[0]
    if lang not in known:
        raise _unknown("language", lang, known, list_all=True)
    return lang


def _unknown(what: str, name: str, known: Iterable[str], *, list_all: bool = False) -> UsageError:
    hint = nearest_or_list("" if list_all else name, known)
    return UsageError([Diagnostic("unknown-name", f"there is no {what} `{name}`", hint=hint)])
