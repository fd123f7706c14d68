"""Terms that a plan which is not decided yet names: everywhere they are named, they are called provisional."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
import tiny
from golden_cases import decided

from policyengine.decision.decision import Plan, Status
from policyengine.decision.plain_words import PLAIN
from policyengine.decision.wording import WORDS
from policyengine.report.plain_text import plain_text
from policyengine.report.text import assessment_text
from policyengine.report.tree_text import tree_text


def plan_of(until: str, **facts: str) -> Plan:
    plans = tiny.offer("- holiday: {months: 1, interest: accrues, maturity: extends}", until)
    loan = {**tiny.LOAN, **{name.replace("_", "."): value for name, value in facts.items()}}
    return tiny.decide(tiny.policies("", plans), loan).plan("relief")


def test_a_payment_held_against_what_is_not_known_is_provisional() -> None:
    plan = plan_of("plan.max_payment <= x.cash")
    assert (plan.status, plan.provisional) == (Status.UNDETERMINED, True)


def test_terms_of_a_plan_that_is_decided_are_not() -> None:
    for cash, status in (("9000.00", Status.ALLOWED), ("1.00", Status.DENIED)):
        plan = plan_of("plan.max_payment <= x.cash", x_cash=cash)
        assert (plan.status, plan.provisional) == (status, False)


def test_where_nothing_is_known_of_the_terms_nothing_is_provisional() -> None:
    plan = plan_of("plan.max_payment_after(x.months) <= x.cash")
    assert (plan.status, plan.provisional) == (Status.UNDETERMINED, False)
    plan = plan_of("x.flag")
    assert (plan.status, plan.provisional) == (Status.UNDETERMINED, False)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_view_says_so_once_for_each_plan(lang: str) -> None:
    found = decided("aibank-asks")
    (decision,) = found.assessment.decisions
    assert [plan.provisional for plan in decision.plans] == [True, True, True]
    said = WORDS[lang]["provisional"]
    assert _joined(assessment_text(found.assessment, lang, width=200)).count(said) == 3
    assert (
        _joined(plain_text(found.assessment, lang, width=200)).count(PLAIN[lang]["provisional"])
        == 3
    )
    for plan in decision.plans:
        assert said in _joined(tree_text(decision, plan, lang, width=200))
        for profile in ("reasons", "full"):
            assert said in plan.justification.render(lang, profile)
    # in the comparison and at the plan
    assert found.page().count(said) == 6
    (written,) = json.loads(found.assessment.to_json())["decisions"]
    assert all(plan["provisional"] for plan in written["plans"])


def _joined(lines: Sequence[object]) -> str:
    return "\n".join(str(line) for line in lines)
