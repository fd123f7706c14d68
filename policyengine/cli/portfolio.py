"""`policyengine portfolio`: the same decision for every row of a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from policyengine.cli import output
from policyengine.cli.deciding import unknown_name
from policyengine.cli.many import rows_options, watched
from policyengine.cli.reading import FOR_MANY, read_policies
from policyengine.cli.writing import write_file
from policyengine.policy_set import ENGINE, PolicySet
from policyengine.portfolio.columns import Columns
from policyengine.report.labels import view_languages

if TYPE_CHECKING:
    from policyengine.portfolio.run.run import Done, Order
    from policyengine.report.portfolio.summary import Summary


@click.command()
@click.option("--policies", "folder", required=True, metavar="DIR", help="Where the policies are.")
@click.option(
    "--in", "input_", required=True, metavar="FILE", help="The loans: Parquet, CSV or Arrow."
)
@click.option(
    "--out",
    "output_",
    required=True,
    metavar="FILE",
    help="Where the decisions go: the same kinds.",
)
@rows_options
@click.option("--rejects", metavar="FILE", help="Where bad rows go; by default OUT.rejects.csv.")
@click.option("--report", metavar="FILE", help="Write a page with charts.")
@click.option("--overwrite", is_flag=True, help="Replace an output that is there.")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Batches at a time.",
)
@click.option("--lang", metavar="CODE", help="The language of the texts; by default en.")
@output.format_option
def portfolio(  # noqa: PLR0913  # one for each option
    *,
    folder: str,
    input_: str,
    output_: str,
    as_of: date | None,
    currency: str | None,
    names: tuple[str, ...],
    keep: tuple[str, ...],
    ignore: tuple[str, ...],
    unknown: tuple[str, ...],
    floats: bool,
    rejects: str | None,
    report: str | None,
    overwrite: bool,
    workers: int,
    lang: str | None,
) -> None:
    """Decide about every loan of a file.

    A row is one loan of one borrower; its columns are named by the facts, such as `borrower.monthly_income`. Rows with
    anything wrong in them go to the rejects with the reason. A run that was stopped goes on where it was.
    """
    from policyengine.portfolio.deciding import Job  # noqa: PLC0415  # only a portfolio needs arrays
    from policyengine.portfolio.evaluator import for_many  # noqa: PLC0415
    from policyengine.portfolio.run.run import Order, run  # noqa: PLC0415
    from policyengine.portfolio.sources.opening import source_of  # noqa: PLC0415

    policies = chosen_policies(folder, names)
    language = _language(policies, lang)
    source = source_of(input_)
    columns = Columns(keep, ignore, unknown, floats)
    decides = for_many(policies.evaluator)
    job = Job.over(
        source.schema, policies.programs, decides, as_of=as_of, currency=currency, columns=columns
    )
    order = Order(
        source=source,
        job=job,
        input=Path(input_),
        policies=folder,
        output=Path(output_),
        rejects=Path(rejects or f"{output_}.rejects.csv"),
        engine=ENGINE,
        columns=columns,
        overwrite=overwrite,
        workers=workers,
    )
    with watched(input_, "the same command goes on from the last finished part") as watching:
        done = run(order, watching)
    _tell(order, done, language, report)


def chosen_policies(folder: str, names: tuple[str, ...]) -> PolicySet:
    """Return the policies in a folder, or those that are named.

    Raises:
        PolicyEngineError: Something in the files is wrong, or there is no such policy.
    """
    policies = read_policies(folder, FOR_MANY)
    for name in names:
        if name not in policies:
            raise unknown_name("policy", name, policies)
    chosen = tuple(p for p in policies.programs if not names or p.id in names)
    return PolicySet(chosen, policies.dictionary, policies.evaluator)


def _language(policies: PolicySet, lang: str | None) -> str:
    known = [
        each for each in view_languages() if all(each in p.languages for p in policies.programs)
    ]
    if lang is not None and lang not in known:
        raise unknown_name("language", lang, known, list_all=True)
    return lang or (*known, *view_languages())[0]


# What is said at the end


def _tell(order: Order, done: Done, language: str, report: str | None) -> None:
    from policyengine.portfolio.run.sidecar import rules_json, sidecar_path  # noqa: PLC0415
    from policyengine.report.portfolio.summary import summary_json, summary_of  # noqa: PLC0415
    from policyengine.report.portfolio.text import summary_text  # noqa: PLC0415

    summary = summary_of(done.tally, rules_json(order.job.programs))
    if report is not None:
        write_file(Path(report), _page(summary, order, language))
    written = {
        "out": str(order.output),
        "rejects": str(order.rejects),
        "rules": str(sidecar_path(order.output)),
        **({"report": report} if report else {}),
    }
    if output.wants_json():
        output.write_json({**summary_json(summary), "resumed": done.resumed, "written": written})
        return
    output.write_text(_begun(done), err=True)
    output.write_text(summary_text(summary, language, width=output.width()))
    output.write_text([Text(), *(Text(f"wrote {path}", "dim") for path in written.values())])


def _begun(done: Done) -> Iterator[Text]:
    if done.resumed:
        yield Text(f"went on after row {done.resumed - 1}, which an earlier run had decided")
    if done.afresh:
        yield Text("started anew: what an earlier run had decided was of another input or policy")


def _page(summary: Summary, order: Order, language: str) -> str:
    from policyengine.report.amounts import day  # noqa: PLC0415
    from policyengine.report.portfolio.page import portfolio_page  # noqa: PLC0415
    from policyengine.report.portfolio.words import word  # noqa: PLC0415

    as_of = order.job.taking.as_of
    about = {
        "input": order.input.name,
        "as_of": day(as_of, language) if as_of else word(language, "own_day"),
        "engine": order.engine,
    }
    return portfolio_page(summary, about, language)
