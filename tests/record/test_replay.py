"""A record made again: the same bytes, or what differs."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tiny
from borrowers import EXAMPLES, facts_of, near_thresholds, with_fact, without
from hypothesis import given
from hypothesis import strategies as st

import policyengine as pe
from policyengine.record import Replay, replay
from policyengine.record.canonical import CHECKSUM, opened, sealed
from policyengine.record.commitments import SEAL, seal_of

SALT = bytes(range(32))
MR_LI = EXAMPLES["mr-li"]
HERE = Path(__file__).parent


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_example_replays_to_the_same_bytes(lenders: pe.PolicySet, name: str) -> None:
    record = lenders.record(EXAMPLES[name], salt=SALT)
    again = replay(record, lenders, EXAMPLES[name], SALT)
    assert again == Replay(record, True, ())


@given(near_thresholds(), st.binary(min_size=32, max_size=32))
def test_every_borrower_does(lenders: pe.PolicySet, profile: dict[str, Any], salt: bytes) -> None:
    assert replay(lenders.record(profile, salt=salt), lenders, profile, salt).same


def test_a_forger_with_the_salt_is_found_out_by_what_follows_from_the_facts(
    lenders: pe.PolicySet,
) -> None:
    content = opened(lenders.record(MR_LI, salt=SALT))
    content["decisions"][0]["plans"][0]["status"] = "denied"
    content |= {SEAL: seal_of(content, SALT)}
    content.pop(CHECKSUM)
    (found,) = replay(sealed(content), lenders, MR_LI, SALT).differences
    assert found.message == '`status`: "denied" then, "allowed" now'


def test_the_day_is_that_of_the_record(lenders: pe.PolicySet) -> None:
    record = lenders.record(MR_LI, as_of=date(2025, 1, 2), salt=SALT)
    assert json.loads(record)["as_of"] == "2025-01-02"
    assert replay(record, lenders, MR_LI, SALT).same


GOLDEN = HERE / "golden.json"


def golden() -> pe.PolicySet:
    return tiny.policies(_RULES, tiny.offer("- term: {exactly: 18}", extra=_FIGURES + _DENIED))


_RULES = """\
parameters:
  most: {value: 60 days}
guarantees:
  - {id: late, that: x.days <= most, because: {en: Late., zh: 迟。}}
"""
_FIGURES = "    figures: {share: plan.payment / x.cash}\n"
_DENIED = """\
  tight:
    title: {en: Tight, zh: 紧}
    offer: {steps: [{term: {up_to: +6, step: 1}}], until: plan.payment <= x.cash / 6}
