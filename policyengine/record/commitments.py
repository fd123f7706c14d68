"""Commitments: hashes under a salt, which say nothing without it and bind whoever holds it.

Each label has a key of its own, HKDF-Expand (RFC 5869) of the salt with SHA-256, and a value's commitment is its
HMAC-SHA256 under that key. So the holder can open one fact to somebody by handing over its key, and keep the others.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.facts.facts import Facts
from policyengine.model.types import Value
from policyengine.record.canonical import CHECKSUM, FORMAT, canonical

#: Bytes of a salt.
SALT_LENGTH = 32
#: Where a record holds the commitment to all the rest of it.
SEAL = "seal"


def checked(salt: bytes) -> bytes:
    """Return a salt of the right length.

    Raises:
        UsageError: It has another length.
    """
    if not isinstance(salt, bytes) or len(salt) != SALT_LENGTH:
        message = f"a salt is {SALT_LENGTH} random bytes"
        hint = f"`secrets.token_bytes({SALT_LENGTH})` draws one; never use one twice"
        raise UsageError([Diagnostic("bad-salt", message, hint=hint)])
    return salt


def commitment(salt: bytes, label: str, value: Any) -> str:
    """Return the commitment to a value of canonical JSON, in hexadecimal digits."""
    return hmac.new(key_of(salt, label), canonical(value), hashlib.sha256).hexdigest()


def seal_of(content: dict[str, Any], salt: bytes) -> str:
    """Return the commitment to a whole record: whoever has no salt cannot make one that fits another content."""
    rest = {name: each for name, each in content.items() if name not in (SEAL, CHECKSUM)}
    return commitment(salt, "record", rest)


def key_of(salt: bytes, label: str) -> bytes:
    """Return the key of a label; who has it can verify that one commitment."""
    info = f"{FORMAT} {label}".encode()
    return hmac.new(salt, info + b"\x01", hashlib.sha256).digest()


def committed(facts: Facts, salt: bytes) -> dict[str, str]:
    """Return the commitment to each fact by its path; what is not known has none."""
    return {path: commitment(salt, f"input {path}", value) for path, value in leaves(facts)}


def leaves(facts: Facts) -> Iterator[tuple[str, str | int | bool]]:
    """Yield each fact by its path as plain JSON; of a list its length, and what is below."""
    for path, value in facts.values.items():
        yield from _below(path, value)
    if facts.loans is not None:
        yield from _below("loans", facts.loans)


def _below(path: str, value: Value) -> Iterator[tuple[str, str | int | bool]]:
    if isinstance(value, tuple):
        yield path, len(value)
        for place, record in enumerate(value):
            for name, field in record.fields.items():
                yield from _below(f"{path}[{place}].{name}", field)
    else:
        yield path, plain(value)


def plain(value: Value) -> str | int | bool:
    """Return a value as JSON holds it: exact decimals without zeros at the end, dates in ISO 8601."""
    if isinstance(value, Fraction):
        return exact_decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 2**53 else str(value)
    assert not isinstance(value, tuple)  # noqa: S101  # its members come one by one
    return value.isoformat() if isinstance(value, date) else value


def exact_decimal(value: Fraction) -> str:
    """Write a fraction that has an end, as all facts do, with no digit more than it needs."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    return ("-" if value < 0 else "") + whole + (f".{part}" if part else "")
