"""One test file with the policy it names, ready to be run; or what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import attrs

from policyengine.diagnostics import Diagnostic, PolicyEngineError
from policyengine.loading import Loaded, TestsInFile, load_files
from policyengine.report.places import Places
from policyengine.testing.coverage.counted import Observed
from policyengine.testing.run import FileRun, run_of


@attrs.frozen(eq=False)
class Opened:
    """A test file.

    Attributes:
        places: Where a reader finds what is named in messages.
        tests: What stands in the file; None where it cannot be read.
        run: Runs its cases and laws; None where there is no policy for them.
        problems: What is wrong with the file as a whole, or with its policy.
    """

    places: Places
    tests: TestsInFile | None = None
    run: FileRun | None = None
    problems: tuple[Diagnostic, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the file says nothing that could be tested, or is no test file for all its name."""
        return self.tests is None or not (self.tests.form.cases or self.tests.form.laws)


def opened(path: Path, cwd: Path, examples: int, observed: Observed | None) -> Opened:
    """Return a test file with the policy it names; messages name files as they are called from `cwd`."""
    try:
        loaded = load_files(path)
    except PolicyEngineError as error:
        return Opened(Places(path.parent, cwd), problems=error.diagnostics)
    places = Places(loaded.root, cwd)
    tests = next((tests for tests in loaded.tests if tests.path == path.resolve()), None)
    found = Opened(places, tests, problems=loaded.findings.errors)
    return found if tests is None else _with_run(found, tests, loaded, examples, observed)


def _with_run(
    found: Opened, tests: TestsInFile, loaded: Loaded, examples: int, observed: Observed | None
) -> Opened:
    try:
        asked, findings = run_of(loaded, examples=examples, observed=observed)
    except PolicyEngineError as error:
        return attrs.evolve(found, problems=error.diagnostics)
    run = FileRun(tests, asked)
    return attrs.evolve(
        found,
        run=None if run.policy is None else run,
        problems=(*findings, *run.problems),
    )
