"""What is asked about small policies: thresholds, facts that meet, facts that cannot matter, and generated rules."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import tiny
from asking import answered, some_answers, statuses
from hypothesis import given, settings
from hypothesis import strategies as st

import policyengine as pe
from policyengine.explain.asking import from_situation
from policyengine.explain.asking.case import Budget
from policyengine.explain.asking.inquiry import Inquiry


def made(rules: Sequence[str], until: str = "plan.payment >= 0", extra: str = "") -> pe.PolicySet:
    """Return a policy with one plan that requires some rules."""
    lines = "\n".join(
        f"      - {{id: r{i}, that: {tiny.quoted(rule)}, {tiny.BECAUSE}}}"
        for i, rule in enumerate(rules)
    )
    plans = f"""plans:
  relief:
    title: {{en: Relief, zh: 纾困}}
    require:
{lines}
    offer: {{steps: [{{term: {{exactly: 12}}}}], until: {tiny.quoted(until)}}}
"""
    return tiny.policies("", plans + extra)


def profile_of(facts: Mapping[str, Any], *gone: str) -> dict[str, Any]:
    return tiny.profile({p: v for p, v in {**tiny.LOAN, **facts}.items() if p not in gone})


def inquiry(
    rules: Sequence[str],
    facts: Mapping[str, Any] | None = None,
    *gone: str,
    until: str = "plan.payment >= 0",
) -> Inquiry:
    (found,) = made(rules, until).ask(profile_of(facts or {}, *gone)).inquiries
    return found


def witness(found: Inquiry, path: str) -> tuple[Any, str, Any, str]:
    (seen,) = (q.witness for q in found.questions if q.path == path)
    return seen.first, seen.first_status, seen.second, seen.second_status


@pytest.mark.parametrize(
    ("rule", "facts", "path", "below", "above"),
    [
        ("x.cash >= 500", {}, "x.cash", "499.99", "500.00"),
        ("x.cash - x.cost >= 500", {"x.cost": "100.00"}, "x.cash", "599.99", "600.00"),
        ("floor_to(30% * x.cash, 1) >= 10", {}, "x.cash", "33.33", "33.34"),
        ("max(x.cash, x.cost) * 2 > 7", {"x.cost": "1.00"}, "x.cash", "3.50", "3.51"),
        (
            "if x.cash > 10 then x.cash > 20 else x.cost > 0",
            {"x.cost": "0.00"},
            "x.cash",
            "20.00",
            "20.01",
        ),
        ("x.days >= 30 days", {}, "x.days", 29, 30),
        ("x.months >= 4 months", {}, "x.months", 3, 4),
        ("x.rate > 5%", {}, "x.rate", "0.05", "0.050000000001"),
        ("x.day + 3 months > as_of", {}, "x.day", "2024-08-20", "2024-08-21"),
        ("100 / x.q <= 4", {"x.n": "1"}, "x.q", None, None),
    ],
)
def test_a_threshold_is_found_to_the_last_unit(
    rule: str, facts: dict[str, str], path: str, below: Any, above: Any
) -> None:
    first, one, second, other = witness(inquiry([rule], facts), path)
    assert one != other
    if below is not None:
        assert (first, one, second, other) == (below, "denied", above, "allowed")


def test_terms_have_a_threshold_too() -> None:
    found = inquiry(["x.flag"], {"x.flag": "true"}, until="plan.payment <= x.cash")
    assert witness(found, "x.cash") == ("999.99", "denied", "1000.00", "allowed")


@pytest.mark.parametrize(
    ("share", "matters"),
    [
        ("if x.day >= 2024-10-31 then 1 else 50", True),
        ("if x.day >= 2024-10-31 then 40 else 50", False),
        ("if x.cash in 5..7 then 40 else 50", False),
    ],
)
def test_a_fact_that_only_chooses_between_terms_is_looked_at_on_both_sides(
    share: str, matters: bool
) -> None:
    given = {"x.flag": "true", "x.cost": "100.00"}
    found = inquiry(["x.flag"], given, until=f"plan.payment <= ({share}) * x.cost")
    path = "x.cash" if "cash" in share else "x.day"
    assert not found.undecided
    assert [q.path for q in found.questions] == ([path] if matters else [])
    assert [a.path for a in found.needed] == ([] if matters else [path])
    if matters:
        assert witness(found, path) == ("2024-10-30", "allowed", "2024-10-31", "denied")


def test_facts_that_meet_are_both_asked_for() -> None:
    found = inquiry(["x.cash - x.cost >= 500"])
    assert {q.path for q in found.questions} == {"x.cash", "x.cost"}
    assert not found.undecided


def test_a_fact_that_always_fits_is_needed_and_decides_nothing() -> None:
    found = inquiry(["loan.payment + loan.principal >= -1"])
    assert ([a.path for a in found.needed], found.questions) == (["loan.payment"], ())


def test_either_way_is_any_value() -> None:
    found = inquiry(["x.flag or not x.flag"])
    assert [a.path for a in found.needed] == ["x.flag"]


def test_of_facts_that_each_settle_it_the_same_way_the_cheapest_is_needed() -> None:
    rule = "not (x.rate in 12%..0%) or (if x.flag then x.flag else x.n == 2)"
    found = inquiry([rule, "not x.flag or x.n == 2 or x.n != 3"], {"x.n": "2"})
    assert (found.questions, found.undecided) == ((), ())
    assert [a.path for a in found.needed] == ["x.flag"]


def test_a_contradiction_is_a_certain_refusal_and_nothing_is_asked() -> None:
    found = inquiry(["x.flag and not x.flag", "x.n > 3"])
    assert (found.certain, found.asked) == ({"relief": "denied"}, ())


def test_a_certain_refusal_asks_nothing() -> None:
    found = inquiry(["x.flag", "x.n > 3"], {"x.flag": "false"})
    assert (found.statuses, found.asked, found.smallest) == ({"relief": "denied"}, (), None)


def test_what_another_rule_decides_is_not_asked_for() -> None:
    found = inquiry(["x.flag", "x.flag or x.other"])
    assert [a.path for a in found.asked] == ["x.flag"]
    assert ("x.other", "examined") in {(i.path, i.certificate) for i in found.irrelevant}
    assert ("x.colour", "not_read") in {(i.path, i.certificate) for i in found.irrelevant}


def test_what_cannot_be_decided_is_said_and_asked_for() -> None:
    found = inquiry(["x.n * x.n >= 0"])
    assert [a.path for a in found.undecided] == ["x.n"]


def test_the_next_due_date_is_needed_for_terms_only() -> None:
    found = inquiry(["x.flag"], {"x.flag": "true"}, "loan.next_due")
    assert [a.path for a in found.asked] == ["loan.next_due"]
    assert [a.path for a in found.needed] == ["loan.next_due"]


def test_what_settles_more_is_asked_first_and_then_what_is_cheaper() -> None:
    found = inquiry(["x.flag", "x.dear", "x.n > 2 or x.other"])
    assert [a.path for a in found.asked] == ["x.flag", "x.dear", "x.n", "x.other"]


def test_a_field_of_a_member_is_asked_for_by_its_place() -> None:
    found = inquiry(
        ["count(i in x.items where i.n > 2) <= 1"], {"x.items": [{"n": "3"}, {"flag": "true"}]}
    )
    assert witness(found, "x.items[1].n") == (2, "allowed", 3, "denied")


def test_what_is_needed_in_many_rules_at_once_is_still_shown() -> None:
    amounts = ["x.cash - x.cost >= 500", "x.cash <= 3 * x.cost", "x.cost <= x.rate * x.cash + 300"]
    found = inquiry([*amounts, "x.flag", "x.n > 2 or x.other", "x.days > 60 days"])
    names = {"x.cash", "x.cost", "x.rate", "x.flag", "x.n", "x.other", "x.days"}
    assert ({q.path for q in found.questions}, found.undecided) == (names, ())


def test_what_terms_are_worked_out_from_is_shown_by_values_that_are_near() -> None:
    known = {"x.flag": "true"}
    found = inquiry(["x.flag"], known, "loan.principal", until="plan.payment <= 750")
    below, allowed, above, denied = witness(found, "loan.principal")
    assert (allowed, denied) == ("allowed", "denied")
    assert 0 < float(above) - float(below) <= 100


def test_the_days_of_payments_matter_where_a_holiday_lasts_until_a_day() -> None:
    plans = """plans:
  relief:
    title: {en: Relief, zh: 纾困}
    require: [{id: r, that: x.flag, %s}]
    offer:
      steps: [{holiday: {through: x.day, interest: waived, maturity: extends}}]
      until: plan.term <= 14 months
