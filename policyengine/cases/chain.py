"""The hash chain over a case: entry 0 is its opening, each later one an event, in the order in which they were heard.

    entry 0 ◄─── entry 1 ◄─── entry 2 ◄─── …     each names the digest of the one before it
       │            │            │
    personal     personal     personal           each is bound by a commitment under a salt of its own

What is personal (a profile, details, which loan) is not in the chain; a commitment to it is. So it can be erased, with
its salt, and the chain still verifies; nobody can guess it back from what is left. While it is there, verifying opens
the commitments too.

Whoever can write everything can also reckon a whole chain anew. Keep the last digest where they cannot write.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from policyengine.cases.event import Event
from policyengine.cases.opening import Opening
from policyengine.diagnostics import CaseError, Diagnostic
from policyengine.record.canonical import canonical
from policyengine.record.commitments import checked

#: Stands in every digest and commitment of the chain, which outlive the formats of records.
FORMAT = "policyengine.case/1"
_FROM_ELSEWHERE = "take the log from a copy that verifies"


@attrs.frozen
class Entry:
    """One entry of the chain, and beside it what is personal.

    Attributes:
        case: The case's name.
        number: Its place, from 0.
        event: The event's name; None for the opening.
        content: What is not personal, as canonical JSON.
        previous: The digest of the entry before; None for the opening.
        commitment: What binds the personal content.
        digest: The SHA-256 of all of these, in hexadecimal digits.
        salt: 32 random bytes, erased with the personal content.
        personal: Canonical JSON, until it is erased.
    """

    case: str
    number: int
    event: str | None
    content: str
    previous: str | None
    commitment: str
    digest: str
    salt: bytes | None = attrs.field(repr=False)
    personal: bytes | None = attrs.field(repr=False)


@attrs.frozen
class Head:
    """Where the chain of a case ends.

    Attributes:
        case: The case's name.
        number: The number of the last entry, which is how many events there are.
        digest: The digest of the last entry.
        erased: Whether what is personal was erased.
    """

    case: str
    number: int
    digest: str
    erased: bool = False


def head_of(entry: Entry) -> Head:
    """Return the head of a chain that ends with an entry."""
    return Head(entry.case, entry.number, entry.digest)


# Making entries


def first_entry(case: str, opening: Opening, salt: bytes) -> Entry:
    """Return entry 0.

    Raises:
        CaseError: The opening holds something that a log cannot keep.
        UsageError: The salt has another length than 32 bytes.
    """
    content = {
        "as_of": opening.as_of.isoformat(),
        "engine": opening.engine,
        "policies": dict(opening.policies),
    }
    return _sealed(case, 0, None, content, {"profile": opening.profile}, (None, salt))


def next_entry(head: Head, event: Event, salt: bytes) -> Entry:
    """Return the entry of an event behind those that are there.

    Raises:
        CaseError: The event holds something that a log cannot keep.
        UsageError: The salt has another length than 32 bytes.
    """
    content, personal = _parts_of(event)
    return _sealed(head.case, head.number + 1, event.id, content, personal, (head.digest, salt))


def written(event: Event) -> tuple[str, bytes]:
    """Return what an entry holds of an event, besides its id: the content, and what is personal.

    Raises:
        CaseError: The event holds something that a log cannot keep.
    """
    content, personal = _parts_of(event)
    return _bytes_of(content, event.id).decode(), _bytes_of(personal, event.id)


def _parts_of(event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is not personal of an event, besides its id, and what is."""
    plain = event.to_plain()
    content = {name: plain[name] for name in ("kind", "on", "sequence")}
    return content, {name: plain[name] for name in ("loan", "details")}


def _sealed(
    case: str,
    number: int,
    event: str | None,
    content: Mapping[str, Any],
    personal: Mapping[str, Any],
    bound: tuple[str | None, bytes],
) -> Entry:
    previous, salt = bound[0], checked(bound[1])
    hidden = _bytes_of(personal, event)
    entry = Entry(
        case=case,
        number=number,
        event=event,
        content=_bytes_of(content, event).decode(),
        previous=previous,
        commitment=_commitment(salt, hidden),
        digest="",
        salt=salt,
        personal=hidden,
    )
    return attrs.evolve(entry, digest=digest_of(entry))


