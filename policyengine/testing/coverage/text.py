"""What cases have shown of policies, for the terminal.

coverage of demo.loan: 6 of 7, 85.7 %
  conditions: 3 of 4, 1 seen unknown
  plans: 3 of 3
  policies/demo/loan.yaml:32:17: condition `plan.max_payment <= affordable`: never false
"""

from __future__ import annotations

from decimal import Decimal

from rich.text import Text

from policyengine.report.layout import Page
from policyengine.testing.coverage.counted import Coverage, Unit, percent
from policyengine.testing.coverage.points import Kind, Point

_MANY = {kind: f"{kind}s" for kind in Kind} | {Kind.FACT: "enum facts", Kind.ROW: "table rows"}
_ONE = {kind: str(kind) for kind in Kind} | {Kind.ROW: "table row"}


def coverage_text(coverage: Coverage, *, width: int = 80) -> list[Text]:
    """Return the lines of a coverage: every policy and regulation, and what was never seen of it."""
    page = Page(width)
    for unit in coverage.units:
        _write_unit(unit, page)
        page.blank()
    page.write(in_all(coverage), style="bold")
    return page.lines


def in_all(coverage: Coverage) -> str:
    """Say how much is covered in all."""
    return f"policy coverage: {_share(coverage)}"


def below(coverage: Coverage, least: Decimal) -> str:
    """Say that too little is covered."""
    reached = percent(coverage.covered, coverage.total)
    return f"policy coverage of {reached} % is below {least} %"


def never_seen(point: Point, ways: tuple[str, ...]) -> str:
    """Say in which ways a part was never seen."""
    return f"{_ONE[point.kind]} `{point.name}`: never {' or '.join(ways)}"


def _write_unit(unit: Unit, page: Page) -> None:
    beside = "" if unit.is_policy else " (a regulation, not counted in the whole)"
    page.write(f"coverage of {unit.of}: {_share(unit)}{beside}", style="bold")
    for kind in Kind:
        part = unit.only(kind)
        if part.total:
            unknown = f", {part.unknown} seen unknown" if kind is Kind.CONDITION else ""
            page.write(f"{_MANY[kind]}: {part.covered} of {part.total}{unknown}", indent=2)
    for point, ways in unit.never:
        place = f"{point.file}:{point.line}:{point.column}"
        page.line(f"{place}: {never_seen(point, ways)}", indent=2, style="yellow")


def _share(found: Coverage | Unit) -> str:
    return f"{found.covered} of {found.total}, {percent(found.covered, found.total)} %"
