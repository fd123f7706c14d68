"""What cases show of a policy, part by part, and what they never show."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from borrowers import EXAMPLES
from tiny import HEAD as TINY
from tiny import LOAN, derive, folder, profile
from tiny import offer as plan_with

import policyengine as pe
from policyengine.decision.decision import Reason
from policyengine.loading import Loaded, load_files
from policyengine.policy_set import policy_set_from
from policyengine.testing.coverage import Coverage, Observed, percentage
from policyengine.testing.coverage.counted import percent
from policyengine.testing.coverage.points import Kind
from policyengine.testing.coverage.text import never_seen

POLICIES = Path(__file__).parents[3] / "policies"
Facts = Mapping[str, Any]


def counted(loaded: Loaded, *cases: Facts) -> Observed:
    """Return what the cases show of the one policy."""
    (policy,) = policy_set_from(loaded, evaluator="reference").values()
    observed = Observed()
    observed.expect(policy.program, loaded)
    for facts in cases:
        observed.case(*policy.traced(profile(facts)))
    return observed


def never(at: Path, policy: str, *cases: Facts, kinds: set[Kind] | None = None) -> list[str]:
    """Return what the cases never show of a policy; parts of some kinds only."""
    folder(at, TINY + policy)
    (unit,) = counted(load_files(at), *cases).coverage().units
    return [
        never_seen(point, ways)
        for point, ways in unit.never
        if kinds is None or point.kind in kinds
    ]


BECAUSE = "because: {en: So it is., zh: 如此。}"


def rule(condition: str, more: str = "") -> str:
    """Return a policy whose one plan has one requirement; its terms are fixed."""
    return f"""\
{more}plans:
  relief:
    title: {{en: Relief, zh: 纾困}}
    require:
      - {{id: only, that: '{condition}', {BECAUSE}}}
    offer: {{steps: [{{term: {{exactly: 12}}}}]}}
"""


T, F = {"x.flag": True}, {"x.flag": False}

CONDITIONS: list[tuple[str, list[Facts], list[str]]] = [
    ("x.flag", [], ["condition `x.flag`: never true or false"]),
    ("x.flag", [T], ["condition `x.flag`: never false"]),
    ("x.flag", [T, F], []),
    ("x.flag", [F, {}], ["condition `x.flag`: never true"]),  # unknown is counted beside
    ("not x.flag", [T], ["condition `x.flag`: never false"]),
    (
        "x.flag and x.n > 1",
        [{"x.flag": True, "x.n": 2}, {"x.flag": False, "x.n": 2}],
        ["condition `x.n > 1`: never false"],
    ),
    (  # both sides of a comparison that is joined, although the first decides
        "x.flag or x.n > 1",
        [{"x.flag": True, "x.n": 2}, {"x.flag": True, "x.n": 1}],
        ["condition `only`: never false", "condition `x.flag`: never false"],
    ),
    (  # each comparison of a chain
        "1 <= x.n <= 9",
        [{"x.n": 5}, {"x.n": 0}],
        ["condition `x.n <= 9`: never false"],
    ),
    (  # of `if` the condition, and the branch that is taken
        "if x.flag then x.n > 1 else x.m > 1",
        [{"x.flag": True, "x.n": 2, "x.m": 2}, {"x.flag": True, "x.n": 1, "x.m": 1}],
        ["condition `x.flag`: never false"],
    ),
    (
        "any(i in x.items where i.flag)",
        [{"x.items": [{"flag": True}]}, {"x.items": [{"flag": True}, {"flag": True}]}],
        [
            "condition `any(i in x.items where i.flag)`: never false",
            "condition `i.flag`: never false",
        ],
    ),
]


@pytest.mark.parametrize(("condition", "cases", "expected"), CONDITIONS)
def test_conditions_are_to_come_out_both_ways(
    tmp_path: Path, condition: str, cases: list[Facts], expected: list[str]
) -> None:
    assert never(tmp_path, rule(condition), *cases, kinds={Kind.CONDITION}) == expected


def test_whether_a_fact_is_known_is_a_condition_and_reads_no_value(tmp_path: Path) -> None:
    title = "title: {en: Advice, zh: 咨询}"
    policy = (
        f"{rule('x.flag')}referrals: {{advice: {{{title}, when: known(x.colour), {BECAUSE}}}}}\n"
    )
    shown = never(tmp_path, policy, T | {"x.colour": "red"}, F | {"x.colour": "red"})
    assert "condition `known(x.colour)`: never false" in shown
    assert not [line for line in shown if line.startswith("fact")]


def test_a_condition_behind_a_name_counts_where_it_is_defined(tmp_path: Path) -> None:
    policy = rule("fit and fit", derive(["x.flag and x.n > 1"]).replace("e0", "fit"))
    shown = never(tmp_path, policy, {"x.flag": True, "x.n": 2}, kinds={Kind.CONDITION})
    assert "condition `fit`: never false" in shown
    assert "condition `x.n > 1`: never false" in shown
    assert (
        len([line for line in shown if "x.flag" in line]) == 1
    )  # it is read twice and stands once


def test_what_is_not_needed_is_not_counted(tmp_path: Path) -> None:
    """Of `if` the other branch is never looked at: what it alone reads was not shown."""
    more = "parameters:\n  low: {value: 1, note: n, assumed: true}\n  high: {value: 9, note: n, assumed: true}\n"
    policy = rule("x.n > (if x.flag then low else high)", more)
    kinds = {Kind.PARAMETER}
    assert never(tmp_path, policy, {"x.flag": True, "x.n": 2}, kinds=kinds) == [
        "parameter `high`: never used"
    ]
    assert never(tmp_path, policy, {"x.flag": False, "x.n": 2}, kinds=kinds) == [
        "parameter `low`: never used"
    ]


def test_of_a_plan_each_status_is_to_be_seen(tmp_path: Path) -> None:
    policy, kinds = rule("x.flag"), {Kind.PLAN}
    assert never(tmp_path, policy, LOAN | T, F, {}, kinds=kinds) == []
    assert never(tmp_path, policy, F, kinds=kinds) == [
        "plan `relief`: never allowed or undetermined"
    ]


def test_of_an_enum_each_value_that_a_rule_names_and_one_of_the_others(tmp_path: Path) -> None:
    policy, kinds = rule('x.colour in {"red"}'), {Kind.FACT}
    assert never(tmp_path, policy, {"x.colour": "blue"}, kinds=kinds) == [
        "fact `x.colour`: never red"
    ]
    assert never(tmp_path, policy, {"x.colour": "red"}, {}, kinds=kinds) == [
        "fact `x.colour`: never any other"
    ]


def test_of_a_parameter_each_dated_value(tmp_path: Path) -> None:
    more = """\
