"""`policyengine test`: run the examples beside the policies."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import attrs
import click
from rich.text import Text

from policyengine.cli import exit_codes, output
from policyengine.cli.mutating import Mutating, mutating_options, scores, tell
from policyengine.cli.reading import Files, read_files
from policyengine.diagnostics import Diagnostic, PolicyEngineError
from policyengine.files import is_tests, tests_of
from policyengine.testing.coverage.counted import Observed, percentage
from policyengine.testing.coverage.text import below, coverage_text
from policyengine.testing.coverage.to_json import coverage_json
from policyengine.testing.formats import FORMATS, Outcome, written
from policyengine.testing.results import Report
from policyengine.testing.run import EXAMPLES, run_tests
from policyengine.testing.text import report_json, report_text, summary


@attrs.frozen
class _Run:
    files: Files
    path: str
    report: Report


@attrs.frozen
class _Asked:
    """Which tests are run, on how many borrowers; `observed` counts what they show of policies."""

    containing: str
    examples: int
    observed: Observed | None


def _percentage(_: click.Context, __: click.Parameter, value: str | None) -> Decimal | None:
    try:
        return None if value is None else percentage(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--filter",
    "containing",
    default="",
    help="Run the cases and laws whose name, policy or file contains this.",
)
@output.formats(*FORMATS)
@click.option(
    "--examples",
    type=click.IntRange(1, 1_000_000),
    default=EXAMPLES,
    show_default=True,
    help="Borrowers that each law is tried on, the same on every run.",
)
@click.option(
    "--policy-coverage", "covering", is_flag=True, help="Say what the cases never show of a policy."
)
@click.option(
    "--fail-under",
    metavar="PERCENT",
    callback=_percentage,
    help="Fail where the cases show less of the policies; says what, as --policy-coverage. With --mutate: where they "
    "kill fewer of a file's mutants.",
)
@mutating_options
@click.option(
    "--generate-boundaries",
    "boundaries",
    is_flag=True,
    help="Run nothing: write the cases at the boundaries of each policy, for review.",
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where boundary files are written; by default beside each policy.",
)
@click.option(
    "--overwrite-reviewed",
    "overwrite",
    is_flag=True,
    help="Write cases anew that a person has reviewed.",
)
@click.pass_context
def test(  # noqa: PLR0913  # one for each option
    context: click.Context,
    *,
    paths: tuple[str, ...],
    containing: str,
    examples: int,
    covering: bool,
    fail_under: Decimal | None,
    mutate: bool,
    jobs: int | None,
    with_laws: bool,
    boundaries: bool,
    out: Path | None,
    overwrite: bool,
) -> None:
    """Run the test files at each PATH: a folder, a test file, or a policy with tests beside it."""
    how = Mutating(mutate, fail_under, jobs, with_laws)
    how.check(covering=covering)
    if (out is not None or overwrite) and not boundaries:
        raise click.UsageError("`--out` and `--overwrite-reviewed` go with `--generate-boundaries`")
    if boundaries:
        from policyengine.cli.boundaries import generate_boundaries  # noqa: PLC0415  # borrowers

        context.exit(generate_boundaries(paths, out, overwrite=overwrite))
    if mutate:
        asked = {path: read_files(*_tests_of(path)) for path in dict.fromkeys(paths)}
        context.exit(tell(list(scores(asked, containing, examples, how)), how))
    observed = Observed() if covering or fail_under is not None else None
    runs, refused = _runs(paths, _Asked(containing, examples, observed))
    outcome = Outcome(
        reports=tuple((run.report, run.files.places) for run in runs),
        refused=tuple(refused),
        nothing=tuple(said for run in runs if (said := _nothing(run, containing))),
        coverage=None if observed is None else observed.coverage(),
        least=fail_under,
    )
    exit_code = _exit_code(outcome)
    if output.wanted() in FORMATS:
        output.write_raw(written(output.wanted(), outcome, exit_code))
    else:
        _write(outcome, runs, containing, passed=exit_code == exit_codes.CLEAN)
    context.exit(exit_code)


def _write(outcome: Outcome, runs: list[_Run], containing: str, *, passed: bool) -> None:
    """Write as text or JSON: what came of the tests, and apart from it what was refused."""
    if output.wants_json() and runs:
        output.write_json(_json(runs, outcome, passed=passed))
    elif runs:
        for run in runs:
            output.write_text(_text(run, containing))
        _write_coverage(outcome)
    if outcome.refused:
        output.write_diagnostics(outcome.refused)


def _write_coverage(outcome: Outcome) -> None:
    coverage = outcome.coverage
    if coverage is None:
        return
    output.write_text([Text(), *coverage_text(coverage, width=output.width())])
    if outcome.falls_short and outcome.least is not None:
        output.write_raw(below(coverage, outcome.least) + "\n", err=True)


def _runs(paths: tuple[str, ...], asked: _Asked) -> tuple[list[_Run], list[Diagnostic]]:
    """Run what is at each path, and return what keeps a path from being run."""
    runs: list[_Run] = []
    refused: list[Diagnostic] = []
    for path in dict.fromkeys(paths):
        try:
            runs.append(_run(path, asked))
        except PolicyEngineError as error:
            refused += error.diagnostics
    return runs, refused


def _run(path: str, asked: _Asked) -> _Run:
    files = read_files(*_tests_of(path))
    if not (files.loaded.tests or files.loaded.findings.errors):
        return _Run(files, path, Report(()))
    observed = None if asked.observed is None else Observed()
    try:
        report = run_tests(
            files.loaded, containing=asked.containing, examples=asked.examples, observed=observed
        )
    except PolicyEngineError as error:  # it is said with the paths of the user
        raise type(error)(files.places.located(error.diagnostics)) from None
    if asked.observed is not None and observed is not None:
        asked.observed.merge(observed.plain(files.places.path))
    return _Run(files, path, report)


def _tests_of(path: str) -> tuple[str, ...]:
    """Return the test files beside a policy, and any other path as it is."""
    given = Path(path)
    beside = tests_of(given) if given.is_file() and not is_tests(given) else ()
    return tuple(map(str, beside)) or (path,)


def _text(run: _Run, containing: str) -> list[Text]:
    said = _nothing(run, containing)
    if said and not run.report.empty:
        return [Text(said)]
    return report_text(run.report, run.files.places, width=output.width())


def _nothing(run: _Run, containing: str) -> str:
    """Say that no test was run, where that is so and nothing else is wrong."""
    if run.report.cases or run.report.laws or run.report.errors:
        return ""
    said = f"no test in `{run.path}`"
    if not run.report.files:
        return f"there is {said}"
    return f"{said} contains `{containing}`" if containing else ""


def _json(runs: list[_Run], outcome: Outcome, *, passed: bool) -> dict[str, object]:
    found = [report_json(run.report, run.files.places) for run in runs]
    coverage, least = outcome.coverage, outcome.least
    return {
        "passed": passed,
        "summary": "; ".join(summary(run.report) for run in runs),
        "errors": [error for report in found for error in report["errors"]],
        "files": [file for report in found for file in report["files"]],
        "coverage": None if coverage is None else coverage_json(coverage, least),
    }


def _exit_code(outcome: Outcome) -> int:
    reports = [report for report, _ in outcome.reports]
    if outcome.refused or any(report.errors for report in reports):
        return exit_codes.INVALID
    passed = all(report.passed for report in reports) and not outcome.falls_short
    return exit_codes.CLEAN if passed else exit_codes.FINDINGS