def _bytes_of(part: Mapping[str, Any], event: str | None) -> bytes:
    try:
        return canonical(dict(part))
    except (ValueError, TypeError, RecursionError):
        raise CaseError([_not_plain(event)]) from None


def digest_of(entry: Entry) -> str:
    """Return the digest that belongs to an entry, in hexadecimal digits."""
    content = {
        "format": FORMAT,
        "case": entry.case,
        "number": entry.number,
        "event": entry.event,
        "content": entry.content,
        "previous": entry.previous,
        "commitment": entry.commitment,
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def _commitment(salt: bytes, personal: bytes) -> str:
    return hmac.new(salt, FORMAT.encode() + b"\n" + personal, hashlib.sha256).hexdigest()


# Verifying


def findings(entries: Iterable[Entry], head: Head) -> Iterator[Diagnostic]:
    """Yield what is wrong with the entries of a case, each by its number; nothing where all is in order.

    Args:
        entries: All that there are of the case, by their numbers.
        head: Where the chain ends, as it is known from elsewhere.
    """
    last: Entry | None = None
    for entry in entries:
        yield from _wrong_place(entry, last)
        yield from _altered(entry, last, head)
        yield from _altered_in_part(entry, head)
        last = entry
    yield from _wrong_end(last, head)


def _wrong_place(entry: Entry, last: Entry | None) -> Iterator[Diagnostic]:
    due = 0 if last is None else last.number + 1
    if entry.number < due:
        yield finding(entry.case, entry.number, "stands twice")
    yield from _missing(entry.case, due, entry.number - 1)


def _missing(case: str, first: int, last: int) -> Iterator[Diagnostic]:
    if first == last:
        yield finding(case, first, "is missing")
    elif first < last:
        message = f"entries {first} to {last} of case `{case}` are missing"
        yield Diagnostic("changed-log", message, hint=_FROM_ELSEWHERE)


def _altered(entry: Entry, last: Entry | None, head: Head) -> Iterator[Diagnostic]:
    if not _fits(entry, head):
        yield finding(entry.case, entry.number, "was altered: it does not fit its digest")
    elif last is not None and entry.number == last.number + 1 and entry.previous != last.digest:
        yield finding(entry.case, last.number, f"is not the one that entry {entry.number} follows")


def _altered_in_part(entry: Entry, head: Head) -> Iterator[Diagnostic]:
    if entry.salt is None or entry.personal is None:
        if not head.erased or entry.salt != entry.personal:
            yield finding(entry.case, entry.number, "lacks its personal content")
    elif head.erased:
        yield finding(entry.case, entry.number, "has personal content, which was erased")
    elif not _opens(entry.commitment, entry.salt, entry.personal):
        yield finding(entry.case, entry.number, "was altered: its personal content is another")


def _fits(entry: Entry, head: Head) -> bool:
    try:
        return entry.case == head.case and digest_of(entry) == entry.digest
    except ValueError:  # a number beyond 53 bits
        return False


def _opens(commitment: str, salt: bytes, personal: bytes) -> bool:
    return hmac.compare_digest(_commitment(salt, personal).encode(), commitment.encode())


def _wrong_end(last: Entry | None, head: Head) -> Iterator[Diagnostic]:
    number = -1 if last is None else last.number
    yield from _missing(head.case, number + 1, head.number)
    if number > head.number:
        yield finding(head.case, number, f"stands after the end, which is entry {head.number}")
    if last is not None and number == head.number and last.digest != head.digest:
        yield finding(head.case, number, "is not the one that the case ends with")


def finding(case: str, number: int, what: str) -> Diagnostic:
    """Return the finding about one entry."""
    message = f"entry {number} of case `{case}` {what}"
    return Diagnostic("changed-log", message, hint=_FROM_ELSEWHERE)


def _not_plain(event: str | None) -> Diagnostic:
    what = "the opening" if event is None else f"event `{event}`"
    message = f"{what} holds a value that is not plain: JSON without binary fractions"
    hint = "write amounts as text, such as `1200.00`, and days as `2025-01-31`"
    return Diagnostic("not-plain", message, hint=hint)