"""
GOLDEN_PROFILE = {
    "as_of": tiny.AS_OF,
    "x": {"cash": Decimal("3000.10"), "days": 59, "word": "naïve 字 \U0001f600", "items": []},
    "loan": {key.removeprefix("loan."): value for key, value in tiny.LOAN.items()} | {"id": "L-é"},
}


def made() -> bytes:
    """Return the record that is kept: whoever changes what a record holds writes it anew, with another format."""
    profile = json.loads(json.dumps(GOLDEN_PROFILE, default=str))
    text = json.dumps(profile, ensure_ascii=False)
    for key in ("cash", "principal", "annual_rate", "remaining_term", "accrued_interest"):
        text = _bare(text, key)
    for key in ("penalty_interest", "fees"):
        text = _bare(text, key)
    return golden().record(pe.Profile.from_bytes("profile.json", text.encode()), salt=SALT)


def _bare(text: str, key: str) -> str:
    """Write the value of a key without quotes."""
    before, found, after = text.partition(f'"{key}": "')
    value, _, rest = after.partition('"')
    assert found
    return f'{before}"{key}": {value}{rest}'


def test_the_kept_record_is_made_again_byte_for_byte_on_every_python() -> None:
    assert made() == GOLDEN.read_bytes()


# What differs


def about(found: Replay) -> set[tuple[str, str]]:
    return {(str(each.about), each.place) for each in found.differences}


def test_a_fact_that_is_not_the_one_committed_to_is_named(lenders: pe.PolicySet) -> None:
    record = lenders.record(MR_LI, salt=SALT)
    path = ("borrower", "monthly_income")
    other = with_fact(MR_LI, path, Decimal("8000.01"))
    again = replay(record, lenders, other, SALT)
    assert not again.same
    assert again.differences[0].place == "borrower.monthly_income"
    assert {each for each in about(again) if each[0] == "input"} == {
        ("input", "borrower.monthly_income")
    }


@given(st.sampled_from(facts_of(MR_LI)))
def test_a_fact_that_is_not_given_any_more_is_named(
    lenders: pe.PolicySet, path: tuple[str | int, ...]
) -> None:
    record = lenders.record(MR_LI, salt=SALT)
    named = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]
    again = replay(record, lenders, without(MR_LI, path), SALT)
    assert ("input", named) in about(again)
    back = replay(again.record, lenders, MR_LI, SALT)
    assert ("input", named) in about(back)


def test_another_salt_is_said_once_and_hides_nothing_else(lenders: pe.PolicySet) -> None:
    record = lenders.record(MR_LI, salt=SALT)
    assert about(replay(record, lenders, MR_LI, bytes(32))) == {("salt", "salt")}
    other = with_fact(MR_LI, ("loans", 0, "days_past_due"), 0)
    assert {each for each, _ in about(replay(record, lenders, other, bytes(32)))} == {
        "salt",
        "plan",
        "decision",
    }


def test_another_engine_is_said(lenders: pe.PolicySet, monkeypatch: pytest.MonkeyPatch) -> None:
    record = lenders.record(MR_LI, salt=SALT)
    monkeypatch.setattr("policyengine.policy_set.ENGINE", "policyengine-relief 9.9.9")
    (found,) = replay(record, lenders, MR_LI, SALT).differences
    assert found.message.endswith("this is policyengine-relief 9.9.9")
    assert found.message.startswith("the record was made by policyengine-relief ")


PROFILE = {
    "as_of": tiny.AS_OF,
    "x": {"n": 5, "cash": Decimal(2000)},
    "loan": {
        "id": "L",
        "principal": Decimal(12000),
        "annual_rate": Decimal(0),
        "remaining_term": 12,
        "next_due": "2024-12-15",
        "method": "level",
    },
}


def policies(**other: str) -> pe.PolicySet:
    head = tiny.HEAD.replace("vocabulary: tiny", "vocabulary: tiny\nregulations: [law]")
    head = head.replace("2024-01-01", other.get("version", "2024-01-01"))
    law = _LAW.replace("90 months", other.get("law", "90 months"))
    vocabulary = tiny.VOCABULARY.replace("en: colour", f"en: {other.get('unreached', 'colour')}")
    vocabulary = vocabulary.replace("en: cash", f"en: {other.get('word', 'cash')}")
    body = tiny.offer(f"- term: {{exactly: {other.get('term', '18')}}}")
    return tiny.policies("", body, head=head, regulations={"law": law}, vocabulary=vocabulary)


_LAW = """\
regulation: law
language: 1
version: 2024
title: {en: Law, zh: 法}
languages: [en, zh]
currency: CNY
vocabulary: tiny
guarantees:
  - {id: legal, that: plan.term <= 90 months, because: {en: L., zh: 法。}}
