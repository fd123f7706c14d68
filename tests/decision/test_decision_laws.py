"""Laws of whole decisions, on the five lenders' policies and borrowers near their thresholds."""

import copy
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import borrowers
import jsonschema
import pytest
from borrowers import Profile
from hypothesis import given, settings
from hypothesis import strategies as st

import policyengine as pe
from policyengine.decision.decision import Outcome, Status

POLICIES = pe.load(Path(__file__).parents[2] / "policies")
SCHEMA = json.loads((Path(__file__).parent / "decide.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
BORROWERS = borrowers.near_thresholds()


def decisions(profile: Profile) -> dict[tuple[str, str | None], pe.Decision]:
    return {(d.policy, d.loan): d for d in POLICIES.decide(profile).decisions}


@settings(max_examples=250)
@given(profile=BORROWERS, data=st.data())
def test_deleting_facts_decides_nothing(profile: Profile, data: st.DataObject) -> None:
    paths = borrowers.facts_of(profile)
    gone = data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=4, unique=True))
    full = POLICIES.decide(profile).decisions
    less = POLICIES.decide(borrowers.without(profile, *gone)).decisions
    decided = {d.policy: d for d in full}
    for decision in less:
        before = decided.get(decision.policy)
        assert decision.outcome is not Outcome.REFUSE or (
            before and before.outcome is Outcome.REFUSE
        )
        for plan in decision.plans:
            if plan.status is Status.ALLOWED:
                assert before
                assert before.plan(plan.plan).status is Status.ALLOWED
                assert before.plan(plan.plan).terms == plan.terms
            if plan.status is Status.DENIED and before:
                assert before.plan(plan.plan).status is Status.DENIED


@given(profile=BORROWERS)
def test_the_same_input_gives_the_same_bytes(profile: Profile) -> None:
    once = POLICIES.decide(profile).to_json()
    assert POLICIES.decide(copy.deepcopy(profile)).to_json() == once
    with localcontext(prec=3):  # whatever the caller does with decimals
        assert POLICIES.decide(profile).to_json() == once


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


@given(profile=BORROWERS)
def test_the_order_of_the_keys_does_not_matter(profile: Profile) -> None:
    assert POLICIES.decide(reversed_keys(profile)).to_json() == POLICIES.decide(profile).to_json()


def test_a_policy_loaded_again_says_the_same() -> None:
    again = pe.load(Path(__file__).parents[2] / "policies")
    for profile in borrowers.EXAMPLES.values():
        assert again.decide(profile).to_json() == POLICIES.decide(profile).to_json()


def test_threads_share_a_policy_set() -> None:
    profiles, times = list(borrowers.EXAMPLES.values()), 4
    alone = [POLICIES.decide(profile).to_json() for profile in profiles]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda p: POLICIES.decide(p).to_json(), profiles * times))
    assert together == alone * times


PROTECTED = sorted(p for p, f in POLICIES.dictionary.facts.items() if f.protected)


def test_some_facts_are_protected() -> None:
    assert {"borrower.age", "borrower.sex", "borrower.marital_status"} <= set(PROTECTED)


@given(
    profile=BORROWERS,
    facts=st.fixed_dictionaries(
        {},
        optional={
            path.removeprefix("borrower."): st.integers(18, 99)
            if path == "borrower.age"
            else st.sampled_from(["one", "another"])
            for path in PROTECTED
        },
    ),
)
def test_protected_facts_change_nothing(profile: Profile, facts: dict[str, Any]) -> None:
    told = profile | {"borrower": profile["borrower"] | facts}
    bare = profile | {
        "borrower": {
            k: v for k, v in profile["borrower"].items() if f"borrower.{k}" not in PROTECTED
        }
    }
    assert POLICIES.decide(told).to_json() == POLICIES.decide(bare).to_json()


def allowed(profile: Profile) -> Iterator[tuple[pe.Decision, pe.Plan]]:
    for decision in POLICIES.decide(profile).decisions:
        for plan in decision.allowed:
            yield decision, plan


