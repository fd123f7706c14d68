"""The fingerprint of a program: the same for the same meaning, whatever the layout and comments.

Everything that a decision can depend on goes in, places in the file excepted: rules, texts, parameters,
regulations, and of the dictionary the facts that the program may name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs

from policyengine.ir.program import Program
from policyengine.source import Span


def fingerprint(program: Program) -> str:
    """Return `sha256:` and the digest of the program's canonical form."""
    canonical = json.dumps(
        _canonical(program), ensure_ascii=False, sort_keys=False, separators=(",", ":")
    )
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if attrs.has(type(value)):
        fields = (f.name for f in attrs.fields(type(value)) if f.name != "digest")
        parts = {name: getattr(value, name) for name in fields}
        return [
            type(value).__name__,
            {name: _canonical(v) for name, v in parts.items() if not isinstance(v, Span)},
        ]
    if isinstance(value, Mapping):
        return [[key, _canonical(item)] for key, item in value.items()]
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (Fraction, date)):
        return str(value)
    return value
