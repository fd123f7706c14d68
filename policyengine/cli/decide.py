"""`policyengine decide`: the plans for a borrower, their terms, and why."""

from __future__ import annotations

from typing import Any

import click

from policyengine.cli import output
from policyengine.cli.deciding import Question, question_options
from policyengine.report.plain_text import plain_text
from policyengine.report.text import assessment_text

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
@output.format_option
def decide(*, schedule: bool, reader: str, **asked: Any) -> None:
    """Decide which plans can be offered to a borrower, on which terms, and why."""
    question = Question(**asked)
    policies = question.policies()
    assessment = policies.decide(question.borrower(), as_of=question.as_of)
    chosen = question.chosen(assessment)
    language = question.language(chosen)
    if output.wants_json():
        output.write_raw(chosen.to_json())
        return
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
