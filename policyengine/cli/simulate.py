"""`policyengine simulate`: the same loans under two versions of the policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
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
    from policyengine.report.simulation.summary import SimulationSummary
    from policyengine.simulation.iterating import Simulation

_AGAIN = "nothing was written: the same command starts anew"


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--in", "input_", required=True, metavar="FILE", help="The loans: Parquet, CSV or Arrow."
)
@click.option(
    "--out", "output_", metavar="FILE", help="Write the rows that change: the same kinds."
)
@rows_options
@click.option(
    "--rejects",
    metavar="FILE",
    help="Where bad rows go; by default OUT.rejects.csv where there is an OUT.",
)
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
def simulate(  # noqa: PLR0913  # one for each option
    *,
    old: str,
    new: str,
    input_: str,
    output_: str | None,
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
    """Say what changes for the loans of a file from the policies in OLD to those in NEW.

    Policies are matched by their names, and plans by theirs. A loan gains where a plan is allowed that was not, or its
    terms are better, and loses the other way round.
    """
    before, after = _versions(old, new, names)
    language = _language(before, after, lang)
    simulation = before.simulate(
        after,
        input_,
        as_of=as_of,
        currency=currency,
        columns=Columns(keep, ignore, unknown, floats),
        workers=workers,
    )
    files = _Files(Path(input_), output_, rejects, overwrite=overwrite)
    summary = _run(simulation, files)
    about = {"old_version": old, "new_version": new, "input": Path(input_).name}
    _tell(summary, _About(about, as_of, language), report, files)


def _versions(old: str, new: str, names: tuple[str, ...]) -> tuple[PolicySet, PolicySet]:
    """Return the policies of both folders, or those that are named."""
    sets = [read_policies(folder, FOR_MANY) for folder in (old, new)]
    known = [*dict.fromkeys(name for policies in sets for name in policies)]
    for name in names:
        if name not in known:
            raise unknown_name("policy", name, known)
    chosen = [
        attrs.evolve(each, programs=tuple(p for p in each.programs if not names or p.id in names))
        for each in sets
    ]
    return chosen[0], chosen[1]


def _language(old: PolicySet, new: PolicySet, lang: str | None) -> str:
    programs = (*old.programs, *new.programs)
    known = [each for each in view_languages() if all(each in p.languages for p in programs)]
    if lang is not None and lang not in known:
        raise unknown_name("language", lang, known, list_all=True)
    return lang or (*known, *view_languages())[0]


# The run


@attrs.frozen
class _Files:
    """What is read, and what is written besides the summary."""

    input: Path
    output: str | None
    rejects_: str | None
    overwrite: bool

    @property
    def rejects(self) -> str | None:
        """Where the rejects go."""
        return self.rejects_ or (self.output and f"{self.output}.rejects.csv")

    @property
    def all(self) -> list[Path]:
        """All of them that there are."""
        return [self.input, *(Path(name) for name in (self.output, self.rejects) if name)]


def _run(simulation: Simulation, files: _Files) -> SimulationSummary:
    """Compare all rows and write those that change."""
    from policyengine.portfolio.rejects import SCHEMA, as_batch  # noqa: PLC0415  # only many rows need arrays
    from policyengine.portfolio.run.outputs import check_apart  # noqa: PLC0415
    from policyengine.report.simulation.summary import simulation_summary  # noqa: PLC0415

    check_apart(*files.all)
    with ExitStack() as open_:
        write = open_.enter_context(_written(files.output, simulation.schema, files))
        reject = open_.enter_context(_written(files.rejects, SCHEMA, files))
        watching = open_.enter_context(watched(str(files.input), _AGAIN))
        watching.start(0, simulation.rows)
        for batch in simulation:
            write(batch)
            reject(as_batch(simulation.rejects))
            watching.advance(simulation.end)
    return simulation_summary(
        simulation.tally, simulation.versions, simulation.old_rules, simulation.new_rules
    )


@contextmanager
def _written(name: str | None, schema: Any, files: _Files) -> Iterator[Callable[[Any], None]]:
    """Yield what writes a batch to a file, which is whole or not there; nothing where there is no file to write."""
    if name is None:
        yield lambda _: None
        return
    from policyengine.portfolio.run.lock import locked  # noqa: PLC0415
    from policyengine.portfolio.run.outputs import check_free, check_output, writing  # noqa: PLC0415

    path = Path(name)
    check_output(path, schema)
    check_free(path, overwrite=files.overwrite)
    with locked(path), writing(path, path.parent, schema, _AGAIN) as write:
        yield write


# What is said at the end


@attrs.frozen
class _About:
    """What stands above a page, the day of the decisions, and the language."""

    names: dict[str, str]
    as_of: date | None
    lang: str


def _tell(summary: SimulationSummary, about: _About, report: str | None, files: _Files) -> None:
    from policyengine.report.simulation.summary import summary_json  # noqa: PLC0415
    from policyengine.report.simulation.text import simulation_text  # noqa: PLC0415

    if report is not None:
        write_file(Path(report), _page(summary, about))
    named = {"out": files.output, "rejects": files.rejects, "report": report}
    written = {name: path for name, path in named.items() if path}
    if output.wants_json():
        output.write_json({**summary_json(summary), "written": written})
        return
    output.write_text(simulation_text(summary, about.lang, width=output.width()))
    if written:
        output.write_text([Text(), *(Text(f"wrote {path}", "dim") for path in written.values())])


def _page(summary: SimulationSummary, about: _About) -> str:
    from policyengine.report.amounts import day  # noqa: PLC0415
    from policyengine.report.simulation.page import simulation_page  # noqa: PLC0415
    from policyengine.report.simulation.words import word  # noqa: PLC0415

    as_of = day(about.as_of, about.lang) if about.as_of else word(about.lang, "own_day")
    names = {**about.names, "as_of": as_of, "engine": ENGINE}
    return simulation_page(summary, names, about.lang)
