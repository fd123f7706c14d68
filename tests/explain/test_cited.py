"""What is cited, form by form. That it is enough, and never too little to deny, is a matter of `soundness/`."""

from typing import Any

import pytest
import tiny

import policyengine as pe
from policyengine.decision.decision import Outcome, Status

PLAN = f"""\
plans:
  relief:
    title: {{en: Relief, zh: 纾困}}
    require: [{{id: r, that: %s, {tiny.BECAUSE}}}]
    offer: {{steps: [{{term: {{exactly: 12}}}}], until: plan.payment >= 0}}
"""
POSITION = {
    f"loan.{name}" for name in ("principal", "annual_rate", "next_due", "remaining_term", "method")
}
BESIDES = {f"loan.{name}" for name in ("accrued_interest", "penalty_interest", "fees")}
TABLE = """\
tables:
  t:
    hit: first
    inputs: [x.n, x.flag, x.colour]
    output: integer
    rows: [["> 5", any, any, 1], [any, true, red, 2], [any, true, any, x.m]]
    otherwise: x.term / 1 month
"""
ITEMS = [{"n": 1, "parts": [{"n": 4, "flag": False}]}, {"n": 2, "cash": 5, "parts": []}]


def cited(rule: str, body: str = "", **facts: Any) -> tuple[Status, set[str]]:
    """Return the status of a plan with one rule, and what it cites of `x`."""
    plan = decided(rule, body, facts).plans[0]
    return plan.status, {path for path in plan.cited.given if path.startswith("x.")}


def decided(rule: str, body: str, facts: dict[str, Any]) -> pe.Decision:
    policies = tiny.policies(body, PLAN % tiny.quoted(rule))
    return tiny.decide(policies, tiny.LOAN | {f"x.{name}": value for name, value in facts.items()})


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        # What fails: every reason. What holds: as few as suffice.
        ("x.flag and x.other", {"flag": False, "other": False}, {"x.flag", "x.other"}),
        ("x.flag and x.other", {"flag": False, "other": True}, {"x.flag"}),
        ("x.flag or x.other", {"flag": False, "other": False}, {"x.flag", "x.other"}),
        ("not (x.flag or x.other)", {"flag": True, "other": True}, {"x.flag", "x.other"}),
        ("x.n < x.m", {"n": 3, "m": 2}, {"x.n", "x.m"}),
        ("x.n in {1, 2, x.m}", {"n": 3, "m": 4}, {"x.n", "x.m"}),
        ("if x.flag then x.n > 5 else x.m > 5", {"flag": True, "n": 1, "m": 9}, {"x.flag", "x.n"}),
        # Both branches fail: the condition being unknown would not help.
        (
            "if x.flag then x.n > 5 else x.m > 5",
            {"flag": True, "n": 1, "m": 1},
            {"x.flag", "x.n", "x.m"},
        ),
        ("if x.flag then x.n > 5 else x.m > 5", {"n": 1, "m": 1}, {"x.n", "x.m"}),
        (
            "any(i in x.items where i.n > 5)",
            {"items": ITEMS},
            {"x.items", "x.items[0].n", "x.items[1].n"},
        ),
        ("all(i in x.items where i.n > 1)", {"items": ITEMS}, {"x.items", "x.items[0].n"}),
        ("count(i in x.items) > 5", {"items": ITEMS}, {"x.items"}),
        (
            "sum(i.cash for i in x.items where i.n == 2) > 9",
            {"items": ITEMS},
            {"x.items", "x.items[0].n", "x.items[1].n", "x.items[1].cash"},
        ),
        (
            "any(i in x.items where any(p in i.parts where p.flag))",
            {"items": ITEMS},
            {"x.items", "x.items[0].parts", "x.items[0].parts[0].flag", "x.items[1].parts"},
        ),
    ],
)
def test_a_denied_plan_cites_every_reason(
    rule: str, facts: dict[str, Any], expected: set[str]
) -> None:
    assert cited(rule, **facts) == (Status.DENIED, expected)


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        ("x.flag and x.other", {"flag": True, "other": True}, {"x.flag", "x.other"}),
        ("x.n > x.m or x.flag", {"flag": True, "n": 2, "m": 1}, {"x.flag"}),
        ("x.other or x.flag", {"flag": True, "other": True}, {"x.flag"}),  # the first by name
        ("not (x.flag and x.n > x.m)", {"flag": False, "n": 1, "m": 2}, {"x.flag"}),
        ("x.n in {1, x.m, x.n}", {"n": 1, "m": 1}, {"x.n"}),
        # The condition and one branch, or both branches: whichever is less.
        (
            "if x.n > x.m then x.flag else x.flag",
            {"n": 2, "m": 1, "flag": True},
            {"x.flag"},
        ),
        (
            "any(i in x.items where i.n + x.m > 1)",
            {"items": ITEMS, "m": 1},
            {"x.items", "x.items[0].n", "x.m"},
        ),
    ],
)
def test_an_allowed_plan_cites_what_suffices(
    rule: str, facts: dict[str, Any], expected: set[str]
) -> None:
    assert cited(rule, **facts) == (Status.ALLOWED, expected)


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        # The row that fits by its cells, one cell of each row before it that does not, and the output.
        ("t == 1", {"n": 9, "flag": True, "colour": "red", "m": 7}, {"x.n"}),
        ("t == 2", {"n": 1, "flag": True, "colour": "red"}, {"x.n", "x.flag", "x.colour"}),
        ("t == 7", {"n": 1, "flag": True, "colour": "blue", "m": 7, "term": 3}, None),
        # No row fits: a flag that is false keeps both of its rows away.
        (
            "t == 3",
            {"n": 1, "flag": False, "colour": "red", "m": 7, "term": 3},
            {"x.n", "x.flag", "x.term"},
        ),
    ],
)
def test_a_table_cites_the_inputs_that_decide(
    rule: str, facts: dict[str, Any], expected: set[str] | None
) -> None:
    everything = {"x.n", "x.flag", "x.colour", "x.m"}
    body = TABLE.replace("x.term / 1 month", "(if x.term == 3 months then 3 else 0)")
    assert cited(rule, body, **facts) == (Status.ALLOWED, expected or everything)