parameters:
  most:
    - {from: 2024-01-01, until: 2024-06-30, value: 1, assumed: true, note: n}
    - {from: 2024-07-01, value: 2, assumed: true, note: n}
"""
    shown = never(tmp_path, rule("x.n <= most", more), {"x.n": 1}, kinds={Kind.PARAMETER})
    assert shown == ["parameter `most from 2024-01-01 until 2024-06-30`: never used"]
    policy = rule("x.n <= most at x.day", more)
    assert never(tmp_path, policy, {"x.n": 1, "x.day": "2024-06-30"}, kinds={Kind.PARAMETER}) == [
        "parameter `most from 2024-07-01`: never used"
    ]


TABLE = """\
tables:
  grade:
    inputs: [x.n, x.flag]
    output: integer
    hit: HIT
    rows:
      - ["< 10", true, 1]
      - ["< 20", any, 2]
      - ["> 20", any, 3]
    otherwise: 4
"""


@pytest.mark.parametrize(
    ("hit", "cases", "used"),
    [
        ("first", [{"x.n": 5, "x.flag": True}], ["1"]),
        ("first", [{"x.n": 5, "x.flag": False}], ["2"]),
        ("first", [{"x.n": 25}], ["3"]),  # whatever the flag is
        ("first", [{"x.n": 5}], []),  # it may be the first or the second
        ("collect sum", [{"x.n": 5, "x.flag": True}], ["1", "2"]),
    ],
)
def test_of_a_table_the_rows_that_give_the_output(
    tmp_path: Path, hit: str, cases: list[Facts], used: list[str]
) -> None:
    policy = rule("grade > 0", TABLE.replace("HIT", hit))
    shown = never(tmp_path, policy, *cases, kinds={Kind.ROW})
    rows = [
        f"table row `grade, row {number}`: never used" for number in "123" if number not in used
    ]
    assert shown == [*rows, "table row `grade, otherwise`: never used"]


# Offers

STEPS = """\
- capitalise: {fees: 100%}
- term: {up_to: +most, step: 1 month}
- rate: {down_to: 0%, step: 1%}
"""
MOST = "parameters:\n  most: {value: 3 months, assumed: true, note: n}\n"
POOR, RICH = LOAN | {"x.cash": "10.00"}, LOAN | {"x.cash": "1200.00"}


def test_a_step_is_used_where_it_changes_terms_that_are_offered(tmp_path: Path) -> None:
    policy, kinds = MOST + plan_with(STEPS), {Kind.STEP}
    assert never(tmp_path, policy, RICH, kinds=kinds) == [
        "step `relief, term`: never used",
        "step `relief, rate`: never used",
    ]
    assert never(tmp_path, policy, LOAN | {"x.cash": "900.00"}, kinds=kinds) == [
        "step `relief, rate`: never used"
    ]
    assert (
        len(never(tmp_path, policy, POOR, kinds=kinds)) == 3
    )  # all are raised, and nothing offered


def test_the_settings_of_a_step_count_once_the_search_reaches_it(tmp_path: Path) -> None:
    policy, kinds = MOST + plan_with(STEPS), {Kind.PARAMETER}
    assert never(tmp_path, policy, RICH, kinds=kinds) == ["parameter `most`: never used"]
    assert never(tmp_path, policy, POOR, kinds=kinds) == []


def test_rules_of_an_offer_count_at_the_terms_where_the_search_ends(tmp_path: Path) -> None:
    policy, kinds = MOST + plan_with(STEPS), {Kind.CONDITION}
    enough = LOAN | {"x.cash": "900.00"}  # terms that are too dear are passed by on the way
    assert never(tmp_path, policy, enough, kinds=kinds) == [
        "condition `plan.max_payment <= x.cash`: never false"
    ]
    assert never(tmp_path, policy, enough, POOR, kinds=kinds) == []


# Against decisions


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_files(POLICIES)


def _looked_at(decision: pe.Decision) -> list[Reason]:
    """The reasons that coverage counts: those of an offer once no requirement fails."""
    found = [referral.reason for referral in decision.referrals]
    for plan in decision.plans:
        required = [reason for reason in plan.reasons if reason.kind == "require"]
        refused = any(reason.holds is False for reason in required)
        found += required if refused else plan.reasons
    return found


@pytest.mark.parametrize("name", ["five-lenders", "us-mortgage-hamp", "us-card-re-age"])
def test_what_is_seen_of_rules_is_what_the_decision_says(loaded: Loaded, name: str) -> None:
    policies = policy_set_from(loaded, evaluator="compiled")
    profile_ = pe.Profile.from_mapping(EXAMPLES[name])
    matched = 0
    for decision in policies.decide(profile_).decisions:
        observed, policy = Observed(), policies[decision.policy]
        observed.expect(policy.program, loaded)
        observed.case(*policy.traced(profile_, loan=decision.loan))
        seen: dict[str, list[set[str]]] = {}
        for unit in observed.coverage().units:
            for point, ways in unit.seen.items():
                if point.kind is Kind.CONDITION and ways:
                    seen.setdefault(f"{point.file}:{point.line}:{point.column}", []).append(
                        set(ways)
                    )
        said: dict[str, set[str]] = {}
        for reason in _looked_at(decision):
            truth = {True: "true", False: "false", None: "unknown"}[reason.holds]
            said.setdefault(reason.at, set()).add(truth)
        for at in said.keys() & seen.keys():
            if len(seen[at]) == 1:  # no other condition begins at the same place
                matched += 1
                assert seen[at] == [said[at]], at
    assert matched > 5


def test_counts_add_up_in_any_order_and_through_plain_values(tmp_path: Path) -> None:
    folder(tmp_path, TINY + MOST + plan_with(STEPS))
    loaded, cases = load_files(tmp_path), [RICH, POOR, LOAN | {"x.cash": "900.00"}, {}]
    whole = counted(loaded, *cases).coverage()
    random.Random(7).shuffle(cases)
    parts = Observed()
    for facts in cases:
        parts.merge(counted(loaded, facts).plain())
    assert parts.coverage() == whole
    assert sum(sum(ways.values()) for ways in whole.units[0].seen.values()) > len(cases)


def test_layout_changes_nothing(tmp_path: Path) -> None:
    policy = MOST + plan_with(STEPS)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert never(tmp_path / "a", policy, RICH) == never(
        tmp_path / "b", policy.replace("\n", "\n\n# a remark\n"), RICH
    )


# The gate


@pytest.mark.parametrize(
    ("text", "least"), [("0", 0), ("87.5", Decimal("87.5")), ("100", 100), ("90%", 90)]
)
def test_a_percentage(text: str, least: Decimal) -> None:
    assert percentage(text) == least


@pytest.mark.parametrize("text", ["", "many", "-1", "100.1", "nan", "inf", "1e9"])
def test_what_is_no_percentage(text: str) -> None:
    with pytest.raises(ValueError, match="write a number from 0 to 100"):
        percentage(text)


def test_the_gate_is_exact_and_what_is_shown_never_says_more(tmp_path: Path) -> None:
    folder(tmp_path, TINY + rule("x.flag"))
    (unit,) = counted(load_files(tmp_path), T).coverage().units
    coverage = Coverage((unit,))
    least = Decimal(100 * unit.covered) / unit.total
    assert coverage.reaches(least.quantize(Decimal("0.0001"), "ROUND_FLOOR"))
    assert not coverage.reaches(least.quantize(Decimal("0.0001"), "ROUND_CEILING"))
    assert percent(999, 1000) == "99.9"
    assert percent(9999, 10000) == "99.9"
    assert percent(1, 1) == "100.0"
    assert not Coverage().reaches(Decimal(0))  # nothing was shown
