"""What is said of a whole stretch of a fact holds at each of its values; and what must be found by it is."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import tiny
from asking import verdicts

import policyengine as pe
from policyengine.decision.trace import Unknown
from policyengine.evaluators.reference.offers import offered
from policyengine.explain.asking.case import Budget, Case
from policyengine.explain.asking.throughout.proof import offered_throughout
from policyengine.explain.asking.throughout.stretch import Stretch
from policyengine.ir.program import PlanDefinition

STEPS = (
    "- waive: {fees: 100%, penalty_interest: '0%..100% by 30%'}",
    "- capitalise: {accrued_interest: all, fees: half}",
    "- defer_balance: {accrued_interest: all}",
    "- rate: {down_to: 2%, step: 0.5%}",
    "- rate: {down_to: x.rate, step: 1%, fixed_for: 6 months, then: {rise: 1%, every: 3 months, up_to: 9%}}",
    "- rate: {down_to: 3%, step: 0.25%, fixed_for: 6 months, then: {rise: 1%, every: 3 months, up_to: x.rate}}",
    "- term: {up_to: 24, step: 5 months}",
    "- term: {up_to: x.months, step: 1 month}",
    "- term: {exactly: 12}",
    "- forbear: {up_to: 30% * plan.balance}",
    "- forbear: {up_to: 'max(10% * plan.balance, plan.balance - x.cost)', step: 7.00}",
    "- repayment_plan: {balance: fees, months: 1..6}",
    "- repayment_plan: {balance: fees, months: '2..x.months'}",
    "- holiday: {months: 0..3, interest: capitalised, maturity: extends}",
    "- holiday: {months: '1..min(3, x.months)', interest: accrues, maturity: stays}",
    "- holiday: {through: x.day, interest: waived, maturity: extends}",
    "- instalments: {months: 6..18, step: 6 months}",
    "- pay: {amount: x.cost, months: 1..3, unpaid_interest: accrues}",
)
RULES = (
    "plan.payment <= x.cash",
    "plan.payment < 900",
    "plan.payment_before_rounding <= x.cash + 0.005",
    "plan.max_payment <= x.cash",
    "plan.max_payment + x.cost <= 1.5 * x.cash",
    "plan.extension == 0 months",
    "plan.term <= 18 months",
    "plan.first_payment == x.cost",
    "plan.max_payment_before(x.months) == 0",
    "plan.rate <= x.rate",
    "plan.forborne <= 20% * plan.balance",
    "plan.payment >= min(x.cash, x.cost)",
)
FACTS = {
    "x.cash": ["300", "800.50", "1003.17", "1500"],
    "x.cost": ["0", "95.10", "400", "9000"],
    "x.rate": ["0%", "4%", "12.34%"],
    "x.months": ["0", "2", "12", "20"],
    "x.day": ["2025-01-20"],
    "loan.principal": ["12000.00", "0.01", "777.77"],
    "loan.annual_rate": ["0%", "6.45%", "24%", "300%"],
    "loan.remaining_term": ["1", "12", "36", "0"],
    "loan.method": ["level", "equal_principal"],
    "loan.accrued_interest": ["0", "120.00"],
    "loan.fees": ["0", "30.00", "2000.01"],
}
#: The facts that go through a stretch, and how many policies are made for each part of the test.
NUMBERS = sorted(FACTS.keys() - {"x.day", "loan.method"})
EACH = int(os.environ.get("STRETCHES", "40"))


def policy_of(chance: random.Random) -> str:
    steps = "\n".join(f"        {s}" for s in chance.sample(STEPS, chance.choice([1, 1, 2, 3])))
    accept = ""
    if chance.random() < 0.3:
        accept = f"      accept: {tiny.quoted(chance.choice(RULES))}\n"
    until = " and ".join(chance.sample(RULES, chance.choice([1, 1, 2])))
    made = f"""plans:
  relief:
    title: {{en: Relief, zh: 纾困}}
    offer:
      steps:
{steps}
      until: {tiny.quoted(until)}
{accept}"""
    if chance.random() < 0.3:
        rule = tiny.quoted(chance.choice(RULES))
        made += f"guarantees:\n  - {{id: g, that: {rule}, {tiny.BECAUSE}}}\n"
    return made


def cases(seeds: range) -> Iterator[tuple[Case, PlanDefinition, random.Random]]:
    """Yield plans with a loan of which one fact is not known; what cannot be written so is passed over."""
    for seed in seeds:
        chance = random.Random(seed)
        try:
            policies = tiny.policies("", policy_of(chance))
        except pe.PolicyError:
            continue
        program, *_ = policies.programs
        facts = {**tiny.LOAN, **{path: chance.choice(values) for path, values in FACTS.items()}}
        gone = chance.choice(NUMBERS)
        known = {path: value for path, value in facts.items() if path != gone}
        situation = tiny.situation(policies, known)
        case = Case.of(program, situation, policies.evaluator, Budget())
        yield case, program.plans[0], chance


def stretches(case: Case, path: str, chance: random.Random) -> Iterator[Stretch]:
    """Yield all values of a fact, and stretches of few and of many of them."""
    domain = case.domains[path]
    low, high = domain.ends
    yield Stretch(case, {}, path, low, high)
    usual = [domain.place(value) for value in domain.usual]
    for _ in range(4):
        first = chance.choice(usual)
        width = chance.choice([1, 12, domain.legible, 100 * domain.legible, 10**5, 10**12])
        yield Stretch(case, {}, path, max(first, low), min(first + width, high))


def places(stretch: Stretch, chance: random.Random) -> Iterator[int]:
    """Yield places at the ends of a stretch, near them and anywhere in it."""
    low, high = stretch.low, stretch.high
    near = (low + chance.choice([1, 2, 7, 1000, 10**6]), (low + high) // 2, high - 1)
    anywhere = (chance.randint(low, high) for _ in range(3))
    yield from (place for place in (low, *near, *anywhere, high) if low <= place <= high)


def holds_at(case: Case, plan: PlanDefinition, path: str, place: int) -> bool | Unknown:
    answers = {path: case.domains[path].at(place)}
    return offered(plan, case.program, case.valuation(answers)).holds


@pytest.mark.parametrize("part", range(4))
def test_what_is_said_of_a_stretch_holds_at_each_of_its_values(part: int) -> None:
    said: Counter[bool | None] = Counter()
    for case, plan, chance in cases(range(part * EACH, (part + 1) * EACH)):
        (path,) = (path for path in case.domains if path in NUMBERS)
        for stretch in stretches(case, path, chance):
            found = offered_throughout(plan, stretch)
            said[found] += 1
            if found is not None:
                for place in places(stretch, chance):
                    assert holds_at(case, plan, path, place) is found, (path, place)
    assert min(said[True], said[False]) > EACH // 10, said


# What is found by it


def asked(policies: pe.PolicySet, gone: str, **facts: Any) -> dict[str, str]:
    known = {path.replace("__", "."): value for path, value in facts.items()}
    profile = {p: v for p, v in {**tiny.LOAN, **known}.items() if p != gone}
    (found,) = policies.ask(tiny.profile(profile)).inquiries
    return {**verdicts(found), **{f"plan {plan}": end for plan, end in found.certain.items()}}


#: A rate that a profile may state is no more than 100 %.
BOUNDED = tiny.VOCABULARY.replace(
    "annual_rate: {type: rate, min: 0,", "annual_rate: {type: rate, min: 0, max: 100%,"
)


def policies_of(
    steps: str, until: str = "plan.max_payment <= x.cash", body: str = ""
) -> pe.PolicySet:
    return tiny.policies(body, tiny.offer(steps, until), vocabulary=BOUNDED)


def test_a_rate_that_is_brought_down_in_any_case_is_needed_and_decides_nothing() -> None:
    steps = "- rate: {down_to: 2%, step: 1%}\n- term: {up_to: 60, step: 1 month}"
    policies = policies_of(steps, "plan.payment <= x.cash")
    assert asked(policies, "loan.annual_rate", x__cash="300")["loan.annual_rate"] == "needed"
    assert asked(policies, "loan.annual_rate", x__cash="203")["loan.annual_rate"] == "question"


def test_amounts_that_grow_alike_cancel_out() -> None:
    steps = "- capitalise: {accrued_interest: all}\n- forbear: {up_to: plan.balance - x.cost}"
    policies = policies_of(steps, "plan.payment <= x.cash")
    found = asked(policies, "loan.accrued_interest", x__cash="300", x__cost="3000")
    assert found["loan.accrued_interest"] == "needed"


def test_a_list_that_only_shortens_a_plan_that_cannot_be_paid_changes_nothing() -> None:
    left = "36 months - sum(i.n for i in x.items) * 1 month"
    policies = policies_of(
        f"- repayment_plan: {{balance: fees, months: '1..min(6 months, {left})'}}"
    )
    never = asked(policies, "x.items", x__cash="1004", loan__fees="30.00")
    assert never["plan relief"] == "denied"
    perhaps = asked(policies, "x.items", x__cash="1005", loan__fees="30.00")
    assert perhaps["x.items"] == "question"


def test_an_agreed_amount_is_the_first_payment() -> None:
    body = "derive:\n  monthly: round_to(payment(loan.principal, loan.annual_rate, 60 months) / 2, 0.01)\n"
    steps = "- pay: {amount: monthly, months: 3 months, unpaid_interest: accrues}"
    policies = policies_of(steps, "plan.first_payment == monthly", body)
    assert asked(policies, "loan.annual_rate")["loan.annual_rate"] == "needed"


def test_terms_matter_only_where_the_other_rules_hold() -> None:
    plans = tiny.offer("- term: {exactly: 12}", "plan.payment <= x.cost").replace(
        "    offer:",
        f"    require:\n      - {{id: r, that: loan.principal <= 0, {tiny.BECAUSE}}}\n    offer:",
    )
    found = asked(tiny.policies("", plans), "loan.principal", x__cost="100")
    assert "undecided" not in found.values()  # of nothing there are no terms


def test_two_sides_that_both_rise_are_cut_where_the_lesser_changes() -> None:
    rule = f"{{id: r, that: 'x.cash + 10 <= min(1.5 * x.cash, x.cost)', {tiny.BECAUSE}}}"
    plans = tiny.PLANS.replace("    offer:", f"    require:\n      - {rule}\n    offer:")
    policies = tiny.policies("", plans)
    assert asked(policies, "x.cash", x__cost="200")["x.cash"] == "question"
    assert asked(policies, "x.cash", x__cost="25")["plan nothing"] == "denied"