def test_a_table_that_denies_cites_all_inputs_and_every_output_that_is_known() -> None:
    rule, facts = "t > 9", {"n": 1, "flag": True, "colour": "blue", "m": 2}
    body = TABLE.replace("x.term / 1 month", "x.m")
    status, paths = cited(rule, body, **facts)
    assert (status, paths) == (Status.DENIED, {"x.n", "x.flag", "x.colour", "x.m"})
    # Without the colour two rows are possible and agree: it is a reason all the same.
    assert decided(rule, body, {**facts, "colour": None}).plans[0].status is Status.DENIED


def test_an_offer_cites_the_loan_and_what_the_search_read() -> None:
    rule = "any(i in x.items where any(p in i.parts where p.n == 4))"
    plans = tiny.offer(
        "- term: {up_to: +6, step: 1 month}", tiny.quoted(f"plan.payment <= x.cash and {rule}")
    )
    facts = tiny.LOAN | {"x.cash": 800, "x.items": ITEMS, "x.flag": True}
    (plan,) = tiny.decide(tiny.policies("", plans), facts).plans
    assert plan.status is Status.ALLOWED
    read = {"x.cash", "x.items", "x.items[0].parts", "x.items[0].parts[0].n", "x.items[1].parts"}
    assert set(plan.cited.given) == POSITION | BESIDES | read
    (denied,) = tiny.decide(tiny.policies("", plans), facts | {"x.cash": 1}).plans
    assert denied.status is Status.DENIED
    assert set(denied.cited.given) == POSITION | read  # what is owed besides only shows in terms


def test_what_is_open_cites_what_is_missing() -> None:
    decision = decided("x.n > x.m and x.flag", "", {"n": 2, "flag": True})
    assert decision.outcome is Outcome.NEED_INFORMATION
    assert decision.cited.absent == ("x.m",)
    assert {"x.n", "x.flag"} <= set(decision.cited.given)


ALONE, TOGETHER = "count(l in loans) == 1", "count(l in loans) == 2"


def _of_two_loans(*plans: tuple[list[str], str]) -> pe.Decision:
    """Return what is decided of one loan of two, under plans with some rules and one of their terms."""
    lines = ["plans:"]
    for i, (rules, until) in enumerate(plans):
        require = ", ".join(
            f"{{id: r{k}, that: {tiny.quoted(rule)}, {tiny.BECAUSE}}}"
            for k, rule in enumerate(rules)
        )
        lines += [f"  p{i}:", "    title: {en: Relief, zh: 纾困}", f"    require: [{require}]"]
        offer = f"{{steps: [{{term: {{exactly: 12}}}}], until: {tiny.quoted(until)}}}"
        lines += [f"    offer: {offer}"]
    loan = {path.removeprefix("loan."): value for path, value in tiny.LOAN.items()}
    loans = [{"id": "a", **loan}, {"id": "b", **loan}]
    policies = tiny.policies("", "\n".join(lines) + "\n")
    return policies.decide(tiny.profile({"loans": loans})).decisions[0]


