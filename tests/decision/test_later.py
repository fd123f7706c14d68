"""Values that wait until they are looked at."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import borrowers
import pytest

import policyengine as pe
from policyengine.decision import from_trace
from policyengine.decision.decision import ChangeSearch
from policyengine.decision.later import Later
from policyengine.decision.trace import PlanFinding, Trace
from policyengine.evaluators.base import Evaluator
from policyengine.explain.changes import changes_of


def counting(worked: list[int]) -> int:
    worked.append(1)
    return len(worked)


def test_it_is_worked_out_once_and_only_when_it_is_looked_at() -> None:
    worked: list[int] = []
    later = Later(lambda: counting(worked))
    assert worked == []
    assert (later.value, later.value) == (1, 1)


def test_it_compares_prints_and_is_kept_as_its_value() -> None:
    one, other = Later(lambda: (1, 2)), Later.known((1, 2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != Later.known((1, 3))
    assert one != (1, 2)
    assert repr(one) == "(1, 2)"
    assert copy.deepcopy(one) == one  # by way of `__reduce__`, as pickling is


@pytest.mark.parametrize("name", ["plan_reasons", "_one_less", "_derived", "shortfall_from"])
def test_a_decision_that_nobody_questions_works_no_reason_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    work: Callable[..., Any] = getattr(from_trace, name)

    def noted(*arguments: Any) -> Any:
        called.append(name)
        return work(*arguments)

    monkeypatch.setattr(from_trace, name, noted)
    policies = pe.load(borrowers.FOLDER.parent)
    assessment = policies.decide(borrowers.FIVE)
    assert assessment.decisions[0].outcome
    assert called == []
    assert assessment.to_json()
    assert called


def test_nor_what_would_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def noted(found: PlanFinding, trace: Trace, evaluator: Evaluator) -> ChangeSearch:
        called.append(found.plan.id)
        return changes_of(found, trace, evaluator)

    monkeypatch.setattr("policyengine.explain.changes.changes_of", noted)
    (decision,) = pe.load(borrowers.FOLDER.parent).decide(borrowers.EXAMPLES["mr-li"]).decisions
    assert [plan.status for plan in decision.plans]
    assert [plan.shortfall is None for plan in decision.plans].count(False) == 1
    assert called == []
    assert [len(plan.would_change) for plan in decision.plans] == [0, 2, 0]
    assert called == ["payment_holiday_same_maturity"]
