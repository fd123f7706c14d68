"""`policyengine test`: run the examples beside the policies."""

from __future__ import annotations

from pathlib import Path

import attrs
import click
from rich.text import Text

from policyengine.cli import exit_codes, output
from policyengine.cli.reading import Files, read_files
from policyengine.diagnostics import PolicyEngineError
from policyengine.files import TESTS
from policyengine.testing.results import Report
from policyengine.testing.run import EXAMPLES, run_tests
from policyengine.testing.text import report_json, report_text, summary


@attrs.frozen
class _Run:
    files: Files
    path: str
    report: Report


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--filter",
    "containing",
    default="",
    help="Run the cases and laws whose name, policy or file contains this.",
)
@output.format_option
@click.option(
    "--examples",
    type=click.IntRange(1, 1_000_000),
    default=EXAMPLES,
    show_default=True,
    help="Borrowers that each law is tried on, the same on every run.",
)
@click.pass_context
def test(context: click.Context, paths: tuple[str, ...], containing: str, examples: int) -> None:
    """Run the test files at each PATH: a folder, a test file, or a policy with tests beside it."""
    runs = [_run(path, containing, examples) for path in dict.fromkeys(paths)]
    if output.wants_json():
        output.write_json(_json(runs))
    else:
        for run in runs:
            output.write_text(_text(run, containing))
    context.exit(_exit_code(runs))


def _run(path: str, containing: str, examples: int) -> _Run:
    files = read_files(_tests_of(path))
    if not (files.loaded.tests or files.loaded.findings.errors):
        return _Run(files, path, Report(()))
    try:
        report = run_tests(files.loaded, containing=containing, examples=examples)
    except PolicyEngineError as error:  # it is said with the paths of the user
        raise type(error)(files.places.located(error.diagnostics)) from None
    return _Run(files, path, report)


def _tests_of(path: str) -> str:
    """Return the test file beside a policy, and any other path as it is."""
    given = Path(path)
    beside = given.with_name(given.stem + TESTS)
    is_tests = given.name.endswith(TESTS)
    return str(beside) if given.is_file() and not is_tests and beside.is_file() else path


def _text(run: _Run, containing: str) -> list[Text]:
    shown = run.report.cases or run.report.laws or run.report.errors
    if run.report.files and (shown or not containing):
        return report_text(run.report, run.files.places, width=output.width())
    said = f"no test in `{run.path}`"
    return [Text(f"{said} contains `{containing}`" if run.report.files else f"there is {said}")]


def _json(runs: list[_Run]) -> dict[str, object]:
    found = [report_json(run.report, run.files.places) for run in runs]
    return {
        "passed": all(run.report.passed for run in runs),
        "summary": "; ".join(summary(run.report) for run in runs),
        "errors": [error for report in found for error in report["errors"]],
        "files": [file for report in found for file in report["files"]],
        "coverage": [coverage for report in found for coverage in report["coverage"]],
    }


def _exit_code(runs: list[_Run]) -> int:
    if any(run.report.errors for run in runs):
        return exit_codes.INVALID
    return exit_codes.CLEAN if all(run.report.passed for run in runs) else exit_codes.FINDINGS
