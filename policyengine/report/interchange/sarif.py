"""Notes as SARIF 2.1.0."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from policyengine.report.interchange.note import Note, Place

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(notes: Sequence[Note], *, version: str, exit_code: int, complete: bool = True) -> str:
    """Return the log of one run.

    Args:
        notes: What was found.
        version: The version of this package.
        exit_code: How the command ended.
        complete: Whether everything that was asked for could be looked at.
    """
    codes = sorted({note.code for note in notes})
    driver = {
        "name": "policyengine",
        "semanticVersion": version,
        "rules": [{"id": code} for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": complete, "exitCode": exit_code}],
        "results": [_result(note, codes) for note in notes],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(note: Note, codes: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": note.code,
        "ruleIndex": codes.index(note.code),
        "level": str(note.level),
        "message": {
            "text": note.message if note.title == note.code else f"{note.title}\n{note.message}"
        },
    }
    if note.place is not None:
        found["locations"] = [_location(note.place)]
    if note.related:
        found["relatedLocations"] = [_location(place) for place in note.related]
    return found


def _location(place: Place) -> dict[str, Any]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    physical = {"artifactLocation": {"uri": _uri(place.file)}, "region": region}
    said = {"message": {"text": place.said}} if place.said else {}
    return {"physicalLocation": physical, **said}


def _uri(name: str) -> str:
    path = PurePath(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
