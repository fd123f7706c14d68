"""The chain says when anything was changed, and where; and it still holds once what is personal is gone."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.cases import chain
from policyengine.cases.chain import Entry, Head
from policyengine.cases.event import Event
from policyengine.cases.kept_log import log_of
from policyengine.cases.opening import Opening
from policyengine.diagnostics import CaseError, UsageError

OPENING = Opening(
    date(2025, 1, 31), '{"borrower": {"name": "李明"}}', {"p": "sha256:00"}, "engine 1"
)
SALT = bytes(range(32))

texts = st.text(st.characters(codec="utf-8"), max_size=8)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(texts, below, max_size=3),
    max_leaves=6,
)
events = st.builds(
    Event,
    id=texts.filter(bool),
    kind=st.sampled_from(["payment_made", "promise", "visit_report"]),
    on=st.dates(),
    sequence=st.integers(0, 99),
    loan=st.none() | texts,
    details=st.dictionaries(texts, plain, max_size=3),
)
logs = st.lists(events, max_size=6, unique_by=lambda event: event.id)


def chained(told: Sequence[Event]) -> tuple[list[Entry], Head]:
    entries = [chain.first_entry("C-1", OPENING, SALT)]
    for number, event in enumerate(told, 1):
        salt = hashlib.sha256(bytes([number])).digest()
        entries.append(chain.next_entry(chain.head_of(entries[-1]), event, salt))
    return entries, chain.head_of(entries[-1])


def wrong(entries: Sequence[Entry], head: Head) -> list[str]:
    found = list(chain.findings(entries, head))
    assert {each.code for each in found} <= {"changed-log"}
    return [each.message for each in found]


def erased(entry: Entry) -> Entry:
    return attrs.evolve(entry, salt=None, personal=None)


FIVE = [
    Event(f"e{n}", "payment_made", date(2025, 2, n), 0, None, {"amount": f"{n}.00"})
    for n in range(1, 5)
]
ENTRIES, HEAD = chained(FIVE)


# What was not touched


@given(logs)
def test_what_goes_in_comes_out_and_verifies(told: list[Event]) -> None:
    entries, head = chained(told)
    assert wrong(entries, head) == []
    log = log_of(entries, head)
    assert (log.opening, list(log.events), log.head) == (OPENING, told, head)


@given(logs)
def test_erased_it_still_verifies_with_the_same_digests(told: list[Event]) -> None:
    entries, head = chained(told)
    gone = [erased(entry) for entry in entries]
    assert wrong(gone, attrs.evolve(head, erased=True)) == []
    assert [entry.digest for entry in gone] == [entry.digest for entry in entries]


@given(events, st.binary(min_size=32, max_size=32))
def test_what_is_personal_stands_nowhere_else(event: Event, salt: bytes) -> None:
    event = attrs.evolve(event, details={"note": "Frau Sommer zahlt"}, loan="L-4711")
    entry = erased(chain.next_entry(HEAD, event, salt))
    assert "Sommer" not in str(entry)
    assert "4711" not in str(entry)


def test_the_same_content_under_other_salts_looks_different() -> None:
    one, other = (chain.next_entry(HEAD, FIVE[0], salt) for salt in (SALT, bytes(32)))
    assert one.commitment != other.commitment
    assert one.personal == other.personal


def test_anybody_can_reckon_the_digests_without_this_package() -> None:
    entry = ENTRIES[1]
    personal = '{"details":{"amount":"1.00"},"loan":null}'
    content = '{"kind":"payment_made","on":"2025-02-01","sequence":0}'
    assert entry.salt is not None
    committed = b"policyengine.case/1\n" + personal.encode()
    parts = {
        "case": "C-1",
        "commitment": hmac.new(entry.salt, committed, hashlib.sha256).hexdigest(),
        "content": content,
        "event": "e1",
        "format": "policyengine.case/1",
        "number": 1,
        "previous": ENTRIES[0].digest,
    }
    written = json.dumps(parts, separators=(",", ":"), sort_keys=True).encode()
    assert entry.digest == hashlib.sha256(written).hexdigest()
    assert ENTRIES[0].digest == "a5a5d67047a175a27dca8bed7a23f5653f7c5badad0f8c1f2b59f269e1ca8001"


# What was


CHANGES: dict[str, Callable[[Any], Any]] = {
    "case": lambda name: name + "x",
    "event": lambda name: (name or "") + "x",
    "content": lambda text: text.replace("2025", "2024"),
    "previous": lambda digest: "0" * 64 if digest else "1" * 64,
    "commitment": lambda digest: digest[::-1],
    "digest": lambda digest: digest[::-1],
    "salt": lambda salt: salt[::-1],
    "personal": lambda text: text[:-1] + b" }",
}


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("part", CHANGES)
def test_an_altered_entry_is_named(part: str, number: int) -> None:
    entries = list(ENTRIES)
    changed = CHANGES[part](getattr(entries[number], part))
    entries[number] = attrs.evolve(entries[number], **{part: changed})
    assert f"entry {number} of case" in wrong(entries, HEAD)[0]


@pytest.mark.parametrize("number", range(5))
def test_an_altered_entry_whose_digest_was_reckoned_anew_is_named(number: int) -> None:
    entries = list(ENTRIES)
    forged = attrs.evolve(entries[number], content='{"kind":"settled"}')
    entries[number] = attrs.evolve(forged, digest=chain.digest_of(forged))
    found = wrong(entries, HEAD)
    assert len(found) == 1
    assert found[0].startswith(f"entry {number} of case `C-1` is not the one that")


@pytest.mark.parametrize("number", range(5))
def test_personal_content_that_is_gone_is_named_unless_it_was_erased(number: int) -> None:
    entries = list(ENTRIES)
    for part in ("salt", "personal"):
        without: dict[str, Any] = {part: None}
        entries[number] = attrs.evolve(ENTRIES[number], **without)
        assert wrong(entries, HEAD) == [f"entry {number} of case `C-1` lacks its personal content"]
    entries = [erased(entry) for entry in ENTRIES]
    entries[number] = ENTRIES[number]
    said = f"entry {number} of case `C-1` has personal content, which was erased"
    assert wrong(entries, attrs.evolve(HEAD, erased=True)) == [said]


@pytest.mark.parametrize("number", range(5))
def test_a_missing_entry_is_named(number: int) -> None:
    entries = ENTRIES[:number] + ENTRIES[number + 1 :]
    assert wrong(entries, HEAD) == [f"entry {number} of case `C-1` is missing"]


def test_several_missing_entries_are_one_finding() -> None:
    assert wrong(ENTRIES[:2], HEAD) == ["entries 2 to 4 of case `C-1` are missing"]
    assert wrong([], HEAD) == ["entries 0 to 4 of case `C-1` are missing"]


@pytest.mark.parametrize("number", range(5))
def test_a_doubled_entry_is_named(number: int) -> None:
    entries = ENTRIES[: number + 1] + ENTRIES[number:]
    assert wrong(entries, HEAD) == [f"entry {number} of case `C-1` stands twice"]


@pytest.mark.parametrize("number", range(1, 4))
def test_swapped_entries_are_both_named(number: int) -> None:
    entries = list(ENTRIES)
    one, other = entries[number : number + 2]
    entries[number] = attrs.evolve(other, number=number)
    entries[number + 1] = attrs.evolve(one, number=number + 1)
    found = wrong(entries, HEAD)
    assert any(f"entry {number} of case `C-1` was altered" in each for each in found)
    assert any(f"entry {number + 1} of case `C-1` was altered" in each for each in found)


def test_an_entry_after_the_end_is_named() -> None:
    said = "entry 4 of case `C-1` stands after the end, which is entry 3"
    assert wrong(ENTRIES, chain.head_of(ENTRIES[3])) == [said]


def test_personal_content_of_another_entry_does_not_pass() -> None:
    entries = list(ENTRIES)
    there = ENTRIES[3]
    entries[2] = attrs.evolve(ENTRIES[2], salt=there.salt, personal=there.personal)
    assert wrong(entries, HEAD) == [
        "entry 2 of case `C-1` was altered: its personal content is another"
    ]


@pytest.mark.parametrize("number", [2**60, -(2**60)])
def test_a_number_that_no_log_has_is_found(number: int) -> None:
    assert wrong([attrs.evolve(ENTRIES[0], number=number)], HEAD) != []


@pytest.mark.parametrize(
    "content", ["", "[]", '{"kind":"promise"}', '{"kind":"a","on":"b","sequence":0}']
)
def test_a_forged_entry_that_is_not_written_as_entries_are_is_refused(content: str) -> None:
    forged = attrs.evolve(ENTRIES[1], content=content)
    with pytest.raises(CaseError, match="entry 1 of case `C-1` is not written as entries are"):
        log_of([ENTRIES[0], forged], HEAD)


# What does not go in


@pytest.mark.parametrize(
    "value", [1.5, 2**53, float("nan"), {"a": 0.1}, "\ud800", date(2025, 1, 1), {1, 2}]
)
def test_what_is_not_plain_is_refused_and_not_repeated(value: Any) -> None:
    event = attrs.evolve(FIVE[0], details={"note": "Sommer", "amount": value})
    with pytest.raises(CaseError) as refused:
        chain.next_entry(HEAD, event, SALT)
    assert refused.value.code == "not-plain"
    assert "Sommer" not in str(refused.value)
    assert str(value) not in str(refused.value)


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(UsageError, match="a salt is 32 random bytes"):
        chain.next_entry(HEAD, FIVE[0], b"short")
