"""Coverage of a run of pytest: counted file by file, gathered from workers, shown at the end, with a gate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from policyengine.report.places import Places
from policyengine.testing.coverage.counted import Coverage, Observed
from policyengine.testing.coverage.text import below, coverage_text

_SENT = "policyengine_coverage"


class Covering:
    """Counts what the cases of a run show. With pytest-xdist each worker counts, and whoever started them adds up."""

    NAME = "policyengine-coverage"

    def __init__(self, config: pytest.Config, least: Decimal | None) -> None:
        self.config, self.least = config, least
        self._counted: list[tuple[Observed, Places]] = []
        self._sent = Observed()

    def count(self, observed: Observed, places: Places) -> None:
        """Take up the count of a file, whose places are called as `places` has them."""
        self._counted.append((observed, places))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker has counted; one that crashed has sent nothing."""
        self._sent.merge(getattr(node, "workeroutput", {}).get(_SENT, []))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send the count to whoever started this worker, or fail the run where too little was shown."""
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output[_SENT] = self._total.plain()
        elif self._falls_short and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write what was never shown."""
        if self.config.option.collectonly:
            return
        terminalreporter.section("policy coverage")
        for line in coverage_text(self._coverage):
            terminalreporter.write_line(line.plain)
        if self._falls_short and self.least is not None:
            terminalreporter.write_line(below(self._coverage, self.least), red=True, bold=True)

    @property
    def _total(self) -> Observed:
        total = Observed()
        for observed, places in self._counted:
            total.merge(observed.plain(places.path))
        total.merge(self._sent.plain())
        return total

    @property
    def _coverage(self) -> Coverage:
        return self._total.coverage()

    @property
    def _falls_short(self) -> bool:
        asked = self.least is not None and not self.config.option.collectonly
        return asked and not self._coverage.reaches(self.least or Decimal(0))


def covering_in(config: pytest.Config) -> Covering | None:
    """Return what counts coverage, where that was asked for."""
    found = config.pluginmanager.get_plugin(Covering.NAME)
    return found if isinstance(found, Covering) else None
