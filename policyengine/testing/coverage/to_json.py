"""What cases have shown of policies, as plain mappings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from policyengine.testing.coverage.counted import Coverage, Unit, percent
from policyengine.testing.coverage.points import Kind


def coverage_json(coverage: Coverage, least: Decimal | None = None) -> dict[str, Any]:
    """Return a coverage, with what must be covered at least; shares are in percent, rounded down to tenths."""
    return {
        **_share(coverage),
        "fail_under": None if least is None else float(least),
        "units": [_unit(unit) for unit in coverage.units],
    }


def _unit(unit: Unit) -> dict[str, Any]:
    parts = {str(kind): unit.only(kind) for kind in Kind}
    never = dict(unit.never)
    return {
        "of": unit.of,
        "counted": unit.is_policy,
        **_share(unit),
        "kinds": {kind: _share(part) for kind, part in parts.items() if part.total},
        "parts": [
            {
                "kind": str(point.kind),
                "name": point.name,
                "file": point.file,
                "line": point.line,
                "column": point.column,
                "seen": {way: seen.get(way, 0) for way in dict.fromkeys((*point.ways, *seen))},
                "never": list(never.get(point, ())),
            }
            for point, seen in unit.seen.items()
        ],
    }


def _share(found: Coverage | Unit) -> dict[str, Any]:
    shown = percent(found.covered, found.total)
    return {"covered": found.covered, "total": found.total, "percent": float(shown)}
