"""From what was found to what is decided: statuses, outcomes, what is asked, and the reasons."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import tiny

import policyengine as pe
from policyengine.decision.decision import Outcome, Status
from policyengine.decision.tree.branch import BranchKind

PLAN = """\
  {name}:
    title: {{en: {name}, zh: {name}}}
    require:
      - {{id: {name}_rule, that: {fact}, because: {{en: "{{{fact}}}", zh: "{{{fact}}}"}}, code: {code}}}
    offer:
      steps: [{{term: {{up_to: +12, step: 1 month}}}}]
      until: plan.max_payment <= x.cash
"""
REFERRAL = """\
  {name}:
    title: {{en: {name}, zh: {name}}}
    when: {when}
    {more}
    because: {{en: Do., zh: 做。}}
"""
TWO = (
    "plans:\n"
    + PLAN.format(name="one", fact="x.flag", code="NOT_ONE")
    + PLAN.format(name="two", fact="x.other", code="NOT_TWO")
)
REFERRALS = (
    "referrals:\n"
    + REFERRAL.format(name="instead", when="x.dear", more="instead_of_refusal: true")
    + REFERRAL.format(name="besides", when="x.n > 3", more="")
)
POLICIES = tiny.policies(REFERRALS, TWO)
FITS = tiny.LOAN | {"x.cash": "1000.00"}
THREE: tuple[bool | None, ...] = (True, False, None)


def facts_of(**truths: bool | None) -> dict[str, Any]:
    return FITS | {f"x.{name}": value for name, value in truths.items() if value is not None}


def outcome_of(one: bool | None, two: bool | None, instead: bool | None) -> Outcome:
    """Return what the reference says: offer, else what is open, else the referral, else refuse."""
    if True in (one, two):
        return Outcome.OFFER
    if None in (one, two):
        return Outcome.NEED_INFORMATION
    return {True: Outcome.REFER, None: Outcome.NEED_INFORMATION, False: Outcome.REFUSE}[instead]


@pytest.mark.parametrize(("one", "two", "instead"), list(product(THREE, THREE, THREE)))
def test_outcomes(one: bool | None, two: bool | None, instead: bool | None) -> None:
    decision = tiny.decide(POLICIES, facts_of(flag=one, other=two, dear=instead))
    status = {True: Status.ALLOWED, False: Status.DENIED, None: Status.UNDETERMINED}
    assert [plan.status for plan in decision.plans] == [status[one], status[two]]
    assert decision.outcome is outcome_of(one, two, instead)
    assert [plan.plan for plan in decision.allowed] == [
        name for name, truth in (("one", one), ("two", two)) if truth
    ]
    asked = {"x.flag": one, "x.other": two}
    open_ = {fact for fact, truth in asked.items() if truth is None}
    if decision.outcome is Outcome.NEED_INFORMATION and instead is None:
        open_.add("x.dear")
    assert set(decision.asks) == open_


@pytest.mark.parametrize("applies", THREE)
@pytest.mark.parametrize("required", [True, None])
@pytest.mark.parametrize("require", THREE)
@pytest.mark.parametrize("fits", THREE)
def test_statuses(
    applies: bool | None, required: bool | None, require: bool | None, fits: bool | None
) -> None:
    vocabulary = tiny.VOCABULARY.replace(
        "x.word: {type: text,", "x.word: {type: text, required: true,"
    )
    policies = tiny.policies(
        "applies_to: x.other\n",
        "plans:\n" + PLAN.format(name="one", fact="x.flag", code="NOT_ONE"),
        vocabulary=vocabulary,
    )
    facts = facts_of(other=applies, flag=require) | ({"x.word": "w"} if required else {})
    facts["x.cash"] = {True: "1000.00", False: "1.00", None: None}[fits]
    decisions = policies.decide(tiny.profile(facts)).decisions
    if applies is False:
        assert not decisions
        return
    (decision,) = decisions
    (plan,) = decision.plans
    truths = (applies, required, require, fits)
    if False in truths:
        assert plan.status is Status.DENIED
    else:
        assert plan.status is (Status.UNDETERMINED if None in truths else Status.ALLOWED)
    missing = zip(truths, ("x.other", "x.word", "x.flag", "x.cash"), strict=True)
    if plan.status is Status.UNDETERMINED:
        assert set(plan.asks) == {fact for truth, fact in missing if truth is None}
    else:
        assert plan.asks == ()
    if plan.status is Status.DENIED:
        refused = applies is True
        assert decision.outcome is (Outcome.REFUSE if refused else Outcome.NEED_INFORMATION)
        assert decision.asks == (() if refused else ("x.other",))
    kinds = [reason.kind for reason in plan.reasons]
    expected = ["applies"] * (applies is None) + ["required"] * (required is None)
    assert kinds == [*expected, "require", "until"]


def test_the_reason_for_a_required_fact() -> None:
    vocabulary = tiny.VOCABULARY.replace(
        "x.word: {type: text,", "x.word: {type: text, required: true,"
    )
    (plan, _) = tiny.decide(tiny.policies("", TWO, vocabulary=vocabulary), facts_of()).plans
    reason = plan.reasons[0]
    assert (reason.kind, reason.code, reason.holds) == ("required", "INCOMPLETE", None)
    assert reason.text == {"en": "word must be known.", "zh": "需要提供词。"}
    assert reason.facts == {"x.word": None}
    assert reason.missing == ("x.word",)


def test_the_reason_for_a_policy_that_may_not_apply() -> None:
    policies = tiny.policies("applies_to: x.other\n", TWO)
    (plan, _) = tiny.decide(policies, facts_of(flag=True)).plans
    reason = plan.reasons[0]
    assert (reason.kind, reason.rule, reason.holds) == ("applies", "applies_to", None)
    assert reason.text["en"] == "Whether the policy applies to this loan must be known."
    assert reason.at == "tiny.yaml:8:13"


def test_what_opens_most_plans_is_asked_first_then_what_costs_least() -> None:
    plans = (
        "plans:\n"
        + PLAN.format(name="one", fact="x.dear", code="A")
        + PLAN.format(name="two", fact="x.dear and x.other", code="B")
        + PLAN.format(name="three", fact="x.flag", code="C")
    )
    decision = tiny.decide(tiny.policies("", plans), tiny.LOAN)
    assert decision.asks == ("x.cash", "x.dear", "x.flag", "x.other")
    assert decision.plan("two").asks == ("x.cash", "x.other", "x.dear")


def test_referrals() -> None:
    decision = tiny.decide(POLICIES, facts_of(flag=True, dear=False) | {"x.n": "4"})
    assert [(r.referral, r.holds, r.instead_of_refusal) for r in decision.referrals] == [
        ("instead", False, True),
        ("besides", True, False),
    ]
    open_ = tiny.decide(POLICIES, facts_of(flag=True, dear=False))
    assert open_.referrals[1].holds is None
    assert open_.referrals[1].reason.missing == ("x.n",)
    assert open_.asks == ("x.other",)  # a referral besides the plans decides nothing


RULES = """\
parameters:
  cap: {value: 90 days, assumed: true}
  lpr: [{from: 2024-01-01, value: 3%}]
