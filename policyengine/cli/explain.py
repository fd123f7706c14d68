"""`policyengine explain`: everything that the status of a plan stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import click
from rich.text import Text

from policyengine.cli import output
from policyengine.cli.deciding import STDIN, Question, open_question_options, unknown_name
from policyengine.cli.writing import write_file
from policyengine.decision.decision import Assessment, Decision, Plan
from policyengine.decision.tree.to_json import tree_mapping
from policyengine.policy_set import PolicySet
from policyengine.report.tree_text import tree_text


@click.command()
@open_question_options
@click.option(
    "--from", "output_", metavar="FILE", help="An output of `portfolio`, instead of a profile."
)
@click.option("--row", type=click.IntRange(0), metavar="N", help="The row of its input, from 0.")
@click.option("--in", "input_", metavar="FILE", help="Where its input is now.")
@click.option("--plan", "wanted", metavar="NAME", help="This plan only.")
@click.option(
    "--html", "page", metavar="FILE", help="Write a page to this file instead; - to the output."
)
@output.format_option
def explain(
    *,
    wanted: str | None,
    page: str | None,
    output_: str | None,
    row: int | None,
    input_: str | None,
    **asked: Any,
) -> None:
    """Explain why each plan can be offered or cannot: every rule down to its facts and parameters, and every step.

    The borrower is in a profile; or with `--from` and `--row` it is a row of a portfolio, decided again.
    """
    _check_whose(asked, output_, row, input_)
    if output_ is not None and row is not None:
        question, policies, assessment = _of_row(asked, output_, row, input_)
    else:
        question = Question(**asked)
        policies = question.policies()
        assessment = policies.decide(question.borrower(), as_of=question.as_of)
    chosen = question.chosen(assessment)
    language = question.language(chosen)
    plans = _plans(chosen, wanted)
    if page is not None:
        _write_page(page, _page(chosen, language, policies, wanted))
    elif output.wants_json():
        output.write_json({"explanations": [_mapping(*found) for found in plans]})
    else:
        output.write_text(_lines(plans, language, policies))


def _check_whose(
    asked: Mapping[str, Any], output_: str | None, row: int | None, input_: str | None
) -> None:
    """Do nothing where a borrower is named once.

    Raises:
        click.UsageError: Something is missing, or does not go together.
    """
    if output_ is None:
        if row is not None or input_ is not None:
            raise click.UsageError("`--row` and `--in` go with `--from`")
        for name, option in (("folder", "--policies"), ("profile", "--profile")):
            if asked[name] is None:
                raise click.UsageError(f"Missing option '{option}'.")
    elif row is None:
        raise click.UsageError("`--from` goes with `--row`")
    elif asked["profile"] is not None or asked["as_of"] is not None:
        raise click.UsageError(
            "`--from` says the borrower and the day: leave out `--profile` and `--as-of`"
        )


def _of_row(
    asked: Mapping[str, Any], output_: str, row: int, input_: str | None
) -> tuple[Question, PolicySet, Assessment]:
    """Return the decisions about a row of a portfolio, and what is asked about them."""
    from policyengine.portfolio.evaluator import for_many  # noqa: PLC0415  # only a portfolio needs arrays
    from policyengine.portfolio.one_row import row_again  # noqa: PLC0415
    from policyengine.portfolio.run.sidecar import Sidecar  # noqa: PLC0415

    sidecar = Sidecar.beside(Path(output_))
    question = Question(**{**asked, "folder": asked["folder"] or sidecar.source, "profile": ""})
    policies = question.policies()
    where = Path(input_ or sidecar.input["path"])
    found = row_again(sidecar, row, where, policies.programs, for_many(policies.evaluator))
    alone = attrs.evolve(policies, programs=found.programs)
    return question, policies, alone.about(found.situation)


def _plans(chosen: Assessment, wanted: str | None) -> list[tuple[Decision, Plan]]:
    found = [(decision, plan) for decision in chosen.decisions for plan in decision.plans]
    kept = [(decision, plan) for decision, plan in found if wanted in (None, plan.plan)]
    if wanted is not None and not kept:
        raise unknown_name("plan", wanted, [plan.plan for _, plan in found])
    return kept


def _page(chosen: Assessment, language: str, policies: PolicySet, wanted: str | None) -> str:
    from policyengine.report.page.render import html_page  # noqa: PLC0415  # only a page needs templates

    return html_page(chosen, language, dictionary=policies.dictionary, plan=wanted)


def _write_page(path: str, text: str) -> None:
    if path == STDIN:
        output.write_raw(text)
        return
    write_file(Path(path), text)
    if output.wants_json():
        output.write_json({"written": path})
    else:
        output.write_raw(f"wrote {path}\n")


def _lines(
    plans: list[tuple[Decision, Plan]], language: str, policies: PolicySet
) -> Iterator[Text]:
    for number, (decision, plan) in enumerate(plans):
        if number:
            yield Text()
        yield from tree_text(
            decision, plan, language, dictionary=policies.dictionary, width=output.width()
        )


def _mapping(decision: Decision, plan: Plan) -> dict[str, Any]:
    return {
        "policy": decision.policy,
        "version": decision.version,
        "digest": decision.digest,
        "loan": decision.loan,
        "plan": plan.plan,
        "status": str(plan.status),
        "tree": tree_mapping(plan.justification.tree),
    }
