"""Decisions of columns are those of the reference, row by row: statuses, masks, terms, and which rows were sure."""

from __future__ import annotations

import pickle
from collections import Counter
from typing import Any

import attrs
import decided
import numpy as np
import pytest

import policyengine as pe
from policyengine.decision.columns import Path as How
from policyengine.evaluators.compiled.columns.deciding import CompiledColumns
from policyengine.evaluators.compiled.columns.from_situations import columns_from
from policyengine.evaluators.compiled.columns.offers.solving import Offers
from policyengine.facts.columns import Column, FactColumns
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.program import Program

LENDERS = (
    "aibank.consumer-loan",
    "ccb.personal-loan",
    "citic.consumer-loan",
    "citic.credit-card",
    "mengshang.consumer-finance",
)
#: Facts that are taken away now and then, and what some are now and then instead.
ODD: dict[str, tuple[int, ...]] = {
    "loan.annual_rate": (0, 1, 10**9),
    "loan.remaining_term": (0, 1, 2, 480),
    "loan.principal": (1, 7, 2**53 + 1, 2**62),
    "loan.accrued_interest": (0, 1, 2**50 + 1),
    "hardship.expected_months": (0, 14),
    "borrower.monthly_income": (0, 2**53 - 1),
}


def rows_of(policies: pe.PolicySet, program: Program, count: int) -> FactColumns:
    """Return loans of one lender: the example's, with other amounts, and with facts taken away."""
    profile = pe.Profile.from_file("policies/examples/five-lenders.yaml")
    facts = facts_from(profile, policies.dictionary, currency(program.currency), None)
    places = [
        place
        for place in range(len(facts.loans or ()))
        if decided.REFERENCE.applies(program, facts.about(place)) is True
    ]
    situations = [facts.about(places[0])] * count
    return varied(columns_from(situations, policies.dictionary, program.scale), count)


def varied(facts: FactColumns, count: int) -> FactColumns:
    chance = np.random.default_rng(count)
    own = facts.loans.offsets[:-1]
    columns, fields = dict(facts.facts), dict(facts.loans.fields)
    for path, column in facts.facts.items():
        if not isinstance(column, Column) or path in ("loan.id", "loan.lender", "loan.product"):
            continue
        changed = _changed(path, column, chance)
        columns[path] = changed
        name = path.removeprefix("loan.")
        if name != path:
            fields[name] = _among(fields[name], own, changed)
    return attrs.evolve(facts, facts=columns, loans=attrs.evolve(facts.loans, fields=fields))


def with_fact(facts: FactColumns, path: str, column: Column) -> FactColumns:
    """Return the same with another fact of the loans under assessment."""
    name = path.removeprefix("loan.")
    field = _among(facts.loans.fields[name], facts.loans.offsets[:-1], column)
    loans = attrs.evolve(facts.loans, fields={**facts.loans.fields, name: field})
    return attrs.evolve(facts, facts={**facts.facts, path: column}, loans=loans)


def _changed(path: str, column: Column, chance: np.random.Generator) -> Column:
    count = len(column.values)
    known = np.ones(count, np.bool_) if column.known is None else column.known
    values = column.values.astype(np.int64)
    if path in ODD or values.max(initial=0) > 1000:
        values = (values * chance.uniform(0.6, 1.3, count)).astype(np.int64)
    if path in ODD:
        odd = chance.random(count) < 0.06
        values = np.where(odd, chance.choice(np.array(ODD[path]), count), values)
    return Column(values, known & (chance.random(count) > 0.04))


def _among(members: Any, own: Any, changed: Column) -> Column:
    """Return the field of all loans with that of the loans under assessment changed."""
    values = members.values.astype(np.int64)
    known = np.ones(len(values), np.bool_) if members.known is None else members.known.copy()
    values[own], known[own] = changed.values, changed.known
    return Column(values, known)


@pytest.mark.parametrize("lender", LENDERS)
def test_every_row_of_a_lender_is_decided_as_by_the_reference(
    lender: str, lenders: pe.PolicySet
) -> None:
    program = lenders[lender].program
    facts, reach = rows_of(lenders, program, 60), Counter[str]()
    assert list(decided.differences(program, facts, reach)) == []
    assert reach["plans carried"] == reach["plans"]
    assert reach["exact"] < reach["rows"] // 4


def test_generated_policies_are_decided_as_by_the_reference() -> None:
    reach: Counter[str] = Counter()
    assert list(decided.of_generated(0, 12, reach)) == []
    assert 0 < reach["plans carried"] < reach["plans"]


def test_compiled_columns_give_what_python_gives(lenders: pe.PolicySet) -> None:
    """One plan, compiled: the source is the same, and so must be what it finds."""
    program = lenders["ccb.personal-loan"].program
    facts = rows_of(lenders, program, 120)
    compiled = CompiledColumns(decided.REFERENCE, threads=2).decide(program, facts)
    python = CompiledColumns(
        decided.REFERENCE,
        threads=1,
        screening=decided.ByReference(),
        offers=Offers(decided.as_python),
    ).decide(program, facts)
    assert np.array_equal(compiled.outcome, python.outcome)
    assert np.array_equal(compiled.paths, python.paths)
    for name, plan in compiled.plans.items():
        other = python.plans[name]
        assert np.array_equal(plan.status, other.status)
        assert np.array_equal(plan.failed, other.failed)
        assert np.array_equal(plan.unknown, other.unknown)
        assert all(np.array_equal(plan.terms[term], other.terms[term]) for term in plan.terms)


def test_a_row_with_amounts_beyond_what_is_sure_takes_the_exact_path(
    lenders: pe.PolicySet,
) -> None:
    program = lenders["ccb.personal-loan"].program
    facts = rows_of(lenders, program, 60)
    principal = facts.facts["loan.principal"]
    assert isinstance(principal, Column)
    large = np.arange(facts.rows) % 5 == 0
    principal = Column(np.where(large, 2**53 + 1, principal.values), principal.known)
    facts = with_fact(facts, "loan.principal", principal)
    columns = CompiledColumns(
        decided.REFERENCE,
        threads=1,
        screening=decided.ByReference(),
        offers=Offers(decided.as_python),
    )
    found = columns.decide(program, facts)
    large &= principal.known if principal.known is not None else True
    denied = found.plans["buffer"].failed & 0b111 != 0
    assert (large & ~denied).any()
    assert (found.paths[large & ~denied] == How.EXACT).all()


def test_an_evaluator_of_columns_can_be_sent_to_another_process() -> None:
    columns = CompiledColumns(decided.REFERENCE, threads=1)
    again = pickle.loads(pickle.dumps(columns))  # noqa: S301  # its own
    assert again.threads == 1
    assert again.other == decided.REFERENCE