tables:
  share: {hit: first, inputs: [x.n], output: rate, rows: [[1, x.rate]], otherwise: 5%}
derive:
  half: x.cash / 2
  quarter: half / 2
  mine: any(i in x.items where lpr at i.day > 1%)
plans:
  one:
    title: {en: One, zh: 一}
    require:
      - id: mixed
        any:
          - that: x.days <= cap
          - id: second
            all: [{that: quarter >= 100}, {that: share < 10%}, {that: lpr at x.day > 1%}]
            because: {en: "half is {half}", zh: "一半为{half}"}
        because: {en: "cap {cap}", zh: "上限{cap}"}
        source: "§ 1"
      - {id: list, that: "mine or count(i in loan.items) > 1", because: {en: L, zh: 列}}
    offer: {steps: [{term: {exactly: +1}}], until: plan.payment > 0}
"""


def test_a_reason_says_what_it_stands_on() -> None:
    facts: dict[str, Any] = {"x.days": "91", "x.cash": "400.00", "x.n": "1", "x.rate": "7%"}
    facts |= tiny.LOAN | {"x.day": "2024-06-01", "x.items": [{}], "loan.items": [{"n": 1}, {}]}
    (plan,) = tiny.decide(tiny.policies(RULES, ""), facts).plans
    mixed, list_, until = plan.reasons
    assert mixed.holds is True
    assert mixed.text == {"en": "cap 90 days", "zh": "上限90天"}
    assert mixed.facts == {
        "x.cash": "400.00",
        "x.day": "2024-06-01",
        "x.days": 91,
        "x.n": 1,
        "x.rate": "0.07",
    }
    assert mixed.parameters == {
        "cap": 90,
        "half": "200.00",
        "lpr at 2024-06-01": "0.03",
        "quarter": "100.00",
    }
    assert (mixed.joint, mixed.source, mixed.origin) == ("any", "§ 1", "tiny")
    first, second = mixed.parts
    assert (first.rule, first.holds) == ("mixed.1", False)
    assert [(c.left, c.operator, c.right, c.headroom) for c in first.comparisons] == [
        (91, "<=", 90, -1)
    ]
    assert (second.rule, second.joint, second.text["en"]) == ("second", "all", "half is CN¥200.00")
    assert [c.headroom for c in second.comparisons] == ["0.00", "0.03", "0.02"]
    assert [part.rule for part in second.parts] == ["second.1", "second.2", "second.3"]
    assert list_.facts == {"loan.items": [{"n": 1}, {}], "x.items": [{}]}
    assert list_.parameters == {"mine": None}  # `lpr at i.day` has no value outside its list
    assert until.text["en"] == "The terms must meet: plan.payment > 0."
    assert (until.rule, until.name) == ("until_1", "UNAFFORDABLE")
    assert mixed.name == "mixed"


def test_a_reason_that_always_holds_says_what_its_words_name() -> None:
    words = "{en: '{half}, {half} and {x.n}', zh: '{x.n}和{half}'}"
    always = f"[{{id: fixed, that: true, because: {words}}}]"
    plans = tiny.offer("- term: {exactly: +1}", always)
    policies = tiny.policies("derive: {half: x.cash / 2}\n", plans)
    (plan,) = tiny.decide(policies, tiny.LOAN | {"x.cash": "400.00", "x.n": "1"}).plans
    (reason,) = plan.reasons
    assert (reason.rule, reason.holds, reason.text["en"]) == (
        "fixed",
        True,
        "CN¥200.00, CN¥200.00 and 1",
    )
    assert reason.facts == {"x.cash": "400.00", "x.n": 1}
    assert reason.parameters == {"half": "200.00"}
    rule, _ = plan.justification.tree.branches
    assert [(branch.kind, branch.name) for branch in rule.branches] == [
        (BranchKind.DERIVED, "half"),
        (BranchKind.FACT, "x.n"),
    ]


@pytest.mark.parametrize(
    ("rule", "facts", "headroom"),
    [
        ("x.n <= x.m", {"x.n": "3", "x.m": "5"}, 2),
        ("x.n > x.m", {"x.n": "3", "x.m": "5"}, -2),
        ("x.n <= 3.5", {"x.n": "3"}, "0.5"),
        ("x.q < x.n", {"x.q": "3.5", "x.n": "3"}, "-0.5"),
        ("x.cash >= 10", {"x.cash": "9.50"}, "-0.50"),
        ("x.rate < 10%", {"x.rate": "7%"}, "0.03"),
        ("x.days < 30 days", {"x.days": "29"}, 1),
        ("x.months > 6 months", {"x.months": "6"}, 0),
        ("x.day <= x.end", {"x.day": "2024-02-28", "x.end": "2024-03-01"}, 2),
        ("x.day >= x.end", {"x.day": "2024-02-28", "x.end": "2024-03-01"}, -2),
        ("x.n == x.m", {"x.n": "3", "x.m": "3"}, None),
        ("x.n <= x.m", {"x.n": "3"}, None),
        ("x.n <= x.m", {"x.m": "3"}, None),
    ],
)
def test_headroom(rule: str, facts: dict[str, str], headroom: object) -> None:
    plans = "plans:\n" + PLAN.format(name="one", fact=rule, code="A")
    (plan,) = tiny.decide(tiny.policies("", plans), FITS | facts).plans
    (comparison,) = plan.reasons[0].comparisons
    assert comparison.headroom == headroom
    assert type(comparison.headroom) is type(headroom)


def test_a_regulations_names_stand_with_its_own() -> None:
    regulation = """\