"""
    profile = profile_of({"x.day": "2025-02-27"}, "loan.next_due")
    (found,) = tiny.policies("", plans % tiny.BECAUSE).ask(profile).inquiries
    assert "loan.next_due" in {q.path for q in found.questions}
    assert "loan.next_due" not in {n.path for n in found.needed}


def test_loans_without_an_id_are_not_the_same_loan() -> None:
    policies = made(["x.flag and sum(l.payment for l in loans where l.id != loan.id) <= 50"])
    profile = profile_of({"x.flag": "true"}, "loan.id")
    loan = {name: value for name, value in profile["loans"][0].items() if name != "id"}
    loan["payment"] = 100
    found = policies.ask(profile | {"loans": [loan, loan]}).inquiries
    assert [i.certain for i in found] == [{"relief": "denied"}] * 2


def test_where_nothing_more_may_be_tried_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_situation, "Budget", lambda: Budget(all_steps=0, all_months=0))
    found = inquiry(["x.flag", "x.n > 2"], {}, "loan.principal", until="plan.payment <= 750")
    assert [u.path for u in found.undecided] == ["loan.principal", "x.flag", "x.n"]
    assert (found.questions, found.certain) == ((), {})


def test_one_answer_may_be_enough() -> None:
    found = inquiry(["x.flag", "x.n > 2", 'x.colour == "red"'])
    assert found.smallest
    assert len(found.smallest.paths) == 1
    assert found.smallest.proven


def test_an_unknown_plan_is_refused() -> None:
    with pytest.raises(pe.UsageError, match="there is no plan `releif`"):
        made(["x.flag"]).ask(profile_of({}), plan="releif")


# Generated rules

AMOUNTS = st.sampled_from(
    ["x.cash", "x.cost", "3 * x.cash", "x.cash - x.cost", "max(0, x.cost)", "x.rate * x.cash"]
)
SIMPLE = st.one_of(
    st.sampled_from(["x.flag", "x.other", "x.dear"]),
    st.builds('x.colour == "{}"'.format, st.sampled_from(["red", "green", "blue"])),
    st.builds("x.n {} {}".format, st.sampled_from(["<", ">=", "=="]), st.integers(-2, 4)),
    st.builds("{} {} {}".format, AMOUNTS, st.sampled_from(["<=", ">"]), st.integers(-5, 300)),
    st.builds("{} <= {}".format, AMOUNTS, AMOUNTS),
    st.builds("x.days {} {} days".format, st.sampled_from(["<=", ">"]), st.integers(0, 90)),
)
RULES = st.recursive(
    SIMPLE,
    lambda rule: st.one_of(
        st.builds("({} and {})".format, rule, rule),
        st.builds("({} or {})".format, rule, rule),
        st.builds("(not {})".format, rule),
        st.builds("(if {} then {} else {})".format, rule, rule, rule),
    ),
    max_leaves=4,
)
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        "x.flag": st.sampled_from(["true", "false"]),
        "x.other": st.sampled_from(["true", "false"]),
        "x.colour": st.sampled_from(["red", "blue"]),
        "x.n": st.integers(-3, 5).map(str),
        "x.cash": st.integers(0, 400).map(str),
        "x.days": st.integers(0, 91).map(str),
    },
)
READ = ["x.flag", "x.other", "x.dear", "x.colour", "x.n", "x.cash", "x.cost", "x.rate", "x.days"]


def end_of(policies: pe.PolicySet, profile: dict[str, Any]) -> str:
    return statuses(policies, profile, "tiny", "L")["relief"]


@settings(max_examples=60)
@given(
    rules=st.lists(RULES, min_size=1, max_size=3),
    known=KNOWN,
    until=st.sampled_from(
        ["plan.payment >= 0", "plan.payment <= x.cash", "plan.payment <= x.cash - x.cost"]
    ),
    chance=st.randoms(use_true_random=False),
)
def test_the_laws_of_asking(
    rules: list[str], known: dict[str, str], until: str, chance: random.Random
) -> None:
    try:
        policies = made(rules, until)
    except pe.PolicyError:
        return  # a condition that never changes may be refused
    profile = profile_of({"loan.id": "L", **known})
    (found,) = policies.ask(profile).inquiries
    if found.statuses["relief"] != "undetermined":
        assert found.asked == ()
        return
    for question in found.questions:
        seen = question.witness
        ends = [
            end_of(policies, answered(profile, {**seen.others, question.path: value}))
            for value in (seen.first, seen.second)
        ]
        assert ends == [seen.first_status, seen.second_status]
        assert ends[0] != ends[1]
    asked = {a.path for a in found.asked}
    idle = [a.path for a in found.needed] + [i.path for i in found.irrelevant if i.path in READ]
    for _ in range(12):
        full = {
            path: chance.choice(some_answers(policies, path, chance, 6))
            for path in READ
            if path not in known
        }
        end = end_of(policies, answered(profile, full))
        assert end == found.certain.get("relief", end)
        for path in idle:
            if path in full:
                other = full | {path: chance.choice(some_answers(policies, path, chance, 6))}
                assert end_of(policies, answered(profile, other)) == end, path
        told = {path: value for path, value in full.items() if path in asked}
        if asked:
            assert end_of(policies, answered(profile, told)) == end
    if found.smallest:
        end = end_of(policies, answered(profile, found.smallest.answers))
        assert end == found.smallest.statuses["relief"] != "undetermined"
