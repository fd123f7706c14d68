"""The steps of an offer in the tree: each lever in its turn, what it was raised to, and how near that came."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import generated_profiles
import offering
import pytest
import tiny
from borrowers import EXAMPLES

import policyengine as pe
from policyengine.decision.decision import Status
from policyengine.decision.stage import StageKind
from policyengine.decision.trace import (
    PlanFinding,
    SearchFinding,
    StageFinding,
    TriedFinding,
    Unknown,
)
from policyengine.decision.tree.branch import Branch, BranchKind
from policyengine.decision.tree.step_words import STEP_WORDS
from policyengine.decision.tree.steps import steps_branch
from policyengine.decision.tree.to_json import tree_mapping
from policyengine.evaluators.reference import steps as reference
from policyengine.ir.plan_values import PLAN_QUESTIONS, PLAN_VALUES
from policyengine.plans import stages
from policyengine.testing.strategies import grammar

POLICIES = Path(__file__).parents[2] / "policies"
AIBANK: dict[str, Any] = {
    "principal": 50_000,
    "annual_rate": Decimal("0.14452"),
    "remaining_term": 12,
}
#: The one rule of `tiny.offer` fails or holds by this limit.
CASH = "900.00"


def steps_of(plan: pe.Plan) -> Branch:
    """Return the steps of a plan."""
    (found,) = (b for b in plan.justification.tree.branches if b.kind is BranchKind.STEPS)
    return found


def said(plan: pe.Plan, lang: str = "en") -> list[str]:
    return [step.text[lang] for step in steps_of(plan).branches]


def relief(
    steps: str, *, until: str = "plan.max_payment <= x.cash", extra: str = "", **x: Any
) -> pe.Plan:
    """Return what is decided of 12,000 without interest over 12 months; `x` are facts, `loan_x` those of the loan."""
    found = tiny.policies(plans=tiny.offer(steps, until, extra))
    given = {
        re.sub("^loan_", "loan.", k) if k.startswith("loan_") else f"x.{k}": v for k, v in x.items()
    }
    return tiny.decide(found, tiny.LOAN | {"x.cash": CASH} | given).plan("relief")


TERM = "- term: {up_to: +6, step: 1 month}"


# A published case, and one of a programme


def test_a_published_case_step_by_step() -> None:
    """A case published by the lender: 12 months ask 4,500.00 a month, 18 months 3,106.36."""
    found = offering.policies("- term: {up_to: +60, step: 1 month}", "plan.payment <= x.cash")
    plan = offering.plan(found, {"cash": Decimal("3200.00")}, **AIBANK)
    start, term = said(plan)
    assert (
        start
        == "With every step at its least: CN¥4,500.00 a month, over CN¥3,200.00 by CN¥1,300.00."
    )
    assert term == (
        "term: 12 → 18 months. At 17 months CN¥3,270.14 a month, over CN¥3,200.00 by CN¥70.14; "
        "at 18 months CN¥3,106.36 a month fits, headroom CN¥93.64."
    )


def test_hamp_capitalises_then_lowers_the_rate_then_lengthens_then_forbears() -> None:
    (decision,) = pe.load(POLICIES).decide(EXAMPLES["us-mortgage-hamp"]).decisions[:1]
    (plan,) = (p for p in decision.plans if p.plan == "modification")
    together = "a month before rounding plus monthly taxes and insurance of $250.00, together"
    start, capitalise, rate, term, forbear = said(plan)
    assert start == (
        f"With every step at its least: $3,620.8018 {together} $3,870.8018, over $1,395.00 by $2,475.8018."
    )
    assert capitalise == "joins the balance: nothing it could do with overdue amounts."
    assert rate == (
        f"rate: 9% → 2%, as far as it goes: $1,663.2876 {together} $1,913.2876, over $1,395.00 by $518.2876."
    )
    assert term == (
        f"term: 360 → 480 months, as far as it goes: $1,362.7154 {together} $1,612.7154, over $1,395.00 by $217.7154."
    )
    assert forbear == (
        f"principal set aside: $0.00 → $71,894.63. At $71,894.62: $1,145.00 {together} $1,395.00, "
        f"just over $1,395.00; at $71,894.63: $1,145.00 {together} $1,395.00 just fits."
    )
    assert [step.name for step in steps_of(plan).branches] == [
        "start",
        "capitalise",
        "rate",
        "term",
        "forbear",
    ]
    assert plan.terms
    assert steps_of(plan).branches[-1].value == {"amount": str(plan.terms.forborne)}


# Each kind of stage


def test_in_chinese() -> None:
    start, term = said(relief(TERM), "zh")
    assert start == "各步骤均为最小值时：每月最多¥1,000.00，超出¥900.00达¥100.00。"
    assert term == (
        "期限：12 → 14个月。13个月时每月最多¥923.08，超出¥900.00达¥23.08；"
        "14个月时每月最多¥857.18，符合要求，余量¥42.82。"
    )


def test_what_was_met_before_any_step() -> None:
    assert said(relief(TERM, cash="1000.00")) == [
        "With every step at its least: up to CN¥1,000.00 a month fits, headroom CN¥0.00.",
        "term: not needed, as the target was met before.",
    ]


def test_a_denial_ends_where_the_last_step_fails() -> None:
    steps = steps_of(relief(TERM, cash="600.00"))
    assert steps.holds is False
    assert steps.text["en"].endswith("the target is not met:")
    assert steps.branches[-1].text["en"] == (
        "term: 12 → 18 months, as far as it goes: up to CN¥666.67 a month, over CN¥600.00 by CN¥66.67."
    )
    assert steps.branches[-1].holds is False


@pytest.mark.parametrize(
    ("before", "kind", "text"),
    [
        (
            "- term: {up_to: +1, step: 1 month}\n  when: x.flag",
            "left_out",
            "term: left out, as its `when` does not hold.",
        ),
        (
            "- rate: {down_to: 4%, step: 1%}",
            "nothing",
            "rate: nothing it could do, it stays at 0%.",
        ),
        (
            "- capitalise: {accrued_interest: 100%}",
            "nothing",
            "joins the balance: nothing it could do with accrued interest.",
        ),
        ("- capitalise: {fees: 100%}", "fixed", "joins the balance: fees 100%, fixed."),
        (
            "- stepped: {shares: [30%], months: x.months}",
            "nothing",
            "rising payments: nothing it could do (0 months leave none for it).",
        ),
        (
            "- forgive: {exactly: x.cost}",
            "nothing",
            "principal given up: nothing it could do (CN¥0.00 is no amount above zero).",
        ),
    ],
)
def test_a_step_that_was_not_raised(before: str, kind: str, text: str) -> None:
    plan = relief(
        f"{before}\n{TERM}", flag=False, months=0, cost="0.00", loan_accrued_interest="0.00"
    )
    _, step, term = steps_of(plan).branches
    assert (step.stage, step.text["en"]) == (kind, text)
    assert not step.is_condition
    assert term.stage is StageKind.SETTLES


@pytest.mark.parametrize(
    ("after", "kind", "text"),
    [
        (
            "- forgive: {up_to: 500.00, step: 100.00}",
            "not_reached",
            "principal given up: not needed, as the target was met before.",
        ),
        (
            "- forgive: {up_to: x.cost, step: 100.00}",
            "not_reached",
            "principal given up: not needed, as the target was met before.",
        ),
        (
            "- holiday: {months: 2..3, interest: waived, maturity: extends}",
            "not_reached",
            "months without payments: stays at its least, 2 months, as the target was met before.",
        ),
        ("- defer_balance: {fees: 50%}", "fixed", "owed at the end: fees 50%, fixed."),
    ],
)
def test_a_step_behind_the_one_that_settles(after: str, kind: str, text: str) -> None:
    *_, term, step = steps_of(relief(f"{TERM}\n{after}")).branches
    assert term.stage is StageKind.SETTLES
    assert (step.stage, step.text["en"]) == (kind, text)


def test_a_step_that_is_left_out_stands_on_its_when() -> None:
    plan = relief("- term: {up_to: +1, step: 1 month}\n  when: x.n > 3\n" + TERM, n=2)
    _, step, _ = steps_of(plan).branches
    (when,) = step.branches
    assert (when.kind, when.holds) == (BranchKind.WHEN, False)
    assert [branch.name for branch in when.walk()] == ["when", "x.n > 3", "x.n"]


def test_what_is_not_known_ends_the_steps_in_words() -> None:
    steps = f"{TERM}\n- forgive: {{up_to: x.cost, step: 100.00}}\n- rate: {{down_to: 0%, step: 1%}}"
    plan = relief(steps, cash="600.00", loan_annual_rate="6%")
    assert plan.status is Status.UNDETERMINED
    assert (
        steps_of(plan).text["en"]
        == "The steps in the order of the policy, as far as they can be followed:"
    )
    assert said(plan)[2:] == [
        "principal given up: how far it goes is not known ([cost: not known]).",
        "rate: not reached, as it is not known whether the terms before are enough.",
    ]


def test_a_when_that_is_not_known() -> None:
    plan = relief(
        f"{TERM}\n- forgive: {{up_to: 500.00, step: 100.00}}\n  when: x.flag", cash="600.00"
    )
    assert (
        said(plan)[-1]
        == "principal given up: whether its `when` holds is not known ([flag: not known])."
    )


def test_terms_of_which_it_is_not_known_whether_they_are_enough() -> None:
    plan = relief(TERM, until="plan.term <= 12 months or plan.max_payment <= x.cost")
    assert (
        said(plan)[0]
        == "With every step at its least: a term of 12 months fits, headroom 0 months."
    )
    plan = relief(TERM, until="'plan.term > 12 months and plan.max_payment <= x.cost'")
    assert said(plan)[-1] == (
        "term: 12 → 13 months. At 13 months it is not known whether the terms are enough ([cost: not known])."
    )


def test_without_a_loan_no_step_can_be_followed() -> None:
    steps = steps_of(relief(TERM, loan_principal=None))
    assert (steps.holds, steps.branches) == (None, ())
    assert steps.text == {
        "en": "The steps cannot be followed: [principal: not known].",
        "zh": "无法推算各调整步骤：［本金：未提供］。",
    }


def test_a_search_that_gives_up_says_so() -> None:
    """A thousand schedules of up to 1,000 months each are too many."""
    plan = relief(
        "- term: {up_to: 1100 months, step: 1 month}",
        until="plan.total_interest > x.cash",
        loan_annual_rate="0.01%",
        cash="99999.00",
    )
    assert plan.status is Status.UNDETERMINED
    assert said(plan)[-1] == (
        "term: how far it goes is not known (more than 300,000 months of schedules were worked out)."
    )


def test_a_step_whose_most_has_no_schedule() -> None:
    plan = relief("- holiday: {months: 1..20, interest: waived, maturity: stays}", cash="0.00")
    assert said(plan)[-1] == (
        "months without payments: 1 → 20 months, as far as it goes: at 11 months up to CN¥12,000.00 a month, "
        "over CN¥0.00 by CN¥12,000.00; at 20 months no schedule can be worked out (no month is left for an instalment)."
    )


def test_what_has_no_terms_at_all() -> None:
    plan = relief(TERM, loan_principal="0.00")
    assert steps_of(plan).text["en"] == (
        "No terms can be worked out (`balance` must be above zero, but is CN¥0.00)."
    )
    plan = relief("- forgive: {exactly: x.cost}", cost="0.00")
    assert steps_of(plan).text["en"].startswith("No terms can be worked out (no step can be used: ")
    assert said(plan) == [
        "principal given up: nothing it could do (CN¥0.00 is no amount above zero)."
    ]


@pytest.mark.parametrize(
    ("cost", "holds", "text"),
    [
        (
            "700.00",
            True,
            "The target is not met, but the last terms are enough: up to CN¥666.67 a month fits, headroom CN¥33.33.",
        ),
        (
            "650.00",
            False,
            "The last terms are not enough without the target: up to CN¥666.67 a month, over CN¥650.00 by CN¥16.67.",
        ),
        (
            None,
            None,
            "Without the target: it is not known whether the terms are enough ([cost: not known]).",
        ),
    ],
)
def test_the_last_terms_may_be_enough(cost: str | None, holds: bool | None, text: str) -> None:
    plan = relief(
        TERM, extra="      accept: plan.max_payment <= x.cost\n", cash="600.00", cost=cost
    )
    *_, raised, last = steps_of(plan).branches
    assert (raised.stage, raised.holds) == (StageKind.RAISED, False)
    assert (last.stage, last.holds, last.text["en"]) == (StageKind.ENOUGH, holds, text)


def test_fixed_steps() -> None:
    steps = steps_of(relief("- term: {exactly: 18}", cash="700.00"))
    assert steps.text["en"] == "The steps of this plan, which are fixed:"
    assert [step.text["en"] for step in steps.branches] == [
        "With the steps as they are: up to CN¥666.67 a month fits, headroom CN¥33.33.",
        "term: 18 months, fixed.",
    ]


@pytest.mark.parametrize(
    ("until", "text"),
    [
        ("plan.max_payment < 1000.00", "up to CN¥1,000.00 a month, not less than CN¥1,000.00"),
        ("1000.00 > plan.max_payment", "up to CN¥1,000.00 a month, not less than CN¥1,000.00"),
        ("plan.term > 12 months", "a term of 12 months, not more than 12 months"),
        ("plan.term >= 13 months", "a term of 12 months, below 13 months by 1 month"),
        ("plan.term == 13 months", "a term of 12 months, not 13 months"),
        ("plan.term != 12 months", "a term of 12 months, the same as 12 months"),
        ("not (plan.term <= 12 months)", "a term of 12 months, not more than 12 months"),
        (
            "plan.max_payment / 2 <= x.cost",
            "`plan.max_payment / 2` of CN¥500.00, over CN¥100.00 by CN¥400.00",
        ),
        (
            "plan.payment + x.cost <= 1000.00",
            "CN¥1,000.00 a month plus cost of CN¥100.00, together CN¥1,100.00, over CN¥1,000.00 by CN¥100.00",
        ),
        ("x.flag", "`x.flag` is not met"),
        (
            "plan.term == 13 months and plan.max_payment <= x.cost",
            "a term of 12 months, not 13 months, and up to CN¥1,000.00 a month, over CN¥100.00 by CN¥900.00",
        ),
        ("plan.max_payment <= 999.99999", "up to CN¥1,000.00 a month, just over CN¥1,000.00"),
        (
            "plan.max_payment <= x.cost and plan.max_payment < 50.00",
            "up to CN¥1,000.00 a month, over CN¥100.00 by CN¥900.00 and over CN¥50.00 by CN¥950.00",
        ),
        ("plan.max_payment >= 1000.00001", "up to CN¥1,000.00 a month, just below CN¥1,000.00"),
    ],
)
def test_how_a_rule_fails(until: str, text: str) -> None:
    plan = relief(
        "- forgive: {up_to: 0.02, step: 0.01}", until=tiny.quoted(until), flag=False, cost="100.00"
    )
    assert said(plan)[0] == f"With every step at its least: {text}."


@pytest.mark.parametrize(
    ("until", "text"),
    [
        ("not (plan.max_payment > x.cost)", "up to CN¥1,000.00 a month fits, headroom CN¥1,000.00"),
        ("plan.term == 12 months", "a term of 12 months fits"),
        ("plan.max_payment >= 999.99999", "up to CN¥1,000.00 a month just fits"),
        (
            "plan.max_payment <= x.cost and plan.max_payment < 1001.00",
            "up to CN¥1,000.00 a month fits, headroom CN¥1.00",
        ),
        ("x.flag or plan.max_payment <= 1.00", "the rules hold"),
        (
            "plan.max_payment_before(x.months) <= x.cost",
            "up to CN¥1,000.00 a month in the first 3 months fits, headroom CN¥1,000.00",
        ),
    ],
)
def test_how_a_rule_holds(until: str, text: str) -> None:
    plan = relief(TERM, until=tiny.quoted(until), flag=True, cost="2000.00", months=3)
    assert said(plan)[0] == f"With every step at its least: {text}."


# Least cost


def test_the_cheapest_terms_and_the_lesser_concession_that_fails() -> None:
    steps = "- term: {up_to: +12, step: 1 month}\n- forgive: {up_to: 3000.00, step: 100.00}"
    plan = relief(steps, extra="      choose: least_cost\n")
    assert steps_of(plan).text["en"] == (
        "The cheapest to the lender of the terms that meet the rules; 3 were worked out:"
    )
    term, forgiven = said(plan)
    assert term == (
        "term: 12 → 14 months. At 13 months up to CN¥923.08 a month, over CN¥900.00 by CN¥23.08; "
        "at 14 months up to CN¥857.18 a month fits, headroom CN¥42.82."
    )
    assert forgiven == "principal given up: stays at CN¥0.00."


def test_the_cheapest_terms_with_nothing_less() -> None:
    steps = "- capitalise: {fees: 100%}\n- term: {up_to: +12, step: 1 month}"
    plan = relief(steps, extra="      choose: least_cost\n", cash="2000.00")
    assert said(plan) == [
        "joins the balance: fees 100%, fixed.",
        "term: stays at 12 months.",
        "With these settings: up to CN¥1,002.50 a month fits, headroom CN¥997.50.",
    ]
    assert [step.holds for step in steps_of(plan).branches] == [None, None, True]


def test_no_terms_that_are_the_cheapest() -> None:
    steps = "- term: {up_to: +1, step: 1 month}\n- forgive: {up_to: 300.00, step: 100.00}\n  when: x.flag"
    plan = relief(steps, extra="      choose: least_cost\n", cash="100.00", flag=False)
    assert (
        steps_of(plan).text["en"]
        == "None of the terms that were worked out, 1 in all, meet the rules."
    )
    assert said(plan) == ["principal given up: left out, as its `when` does not hold."]


# What every tree says


def test_every_step_in_json() -> None:
    found = tree_mapping(steps_of(relief(TERM)))
    assert (found["kind"], found["name"], found["holds"]) == ("steps", "waterfall", True)
    start, term = found["branches"]
    assert start["stage"] == "start"
    assert (term["stage"], term["holds"]) == ("settles", True)
    assert (term["before"], term["value"]) == ({"term": 12}, {"term": 14})
    assert [(b["kind"], b["holds"], b["value"]) for b in term["branches"]] == [
        ("setting", False, {"term": 13}),
        ("setting", True, {"term": 14}),
    ]
    assert [b["headroom"] for each in term["branches"] for b in each["branches"]] == [
        "-23.08",
        "42.82",
    ]
    assert re.fullmatch(r"tiny.yaml:\d+:\d+", term["at"])
    json.dumps(found)


def test_no_step_is_worked_out_until_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def noted(*given: Any) -> Any:
        called.append("waterfall")
        return stages.of_waterfall(*given)

    monkeypatch.setitem(reference._STAGES, "waterfall", noted)  # noqa: SLF001
    plan = relief(TERM)
    assert plan.terms
    tree = plan.justification.tree
    assert [branch.holds for branch in tree.branches] == [True, True]
    assert tree.branches[-1].text
    assert called == []
    assert tree.branches[-1].branches
    assert [branch for branch in tree.walk() if branch.kind is BranchKind.SETTING]
    assert called == ["waterfall"]


def test_every_language_has_every_sentence_with_the_same_values() -> None:
    english, chinese = STEP_WORDS["en"], STEP_WORDS["zh"]
    assert list(english) == list(chinese)
    for name, sentence in english.items():
        assert _named(sentence) == _named(chinese[name]), name
    assert {f"plan.{name}" for name in (*PLAN_VALUES, *PLAN_QUESTIONS)} <= set(english)


def _named(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


# Generated policies


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_steps_lead_to_the_terms_that_are_offered(first: int) -> None:
    """Every stage before the one that settles fails the target, and the last terms are the plan's."""
    for seed in range(first, first + 20):
        policies = grammar.made(seed).load()
        for k in range(3):
            given = policies._facts(generated_profiles.made(seed * 3 + k), None)  # noqa: SLF001
            trace = policies.evaluator.evaluate(policies.programs[0], given.about(0))
            for plan in trace.plans:
                _check(plan)
                steps = steps_branch(plan, trace)
                assert all(b.text["en"] and b.text["zh"] for b in (steps, *steps.branches))
                assert json.dumps(tree_mapping(steps))


