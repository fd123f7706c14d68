"""A case as a value: its log, its order, what is signed, and what is decided anew."""

from __future__ import annotations

import gc
import json
import weakref
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policyengine as pe
from policyengine.cases.case import Case
from policyengine.cases.event import event_from_plain
from policyengine.cases.from_file import events_from_bytes

ROOT = Path(__file__).parents[2]
DAY = date(2025, 6, 1)
SIGNING = date(2024, 11, 25)
SIGNED = {"policy": "aibank.consumer-loan", "plan": "payment_holiday"}
LOG: list[dict[str, Any]] = [
    {"id": "s", "kind": "plan_signed", "on": "2024-11-25", **SIGNED},
    {"id": "a", "kind": "payment_made", "on": "2025-02-28", "amount": "4664.55"},
    {"id": "b", "kind": "payment_made", "on": "2025-03-30", "amount": "4000.00"},
    {"id": "c", "kind": "payment_made", "on": "2025-03-30", "sequence": 1, "amount": "664.55"},
    {"id": "m", "kind": "payment_missed", "on": "2025-05-01"},
    {"id": "f", "kind": "fact_changed", "on": "2025-05-02", "facts": {"borrower.age": 31}},
    {
        "id": "g",
        "kind": "fact_changed",
        "on": "2025-05-02",
        "facts": {"borrower.age": 32, "loan.days_past_due": 33, "hardship.duration": None},
    },
]


def profile() -> pe.Profile:
    return pe.Profile.from_file(ROOT / "policies" / "examples" / "mr-li.yaml")


@pytest.fixture(scope="module")
def opened(lenders: pe.PolicySet) -> Case:
    return lenders.open_case(profile())


@pytest.fixture(scope="module")
def told(opened: Case) -> Case:
    case = opened.on(DAY)
    for event in LOG:
        case = case.record(event, salt=bytes(32))
    return case


def test_a_case_stays_as_it_was(opened: Case) -> None:
    after = opened.record(LOG[0], as_of=SIGNING)
    assert opened.events == ()
    assert opened.state.agreements == ()
    assert [event.id for event in after.events] == ["s"]


