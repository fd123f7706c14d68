"""All that came of one call: the reports of its paths, what was refused, and coverage with its gate."""

from __future__ import annotations

from decimal import Decimal

import attrs

from policyengine.diagnostics import Diagnostic
from policyengine.report.places import Places
from policyengine.testing.coverage.counted import Coverage
from policyengine.testing.results import Report


@attrs.frozen
class Outcome:
    """What came of a call.

    Attributes:
        reports: Of each path what came, and where readers find its files.
        refused: What keeps a path from being run.
        nothing: What is said where no test was run; empty where one was.
        coverage: What the cases have shown, where that was asked for.
        least: How many percent must be covered.
    """

    reports: tuple[tuple[Report, Places], ...]
    refused: tuple[Diagnostic, ...] = ()
    nothing: tuple[str, ...] = ()
    coverage: Coverage | None = None
    least: Decimal | None = None

    @property
    def falls_short(self) -> bool:
        """Whether too little is covered."""
        if self.coverage is None or self.least is None:
            return False
        return not self.coverage.reaches(self.least)
