"""The reference evaluator where the language's own cases do not lead."""

from __future__ import annotations

import tempfile

import generated_profiles
import pytest
import tiny

import policyengine as pe
from policyengine.decision.trace import Unknown, merged
from policyengine.decision.why import Why
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.evaluators.reference.logic import conjunction, disjunction, negation
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.nodes import Node, PlanValue
from policyengine.loading import load_files
from policyengine.model.types import MONEY
from policyengine.testing.strategies import grammar

ZERO = frozenset({Why("division_by_zero", at="a.yaml:1:1")})
A, B = Unknown(frozenset({"a"})), Unknown(frozenset({"b"}), ZERO)


def test_what_is_unknown_gathers_every_reason() -> None:
    assert conjunction([True, A, B]) == Unknown(frozenset({"a", "b"}), ZERO)
    assert disjunction([False, A, B]) == Unknown(frozenset({"a", "b"}), ZERO)
    assert conjunction([A, False, B]) is False
    assert disjunction([A, True, B]) is True
    assert conjunction([]) is True
    assert disjunction([]) is False
    assert negation(A) is A
    assert merged(1, "x", True) == Unknown()


def test_an_expression_of_no_kind_is_refused() -> None:
    policies = tiny.policies()
    valuation = Valuation(policies.programs[0], tiny.situation(policies))
    span = policies.programs[0].span
    with pytest.raises(NotImplementedError, match="Node"):
        valuation.value(Node(type=MONEY, span=span))


def test_terms_have_no_value_before_there_are_any() -> None:
    policies = tiny.policies()
    valuation = Valuation(policies.programs[0], tiny.situation(policies))
    found = valuation.value(PlanValue(type=MONEY, span=policies.programs[0].span, name="payment"))
    assert found == Unknown(undefined=frozenset({Why("no_terms", name="plan.payment")}))


GAPS = """\
tables:
  gap: {hit: unique, inputs: [x.n, x.flag], output: integer, rows: [[1, true, 5]]}
  sums: {hit: collect sum, inputs: [x.n], output: integer, rows: [[1, 5]]}
  ranked:
    hit: priority
    inputs: [x.n]
    output: colour
    order: [green]
    rows: [["> 0", blue], ["> 10", red]]
derive: {e0: gap, e1: sums, e2: ranked}
"""


def unsound(facts: dict[str, str]) -> list[object]:
    """Return what tables are worth that a check refuses, for an evaluator may not rely on it."""
    with tempfile.TemporaryDirectory() as at:
        tiny.folder(at, tiny.HEAD + GAPS + tiny.PLANS)
        (program,) = load_files(at).programs
    situation = tiny.situation(tiny.policies(), facts)
    trace = ReferenceEvaluator().evaluate(program, situation)
    return [trace.derived[f"tiny#e{i}"] for i in range(3)]


def said(*reasons: str) -> Unknown:
    return Unknown(undefined=frozenset(reasons))  # type: ignore[arg-type]  # compared as text


def test_a_table_without_a_row_that_fits_has_no_value() -> None:
    nothing = said("no row of `gap` fits")
    assert unsound({"x.n": "2", "x.flag": "true"})[:2] == [nothing, said("no row of `sums` fits")]
    assert unsound({"x.n": "1", "x.flag": "true"})[:2] == [5, 5]
    # While a row may fit it is not said that none does.
    assert unsound({"x.n": "1"})[0] == Unknown(frozenset({"x.flag"}))
    assert unsound({"x.flag": "false"})[0] == nothing


def test_rows_that_the_order_does_not_tell_apart_have_no_value() -> None:
    assert unsound({"x.n": "20"})[2] == said("several rows of `ranked` fit")
    assert unsound({"x.n": "5"})[2] == "blue"


def test_what_a_policy_does_not_apply_to_is_still_evaluated() -> None:
    policies = tiny.policies("applies_to: x.flag\n")
    evaluator = policies.evaluator
    assert evaluator.name == "reference"
    program = policies.programs[0]
    truths = [
        evaluator.applies(program, tiny.situation(policies, facts))
        for facts in ({"x.flag": "true"}, {"x.flag": "false"}, {})
    ]
    assert truths == [True, False, Unknown(frozenset({"x.flag"}))]
    assert tiny.trace(policies, {"x.flag": "false"}).applies is False


def test_the_period_of_a_comparison_is_the_largest_payment_it_asks_about() -> None:
    steps = "- holiday: {months: 2, interest: waived, maturity: stays}"
    until = (
        "plan.max_payment_before(2 months) + x.cost <= plan.max_payment_after(x.months)"
        " or plan.max_payment_after(12 months) > 0"
    )
    policies = tiny.policies(plans=tiny.offer(steps, until))
    facts = tiny.LOAN | {"x.cost": "1.00"}
    (plan,) = tiny.decide(policies, facts | {"x.months": "3"}).plans
    before, nothing = plan.reasons[0].comparisons
    assert before.period
    assert before.period.n == 1
    assert nothing.period is None
    (unknown,) = tiny.decide(policies, facts).plans
    assert unknown.status is pe.Status.UNDETERMINED


def test_a_policy_set_knows_its_evaluators() -> None:
    with pytest.raises(pe.UsageError):
        tiny.policies(evaluator="referense")


def test_where_no_terms_are_found_the_rules_that_fail_are_those_of_the_reasons() -> None:
    """A made plan and borrower where the terms that a search ends at fail other rules than those nearest to fit."""
    policies, profile = grammar.made(91).load(), generated_profiles.made(277)
    given = pe.Profile.from_mapping(profile)
    situation = facts_from(given, policies.dictionary, currency("CNY"), None).situations()[0]
    decided = policies.evaluator.prepare(policies.programs[0], situation).decide().plans[1]
    reasons = policies.decide(profile).decisions[0].plans[1].reasons
    assert [reason.holds for reason in reasons] == [True, True, False]
    assert decided.failed == tuple(reason.rule for reason in reasons if reason.holds is False)