@given(st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_state(
    lenders: pe.PolicySet, told: Case, random: Random
) -> None:
    policies = lenders
    events = [*told.events, *told.events[:3]]
    random.shuffle(events)
    again = policies.reopen_case(profile(), events, as_of=DAY)
    assert again.events == told.events
    assert again.state == told.state
    assert again.facts.values == told.facts.values


@given(st.permutations(LOG[1:]))
def test_events_that_come_late_are_recorded_in_their_place(
    opened: Case, told: Case, late: list[dict[str, Any]]
) -> None:
    case = opened.record(LOG[0], as_of=DAY, salt=bytes(32))
    for event in late:
        case = case.record(event)
    assert case.events == told.events
    assert case.state == told.state


def test_of_two_events_of_a_day_the_later_by_its_id_says_what_is_so(told: Case) -> None:
    assert told.facts.values["borrower.age"] == 32
    assert "hardship.duration" not in told.facts.values
    loans = told.facts.loans
    assert loans is not None
    assert loans[0].fields["days_past_due"] == 33


def test_an_event_told_again_changes_nothing(told: Case) -> None:
    for event in LOG:
        again = told.record(event)
        assert again.events == told.events
        assert again.changes == ()
    assert told.record(told.preview(LOG[1])).events == told.events


def test_an_event_has_one_spelling(opened: Case) -> None:
    ways: list[dict[str, Any]] = [
        {"amount": "1200", "on": "2024-11-20"},
        {"amount": Decimal("1200.0"), "on": date(2024, 11, 20), "sequence": 0},
        {"details": {"amount": "1200.00"}, "on": "2024-11-20", "loan": None},
        {"amount": 1200, "on": "2024-11-20", "loan": "L-1", "currency": None},
        {"amount": "1200.00 CNY", "on": "2024-11-20"},
    ]
    found = {
        json.dumps(opened.preview({"id": "p", "kind": "payment_made", **way}).to_plain())
        for way in ways
    }
    assert len(found) == 1
    assert json.loads(*found)["details"] == {"amount": "1200.00"}


def test_what_was_kept_as_json_comes_back(lenders: pe.PolicySet, told: Case) -> None:
    policies = lenders
    kept = [json.loads(json.dumps(event.to_plain())) for event in told.events]
    again = policies.reopen_case(profile(), map(event_from_plain, kept), as_of=DAY)
    assert again.events == told.events
    assert again.state == told.state


def test_a_file_may_tell_events(opened: Case) -> None:
    lines = b"- {id: x, kind: contact, on: 2024-11-20, channel: telephone}\n"
    (event,) = events_from_bytes("events.yaml", lines)
    assert opened.record(event).events[0].details == {"channel": "telephone"}


# Signing


def test_what_is_signed_stays_whatever_the_policy_becomes(
    lenders: pe.PolicySet, told: Case
) -> None:
    policies = lenders
    program = policies["aibank.consumer-loan"].program
    newer = attrs.evolve(
        policies,
        programs=(attrs.evolve(program, version="later", plans=program.plans[2:], starts=DAY),),
    )
    again = newer.reopen_case(profile(), told.events, as_of=DAY)
    assert again.decisions.decisions[0].version == "later"
    assert again.state.agreements == told.state.agreements
    assert again.state.agreements[0].agreement.version == "2024-11-13"
    with pytest.raises(pe.CaseError):
        again.record({"id": "s2", "kind": "plan_signed", "on": DAY, **SIGNED})


def test_the_record_of_a_signing_is_that_of_its_day(told: Case, lenders: pe.PolicySet) -> None:
    agreement = told.state.agreements[0].agreement
    record = lenders.record(profile(), as_of=date(2024, 11, 25), salt=bytes(32))
    assert agreement.record.encode() == record
    assert agreement.salt == bytes(32).hex()
    decided = lenders.decide(profile(), as_of=date(2024, 11, 25)).decisions[0]
    schedule = decided.plan("payment_holiday").schedule
    assert schedule is not None
    assert [(due.due, Decimal(due.payment) / 100) for due in agreement.schedule] == [
        (row.due, row.payment) for row in schedule
    ]


def test_what_becomes_known_with_a_signing_is_decided_on(opened: Case) -> None:
    event = LOG[0] | {"facts": {"borrower.willingness": "unwilling"}}
    with pytest.raises(pe.CaseError) as refused:
        opened.record(event, as_of=SIGNING)
    assert refused.value.hint == "it stands on `UNWILLING`"
    unwilling = opened.record(
        {"id": "no", "kind": "contact", "on": SIGNING, "facts": event["facts"]}, as_of=SIGNING
    )
    with pytest.raises(pe.CaseError):
        unwilling.record(LOG[0])
    willing = LOG[0] | {"facts": {"borrower.willingness": "willing"}}
    assert unwilling.record(willing).state.agreements[0].state == "performing"


def test_a_salt_is_drawn_for_each_signing(opened: Case) -> None:
    salts = {
        opened.record(LOG[0], as_of=SIGNING).state.agreements[0].agreement.salt for _ in range(2)
    }
    assert len(salts) == 2


def test_what_is_due_counts_from_the_day_it_falls_due(opened: Case) -> None:
    case = opened.record(LOG[0], as_of=SIGNING)
    dues = {date(2025, 2, 27): "0.00", date(2025, 2, 28): "4664.55", date(2025, 3, 30): "9329.10"}
    for day, due in dues.items():
        kept = case.on(day).state.agreements[0]
        assert (str(kept.due), str(kept.overdue)) == (due, due)


def test_a_late_fact_does_not_change_what_was_signed(told: Case) -> None:
    fact = {"id": "z", "kind": "fact_changed", "on": "2024-11-21"}
    late = told.record(fact | {"facts": {"borrower.monthly_income": "4000.00"}})
    assert late.state.agreements[0].agreement == told.state.agreements[0].agreement
    assert late.facts.values["borrower.monthly_income"] == 4000


# Deciding


def test_what_changes_no_fact_is_not_decided_anew(opened: Case) -> None:
    opened = opened.on(SIGNING)
    case = opened.record(LOG[0])
    assert case.decisions is opened.decisions
    fact = {"id": "f", "kind": "fact_changed", "on": SIGNING}
    same = case.record(fact | {"facts": {"borrower.monthly_income": "8000.00"}})
    assert same.decisions is opened.decisions
    other = case.record(fact | {"facts": {"borrower.monthly_income": "8001.00"}})
    assert other.decisions is not opened.decisions


def test_what_is_decided_is_what_a_profile_of_the_same_facts_gets(
    opened: Case, lenders: pe.PolicySet
) -> None:
    text = (ROOT / "policies" / "examples" / "mr-li.yaml").read_text(encoding="utf-8")
    for before, after in (("8000.00", "6000.00"), ("past_due: 20", "past_due: 31")):
        assert text.count(before) == 1
        text = text.replace(before, after)
    day = date(2024, 12, 1)
    facts = {"borrower.monthly_income": "6000.00", "loan.days_past_due": 31}
    event = {"id": "f", "kind": "fact_changed", "on": day, "facts": facts}
    case = opened.record(event, as_of=day)
    profile = pe.Profile.from_bytes("changed", text.encode())
    assert case.decisions.to_json() == lenders.decide(profile, as_of=day).to_json()


def test_a_case_keeps_none_of_those_before_it(opened: Case) -> None:
    case, gone = opened, []
    for number in range(4):
        case = case.record({"id": f"e{number}", "kind": "contact", "on": opened.as_of})
        gone.append(weakref.ref(case._standing))  # noqa: SLF001  # what would be kept
    assert case.changes == ()
    gc.collect()
    assert [ref() is not None for ref in gone[:-2]] == [False, False]


# Several loans


@pytest.fixture(scope="module")
def five(lenders: pe.PolicySet) -> Case:
    return lenders.open_case(
        pe.Profile.from_file(ROOT / "policies" / "examples" / "five-lenders.yaml")
    )


def test_an_event_of_a_loan_says_which_where_there_are_several(five: Case) -> None:
    for told_of in (
        {"kind": "payment_made", "amount": "5.00"},
        {"kind": "contact", "facts": {"loan.days_past_due": 3}},
    ):
        with pytest.raises(pe.CaseError) as refused:
            five.record({"id": "x", "on": five.as_of, **told_of})
        assert refused.value.code == "which-loan"
    five.record({"id": "x", "kind": "contact", "on": five.as_of})


def test_each_loan_has_agreements_of_its_own(five: Case) -> None:
    allowed = [
        (decision.loan, decision.policy, next(p.plan for p in decision.plans if p.terms))
        for decision in five.decisions.decisions
        if str(decision.outcome) == "offer"
    ][:2]
    case = five
    for loan, policy, plan in allowed:
        case = case.record(
            {"id": f"s-{loan}", "kind": "plan_signed", "on": five.as_of}
            | {"loan": loan, "policy": policy, "plan": plan}
        )
    first, second = (loan for loan, *_ in allowed)
    case = case.record({"id": "z", "kind": "payment_missed", "on": five.as_of, "loan": second})
    states = {each.agreement.loan: each.state for each in case.state.agreements}
    assert states == {first: "performing", second: "broken"}
    assert {duty.loan for duty in case.state.duties} <= {first, second}
    settled = case.record({"id": "end", "kind": "settled", "on": five.as_of, "loan": first})
    assert not settled.state.closed
    with pytest.raises(pe.CaseError) as refused:
        settled.record({"id": "x", "kind": "payment_missed", "on": five.as_of, "loan": first})
    assert refused.value.code == "closed-case"
