"""Cases under a policy of one plan: 12,000 without interest over 12 months, 1,000 a month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import tiny

import policyengine as pe
from policyengine.cases.case import Case
from policyengine.ir.plan_values import NOT_SIGNED, PLAN_VALUES

DAY = date.fromisoformat(tiny.AS_OF)
NAMES = [name for name in PLAN_VALUES if name not in NOT_SIGNED]
ASKED = ["max_payment_before(2 months)", "max_payment_after(2 months)"]
SAID = "; ".join(f"{{plan.{name}}}" for name in [*NAMES, *ASKED])
FIGURES = "".join(f"      f{n}: plan.{name}\n" for n, name in enumerate([*NAMES, *ASKED]))
FOLLOW_UP = f"""\
follow_up:
  standard:
    start: performing
    performing:
      - event: payment_missed
        go: broken
        because: {{en: "{SAID}; {{x.n}}", zh: "{SAID}；{{x.n}}"}}
    asks:
      performing:
        always: {{title: {{en: A, zh: 甲}}, because: {{en: Always., zh: 总是。}}}}
        open: {{title: {{en: O, zh: 乙}}, when: x.flag, because: {{en: "{{x.flag}}", zh: "{{x.flag}}"}}}}
        never: {{title: {{en: N, zh: 丙}}, when: x.n > 5, because: {{en: "{{x.n}}", zh: "{{x.n}}"}}}}
        asked: {{title: {{en: K, zh: 丁}}, when: not known(x.word), because: {{en: Ask., zh: 问。}}}}
"""
STEPS = """
- holiday: {months: 2, interest: waived, maturity: extends}
- waive: {penalty_interest: 50%}
- term: {exactly: 10}
"""
EVENTS = """\
events:
  contact:
    title: {en: contact, zh: 联系}
    fields:
      reached: {type: boolean, title: {en: reached, zh: 已接通}}
      minutes: {type: integer, min: 1, max: 90, title: {en: minutes, zh: 分钟}}
      mood: {type: enum, of: colour, title: {en: mood, zh: 心情}}
      word: {type: text, sensitive: true, title: {en: word, zh: 词}}
"""


@pytest.fixture(scope="module", params=["reference", "compiled"])
def case(request: pytest.FixtureRequest) -> Case:
    extra = f"    figures:\n{FIGURES}    follow_up: standard\n"
    policies = tiny.policies(
        FOLLOW_UP,
        tiny.offer(STEPS, "plan.payment <= x.cash", extra),
        vocabulary=tiny.VOCABULARY + EVENTS,
        evaluator=request.param,
    )
    facts = {**tiny.LOAN, "x.cash": "2000.00", "x.n": "3"}
    opened: Case = policies.open_case(pe.Profile.from_mapping(tiny.profile(facts)))
    return opened


def signed(case: Case) -> Case:
    event = {"id": "s", "kind": "plan_signed", "on": DAY, "policy": "tiny", "plan": "relief"}
    return case.record(event)


def test_the_text_of_a_transition_names_the_terms_as_signed_and_the_facts_of_its_day(
    case: Case,
) -> None:
    (plan,) = case.decisions.decisions[0].plans
    after = signed(case).on(date(2025, 3, 1))
    later = {"loan.principal": "1.00", "x.n": 4}
    after = after.record({"id": "f", "kind": "fact_changed", "on": DAY, "facts": later})
    after = after.record({"id": "t", "kind": "payment_missed", "on": date(2025, 2, 15)})
    transition = after.state.agreements[0].transition
    assert transition is not None
    said = [text["en"] for text in plan.figure_texts.values()]
    assert transition.text["en"] == "; ".join([*said, "4"])


def test_what_signed_terms_do_not_keep_is_not_named() -> None:
    for name in NOT_SIGNED:
        body = FOLLOW_UP.replace("{x.n}", f"{{plan.{name}}}")
        plans = tiny.offer(STEPS, extra="    follow_up: standard\n")
        assert set(tiny.findings(body, plans)) == {"plan-not-known-yet"}


def test_a_duty_holds_or_is_open_and_else_is_left_out(case: Case) -> None:
    after = signed(case)
    assert {duty.duty: duty.holds for duty in after.state.duties} == {
        "always": True,
        "open": None,
        "asked": True,
    }
    facts = {"x.flag": False, "x.n": 6, "x.word": "so"}
    told = after.record({"id": "x", "kind": "contact", "on": DAY, "facts": facts})
    assert {duty.duty: duty.holds for duty in told.state.duties} == {"always": True, "never": True}
    by_name = {duty.duty: duty for duty in told.state.duties}
    assert by_name["never"].reason.text == {"en": "6", "zh": "6"}
    assert by_name["never"].reason.facts == {"x.n": 6}
    assert {(c.name, c.before, c.after) for c in told.changes if c.what == "duty"} == {
        ("open", "unknown", None),
        ("asked", "true", None),
        ("never", None, "true"),
    }


def test_an_event_has_the_fields_that_the_vocabulary_adds(case: Case) -> None:
    fields: dict[str, Any] = {"reached": True, "minutes": 4, "mood": "red", "word": "7"}
    event = case.preview({"id": "c", "kind": "contact", "on": DAY, **fields})
    assert event.details == fields
    assert case.record(event).events == (event,)


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ({"reached": "perhaps"}, "not-a-boolean"),
        ({"minutes": 0}, "out-of-range"),
        ({"minutes": 91}, "out-of-range"),
        ({"mood": "rde"}, "unknown-value"),
        ({"colour": "red"}, "unknown-field"),
    ],
)
def test_added_fields_are_held_against_their_types(
    case: Case, field: dict[str, Any], code: str
) -> None:
    with pytest.raises(pe.CaseError) as refused:
        case.preview({"id": "c", "kind": "contact", "on": DAY, **field})
    assert [found.code for found in refused.value.diagnostics] == [code]


def test_an_agreement_that_nothing_follows_is_held_against_its_schedule_all_the_same() -> None:
    policies = tiny.policies("", tiny.offer(STEPS))
    facts = {**tiny.LOAN, "x.cash": "2000.00"}
    case = signed(policies.open_case(pe.Profile.from_mapping(tiny.profile(facts))))
    case = case.on(date(2025, 3, 1))
    case = case.record({"id": "t", "kind": "payment_made", "on": date(2025, 3, 1), "amount": "5"})
    (kept,) = case.state.agreements
    assert (kept.state, str(kept.paid)) == (None, "5.00")
    assert kept.overdue == kept.due - 5 > 0
    assert case.state.duties == ()
