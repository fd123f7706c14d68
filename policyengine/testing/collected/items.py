"""A test file, its cases and its laws as pytest collects them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from _pytest._code.code import TerminalRepr

from policyengine.diagnostics import readable
from policyengine.model.laws import WrittenLaw
from policyengine.model.test_file import Case
from policyengine.source import SourceFile, Span
from policyengine.testing.collected.covering import covering_in
from policyengine.testing.collected.failing import Failure
from policyengine.testing.collected.opened import Opened, opened
from policyengine.testing.coverage.counted import Observed
from policyengine.testing.run import FileRun
from policyengine.testing.trouble import of_case, of_empty, of_law, of_problems

_WHOLE = "file"


class PolicyTestFile(pytest.File):
    """A test file of a policy."""

    opened: Opened

    def collect(self) -> Iterator[pytest.Item]:
        """Yield what is wrong with the file as a whole, and its cases and laws."""
        self.opened = found = self._opened()
        names = _Names()
        items = list(self._items(names))
        if found.problems or found.empty:
            yield WholeFile.from_parent(self, name=names.free(_WHOLE))
        yield from items

    def _items(self, names: _Names) -> Iterator[pytest.Item]:
        """Yield cases and laws: those of a file that cannot be read are not known."""
        if self.opened.tests is None:
            return
        for case in self.opened.tests.form.cases:
            yield CaseItem.from_parent(self, name=names.free(case.name.text), about=case)
        for law in self.opened.tests.form.laws:
            yield LawItem.from_parent(self, name=names.free(law_name(law)), about=law)

    def _opened(self) -> Opened:
        config, covering = self.config, covering_in(self.config)
        cwd, examples = config.invocation_params.dir, config.getoption("policy_examples")
        observed = Observed() if covering else None
        found = opened(self.path, cwd, examples, observed)
        if covering is not None and observed is not None:
            covering.count(observed, found.places)
        return found


@attrs.frozen
class _Names:
    """Names of items, each once; of several that are alike the later are numbered in the order of the file."""

    _taken: Counter[str] = attrs.field(factory=Counter)

    def free(self, wanted: str) -> str:
        """Return a name; `::` divides the parts of a node id."""
        name = readable(wanted).replace("::", ":")
        self._taken[name] += 1
        return name if self._taken[name] == 1 else f"{name} ({self._taken[name]})"


def law_name(law: WrittenLaw) -> str:
    """Return what a law is called before it is tried: by what is written."""
    about = [name.text for name in (*law.names, *([law.than] if law.than else []))]
    turned = [law.direction] if law.name == "monotone" else []
    return f"law {law.name}" + (f": {', '.join([*about, *turned])}" if about else "")


class _PolicyItem(pytest.Item):
    """Something that is tested, at its line of the file."""

    @property
    def opened(self) -> Opened:
        """The test file."""
        assert isinstance(self.parent, PolicyTestFile)  # noqa: S101 - nothing else has such items
        return self.parent.opened

    @property
    def span(self) -> Span:
        """Where it stands."""
        raise NotImplementedError

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the file, the line from 0, and the name."""
        return self.path, self.span.line - 1, self.name

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """Return the difference with its reasons; of a defect of the library, the way to it."""
        if isinstance(excinfo.value, Failure):
            return excinfo.value.shown(str(self.path))
        return super().repr_failure(excinfo, style)


class WholeFile(_PolicyItem):
    """What is wrong with a file as a whole; without anything wrong there is no such item."""

    @property
    def span(self) -> Span:
        """The first thing that is wrong in the file itself, or its first line."""
        own = (d.span for d in self.opened.problems if d.span and self._is_own(d.span))
        return next(own, self._first_line)

    def runtest(self) -> None:
        """Say what is wrong.

        Raises:
            Failure: Always.
        """
        places, problems = self.opened.places, self.opened.problems
        if not problems:
            raise Failure(of_empty(self.span, places))
        raise Failure(of_problems(problems, self.span, places))

    @property
    def _first_line(self) -> Span:
        tests = self.opened.tests
        return tests.form.policy.span if tests else Span(SourceFile(str(self.path), ""), 0, 0)

    def _is_own(self, span: Span) -> bool:
        return (self.opened.places.root / span.file.name).resolve() == self.path.resolve()


class _Runnable(_PolicyItem):
    """A case or a law, which needs its policy."""

    @property
    def run(self) -> FileRun:
        """What runs it.

        Raises:
            Failure: The policy is not there, or something is wrong in its files.
        """
        found = self.opened
        if found.run is None:
            raise Failure(of_problems(found.problems, self.span, found.places))
        return found.run


class CaseItem(_Runnable):
    """A case."""

    def __init__(self, *, about: Case, **more: Any) -> None:
        super().__init__(**more)
        self.about = about

    @property
    def span(self) -> Span:
        """The name of the case."""
        return self.about.name.span

    def runtest(self) -> None:
        """Decide the case.

        Raises:
            Failure: Something else came than was expected, or it cannot be decided.
        """
        result = self.run.case(self.about)
        if not result.passed:
            raise Failure(of_case(result, self.opened.places))


class LawItem(_Runnable):
    """A law."""

    def __init__(self, *, about: WrittenLaw, **more: Any) -> None:
        super().__init__(**more)
        self.about = about

    @property
    def span(self) -> Span:
        """The name of the law."""
        return self.about.span

    def runtest(self) -> None:
        """Try the law.

        Raises:
            Failure: A borrower breaks it, or it cannot be tried.
        """
        result = self.run.law(self.about)
        if not result.kept:
            raise Failure(of_law(result, self.opened.places))
