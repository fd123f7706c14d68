"""Rows of columns are decided as the borrowers that they are made of: outcome, statuses, terms and masks."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

import borrowers
import generated_profiles
import portfolio_tables as tables
import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st

import policyengine as pe
from policyengine.decision.columns import TERMS, rules_of
from policyengine.decision.decision import Plan, Status
from policyengine.decision.from_trace import decision_from
from policyengine.decision.trace import PlanFinding, Trace, Truth, Unknown
from policyengine.explain.cited.citing import Citing
from policyengine.facts.facts import Situation
from policyengine.ir.program import Program
from policyengine.testing.strategies import grammar

POLICIES = pe.load(borrowers.FOLDER.parent)
LENDERS = tuple(program for program in POLICIES.programs if program.currency == "CNY")


def hold(policies: pe.PolicySet, programs: tuple[Program, ...], found: list[Situation]) -> None:
    """Hold rows against the decisions about the same loans."""
    batch = tables.typed(tables.rows_of(found), policies.dictionary)
    output = tables.decided(policies, programs, batch)
    assert output.rejects.to_pylist() == []
    for situation, row in zip(found, output.decided.to_pylist(), strict=True):
        for program in programs:
            hold_row(row, program, policies.evaluator.evaluate(program, situation))


def hold_row(row: Mapping[str, Any], program: Program, trace: Trace) -> None:
    applies = trace.applies is not False and program.in_force(trace.situation.as_of)
    decision = decision_from(trace, Citing(trace)) if applies else None
    assert row[f"{program.id}.outcome"] == (decision and str(decision.outcome))
    for found in trace.plans:
        name = f"{program.id}.{found.plan.id}"
        plan = decision.plan(found.plan.id) if decision else None
        assert row[f"{name}.status"] == (plan and str(plan.status))
        hold_terms({term: row[f"{name}.{term}"] for term in TERMS}, plan)
        if plan is not None:
            hold_masks(row[f"{name}.failed"], row[f"{name}.unknown"], found, plan, program)


def hold_terms(terms: Mapping[str, Any], plan: Plan | None) -> None:
    wanted = plan.terms if plan else None
    for term, value in terms.items():
        expected = getattr(wanted, term, None)
        if term == "annual_rate" and expected is not None:
            expected = expected.quantize(Decimal("1e-9"), "ROUND_HALF_UP")
        assert value == expected


def hold_masks(failed: int, unknown: int, found: PlanFinding, plan: Plan, program: Program) -> None:
    rules = rules_of(found.plan, program)
    bits = {
        rule.id: (failed >> place & 1, unknown >> place & 1)
        for place, rule in enumerate(rules)
        if rule is not None
    }
    offered = found.offer.rules if plan.status is Status.ALLOWED else ()
    for rule in (*found.require, *offered):
        if [each.id for each in rules if each].count(rule.rule.id) == 1:
            assert bits[rule.rule.id] == as_bits(rule.holds), rule.rule.id
    if plan.status is Status.DENIED:
        assert failed
    if plan.status is Status.ALLOWED:
        assert not unknown & ((1 << len(found.plan.require)) - 1)


def as_bits(truth: Truth) -> tuple[int, int]:
    return int(truth is False), int(isinstance(truth, Unknown))


@pytest.mark.parametrize("name", sorted(borrowers.EXAMPLES))
def test_the_examples(name: str) -> None:
    profile = borrowers.EXAMPLES[name]
    code = profile.get("currency", "CNY")
    programs = tuple(program for program in POLICIES.programs if program.currency == code)
    hold(POLICIES, programs, tables.situations(POLICIES, profile, code))


@given(profile=borrowers.near_thresholds(), data=st.data())
def test_borrowers_near_the_thresholds(profile: borrowers.Profile, data: st.DataObject) -> None:
    gone = data.draw(st.lists(st.sampled_from(borrowers.facts_of(profile)), max_size=2))
    hold(POLICIES, LENDERS, tables.situations(POLICIES, borrowers.without(profile, *gone), "CNY"))


@pytest.mark.parametrize("seed", range(24))
def test_generated_policies(seed: int) -> None:
    policies = grammar.made(seed).load()
    random = Random(seed)
    profiles = [generated_profiles.made(random.randrange(10**6)) for _ in range(4)]
    found = [s for each in profiles for s in tables.situations(policies, each, "CNY")]
    hold(policies, policies.programs, found)


def test_a_denied_plan_shows_its_last_terms() -> None:
    """The term may go to 24 months, where the instalment of 500 is still too high, and 480 is asked for."""
    policies = tiny.policies(
        """\
plans:
  longer:
    title: {en: Longer, zh: 延长}
    require: []
    offer:
      steps: [{term: {up_to: 24 months, step: 1 month}}]
      until:
        - id: low
          that: plan.payment <= 480
          because: {en: low, zh: 低}
        - id: short
          that: plan.term <= 23 months
          because: {en: short, zh: 短}
""",
        "",
    )
    profile = {
        "as_of": tiny.AS_OF,
        "loan": tiny.plain({k.split(".")[1]: v for k, v in tiny.LOAN.items()}),
    }
    found = tables.situations(policies, profile, "CNY")
    output = tables.decided(
        policies, policies.programs, tables.typed(tables.rows_of(found), policies.dictionary)
    )
    row = output.decided.to_pylist()[0]
    assert row["tiny.longer.status"] == "denied"
    assert row["tiny.longer.failed"] == 0b011
    assert row["tiny.longer.unknown"] == 0
