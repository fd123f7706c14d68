"""`policyengine test --mutate`: how many small faults in a policy its cases would notice."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import attrs
import click

from policyengine.cli import exit_codes, output
from policyengine.cli.reading import Files
from policyengine.diagnostics import Diagnostic, PolicyEngineError, PolicyError, UsageError
from policyengine.files import TESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from policyengine.testing.mutation import Score
    from policyengine.testing.mutation.run import Progress

F = TypeVar("F", bound="Callable[..., object]")


@attrs.frozen
class Mutating:
    """What was asked for beside the tests."""

    mutate: bool
    fail_under: Decimal | None
    jobs: int | None
    with_laws: bool

    def check(self, *, covering: bool) -> None:
        """Refuse options that mean nothing together.

        Raises:
            UsageError: One is given without `--mutate`, or cannot be had with it.
        """
        with_it = {"--jobs": self.jobs is not None, "--with-laws": self.with_laws}
        without = {
            "--policy-coverage": covering,
            f"--format {output.wanted()}": output.wanted() not in (output.TEXT, output.JSON),
        }
        for option, given in (without if self.mutate else with_it).items():
            if given:
                apart = "is not to be had with `--mutate`" if self.mutate else "needs `--mutate`"
                hint = "leave one of them out" if self.mutate else "add it, or leave this out"
                raise UsageError([Diagnostic("bad-argument", f"`{option}` {apart}", hint=hint)])


def mutating_options(command: F) -> F:
    """Add the options of a mutation score to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--mutate", is_flag=True, help="Say how many small faults the cases notice."),
    click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        metavar="N",
        help="With --mutate: processes; by default one for each core.",
    ),
    click.option("--with-laws", is_flag=True, help="With --mutate: let laws kill mutants too."),
)


def scores(
    paths: Mapping[str, Files], containing: str, examples: int, how: Mutating
) -> Iterator[tuple[Files, Score]]:
    """Yield the score of the policies at each path; one that is stopped is the last."""
    for path, files in paths.items():
        score = _score(path, files, containing, examples, how)
        yield files, score
        if score.stopped:
            return


def _score(path: str, files: Files, containing: str, examples: int, how: Mutating) -> Score:
    """Return the score of the policies at a path.

    Raises:
        PolicyError: Something is wrong in the files.
        UsageError: There is no case, or tests fail before anything is changed.
    """
    from policyengine.testing.mutation import Asked, mutate  # noqa: PLC0415 - Hypothesis

    asked = Asked(
        files=_files_at(path, files),
        containing=containing,
        laws=how.with_laws,
        examples=examples,
        jobs=how.jobs or os.cpu_count() or 1,
    )
    with _shown(path) as progress:
        try:
            files.loaded.findings.raise_errors(PolicyError)
            return mutate(files.loaded, asked, progress)
        except PolicyEngineError as error:  # it is said with the paths of the user
            raise type(error)(files.places.located(error.diagnostics)) from None


def _files_at(path: str, files: Files) -> Collection[str]:
    """Return the names of the policies and regulations at a path: those in a folder, or the one that is tested."""
    loaded, given = files.loaded, Path(path).resolve()
    spans = [program.span for program in loaded.programs]
    spans += [each.name.span for each in loaded.regulations]
    if given.name.endswith(TESTS):
        given = given.with_name(given.name.removesuffix(TESTS) + ".yaml")
    return {
        span.file.name
        for span in spans
        if (loaded.root / span.file.name).resolve().is_relative_to(given)
    }


@contextmanager
def _shown(path: str) -> Iterator[Progress | None]:
    """Show how far it is, on a terminal."""
    if not sys.stderr.isatty() or output.wants_json():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal shows it
    from rich.progress import Progress as Bar  # noqa: PLC0415

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(Path(path).name, total=None)
        yield lambda total, done: bar.update(task, total=total, completed=done)


def tell(found: list[tuple[Files, Score]], how: Mutating) -> int:
    """Write the scores, and return how the command ends."""
    from policyengine.testing.mutation.text import score_json, score_text  # noqa: PLC0415

    least = None if how.fail_under is None else Fraction(how.fail_under)
    if output.wants_json():
        paths = [score_json(score, files.places) for files, score in found]
        passed = all(least is None or score.reaches(least) for _, score in found)
        output.write_json({"passed": passed, "paths": paths})
    else:
        for files, score in found:
            width = output.width()
            output.write_text(score_text(score, files.places, fail_under=least, width=width))
    return _exit_code([score for _, score in found], least)


def _exit_code(scores: list[Score], least: Fraction | None) -> int:
    if any(score.stopped for score in scores):
        return exit_codes.INTERRUPTED
    if any(score.untested for score in scores):
        return exit_codes.INVALID
    enough = least is None or all(score.reaches(least) for score in scores)
    return exit_codes.CLEAN if enough else exit_codes.FINDINGS
