"""`policyengine check`: everything that is wrong in the files, in one run."""

from __future__ import annotations

from collections.abc import Iterable

import click
from rich.text import Text

from policyengine.cli import exit_codes, output
from policyengine.cli.assumed import Assumption, assumptions_in, assumptions_json, assumptions_text
from policyengine.cli.reading import Files, read_files
from policyengine.diagnostics import (
    Diagnostic,
    PolicyEngineError,
    PolicyError,
    Severity,
    UsageError,
    in_order,
)
from policyengine.report.diagnostics import counted, diagnostics_json, diagnostics_text
from policyengine.report.interchange.note import notes_of
from policyengine.testing.formats.written import GITHUB, SARIF, exchanged
from policyengine.testing.run import name_findings

_FORMATS = (SARIF, GITHUB)


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Warnings count as findings.")
@click.option("--assumed", is_flag=True, help="List every number that no source states.")
@output.formats(*_FORMATS)
@click.pass_context
def check(context: click.Context, paths: tuple[str, ...], *, strict: bool, assumed: bool) -> None:
    """Check the policies, regulations, vocabularies and tests at each PATH."""
    files, unread = _read(paths)
    missing = [d for error in unread if isinstance(error, UsageError) for d in error.diagnostics]
    broken = [d for error in unread if isinstance(error, PolicyError) for d in error.diagnostics]
    found = in_order([*broken, *(d for f in files for d in f.places.located(_findings(f)))])
    listed = sorted(set(assumptions_in(files))) if assumed else []
    exit_code = _exit_code([*missing, *found], strict=strict)
    if output.wants_json():
        output.write_json(_json([*missing, *found], listed, assumed=assumed))
    elif output.wanted() in _FORMATS:
        notes = tuple(notes_of([*missing, *found]))
        output.write_raw(exchanged(output.wanted(), notes, exit_code, complete=not missing))
    else:
        output.write_text(_text(found, files, listed, assumed=assumed))
        output.write_diagnostics(missing)
    context.exit(exit_code)


def _read(paths: Iterable[str]) -> tuple[list[Files], list[PolicyEngineError]]:
    """Read every path, and return what keeps one from being read."""
    files: list[Files] = []
    unread: list[PolicyEngineError] = []
    for path in dict.fromkeys(paths):
        try:
            files.append(read_files(path))
        except PolicyEngineError as error:
            unread.append(error)
    return files, unread


def _findings(files: Files) -> list[Diagnostic]:
    """Return the findings of the files; names in tests are checked where the policies can be read."""
    found = list(files.loaded.findings.items)
    return found if files.loaded.findings.errors else [*found, *name_findings(files.loaded)]


def _text(
    found: list[Diagnostic], files: list[Files], listed: list[Assumption], *, assumed: bool
) -> list[Text]:
    lines = diagnostics_text(found)
    if not found and files:
        lines.append(Text(f"{_checked(files)}: no findings", style="green"))
    return [*lines, *(assumptions_text(listed) if assumed else [])]


def _checked(files: list[Files]) -> str:
    policies = {program.id for read in files for program in read.loaded.programs}
    regulations = {rules.name.text for read in files for rules in read.loaded.regulations}
    tests = {tests.path for read in files for tests in read.loaded.tests}
    counts = [
        "1 policy" if len(policies) == 1 else f"{len(policies)} policies",
        counted(len(regulations), "regulation"),
        counted(len(tests), "test file"),
    ]
    return ", ".join(counts)


def _json(found: list[Diagnostic], listed: list[Assumption], *, assumed: bool) -> dict[str, object]:
    result: dict[str, object] = {"diagnostics": diagnostics_json(found)}
    return result | ({"assumed": assumptions_json(listed)} if assumed else {})


def _exit_code(found: list[Diagnostic], *, strict: bool) -> int:
    if any(finding.severity is Severity.ERROR for finding in found):
        return exit_codes.INVALID
    return exit_codes.FINDINGS if found and strict else exit_codes.CLEAN