@settings(max_examples=120)
@given(profile=BORROWERS)
def test_schedules_repay_what_is_owed(profile: Profile) -> None:
    loan = profile["loans"][0]
    for _, plan in allowed(profile):
        assert plan.terms
        assert plan.schedule
        rows, terms = plan.schedule, plan.terms
        owed = rows[0].balance + rows[0].principal
        assert sum(row.principal for row in rows) == owed
        assert rows[-1].balance == 0
        assert owed + terms.waived <= loan["principal"] + loan["accrued_interest"]
        assert owed >= loan["principal"]
        for before, row in zip([None, *rows], rows, strict=False):
            assert row.payment == row.interest + row.principal
            assert row.payment >= 0
            assert row.balance == (before.balance if before else owed) - row.principal
        assert [row.n for row in rows] == list(range(1, len(rows) + 1))
        assert rows[0].due.isoformat() == loan["next_due"]
        assert terms.total_paid == sum(row.payment for row in rows)
        assert terms.total_interest == sum(row.interest for row in rows)
        assert terms.max_payment == max(row.payment for row in rows)
        assert terms.term_months == len(rows)
        assert (
            terms.payment
            == rows[int(str(terms.levers.get("holiday", {}).get("months", 0)))].payment
        )
        if loan.get("remaining_term") is not None:
            assert terms.extension_months == len(rows) - loan["remaining_term"]


@settings(max_examples=120)
@given(profile=BORROWERS)
def test_no_payment_is_above_what_is_affordable(profile: Profile) -> None:
    for decision, plan in allowed(profile):
        assert plan.schedule
        now = Fraction(str(decision.derived["affordable"]))
        later = Fraction(str(decision.derived.get("affordable_after") or now))
        months = profile["hardship"]["expected_months"]
        for row in plan.schedule:
            assert row.payment <= (now if row.n <= months else max(now, later)), plan.plan


@settings(max_examples=120)
@given(profile=BORROWERS)
def test_no_plan_is_longer_than_the_regulations_allow(profile: Profile) -> None:
    loan = profile["loans"][0]
    for decision, plan in allowed(profile):
        assert plan.terms
        added = plan.terms.extension_months or 0
        if decision.policy == "citic.credit-card":  # art. 70: five years
            assert plan.terms.term_months <= 60
        elif loan["original_term"] <= 12 and loan["lender_type"] == "bank":  # CN-05
            assert added <= loan["original_term"]


@settings(max_examples=120)
@given(profile=BORROWERS)
def test_the_reasons_bear_the_status_out(profile: Profile) -> None:
    for decision in POLICIES.decide(profile).decisions:
        for plan in decision.plans:
            held = [reason.holds for reason in plan.reasons]
            match plan.status:
                case Status.ALLOWED:
                    assert all(held)
                    assert plan.terms
                case Status.DENIED:
                    assert False in held
                    assert plan.decisive
                case Status.UNDETERMINED:
                    assert False not in held
                    assert None in held
            assert (plan.terms is None) == (plan.schedule is None)


@given(profile=BORROWERS, data=st.data())
def test_the_json_keeps_the_contract(profile: Profile, data: st.DataObject) -> None:
    gone = data.draw(st.lists(st.sampled_from(borrowers.facts_of(profile)), max_size=3))
    written = POLICIES.decide(borrowers.without(profile, *gone)).to_json()
    VALIDATOR.validate(json.loads(written))
    assert written.endswith("}\n")


def test_the_contract_is_worth_checking() -> None:
    written = json.loads(POLICIES.decide(borrowers.FIVE).to_json())
    written["decisions"][0]["outcome"] = "perhaps"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(written)


def place_of(ask: str) -> borrowers.Path_:
    """Return where a profile holds a fact that is asked for."""
    first, *rest = ask.replace("[", ".").replace("]", "").split(".")
    parts: borrowers.Path_ = tuple(int(p) if p.isdigit() else p for p in rest)
    return ("loans", 0, *parts) if first == "loan" else (first, *parts)


def fact_at(profile: Profile, path: borrowers.Path_) -> Any:
    at: Any = profile
    for step in path:
        at = at[step]
    return at


@settings(max_examples=120)
@given(profile=BORROWERS, data=st.data())
def test_answering_what_is_asked_decides(profile: Profile, data: st.DataObject) -> None:
    paths = borrowers.facts_of(profile)
    gone = data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=5, unique=True))
    known = borrowers.without(profile, *gone)
    for _ in range(40):
        open_plans = [
            (decision, plan)
            for decision in POLICIES.decide(known).decisions
            for plan in decision.plans
            if plan.status is Status.UNDETERMINED
        ]
        if not open_plans:
            return
        asked = {ask for _, plan in open_plans for ask in plan.asks}
        if not asked:
            break
        for ask in asked:
            path = place_of(ask)
            try:
                answer = fact_at(profile, path)
            except KeyError:
                return  # the borrower does not know it either
            *way, last = path
            at: Any = known
            for step in way:
                at = at.setdefault(step, {}) if isinstance(at, dict) else at[step]
            assert last not in at  # what is known is not asked for
            at[last] = answer
    for _, plan in open_plans:
        assert any(reason.undefined for reason in plan.reasons), plan
