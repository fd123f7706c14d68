"""The bytes of records: one way to write a content, and every change is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policyengine as pe
from policyengine.record.canonical import FORMAT, canonical, opened, sealed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
)
WHOLE: dict[str, Any] = {
    "format": FORMAT,
    "engine": "e",
    "as_of": "2024-11-20",
    "salt": "00",
    "seal": "00",
    "inputs": {},
    "decisions": [],
    "not_assessed": [],
}


@given(JSON)
def test_equal_content_is_equal_bytes(value: object) -> None:
    written = canonical(value)
    assert canonical(json.loads(written)) == written
    assert json.loads(written) == value


def test_it_is_written_as_rfc_8785_has_it() -> None:
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7}
    keys = list(json.loads(canonical(value)))
    assert keys == ["\r", "1", "\x80", "\xf6", "\u20ac", "\U0001f600", "\ufb33"]
    assert canonical("\u20ac$\x0f\n'\"\\/<\x7f") == '"€$\\u000f\\n\'\\"\\\\/<\x7f"'.encode()


@pytest.mark.parametrize("value", [0.5, 2**53, -(2**53), [1e3], {"a": float("nan")}, "\ud800"])
def test_what_not_every_reader_holds_exactly_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"fraction|bits|surrogates"):
        canonical(value)


def test_what_was_sealed_is_opened() -> None:
    record = sealed(WHOLE)
    assert record.endswith(b"}\n")
    assert {k: v for k, v in opened(record).items() if k != "checksum"} == WHOLE


def test_every_changed_byte_of_a_record_is_noticed() -> None:
    record = sealed(WHOLE)
    for place, byte in enumerate(record):
        for other in range(256):
            if other != byte:
                changed = record[:place] + bytes([other]) + record[place + 1 :]
                with pytest.raises(pe.RecordError):
                    opened(changed)


def test_bytes_too_many_or_too_few_are_noticed() -> None:
    record = sealed(WHOLE)
    others = [record + b"\n", record[:-1], b" " + record, record[1:], record + record, b""]
    others += [record.replace(b",", b", ", 1), record.replace(b"\n", b"\r\n")]
    others += [b"\xef\xbb\xbf" + record, record.replace(b'"salt"', b'"\\u0073alt"')]
    for other in others:
        with pytest.raises(pe.RecordError):
            opened(other)


def code(record: bytes) -> str:
    with pytest.raises(pe.RecordError) as refused:
        opened(record)
    (finding,) = refused.value.diagnostics
    return finding.code


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("not-a-record", lambda _: b"hello"),
        ("not-a-record", lambda _: b"\xff"),
        ("not-a-record", lambda _: b"[1]\n"),
        ("not-a-record", lambda _: b"{}\n"),
        ("not-a-record", lambda _: b'{"checksum":"x","format":1.5}\n'),
        ("not-a-record", lambda _: b"[" * 100_000),
        ("not-a-record", lambda _: b'{"a":1,"a":1}\n'),
        ("changed-record", lambda whole: sealed(whole).replace(b"2024", b"2025")),
        ("unknown-format", lambda whole: sealed(whole | {"format": "policyengine.record/1"})),
        ("unknown-format", lambda whole: sealed(whole | {"format": "policyengine.record/3"})),
        ("unknown-format", lambda whole: sealed(whole | {"format": None})),
    ],
)
def test_what_is_no_record_is_refused(name: str, make: Callable[[dict[str, Any]], bytes]) -> None:
    assert code(make(WHOLE)) == name


@pytest.mark.parametrize("name", sorted(set(WHOLE) - {"format"}))
def test_a_record_without_one_of_its_parts_is_none(name: str) -> None:
    assert code(sealed({key: each for key, each in WHOLE.items() if key != name})) == "not-a-record"
    assert code(sealed(WHOLE | {name: 7})) == "not-a-record"


@pytest.mark.parametrize("day", ["2024-02-30", "20241120", "2024-11-20T00:00", "tomorrow", ""])
def test_a_record_of_no_day_is_none(day: str) -> None:
    assert code(sealed(WHOLE | {"as_of": day})) == "not-a-record"


@pytest.mark.parametrize("decision", [7, {}, {"loan": None, "policy": "p", "plans": [7]}])
def test_a_record_with_half_a_decision_is_none(decision: object) -> None:
    assert code(sealed(WHOLE | {"decisions": [decision]})) == "not-a-record"
