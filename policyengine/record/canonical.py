"""Canonical JSON with a digest of itself.

RFC 8785 with one line break at the end: UTF-8, no blanks, keys in the order of their UTF-16 code units, and no numbers
but whole ones within 53 bits. So equal content is equal bytes, whatever wrote it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from policyengine.diagnostics import Diagnostic, RecordError

FORMAT = "policyengine.record/2"
CHECKSUM = "checksum"
_LARGEST = 2**53 - 1


def canonical(value: Any) -> bytes:
    """Return a value as canonical JSON, without the line break."""
    ready = _ordered(value)
    return json.dumps(ready, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def sealed(content: dict[str, Any]) -> bytes:
    """Return the bytes of a record: the content with its digest."""
    return canonical(content | {CHECKSUM: _checksum(content)}) + b"\n"


def opened(record: bytes) -> dict[str, Any]:
    """Return what a record says.

    Raises:
        RecordError: These bytes are no record, not one of a known format, or were changed.
    """
    content = _parsed(record)
    if canonical(content) + b"\n" != record:
        raise _changed("it is not written as records are")
    if content.get(CHECKSUM) != _checksum({k: v for k, v in content.items() if k != CHECKSUM}):
        raise _changed("its content does not fit its checksum")
    if content.get("format") != FORMAT:
        raise RecordError([_unknown_format()])
    if not _is_whole(content):
        raise RecordError([_no_record("parts of it are missing")])
    return content


_PARTS = {
    "as_of": str,
    "engine": str,
    "salt": str,
    "seal": str,
    "inputs": dict,
    "decisions": list,
    "not_assessed": list,
}
_PARTS_OF_DECISION = {
    "loan": (str, dict, type(None)),
    "policy": str,
    "version": str,
    "digest": str,
    "vocabulary": dict,
    "regulations": dict,
    "plans": list,
}


def _is_whole(content: dict[str, Any]) -> bool:
    """Whether a record has all that a replay looks at: one with a checksum of its own could still lack it."""
    if not _has(content, _PARTS) or not _is_day(content["as_of"]):
        return False
    decisions = content["decisions"]
    return all(
        _has(decision, _PARTS_OF_DECISION)
        and all(_has(plan, {"plan": str}) for plan in decision["plans"])
        for decision in decisions
    )


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _has(value: Any, parts: Mapping[str, Any]) -> bool:
    return isinstance(value, dict) and all(
        name in value and isinstance(value[name], kind) for name, kind in parts.items()
    )


def _parsed(record: bytes) -> dict[str, Any]:
    try:
        content = json.loads(record.decode("utf-8"), object_pairs_hook=_once)
        canonical(content)
    except (ValueError, RecursionError):
        raise RecordError([_no_record("it is not JSON as records hold it")]) from None
    if not isinstance(content, dict) or CHECKSUM not in content or "format" not in content:
        raise RecordError([_no_record("it has no format and no checksum")])
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _checksum(content: dict[str, Any]) -> str:
    return "sha256:" + hashlib.sha256(canonical(content)).hexdigest()


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    if isinstance(value, float):
        raise ValueError("a record holds no binary fractions")  # noqa: TRY004  # the reader's values too
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ValueError("a number of a record has at most 53 bits")
    return value


def _no_record(why: str) -> Diagnostic:
    hint = "a record is written by `policyengine decide --record`"
    return Diagnostic("not-a-record", f"this is not a record: {why}", hint=hint)


def _changed(why: str) -> RecordError:
    hint = "take the record from where it was kept first"
    return RecordError([Diagnostic("changed-record", f"the record was changed: {why}", hint=hint)])


def _unknown_format() -> Diagnostic:
    hint = f"this version reads `{FORMAT}`; replay a record with the version that made it"
    return Diagnostic("unknown-format", "the record is of a format that is not known", hint=hint)