def _check(plan: PlanFinding) -> None:
    search = plan.offer.search
    if plan.plan.offer.choose == "waterfall":
        assert [s.step for s in search.stages if s.step] == [
            lever.name
            for lever in plan.plan.offer.levers
            if search.begun or _listed(lever.name, plan)
        ]
        for stage in search.stages:
            if stage.kind is StageKind.RAISED or (
                stage.kind is StageKind.START and _settles(search)
            ):
                assert {tried.holds for tried in stage.tried} == {False}
    if search.holds is True and search.target_met:
        less, found = _settled(search.stages)
        assert found.holds is True
        assert less is None or less.holds is False
        assert plan.offer.terms
        assert (found.levers, found.payment) == (plan.offer.terms.levers, plan.offer.terms.payment)
    elif search.begun and search.holds is False and plan.plan.offer.choose == "waterfall":
        assert not [
            s for s in search.stages if s.kind in (StageKind.SETTLES, StageKind.NOT_REACHED)
        ]
    elif isinstance(search.holds, Unknown) and search.begun and search.target_met:
        assert not [s for s in search.stages if s.kind is StageKind.SETTLES]


def _settles(search: SearchFinding) -> bool:
    return any(stage.kind is StageKind.SETTLES for stage in search.stages)


def _listed(name: str, plan: PlanFinding) -> bool:
    return name in [stage.step for stage in plan.offer.search.stages]


def _settled(found: tuple[StageFinding, ...]) -> tuple[TriedFinding | None, TriedFinding]:
    """Return the terms that were settled on, and those one step less generous; the start where it was enough."""
    settling = [stage for stage in found if stage.kind is StageKind.SETTLES] or list(found[:1])
    (stage,) = settling
    return (stage.tried[0] if len(stage.tried) == 2 else None), stage.tried[-1]
