"""An independent look at the bytes of a record: no sensitive value may be spelled out in them.

It knows nothing of how values are withheld. It reads the bytes as anybody would and looks for each sensitive value in
the notations it could have been written in. The places it passes over hold what does not come from the borrower's
facts: names and versions of policies and rules, steps and their settings, digests and commitments, the day, the number
of the loan.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from policyengine.facts.facts import Facts
from policyengine.ir.dictionary import Dictionary
from policyengine.model.types import Value
from policyengine.record.commitments import exact_decimal
from policyengine.record.mask import sensitive_values

#: Where names, digests and whatever else the policy or the engine says stand.
_NOT_FROM_FACTS = frozenset(
    (
        *("format", "checksum", "engine", "as_of", "salt", "seal", "inputs", "commitment"),
        *("policy", "version", "digest", "vocabulary", "regulations", "currency"),
        *("loan", "outcome", "plan", "status", "asks", "follow_up", "one_less_fails"),
        *("rule", "kind", "code", "source", "origin", "joint", "missing", "referral", "reason"),
        *("step", "setting"),
    )
)
#: Below these every name is a policy's own, and nothing is passed over.
_FROM_FACTS = frozenset(("terms", "one_less", "comparisons"))
_FEWEST_DIGITS = 3
_FEWEST_LETTERS = 3


class MaskingError(Exception):
    """Something sensitive would have stood in a record: nothing was written. It names places, never values."""


def refuse_leaks(record: bytes, facts: Facts, dictionary: Dictionary) -> None:
    """Do nothing where no sensitive value is spelled out in a record.

    Raises:
        MaskingError: One is.
    """
    said = list(_said(json.loads(record), ""))
    for path, value in sensitive_values(facts, dictionary):
        pattern = _pattern(value)
        at = next((place for place, text in said if pattern and pattern.search(text)), None)
        if at is not None:
            raise MaskingError(f"the record would say `{path}` at `{at}`")


def _said(value: Any, place: str, *, from_facts: bool = False) -> Iterator[tuple[str, str]]:
    """Yield every text that could come from the facts, with its place."""
    if isinstance(value, dict):
        for key, each in value.items():
            if from_facts or key not in _NOT_FROM_FACTS:
                below = from_facts or key in _FROM_FACTS
                yield from _said(each, f"{place}/{key}", from_facts=below)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _said(each, f"{place}/{number}", from_facts=from_facts)
    elif isinstance(value, str):
        yield place, value


def _pattern(value: Value) -> re.Pattern[str] | None:
    """Return how a value could be spelled; None for one that is too short to tell anything."""
    if isinstance(value, Fraction):
        return _number(exact_decimal(value))
    if isinstance(value, (bool, int, tuple)):
        return None
    text = value.isoformat() if isinstance(value, date) else value
    short = len(text) < _FEWEST_LETTERS
    return None if short else re.compile(re.escape(text), re.IGNORECASE)


def _number(written: str) -> re.Pattern[str] | None:
    whole, _, part = written.lstrip("-").partition(".")
    part = part.rstrip("0")
    if len(whole + part) < _FEWEST_DIGITS:
        return None
    ending = rf"\.{part}0*" if part else r"(?:\.0+)?"
    return re.compile(rf"(?<![0-9.])0*{whole}{ending}(?![0-9]|\.[0-9])")
