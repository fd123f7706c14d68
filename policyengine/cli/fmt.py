"""`policyengine fmt`: every file in the one layout."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path

import attrs
import click
from rich.text import Text

from policyengine.cli import exit_codes, output
from policyengine.cli.writing import write_files
from policyengine.diagnostics import (
    Diagnostic,
    Findings,
    PolicyEngineError,
    PolicyError,
    UsageError,
)
from policyengine.files import SUFFIXES, yaml_in
from policyengine.formatting.formatted import formatted
from policyengine.report.diagnostics import counted, diagnostics_json
from policyengine.report.places import shown_path
from policyengine.syntax.file_text import read_bytes, read_content

_INPUT = "-"


@attrs.frozen
class _File:
    """A file and its text, as it is and as it should be."""

    path: Path
    before: str
    after: str

    @property
    def changes(self) -> bool:
        return self.before != self.after

    @property
    def shown(self) -> str:
        return shown_path(self.path, Path.cwd())


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where a file would change.")
@click.option("--diff", is_flag=True, help="Show what would change, and write nothing.")
@output.format_option
@click.pass_context
def fmt(context: click.Context, paths: tuple[str, ...], *, check: bool, diff: bool) -> None:
    """Write the files at each PATH in the one layout.

    A folder is taken with everything below it, examples too. `-` reads a file from the input and writes it to the
    output. What a file says, remarks included, never changes: one that cannot be read is left as it is.
    """
    if _INPUT in paths:
        _from_input(paths, check=check or diff)
        return
    files, wrong = _formatted(_paths(paths))
    changing = [file for file in files if file.changes]
    if not (check or diff):
        write_files({file.path: file.after for file in changing})
    if output.wants_json():
        output.write_json(_json(files, wrong))
    else:
        _say(files, written=not (check or diff), diff=diff)
        output.write_diagnostics(wrong)
    context.exit(_exit_code(wrong, changing, written=not (check or diff)))


def _from_input(paths: tuple[str, ...], *, check: bool) -> None:
    if len(paths) > 1 or check or output.wants_json():
        message = "`-` stands alone, without `--check`, `--diff` and `--format json`"
        raise UsageError([Diagnostic("cannot-format", message, hint="name the files instead")])
    _, after = _texts("<input>", sys.stdin.buffer.read())
    output.write_raw(after)


def _paths(paths: Iterable[str]) -> list[Path]:
    """Return the files at some paths, each once.

    Raises:
        UsageError: There is none at one of them.
    """
    return sorted({file.absolute() for path in paths for file in _at(Path(path))})


def _at(path: Path) -> Iterator[Path]:
    found = list(yaml_in(path, examples=True)) if path.is_dir() else [path]
    if not path.exists():
        raise UsageError(
            [Diagnostic("no-such-path", f"there is no `{path}`", hint="check the path")]
        )
    if not found or not all(file.name.endswith(SUFFIXES) for file in found):
        hint = "files that can be laid out end in `.yaml`"
        raise UsageError(
            [Diagnostic("nothing-to-read", f"there is no YAML in `{path}`", hint=hint)]
        )
    yield from found


def _formatted(paths: Iterable[Path]) -> tuple[list[_File], list[Diagnostic]]:
    """Return each file as it should be, and what keeps others from being read."""
    files: list[_File] = []
    wrong: list[Diagnostic] = []
    for path in paths:
        name = shown_path(path, Path.cwd())
        try:
            files.append(_File(path, *_texts(name, read_content(path))))
        except OSError as error:
            reason = (error.strerror or "it cannot be opened").lower()
            wrong.append(Diagnostic("cannot-open", f"`{name}`: {reason}"))
        except PolicyEngineError as error:
            wrong += error.diagnostics
    return files, wrong


def _texts(name: str, content: bytes) -> tuple[str, str]:
    findings = Findings()
    file = read_bytes(name, content, findings)
    findings.raise_errors(PolicyError)
    text = "" if file is None else file.text
    return text, formatted(text, name)


def _say(files: list[_File], *, written: bool, diff: bool) -> None:
    changing = [file for file in files if file.changes]
    done = "formatted" if written else "not formatted"
    if diff:
        output.write_raw("".join(line for file in changing for line in _difference(file)))
        return
    lines = [f"{file.shown}: {done}" for file in changing]
    every = counted(len(files), "file")
    if files:
        said = f"{len(changing)} of {every} {done}" if changing else f"{every}: nothing to format"
        lines.append(said)
    output.write_text(map(Text, lines))


def _difference(file: _File) -> Iterator[str]:
    before, after = (text.splitlines(keepends=True) for text in (file.before, file.after))
    for line in unified_diff(before, after, file.shown, f"{file.shown} (formatted)"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _json(files: list[_File], wrong: list[Diagnostic]) -> dict[str, object]:
    return {
        "files": [{"file": file.shown, "changes": file.changes} for file in files],
        "diagnostics": diagnostics_json(wrong),
    }


def _exit_code(wrong: list[Diagnostic], changing: list[_File], *, written: bool) -> int:
    if wrong:
        return exit_codes.INVALID
    return exit_codes.FINDINGS if changing and not written else exit_codes.CLEAN
