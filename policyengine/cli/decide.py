"""`policyengine decide`: the plans for a borrower, their terms, and why."""

from __future__ import annotations

from typing import Any

import click

from policyengine.cli import output
from policyengine.cli.deciding import Question, question_options
from policyengine.report.text import assessment_text


@click.command()
@question_options
@click.option("--schedule", is_flag=True, help="List every payment.")
@output.format_option
def decide(*, schedule: bool, **asked: Any) -> None:
    """Decide which plans can be offered to a borrower, on which terms, and why."""
    question = Question(**asked)
    policies = question.policies()
    assessment = policies.decide(question.borrower(), as_of=question.as_of)
    chosen = question.chosen(assessment)
    language = question.language(chosen)
    if output.wants_json():
        output.write_raw(chosen.to_json())
        return
    lines = assessment_text(
        chosen,
        language,
        dictionary=policies.dictionary,
        width=output.width(),
        schedule=schedule,
    )
    output.write_text(lines)
