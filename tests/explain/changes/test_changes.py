"""What would change a denial, on cases worked out by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import borrowers
import pytest
import tiny

import policyengine as pe
from policyengine.decision.decision import Plan, Status
from policyengine.explain.changes import places

TERM = "- term: {up_to: +3, step: 1}"  # 12,000 without interest: 1000.00 a month down to 800.00
CASH = "actionable: {step: 10.00, direction: up}"
COST = "actionable: {step: 10.00, direction: down}"


def vocabulary(ways: Mapping[str, str]) -> str:
    text = tiny.VOCABULARY
    for path, way in ways.items():
        text, count = re.subn(rf"(?m)^(  {re.escape(path)}: {{type: \w+,)", rf"\1 {way},", text)
        assert count == 1
    return text


def plan_of(
    ways: Mapping[str, str],
    facts: Mapping[str, Any],
    *,
    require: str = "",
    until: str = "plan.max_payment <= x.cash",
    body: str = "",
    steps: str = TERM,
) -> Plan:
    plans = tiny.offer(steps, tiny.quoted(until)).replace("    offer:", require + "    offer:")
    policies = tiny.policies(body, plans, vocabulary=vocabulary(ways))
    return tiny.decide(policies, {**tiny.LOAN, **facts}).plan("relief")


def required(*conditions: str) -> str:
    lines = [
        f"      - {{id: r{i}, that: {tiny.quoted(each)}, {tiny.BECAUSE}}}\n"
        for i, each in enumerate(conditions)
    ]
    return "    require:\n" + "".join(lines)


def shown(plan: Plan) -> list[dict[str, tuple[Any, Any]]]:
    return [{p: (f.before, f.after) for p, f in c.changes.items()} for c in plan.would_change]


def test_it_goes_in_whole_steps_from_where_the_fact_stands() -> None:
    plan = plan_of({"x.cash": CASH}, {"x.cash": "773.20"})
    assert shown(plan) == [{"x.cash": ("773.20", "803.20")}]
    (change,) = plan.would_change
    assert (change.steps, change.status, change.proven) == (3, Status.ALLOWED, True)
    assert change.text["en"] == (
        "With cash of CN¥803.20 (CN¥30.00 more) this plan could be offered."
    )
    assert change.text["zh"] == "若现金为¥803.20（增加¥30.00），即可提供该方案。"
    assert plan.change_search
    assert plan.change_search.text == {"en": "", "zh": ""}


def test_each_fact_that_is_enough_is_shown_the_nearest_first() -> None:
    ways = {"x.cash": CASH, "x.cost": "actionable: {step: 1.00, direction: down}"}
    facts = {"x.cash": "1000.00", "x.cost": "225.00"}
    plan = plan_of(ways, facts, until="plan.max_payment <= x.cash - x.cost")
    assert shown(plan) == [
        {"x.cash": ("1000.00", "1030.00")},
        {"x.cost": ("225.00", "200.00")},
    ]


@pytest.mark.parametrize(("most", "found"), [("800.00", 1), ("799.99", 0)])
def test_a_fact_stays_within_its_limits(most: str, found: int) -> None:
    ways = {"x.cash": f"max: {most}, actionable: {{step: 10.00}}"}
    plan = plan_of(ways, {"x.cash": "770.00"})
    assert len(plan.would_change) == found


def test_a_fact_goes_only_where_it_may() -> None:
    ways = {"x.cash": "actionable: {step: 10.00, direction: down}"}
    plan = plan_of(ways, {"x.cash": "770.00"})
    assert plan.would_change == ()
    assert plan.change_search
    assert plan.change_search.unmet == ("until_1",)


def test_a_step_finer_than_the_minor_unit_goes_to_the_next_whole_one() -> None:
    plan = plan_of({"x.cash": "actionable: {step: 0.004}"}, {"x.cash": "799.97"})
    assert shown(plan) == [{"x.cash": ("799.97", "800.01")}]  # by 0.02


def test_where_no_honest_change_helps_the_rules_that_stay_unmet_are_named() -> None:
    facts = {"x.cash": "700.00", "x.flag": "false"}
    plan = plan_of({"x.cash": CASH}, facts, require=required("x.flag", "x.cash >= 900"))
    assert plan.would_change == ()
    assert plan.change_search
    assert plan.change_search.unmet == ("r0",)
    assert plan.change_search.searched == ()
    assert plan.change_search.text["en"] == (
        "No change that is up to the borrower helps. What would still not be met: It is so."
    )
    assert plan.change_search.text["zh"] == (
        "借款人自身能作的改变均无济于事。仍不满足的要求：如此。"
    )


def test_a_rule_that_is_not_known_is_in_the_way_too() -> None:
    plan = plan_of({"x.cash": CASH}, {"x.cash": "700.00"}, require=required("x.flag"))
    assert plan.change_search
    assert plan.change_search.unmet == ("r0",)
    assert "not be known" in plan.change_search.text["en"]


def test_what_must_be_known_first_is_in_the_way_too() -> None:
    ways = {"x.cash": CASH, "x.word": "required: true"}
    plan = plan_of(ways, {"x.cash": "700.00"})
    assert plan.change_search
    assert plan.change_search.unmet == ("x.word",)
    assert plan.change_search.text == {
        "en": "No change that is up to the borrower helps. What would still not be known: word must be known.",
        "zh": "借款人自身能作的改变均无济于事。仍无法确定的要求：需要提供词。",
    }


def test_a_schedule_that_is_not_possible_is_among_what_is_not_met() -> None:
    plan = plan_of({"x.cash": CASH}, {"x.cash": "700.00", "loan.principal": "0.00"})
    assert plan.change_search
    assert plan.change_search.unmet == ("terms",)
    assert plan.change_search.text["en"].endswith(
        "not be met: A repayment schedule must be possible within the steps of this plan."
    )


def test_several_rules_are_said_in_their_order() -> None:
    require = required("x.flag", "x.other").replace("It is so.", "A.", 1).replace("It is so.", "B.")
    facts = {"x.cash": "700.00", "x.flag": "false", "x.other": "false"}
    plan = plan_of({"x.cash": CASH}, facts, require=require)
    assert plan.change_search
    assert plan.change_search.text["en"].endswith("What would still not be met: A. B.")


def test_a_policy_must_still_apply() -> None:
    facts = {"x.cash": "770.00"}
    body = "applies_to: x.cash < {most}\n"
    plan = plan_of({"x.cash": CASH}, facts, body=body.replace("{most}", "800"))
    assert plan.would_change == ()
    plan = plan_of({"x.cash": CASH}, facts, body=body.replace("{most}", "801"))
    assert shown(plan) == [{"x.cash": ("770.00", "800.00")}]


def test_two_facts_are_changed_where_no_single_one_is_enough() -> None:
    plan = plan_of(
        {"x.cash": CASH, "x.cost": COST},
        {"x.cash": "770.00", "x.cost": "95.00"},
        require=required("x.cost <= 60"),
    )
    assert shown(plan) == [{"x.cash": ("770.00", "800.00"), "x.cost": ("95.00", "55.00")}]
    (change,) = plan.would_change
    assert (change.steps, change.proven) == (7, True)
    assert change.text["en"] == (
        "With cash of CN¥800.00 (CN¥30.00 more) and cost of CN¥55.00 (CN¥40.00 less) this plan "
        "could be offered."
    )


def test_that_no_change_of_two_facts_is_enough_is_said_as_that() -> None:
    ways = {
        "x.cash": "min: 0, max: 5.00, actionable: {step: 1.00}",
        "x.cost": "min: 0, max: 5.00, actionable: {step: 1.00}",
    }
    facts = {"x.cash": "3.00", "x.cost": "3.00"}
    plan = plan_of(
        ways, facts, require=required("x.cash + x.cost == 7.50"), until="plan.payment >= 0"
    )
    assert plan.would_change == ()
    assert plan.change_search
    assert plan.change_search.unmet == ()
    assert all(each.all for each in plan.change_search.searched)
    assert plan.change_search.text["en"] == (
        "No change of one or two of these facts would be enough: cash, cost."
    )


def test_a_search_that_gives_up_says_how_far_it_got(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MAX_PLACES", 50)
    plan = plan_of(
        {"x.n": "actionable: {step: 1, direction: up}"},
        {"x.n": "0", "x.cash": "1000.00"},
        require=required("x.n == 1000"),
    )
    assert plan.would_change == ()
    assert plan.change_search
    (searched,) = plan.change_search.searched
    assert not searched.all
    assert searched.steps < 1000
    assert plan.change_search.text["en"].endswith(f"up to {searched.steps - 1:,} steps.")
    assert plan.change_search.text["en"].startswith(
        "No change of one or two of these facts was found"
    )


def test_without_a_sign_each_nearer_place_is_tried() -> None:
    plan = plan_of(
        {"x.n": "actionable: {step: 1, direction: either}"},
        {"x.n": "7", "x.cash": "1000.00"},
        require=required("x.n in {0, 13}"),
    )
    assert shown(plan) == [{"x.n": (7, 13)}]
    assert plan.would_change[0].proven


def test_what_an_offer_starts_from_may_change() -> None:
    ways = {"loan.principal": "actionable: {step: 100.00, direction: down}"}
    plan = plan_of(ways, {"x.cash": "777.00"})
    assert shown(plan) == [{"loan.principal": ("12000.00", "11600.00")}]  # 11,600 / 15 = 773.33


def test_terms_of_which_nothing_is_known_come_in_between() -> None:
    """With 810 to 850 the last terms do; with less none, with more it is not known whether earlier ones do."""
    until = (
        "(x.flag and plan.payment <= x.cash) or "
        "(plan.extension >= 3 months and plan.payment <= x.cash - 10)"
    )
    plan = plan_of({"x.cash": CASH}, {"x.cash": "790.00"}, until=until)
    assert shown(plan) == [{"x.cash": ("790.00", "810.00")}]
    assert plan.would_change[0].proven


def test_a_guarantee_may_stand_on_a_fact_that_the_terms_do_not() -> None:
    """The same terms are found wherever the fact is; whether they may be offered is asked anew."""
    body = f"guarantees:\n  - {{id: cap, that: x.cost <= 60 and x.cost >= 0, {tiny.BECAUSE}}}\n"
    plan = plan_of({"x.cost": COST}, {"x.cash": "1000.00", "x.cost": "95.00"}, body=body)
    assert shown(plan) == [{"x.cost": ("95.00", "55.00")}]


def test_a_plan_that_is_not_denied_has_nothing_to_change() -> None:
    assert plan_of({"x.cash": CASH}, {"x.cash": "1000.00"}).change_search is None
    assert plan_of({"x.cash": CASH}, {}).would_change == ()


def test_an_amount_too_large_for_a_profile_is_not_shown() -> None:
    facts = {"x.cash": "770.00"}
    until = "plan.max_payment * 1000000000000000 <= x.cash"
    plan = plan_of({"x.cash": CASH}, facts, until=until)
    assert plan.would_change == ()


@pytest.mark.parametrize("name", sorted(borrowers.EXAMPLES))
def test_every_change_of_an_example_makes_the_plan_and_one_step_less_does_not(
    lenders: pe.PolicySet, name: str
) -> None:
    profile = borrowers.EXAMPLES[name]
    for decision in lenders.decide(profile).decisions:
        for plan in decision.plans:
            for change in plan.would_change:
                assert again(lenders, profile, decision, plan, change.changes, 0) is Status.ALLOWED
                if len(change.changes) == 1:
                    status = again(lenders, profile, decision, plan, change.changes, 1)
                    assert status is Status.DENIED


def again(
    lenders: pe.PolicySet,
    profile: borrowers.Profile,
    decision: pe.Decision,
    plan: Plan,
    changes: Mapping[str, Any],
    less: int,
) -> Status:
    """Decide with a change, or with some steps less of it, by way of the profile."""
    loans = [loan.get("id") for loan in profile["loans"]]
    for path, fact in changes.items():
        record, field = path.split(".")
        way = ("loans", loans.index(decision.loan)) if record == "loan" else (record,)
        before, after = (tiny.plain(str(v)) for v in (fact.before, fact.after))
        value = after - (after - before) / fact.steps * less
        profile = borrowers.with_fact(profile, (*way, field), value)
    decided = lenders.decide(profile).decisions
    found = next(d for d in decided if (d.policy, d.loan) == (decision.policy, decision.loan))
    return found.plan(plan.plan).status