regulation: law
language: 1
version: 2024
title: {en: Law, zh: 法}
languages: [en, zh]
currency: CNY
vocabulary: tiny
parameters: {cap: {value: 12 months, assumed: true}}
derive: {third: x.cash / 3}
guarantees:
  - {id: short, that: "plan.term <= cap and plan.payment >= third", because: {en: S, zh: 短}}
referrals:
  lawyer: {title: {en: L, zh: 律}, when: x.dear, because: {en: L, zh: 律}}
"""
    policies = tiny.policies("regulations: [law]\n", TWO, regulations={"law": regulation})
    decision = tiny.decide(policies, facts_of(flag=True))
    reason = decision.plan("one").reasons[-1]
    assert (reason.rule, reason.origin, reason.kind) == ("short", "law", "guarantee")
    assert reason.parameters == {"law#cap": 12, "law#third": "333.333333333333"}
    assert decision.derived == {"law#third": "333.333333333333"}
    assert [referral.referral for referral in decision.referrals] == ["lawyer"]


def test_a_justification_is_text() -> None:
    facts = tiny.LOAN | {"x.days": "91", "x.cash": "400.00", "x.n": "2", "x.day": "2024-06-01"}
    (plan,) = tiny.decide(tiny.policies(RULES, ""), facts | {"loan.items": []}).plans
    assert plan.justification.render() == (
        "One: cannot be decided yet\n"
        "  Payments and terms named here are provisional: they may change once the plan is decided.\n"
        "  ✓ cap 90 days [§ 1]\n"
        "    ✗ This must hold: x.days <= cap.\n"
        "    ✓ half is CN¥200.00\n"
        "      ✓ This must hold: quarter >= 100.\n"
        "      ✓ This must hold: share < 10%.\n"
        "      ✓ This must hold: lpr at x.day > 1%.\n"
        "  ? L\n"
        "  ✓ The terms must meet: plan.payment > 0."
    )
    assert plan.justification.render("zh").splitlines()[0] == "一：尚无法确定"
    with pytest.raises(pe.UsageError, match=r"no language `fr` \(known: `en`, `zh`\)"):
        plan.justification.render("fr")
    with pytest.raises(
        pe.UsageError, match=r"no profile `short` \(known: `full`, `plain`, `reasons`\)"
    ):
        plan.justification.render(profile="short")
    refused = tiny.decide(POLICIES, facts_of(flag=False)).plan("one")
    assert "✗ no" in refused.justification.render()
    assert [reason.name for reason in refused.decisive] == ["NOT_ONE"]
    allowed = tiny.decide(POLICIES, facts_of(flag=True)).plan("one")
    assert allowed.decisive == allowed.reasons


def test_a_decision_knows_its_plans() -> None:
    decision = tiny.decide(POLICIES, facts_of())
    assert decision.plan("two").plan == "two"
    with pytest.raises(KeyError):
        decision.plan("three")


def test_nothing_that_was_found_is_true_or_false_by_accident() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(tiny.trace(POLICIES).plans[0].require[0].holds)


def test_a_policy_set_answers_for_its_policies() -> None:
    decision = POLICIES["tiny"].decide(tiny.profile(facts_of(flag=True)))
    assert isinstance(decision, pe.Decision)
    assert decision.digest == POLICIES.programs[0].digest
    assert decision.currency == "CNY"


def test_a_missing_fact_never_turns_a_referral_into_a_refusal() -> None:
    referrals = "referrals:\n" + REFERRAL.format(
        name="instead", when="known(x.n)", more="instead_of_refusal: true"
    )
    with pytest.raises(pe.PolicyError) as refused:
        tiny.policies(referrals, TWO)
    assert refused.value.code == "known-in-requirement"


def test_a_parameter_of_two_days_is_shown_with_both_values() -> None:
    body = """\
parameters:
  lpr: [{from: 2020-01-01, until: 2023-12-31, value: 4%}, {from: 2024-01-01, value: 3%}]
"""
    plans = "plans:\n" + PLAN.format(name="one", fact="lpr < (lpr at x.day)", code="A")
    (plan,) = tiny.decide(tiny.policies(body, plans), FITS | {"x.day": "2021-01-01"}).plans
    assert {"0.03", "0.04"} <= set(plan.reasons[0].parameters.values())