"""


MOVED = "the policy `tiny` has moved on: version 2024-01-01 then and now, with another content"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"version": "2024-06-01", "term": "24"},
            "the policy `tiny` has moved on: version 2024-01-01 then, 2024-06-01 now",
        ),
        (
            {"term": "24"},
            MOVED,
        ),
        (
            {"law": "95 months"},
            f"{MOVED}; so did the regulation `law`",
        ),
        (
            {"word": "money"},
            f"{MOVED}; so did the vocabulary `tiny`",
        ),
    ],
)
def test_a_policy_that_has_moved_on_is_named_with_what_it_rests_on(
    change: dict[str, str], said: str
) -> None:
    record = policies().record(PROFILE, salt=SALT)
    assert replay(record, policies(), PROFILE, SALT).same
    again = replay(record, policies(**change), PROFILE, SALT)
    assert [d.message for d in again.differences if d.about == "policy"] == [said]
    changed = [d.message for d in again.differences if d.about == "plan"]
    terms = "`terms.term_months`: 18 then, 24 now"
    assert (terms in changed) is ("term" in change)


def test_what_a_policy_does_not_reach_may_change() -> None:
    record = policies().record(PROFILE, salt=SALT)
    assert replay(record, policies(unreached="hue"), PROFILE, SALT).same


def test_layout_and_comments_of_a_policy_change_nothing() -> None:
    plain = policies()
    head = "# moved down\n\n\n" + tiny.HEAD.replace(
        "vocabulary: tiny", "vocabulary:   tiny\nregulations: [law]"
    )
    moved = tiny.policies(
        "", tiny.offer("- term: {exactly: 18}"), head=head, regulations={"law": "# moved\n" + _LAW}
    )
    assert moved.record(PROFILE, salt=SALT) == plain.record(PROFILE, salt=SALT)


def test_a_policy_that_does_not_decide_any_more_is_named() -> None:
    record = policies().record(PROFILE, salt=SALT)
    other = tiny.policies(
        "",
        tiny.offer("- term: {exactly: 18}"),
        head=tiny.HEAD.replace("policy: tiny", "policy: other"),
    )
    assert about(replay(record, other, PROFILE, SALT)) == {
        ("decision", "loan L: tiny"),
        ("decision", "loan L: other"),
        ("record", "record"),
    }


def forged(record: bytes, change: Any) -> bytes:
    """Return a record with another content and a checksum that fits it."""
    content = opened(record)
    content.pop(CHECKSUM)
    change(content)
    return sealed(content)


_TWICE_OR_MOVED = (
    "a rule twice",
    "rules in another order",
    "plans in another order",
    "a plan twice",
)
FORGERIES = {
    "a status": lambda c: c["decisions"][0]["plans"][0].update(status="denied"),
    "a payment": lambda c: c["decisions"][0]["plans"][0]["terms"].update(payment="1.00"),
    "a rule": lambda c: c["decisions"][0]["plans"][0]["rules"][0].update(holds=None),
    "a rule left out": lambda c: c["decisions"][0]["plans"][0]["rules"].pop(0),
    "a rule twice": lambda c: c["decisions"][0]["plans"][0]["rules"].insert(
        0, c["decisions"][0]["plans"][0]["rules"][0]
    ),
    "rules in another order": lambda c: c["decisions"][0]["plans"][0]["rules"].reverse(),
    "plans in another order": lambda c: c["decisions"][0]["plans"].reverse(),
    "a plan twice": lambda c: c["decisions"][0]["plans"].append(c["decisions"][0]["plans"][0]),
    "a plan left out": lambda c: c["decisions"][0]["plans"].pop(),
    "an outcome": lambda c: c["decisions"][0].update(outcome="refuse"),
    "a commitment": lambda c: c["inputs"].update({"loans": "00"}),
    "a commitment of a plan": lambda c: c["decisions"][0]["plans"][0].update(commitment="00"),
    "a commitment of a decision": lambda c: c["decisions"][0].update(commitment="00"),
    "a commitment left out": lambda c: c["inputs"].pop("loans"),
    "a decision left out": lambda c: c["decisions"].pop(),
    "a decision twice": lambda c: c["decisions"].append(c["decisions"][0]),
    "a vocabulary": lambda c: c["decisions"][0].update(vocabulary={}),
    "a loan not assessed": lambda c: c["not_assessed"].append({"loan": "X", "reason": "r"}),
    "something added": lambda c: c.update(more=[]),
    "an engine": lambda c: c.update(engine="another"),
    "a day": lambda c: c.update(as_of="2024-11-21"),
    "an empty list": lambda c: c["decisions"][0].update(asks=[[]]),
}


@pytest.mark.parametrize("name", sorted(FORGERIES))
def test_a_record_with_a_forged_checksum_is_found_out_by_replaying(
    lenders: pe.PolicySet, name: str
) -> None:
    record = forged(lenders.record(MR_LI, salt=SALT), FORGERIES[name])
    again = replay(record, lenders, MR_LI, SALT)
    assert not again.same
    seal = "the record was changed by somebody without its salt: its seal does not fit"
    assert seal in {each.message for each in again.differences}
    assert len(again.differences) > 1 or name in ("a day", *_TWICE_OR_MOVED)


def test_no_difference_says_a_value_of_a_profile(lenders: pe.PolicySet) -> None:
    record = lenders.record(MR_LI, salt=SALT)
    values = ("8123.45", "4321.99", "37654.32", "1987.65")
    paths = [
        ("borrower", "monthly_income"),
        ("borrower", "essential_expenses"),
        ("loans", 0, "principal"),
        ("hardship", "monthly_shock"),
    ]
    other = MR_LI
    for path, value in zip(paths, values, strict=True):
        other = with_fact(other, path, Decimal(value))
    said = " ".join(each.message for each in replay(record, lenders, other, SALT).differences)
    assert "borrower.monthly_income" in said
    assert not [value for value in (*values, "8000", "4200", "38165.11", "1500") if value in said]
