"""What is generated for a condition: who stands at its limits, and what is decided there."""

from __future__ import annotations

from functools import cache

import pytest
import tiny

from policyengine.testing.boundaries.cases import Generated, generated

BODY = """\
parameters:
  least:
    - {from: 2023-01-01, until: 2025-06-30, value: 10}
    - {from: 2025-07-01, value: 20}
tables:
  grade:
    hit: unique
    inputs: [x.m]
    output: integer
    rows: [["< 130", 1], [">= 130", 2]]
"""
PLANS = """\
plans:
  relief:
    title: {{en: Relief, zh: 纾困}}
    require: [{{id: rule, that: {that}, {because}}}]
    offer: {{steps: [{{term: {{exactly: 12}}}}], until: plan.payment >= 0}}
"""


REFERRAL = """\
referrals:
  advice: {{title: {{en: Advice, zh: 咨询}}, when: {when}, {because}}}
"""


@cache
def cases_of(that: str, when: str = "x.other") -> Generated:
    plans = PLANS.format(that=tiny.quoted(that), because=tiny.BECAUSE)
    plans += REFERRAL.format(when=tiny.quoted(when), because=tiny.BECAUSE)
    policy = tiny.policies(BODY, plans)["tiny"]
    return generated(policy, policy)


def statuses(that: str) -> dict[str, str]:
    """Return what is decided of the plan, by the name of the case."""
    return {
        case.name.partition(" (relief, rule)")[0]: case.expected[2]
        .partition("status: ")[2]
        .split(",")[0]
        .rstrip("}")
        for case in cases_of(that).cases
        if len(case.expected) > 2
    }


ALLOWED, DENIED, OPEN = "allowed", "denied", "undetermined"


@pytest.mark.parametrize(
    ("that", "expected"),
    [
        (
            "x.days <= 90 days",
            {
                "days: one below 90 days": ALLOWED,
                "days: exactly 90 days": ALLOWED,
                "days: one above 90 days": DENIED,
                "days: not known": OPEN,
            },
        ),
        ("x.rate < 24%", {"rate: 0.01% below 24%": ALLOWED, "rate: exactly 24%": DENIED}),
        (
            "x.cash - x.cost >= 100",
            {"cash: 0.01 below 100.00": DENIED, "cash: exactly 100.00": ALLOWED, "cost: not known": OPEN},
        ),
        # Only where the flag is not set does the number decide.
        ("x.flag or x.n > 3", {"number: exactly 3": DENIED, "number: one above 3": ALLOWED}),
        (
            "if x.flag then x.n > 3 else x.cash >= 50",
            {"number: exactly 3": DENIED, "cash: 0.01 below 50.00": DENIED, "flag: not known": OPEN},
        ),
        ("grade == 2", {"number: one below 130": DENIED, "number: exactly 130": ALLOWED}),
        (
            "x.n >= least",
            {"day of the decision: the day before 2025-07-01": ALLOWED, "day of the decision: on 2025-07-01": DENIED},
        ),
        (
            "months_between(x.day, as_of) >= 12 months",
            {
                "decided on 2028-02-29, day: the day before 2027-03-01": ALLOWED,
                "decided on 2028-02-29, day: on 2027-03-01": DENIED,
            },
        ),
        (
            'x.colour in {"red", "green"}',
            {"colour: red": ALLOWED, "colour: green": ALLOWED, "colour: blue": DENIED, "colour: not known": OPEN},
        ),
        ("sum(i.n for i in x.items) <= 5", {"items, number: exactly 6": DENIED, "items: none": ALLOWED}),
    ],
)  # fmt: skip
def test_the_condition_decides(that: str, expected: dict[str, str]) -> None:
    found = statuses(that)
    assert {name: found.get(name) for name in expected} == expected


def test_a_referral_holds_does_not_or_is_not_known() -> None:
    cases = cases_of("x.flag", "x.n > 3 and not known(x.word)").cases
    found = {case.name.partition(" (advice)")[0]: case.expected[-2:] for case in cases}
    assert found["number: exactly 3"] == ("referrals: []", "unknown_referrals: []")
    assert found["number: one above 3"] == ("referrals: [advice]", "unknown_referrals: []")
    assert found["number: not known"] == ("referrals: []", "unknown_referrals: [advice]")
    assert found["word: other"] == ("referrals: []", "unknown_referrals: []")


def test_a_limit_at_which_nothing_changes_is_shown_and_said() -> None:
    found = cases_of("grade >= 1")
    assert statuses("grade >= 1")["number: exactly 130"] == ALLOWED
    assert any("nobody found for whom it decides: number" in remark for remark in found.remarks)


def test_profiles_have_no_fact_that_is_not_needed() -> None:
    (profile,) = cases_of("x.days <= 90 days").profiles.values()
    assert {path for path in profile.facts if path.startswith("x.")} == {"x.days", "x.other"}


def test_no_borrower_stands_there_twice_and_no_name() -> None:
    cases = cases_of("x.flag or x.n > 3").cases
    assert len({case.name for case in cases}) == len(cases)
    given = [repr((c.varied.as_of, sorted(c.varied.borrower.facts.items()))) for c in cases]
    assert len(set(given)) == len(cases)
