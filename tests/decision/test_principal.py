"""The principal reasons of a denial: their rank, the cap, and that nothing is lost behind it."""

from __future__ import annotations

import json
from pathlib import Path

import borrowers
import pytest
from borrowers import Profile
from hypothesis import given
from tiny import LOAN, decide, policies

import policyengine as pe
from policyengine.decision.decision import Outcome, Status

POLICIES = pe.load(Path(__file__).parents[2] / "policies")


def rule(name: str, that: str, code: str | None = None) -> str:
    coded = f", code: {code}" if code else ""
    return f"{{id: {name}, that: {that}{coded}, because: {{en: It is so., zh: 如此。}}}}"


def plan(*rules: str, name: str = "relief", until: str = "plan.payment >= 0") -> str:
    listed = "".join(f"      - {each}\n" for each in rules)
    return f"""\
  {name}:
    title: {{en: Relief, zh: 纾困}}
    require:
{listed}    offer: {{steps: [{{term: {{exactly: 12}}}}], until: "{until}"}}
"""


def decided(*plans: str, **facts: str) -> pe.Decision:
    named = {f"x.{name}": value for name, value in facts.items()}
    return decide(policies(plans="plans:\n" + "".join(plans)), {**LOAN, **named})


def ranked(
    *rules: str, most: int = 4, until: str = "plan.payment >= 0", **facts: str
) -> tuple[str, ...]:
    denied = decided(plan(*rules, until=until), **facts).plan("relief")
    assert denied.status is Status.DENIED
    found = denied.principal_reasons(most)
    return (*found.codes, "|", *found.further_codes)


def test_the_rule_missed_by_most_comes_first() -> None:
    """5 of 10 is missed by half, 90 of 100 by a tenth."""
    rules = rule("small", "x.n >= 100", "SMALL"), rule("large", "x.m >= 10", "LARGE")
    assert ranked(*rules, n="90", m="5") == ("LARGE", "SMALL", "|")
    assert ranked(*rules, n="10", m="5") == ("SMALL", "LARGE", "|")


def test_rules_missed_alike_keep_the_order_of_the_file() -> None:
    rules = rule("b", "x.n >= 100", "B"), rule("a", "x.m >= 10", "A")
    assert ranked(*rules, n="50", m="5") == ("B", "A", "|")


def test_a_rule_without_amounts_is_missed_wholly() -> None:
    rules = rule("near", "x.n >= 100", "NEAR"), rule("flag", "x.flag", "FLAG")
    assert ranked(*rules, n="99", flag="false") == ("FLAG", "NEAR", "|")


def test_what_the_borrower_must_be_comes_before_what_the_terms_must_be() -> None:
    """The terms of both plans miss by nearly all, the borrower's number of one plan by a hundredth."""
    dear = [
        plan(rule("met", "x.flag"), name=name, until="plan.payment <= 1") for name in ("a", "b")
    ]
    decision = decided(
        *dear, plan(rule("near", "x.n >= 100", "NEAR"), name="c"), n="99", flag="true"
    )
    assert decision.outcome is Outcome.REFUSE
    assert [r.kind for r in decision.principal_reasons().reasons] == ["require", "until"]


def test_a_code_stands_once_with_its_rule_that_is_missed_by_most() -> None:
    rules = rule("near", "x.n >= 100", "SAME"), rule("far", "x.m >= 10", "SAME")
    denied = decided(plan(*rules), n="99", m="1").plan("relief")
    found = denied.principal_reasons()
    assert (found.codes, found.further) == (("SAME",), ())
    assert found.reasons[0].rule == "far"
    assert [r.rule for r in denied.decisive] == ["near", "far"]


def test_a_rule_without_a_code_goes_by_its_id() -> None:
    assert ranked(rule("plain", "x.flag"), flag="false") == ("plain", "|")


def test_any_is_missed_by_its_nearest_part_and_all_by_its_farthest() -> None:
    def joint(kind: str) -> str:
        parts = "{that: x.n >= 100}, {that: x.m >= 10}"
        return f"{{id: {kind}, {kind}: [{parts}], code: JOINT, because: {{en: It is so., zh: 如此。}}}}"

    other = rule("half", "x.q >= 2", "HALF")
    assert ranked(joint("any"), other, n="90", m="1", q="1") == ("HALF", "JOINT", "|")
    assert ranked(other, joint("all"), n="90", m="1", q="1") == ("JOINT", "HALF", "|")


def test_five_reasons_are_four_and_one_further_and_none_is_lost() -> None:
    rules = [rule(f"r{n}", f"x.n >= {100 + n}", f"R{n}") for n in range(5)]
    denied = decided(plan(*rules), n="0").plan("relief")
    found = denied.principal_reasons()
    assert (found.codes, found.further_codes) == (("R0", "R1", "R2", "R3"), ("R4",))
    assert [r.name for r in denied.reasons if r.holds is False] == ["R0", "R1", "R2", "R3", "R4"]
    assert denied.principal_reasons(1).further_codes == ("R1", "R2", "R3", "R4")


def test_a_refusal_ranks_what_denies_most_plans_first() -> None:
    first = plan(rule("own", "x.flag", "OWN"), rule("near", "x.n >= 100", "NEAR"), name="first")
    second = plan(rule("near", "x.n >= 100", "NEAR"), name="second")
    decision = decided(first, second, flag="false", n="99")
    assert decision.outcome is Outcome.REFUSE
    assert decision.principal_reasons().codes == ("NEAR", "OWN")
    assert decision.plan("first").principal_reasons().codes == ("OWN", "NEAR")


def test_what_is_not_denied_has_no_principal_reasons() -> None:
    decision = decided(plan(rule("it", "x.flag", "IT")))
    assert decision.plans[0].status is Status.UNDETERMINED
    assert decision.plans[0].principal_reasons().codes == ()
    assert decision.principal_reasons().codes == ()


@pytest.mark.parametrize("most", [0, -1])
def test_less_than_one_reason_is_no_notice(most: int) -> None:
    decision = decided(plan(rule("it", "x.flag", "IT")), flag="false")
    with pytest.raises(pe.UsageError, match="number of reasons"):
        decision.principal_reasons(most)
    with pytest.raises(pe.UsageError, match="number of reasons"):
        decision.plans[0].principal_reasons(most)


@given(profile=borrowers.near_thresholds())
def test_a_denial_has_every_failing_code_once_principal_or_further(profile: Profile) -> None:
    assessment = POLICIES.decide(profile)
    written = json.loads(assessment.to_json())["decisions"]
    for decision, as_json in zip(assessment.decisions, written, strict=True):
        for plan_, plan_json in zip(decision.plans, as_json["plans"], strict=True):
            codes = [*plan_json["principal_reasons"], *plan_json["further_reasons"]]
            failing = {r.name for r in plan_.reasons if r.holds is False and r.kind != "target"}
            assert len(plan_json["principal_reasons"]) <= 4
            assert sorted(codes) == sorted(failing if plan_.status is Status.DENIED else ())
            assert bool(codes) is (plan_.status is Status.DENIED)
        everywhere = [*as_json["principal_reasons"], *as_json["further_reasons"]]
        refused = decision.outcome is Outcome.REFUSE
        assert set(everywhere) == {
            code
            for plan_ in decision.plans
            for code in plan_.principal_reasons(99).codes
            if refused
        }
