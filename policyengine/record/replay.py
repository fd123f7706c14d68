"""A record made again, and what differs if the bytes do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

import attrs

from policyengine.facts.profile import Profile
from policyengine.record.canonical import CHECKSUM, canonical, opened
from policyengine.record.commitments import SEAL, seal_of
from policyengine.record.mask import WITHHELD


class Recorder(Protocol):
    """Whatever makes records: a `PolicySet`."""

    def record(
        self, profile: Profile | Mapping[str, Any], *, as_of: date | None = None, salt: bytes
    ) -> bytes:
        """Return the record of the decisions about a borrower."""


class About(StrEnum):
    """What a difference is about."""

    ENGINE = "engine"
    SALT = "salt"
    INPUT = "input"
    POLICY = "policy"
    DECISION = "decision"
    PLAN = "plan"
    RECORD = "record"


@attrs.frozen
class Difference:
    """One thing in which the record made again differs: what it is about, where, and in words.

    `place` is the path of a fact, or the loan, policy, plan and rule. No value of a fact is ever said.
    """

    about: About
    place: str
    message: str


@attrs.frozen
class Replay:
    """The record made again, whether its bytes are the same, and what differs if they are not."""

    record: bytes = attrs.field(repr=False)
    same: bool
    differences: tuple[Difference, ...]


def replay(
    record: bytes, policies: Recorder, profile: Profile | Mapping[str, Any], salt: bytes
) -> Replay:
    """Make a record again as of its day, and say what differs.

    Args:
        record: The bytes of the record.
        policies: The policies, as they were or as they are.
        profile: The borrower's profile.
        salt: The salt of the record.

    Raises:
        RecordError: The bytes are no record, or were changed.
        ProfileError: The policies cannot take the profile.
    """
    then = opened(record)
    made = policies.record(profile, as_of=date.fromisoformat(then["as_of"]), salt=salt)
    if made == record:
        return Replay(made, True, ())
    found = tuple(_differences(then, opened(made), salt))
    return Replay(made, False, found or (_ELSE,))


_Content = dict[str, Any]


_ELSE = Difference(
    About.RECORD, "record", "something stands twice in the record, or in another order"
)


def _differences(then: _Content, now: _Content, salt: bytes) -> Iterator[Difference]:
    if then["engine"] != now["engine"]:
        message = f"the record was made by {then['engine']}, this is {now['engine']}"
        yield Difference(About.ENGINE, "engine", message)
    other_salt = then["salt"] != now["salt"]
    if other_salt:
        yield Difference(About.SALT, "salt", "the salt is not the one of the record")
    else:
        if then[SEAL] != seal_of(then, salt):
            message = "the record was changed by somebody without its salt: its seal does not fit"
            yield Difference(About.RECORD, "record", message)
        yield from _inputs(then["inputs"], now["inputs"])
    skipped = ("commitment",) if other_salt else ()
    yield from _decisions(_by(then["decisions"]), _by(now["decisions"]), skipped)
    if _without(then, _COMPARED) != _without(now, _COMPARED) or _order(then) != _order(now):
        message = "the loans that no policy decided, or the order of decisions, are others"
        yield Difference(About.RECORD, "record", message)


_COMPARED = (CHECKSUM, SEAL, "engine", "salt", "inputs", "decisions")


def _without(content: _Content, names: tuple[str, ...]) -> _Content:
    return {name: each for name, each in content.items() if name not in names}


def _order(content: _Content) -> list[str]:
    return [_key(decision) for decision in content["decisions"]]


def _inputs(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for path in sorted(then.keys() | now.keys()):
        if path not in now:
            message = "was given then and is not now"
        elif path not in then:
            message = "was not given then and is now"
        elif then[path] != now[path]:
            message = "is not the value that the record commits to"
        else:
            continue
        yield Difference(About.INPUT, path, f"`{path}` {message}")


def _by(decisions: list[_Content]) -> dict[str, _Content]:
    """Return decisions by loan and policy; where loans have no name to tell them by, by their place too."""
    found: dict[str, _Content] = {}
    for decision in decisions:
        key, number = _key(decision), 2
        while key in found:
            key, number = f"{_key(decision)} ({number})", number + 1
        found[key] = decision
    return found


def _key(decision: _Content) -> str:
    loan = decision["loan"]
    named = f"loan {loan}: " if isinstance(loan, str) else ""
    return f"{named}{decision['policy']}"


def _decisions(
    then: dict[str, _Content], now: dict[str, _Content], skipped: tuple[str, ...]
) -> Iterator[Difference]:
    for key in (*then, *(key for key in now if key not in then)):
        if key not in now:
            yield Difference(About.DECISION, key, "was decided then and is not now")
        elif key not in then:
            yield Difference(About.DECISION, key, "was not decided then and is now")
        else:
            yield from _decision(key, then[key], now[key], skipped)


def _decision(
    key: str, then: _Content, now: _Content, skipped: tuple[str, ...]
) -> Iterator[Difference]:
    yield from _policy(key, then, now)
    yield from _values(
        About.DECISION, key, _without(then, _POLICY), _without(now, _POLICY), skipped
    )
    plans_then, plans_now = _plans(then), _plans(now)
    for plan in (*plans_then, *(plan for plan in plans_now if plan not in plans_then)):
        place = f"{key}: {plan}"
        if plan not in plans_now:
            yield Difference(About.PLAN, place, "the plan is no more")
        elif plan not in plans_then:
            yield Difference(About.PLAN, place, "the plan was not there")
        else:
            found = list(_values(About.PLAN, place, plans_then[plan], plans_now[plan], skipped))
            said = [each for each in found if not each.message.startswith(_WITHHOLDS)]
            yield from said or found


_RESTS_ON = ("version", "digest", "vocabulary", "regulations")
_POLICY = (*_RESTS_ON, "plans")
_WITHHOLDS = "values that the record withholds"


def _plans(decision: _Content) -> dict[str, _Content]:
    return {plan["plan"]: plan for plan in decision["plans"]}


def _policy(key: str, then: _Content, now: _Content) -> Iterator[Difference]:
    """Yield whether the policy moved on, and which of what it rests on did."""
    if all(then[part] == now[part] for part in _RESTS_ON):
        return
    versions = (
        f"version {then['version']} then, {now['version']} now"
        if then["version"] != now["version"]
        else f"version {then['version']} then and now, with another content"
    )
    moved = [
        f"{what} `{name}`"
        for what, kind in (("the vocabulary", "vocabulary"), ("the regulation", "regulations"))
        for name in sorted(then[kind].keys() | now[kind].keys())
        if then[kind].get(name) != now[kind].get(name)
    ]
    with_it = f"; so did {', '.join(moved)}" if moved else ""
    message = f"the policy `{then['policy']}` has moved on: {versions}{with_it}"
    yield Difference(About.POLICY, key, message)


def _values(
    about: About, place: str, then: _Content, now: _Content, skipped: tuple[str, ...]
) -> Iterator[Difference]:
    """Yield what differs below; of what is there on one side only, only that."""
    for name, was, is_ in _unlike(then, now, ""):
        if name in skipped:
            continue
        if name == "commitment":
            yield Difference(about, place, f"{_WITHHOLDS} are others now")
        else:
            yield Difference(about, place, f"`{name}`: {_said(was)} then, {_said(is_)} now")


_ABSENT = object()
_NAMES = ("rule", "referral")
#: What is decided stands before what it rests on.
_FIRST = ("outcome", "status")


def _unlike(then: Any, now: Any, name: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the name of every value that differs, with both."""
    if then == now:
        return
    before, after = _parts(then, name), _parts(now, name)
    if not before or not after:
        yield name, then, now
        return
    for part in sorted(before.keys() | after.keys(), key=lambda each: (each not in _FIRST, each)):
        yield from _unlike(before.get(part, _ABSENT), after.get(part, _ABSENT), part)


def _parts(value: Any, name: str) -> dict[str, Any]:
    """Return what a value is made of by name; members of lists go by their own names where they have any."""
    if isinstance(value, dict) and value != WITHHELD:
        return {f"{name}.{key}" if name else key: each for key, each in value.items()}
    return {f"{name}[{_own(each, n)}]": each for n, each in enumerate(_listed(value))}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _own(member: Any, place: int) -> str | int:
    names = (member[key] for key in _NAMES if isinstance(member, dict) and key in member)
    return next(names, place)


def _said(value: Any) -> str:
    if value is _ABSENT:
        return "not there"
    if _parts(value, ""):
        return "there"
    return "withheld" if value == WITHHELD else canonical(value).decode()
