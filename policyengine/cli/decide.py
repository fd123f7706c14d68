"""`policyengine decide`: the plans for a borrower, their terms, and why.

What only a text or a record needs is imported there, so that no start waits for it in vain.
"""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from datetime import date
from typing import Any

import click

from policyengine.cli import output
from policyengine.cli.deciding import Question, question_options
from policyengine.decision.decision import Assessment
from policyengine.facts.profile import Profile
from policyengine.policy_set import PolicySet

READERS = ("agent", "borrower", "file")


@click.command()
@question_options
@click.option("--schedule", is_flag=True, help="List every payment.")
@click.option(
    "--for",
    "reader",
    type=click.Choice(READERS),
    default="agent",
    show_default=True,
    help="Who reads it: the borrower in plain words, or the file with every place.",
)
@click.option("--record", "record_at", metavar="FILE", help="Keep a record that can be replayed.")
@click.option("--salt-file", metavar="FILE", help="Where its salt goes; by default FILE.salt.")
@output.format_option
def decide(
    *, schedule: bool, reader: str, record_at: str | None, salt_file: str | None, **asked: Any
) -> None:
    """Decide which plans can be offered to a borrower, on which terms, and why.

    A record holds the whole decision, whatever part of it is asked for. It is kept before anything is shown.
    """
    question = Question(**asked)
    salt_at = _salt_at(record_at, salt_file)
    policies, borrower = question.policies(), question.borrower()
    assessment = policies.decide(borrower, as_of=question.as_of)
    chosen = question.chosen(assessment)
    language = question.language(chosen)
    if record_at is not None:
        _keep(policies, borrower, question.as_of, (record_at, salt_at))
    if output.wants_json():
        output.write_raw(chosen.to_json())
    else:
        _write_text(policies, chosen, language, reader=reader, schedule=schedule)


def _keep(
    policies: PolicySet, borrower: Profile, as_of: date | None, places: tuple[str, str]
) -> None:
    import secrets

    from policyengine.cli.keeping import keep
    from policyengine.record.commitments import SALT_LENGTH

    salt = secrets.token_bytes(SALT_LENGTH)
    keep(policies.record(borrower, as_of=as_of, salt=salt), salt, *places)


def _write_text(
    policies: PolicySet, chosen: Assessment, language: str, *, reader: str, schedule: bool
) -> None:
    from policyengine.report.plain_text import plain_text
    from policyengine.report.text import assessment_text

    if reader == "borrower":
        output.write_text(plain_text(chosen, language, width=output.width()))
        return
    lines = assessment_text(
        chosen,
        language,
        dictionary=policies.dictionary,
        width=output.width(),
        schedule=schedule,
        full=reader == "file",
    )
    output.write_text(lines)


def _salt_at(record_at: str | None, salt_file: str | None) -> str:
    """Return where the salt goes, once nothing stands in the way of the record."""
    if record_at is None:
        if salt_file is not None:
            raise click.UsageError("`--salt-file` goes with `--record`")
        return ""
    from policyengine.cli.keeping import refuse_to_overwrite, salt_beside

    salt_at = salt_file or salt_beside(record_at)
    refuse_to_overwrite(record_at, salt_at)
    return salt_at