@pytest.mark.parametrize(
    "plan", [([TOGETHER, "x.flag"], "plan.payment >= 0"), (["x.flag"], TOGETHER)]
)
def test_what_is_open_cites_other_loans_that_meet_a_rule(plan: tuple[list[str], str]) -> None:
    """Without any other fact a rule is open; without the other loans it fails."""
    (found,) = _of_two_loans(plan).plans
    assert found.status is Status.UNDETERMINED
    assert "loans" in found.cited.given
    assert found.cited.absent == ("x.flag",)


def test_an_open_outcome_cites_other_loans_that_deny_a_plan() -> None:
    """Of one loan alone the plan might be offered."""
    open_, closed = (["x.flag"], "plan.payment >= 0"), ([ALONE], "plan.payment >= 0")
    decision = _of_two_loans(open_, closed)
    assert [plan.status for plan in decision.plans] == [Status.UNDETERMINED, Status.DENIED]
    assert decision.outcome is Outcome.NEED_INFORMATION
    assert "loans" not in decision.plans[0].cited.given
    assert "loans" in decision.cited.given


def test_a_parameter_is_no_fact_but_the_day_it_is_asked_for_is() -> None:
    body = "parameters:\n  p: [{from: 2024-01-01, value: 1}]\n"
    assert cited("(p at x.day) > 1", body, day="2024-03-01") == (Status.DENIED, {"x.day"})
    assert cited("p > 1", body, day="2024-03-01") == (Status.DENIED, set())


REFERRALS = """\
referrals:
  talk: {title: {en: Talk, zh: 谈}, when: %s, because: {en: So., zh: 如此。}}
  assess: {title: {en: Assess, zh: 评估}, when: x.other, instead_of_refusal: true, because: {en: So., zh: 如此。}}
"""


def test_a_referral_may_rest_on_what_is_not_there() -> None:
    body = REFERRALS % "not known(x.n) or x.flag"
    talk = decided("x.flag", body, {"flag": False, "other": False}).referrals[0]
    assert (talk.holds, talk.cited.given, talk.cited.absent) == (True, (), ("x.n",))
    talk = decided("x.flag", body, {"flag": False, "other": False, "n": 1}).referrals[0]
    assert (talk.holds, talk.cited.given, talk.cited.absent) == (False, ("x.flag", "x.n"), ())


@pytest.mark.parametrize(("other", "outcome"), [(True, Outcome.REFER), (False, Outcome.REFUSE)])
def test_an_outcome_cites_the_referral_that_makes_it(other: bool, outcome: Outcome) -> None:
    decision = decided("x.flag", REFERRALS % "x.flag", {"flag": False, "other": other, "n": 1})
    assert (decision.outcome, decision.cited.given) == (outcome, ("x.flag", "x.other"))


def test_the_loan_under_assessment_is_called_loan_and_another_by_its_place() -> None:
    policies = tiny.policies("", PLAN % tiny.quoted("any(l in loans where l.fees > 40)"))
    loans = [{"id": "a", "fees": 20}, {"id": "b", "fees": 30}]
    first, second = policies.decide(tiny.profile({"loans": loans})).decisions
    assert first.plans[0].cited.given == ("loan.fees", "loans", "loans[1].fees")
    assert second.plans[0].cited.given == ("loan.fees", "loans", "loans[0].fees")


def test_applies_to_is_part_of_every_outcome() -> None:
    decision = decided("x.flag", "applies_to: x.n == 1\n", {"flag": False, "n": 1})
    assert decision.plans[0].cited.given == decision.cited.given == ("x.flag", "x.n")


def test_a_refusal_cites_each_reason_for_which_the_policy_applies() -> None:
    applies = "applies_to: x.n == 1 or x.other\n"
    decision = decided("x.flag", applies, {"flag": False, "n": 1, "other": True})
    assert decision.plans[0].cited.given == ("x.flag", "x.n")
    assert decision.cited.given == ("x.flag", "x.n", "x.other")
