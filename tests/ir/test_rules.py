"""What a rule goes by, and what a reason of it tells."""

from __future__ import annotations

import tiny

from policyengine.ir.program import Rule


def rules(until: str) -> dict[str, Rule]:
    plans = tiny.offer("- term: {up_to: +12, step: 1 month}", until)
    plan = tiny.policies(plans=plans).programs[0].plans[0]
    return {rule.id: rule for rule in plan.offer.until}


def test_only_a_bare_expression_of_until_has_a_code_without_one_being_written() -> None:
    found = rules(f"""
        - plan.payment <= x.cash
        - {{id: named, that: plan.payment <= x.cash, {tiny.BECAUSE}}}
        - {{id: coded, that: plan.payment <= x.cash, code: TOO_MUCH, {tiny.BECAUSE}}}""")
    assert {rule.id: rule.code for rule in found.values()} == {
        "until_1": "UNAFFORDABLE",
        "named": None,
        "coded": "TOO_MUCH",
    }


def test_a_rule_that_always_holds_tells_what_its_words_name_and_any_other_its_conditions() -> None:
    because = "because: {en: 'It is {x.cash}.', zh: '为{x.cash}。'}"
    found = rules(f"""
        - {{id: always, that: true, {because}}}
        - {{id: never, that: false, {because}}}
        - 'true'
        - {{id: sometimes, that: plan.payment <= x.cash, {because}}}""")
    assert {rule.id: rule.always for rule in found.values()} == {
        "always": True,
        "never": False,
        "until_3": False,
        "sometimes": False,
    }
    assert {rule.id: len(rule.told) for rule in found.values()} == {
        "always": 3,
        "never": 1,
        "until_3": 1,
        "sometimes": 1,
    }
