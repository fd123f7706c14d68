"""Which mutants a policy has, said as its author sees them, and what is known of them without a borrower."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import tiny
from mutant_laws import breaches

from policyengine.loading import load_files
from policyengine.testing.mutation.making import mutants_of
from policyengine.testing.mutation.mutant import Kind, Mutant
from policyengine.testing.mutation.refusing import would_load
from policyengine.testing.mutation.regions import Verdict, compared, same_by_facts
from policyengine.testing.mutation.rewriting import rewritten
from policyengine.testing.mutation.watching import Subject
from policyengine.testing.strategies.witnesses import witnesses_of

BODY = """\
parameters:
  most: {{value: 90 days, assumed: true, note: none}}
  open: {{value: true, assumed: true, note: none}}
  dated:
    - {{from: 2024-07-01, value: 5 years, assumed: true, note: none}}
    - {{from: 2025-03-21, value: 7 years, assumed: true, note: none}}
{table}plans:
  relief:
    title: {{en: Relief, zh: 纾困}}
    require:
      - id: rule
        that: {that}
        because: {{en: A rule., zh: 规则。}}
    offer:
      steps: {steps}
      until: plan.payment >= 0
"""
STEPS = "[{term: {exactly: 12}}]"


def mutants(that: str = "x.flag", *, steps: str = STEPS, table: str = "") -> tuple[Mutant, ...]:
    """Return the mutants of a policy with one condition, or one offer."""
    body = BODY.format(that=tiny.quoted(that), steps=steps, table=table)
    (program,) = tiny.policies(body, plans="").programs
    return mutants_of([program], {program.span.file.name})


def said(found: tuple[Mutant, ...], *kinds: Kind) -> list[str]:
    return [mutant.said for mutant in found if mutant.kind in kinds]


CHANGED = (Kind.COMPARISON, Kind.LIMIT, Kind.LOGIC, Kind.NEGATION)
DROPPED = "`rule` was dropped from what `relief` requires"
NO_TARGET = "`until_1` was dropped from what its terms must meet under `relief`"


@pytest.mark.parametrize(
    ("that", "expected"),
    [
        (
            "x.days <= 90 days",
            [
                "`x.days <= 90 days` became `x.days < 90 days`",
                "`x.days <= 90 days` became `x.days <= 89 days`",
                "`x.days <= 90 days` became `x.days <= 91 days`",
            ],
        ),
        (
            "1 day <= x.days < most",
            [
                "`1 day <= x.days < most` became `0 days <= x.days < most`",
                "`1 day <= x.days < most` became `2 days <= x.days < most`",
                "`1 day <= x.days < most` became `1 day < x.days < most`",
                "`1 day <= x.days < most` became `1 day <= x.days <= most`",
            ],
        ),
        (
            "x.cash == 500 and not x.flag",
            [
                "`x.cash == 500` became `x.cash != 500`",
                "`x.cash == 500` became `x.cash == 499.99`",
                "`x.cash == 500` became `x.cash == 500.01`",
                "`x.cash == 500 and not x.flag` became `x.cash == 500 or not x.flag`",
                "`not x.flag` lost its `not`",
            ],
        ),
        (
            "x.rate > 30% or x.n in 2..4",
            [
                "`x.rate > 30%` became `x.rate >= 30%`",
                "`x.rate > 30%` became `x.rate > 29.99%`",
                "`x.rate > 30%` became `x.rate > 30.01%`",
                "`x.rate > 30% or x.n in 2..4` became `x.rate > 30% and x.n in 2..4`",
                "`x.n in 2..4` no longer takes in `2`",
                "`x.n in 2..4` became `x.n in 1..4`",
                "`x.n in 2..4` became `x.n in 3..4`",
                "`x.n in 2..4` no longer takes in `4`",
                "`x.n in 2..4` became `x.n in 2..3`",
                "`x.n in 2..4` became `x.n in 2..5`",
            ],
        ),
        ('x.colour in {"red", "blue"}', []),
        ("if x.flag then x.n < 3 else x.n < 5", None),
    ],
)
def test_conditions(that: str, expected: list[str] | None) -> None:
    found = said(mutants(that), *CHANGED)
    if expected is None:
        assert f"the branches of `{that}` were exchanged" in found
    else:
        assert sorted(each for each in found if "plan.payment" not in each) == sorted(expected)


@pytest.mark.parametrize(
    ("that", "expected"),
    [
        ("1 day <= x.days <= 90 days", [DROPPED]),
        ("x.flag and x.other", ["`x.flag` was dropped", "`x.other` was dropped", DROPPED]),
        (
            'x.colour in {"red", "blue"}',
            [
                '`"red"` was dropped from `x.colour in {"red", "blue"}`',
                '`"blue"` was dropped from `x.colour in {"red", "blue"}`',
                DROPPED,
            ],
        ),
    ],
)
def test_dropped_conditions(that: str, expected: list[str]) -> None:
    assert sorted(said(mutants(that), Kind.DROPPED)) == sorted([*expected, NO_TARGET])


def test_what_is_not_known_is_lost_once_for_each_condition_that_is_made_of_no_others() -> None:
    found = said(mutants("x.flag and (1 day <= x.days <= 90 days or not x.other)"), Kind.UNKNOWN)
    about = {text for each in found for text in re.findall(r"`(.*?)`", each)}
    assert about == {"x.flag", "1 day <= x.days <= 90 days", "x.other", "plan.payment >= 0"}
    assert len(found) == 8  # each as false and as true


def test_parameters_and_their_dates() -> None:
    found = mutants("x.days <= most and open and x.months <= dated")
    assert said(found, Kind.PARAMETER) == [
        "`most: 90 days` became `89 days`",
        "`most: 90 days` became `91 days`",
        "`open: true` became `false`",
        "`dated: 5 years` became `59 months`",
        "`dated: 5 years` became `61 months`",
        "`dated: 7 years` became `83 months`",
        "`dated: 7 years` became `85 months`",
    ]
    assert said(found, Kind.DATE) == [
        "`from: 2024-07-01` of `dated` became `2024-06-30`",
        "`from: 2024-07-01` of `dated` became `2024-07-02`",
        "`from: 2025-03-21` of `dated` became `2025-03-20`",
        "`from: 2025-03-21` of `dated` became `2025-03-22`",
    ]
    (moved,) = (m for m in found if m.said.endswith("became `2025-03-22`"))
    assert moved.span.file.text[moved.span.start : moved.span.end] == "2025-03-21"
    new = moved.swaps[0].new
    assert [str(value.ends) for value in getattr(new, "values")] == ["2025-03-21", "None"]  # noqa: B009 - of a parameter


TABLE = """\
tables:
  rank:
    hit: {hit}
    inputs: [x.days]
    output: integer
    rows:
      - [0 days..30 days, 1]
      - [31 days..90 days, 2]
    otherwise: 3
"""


def test_tables() -> None:
    found = mutants("rank < 3", table=TABLE.format(hit="unique"))
    (program,) = tiny.policies(
        BODY.format(that=tiny.quoted("rank < 3"), steps=STEPS, table=TABLE.format(hit="unique")),
        plans="",
    ).programs
    texts = said(found, Kind.TABLE, Kind.DEFAULT)
    assert [text for text in texts if "became" not in text] == [
        "table `rank`: `[0 days..30 days, 1]` was dropped",
        "table `rank`: `[0 days..30 days, 1]` and `[31 days..90 days, 2]` gave each other's outputs",
        "table `rank`: `[31 days..90 days, 2]` was dropped",
    ]
    assert "table `rank`: `otherwise: 3` became `4`" in texts
    moved = [
        m for m in found if "31 days became 32 days" in m.said
    ]  # both rows, so no gap and no overlap
    assert len(moved) == 1
    assert would_load(moved[0], rewritten(program, moved[0].swaps))
    first = said(mutants("rank < 3", table=TABLE.format(hit="first")), Kind.TABLE)
    assert any(text.endswith("were exchanged") for text in first)


def test_steps_and_caps() -> None:
    steps = "[{capitalise: {fees: 100%}}, {term: {up_to: +24 months, step: 1 month}}]"
    found = mutants(steps=steps)
    assert said(found, Kind.STEP, Kind.CAP) == [
        "`capitalise` was dropped under `relief`",
        "`capitalise`: 100% became 99%",
        "`capitalise`: 100% became 101%",
        "`capitalise` and `term` were exchanged under `relief`",
        "`term` was dropped under `relief`",
        "`term`: 24 months became 23 months",
        "`term`: 24 months became 25 months",
    ]


def verdicts(that: str) -> dict[str, Verdict]:
    body = BODY.format(that=tiny.quoted(that), steps=STEPS, table="")
    (program,) = tiny.policies(body, plans="").programs
    found = mutants_of([program], {program.span.file.name})
    subject, today = Subject(program, found), witnesses_of(program).today
    return {
        mutant.said: compared(tuple(subject.pairs(i)), program, subject.mutated(i), today).verdict
        for i, mutant in enumerate(found)
    }


@pytest.mark.parametrize(
    ("that", "change", "same"),
    [
        # Days are counted: above 30 is from 31 on. Amounts are not below the vocabulary's least.
        (
            "x.days > 30 days and x.days >= 31 days",
            "`x.days >= 31 days` became `x.days >= 30 days`",
            True,
        ),
        (
            "x.days > 30 days and x.days >= 31 days",
            "`x.days > 30 days` became `x.days >= 30 days`",
            True,
        ),
        (
            "x.days > 30 days and x.days >= 31 days",
            "`x.days > 30 days` became `x.days > 31 days`",
            False,
        ),
        ("x.cash > 30 and x.cash >= 30.01", "`x.cash > 30` became `x.cash >= 30`", True),
        (
            "x.cash * 2 > 30 and x.cash >= 15.01",
            "`x.cash * 2 > 30` became `x.cash * 2 >= 30`",
            False,
        ),
        ('x.colour == "red" or x.colour != "red"', '`x.colour != "red"` was dropped', False),
        ("x.flag or x.flag", "`x.flag` was dropped", True),
        ("x.cash < x.cost and x.cash <= x.cost", "`x.cash <= x.cost` was dropped", True),
        ("x.cash < x.cost and x.cash <= x.cost", "`x.cash < x.cost` was dropped", False),
        # Terms are held against a rule once they are known.
        ("x.flag", "`plan.payment >= 0` became false where it is not known", True),
        ("x.flag", "`x.flag` became false where it is not known", False),
    ],
)
def test_regions_show_what_is_the_same(that: str, change: str, same: bool) -> None:
    assert (verdicts(that)[change] is Verdict.SAME) is same


@pytest.mark.parametrize(
    ("that", "lost", "same"),
    [
        # One fact is missing, or one of two: the other sum is then not known either, or may be.
        ("x.days + 1 day > 9 days and x.days + 2 days > 9 days", "x.days + 1 day > 9 days", True),
        ("x.cash + x.cost > 9 and x.cash * 2 > 9", "x.cash * 2 > 9", True),
        ("x.cash + x.cost > 9 and x.cash * 2 > 9", "x.cash + x.cost > 9", False),
        # A cost of nothing leaves one without a value, and not the other.
        ("x.cash / x.cost > 9 and x.cash / (x.cost + 1) > 9", "x.cash / x.cost > 9", False),
    ],
)
def test_what_is_missing_leaves_other_conditions_unknown_too(
    that: str, lost: str, same: bool
) -> None:
    body = BODY.format(that=tiny.quoted(that), steps=STEPS, table="")
    (program,) = tiny.policies(body, plans="").programs
    found = mutants_of([program], {program.span.file.name})
    said = [mutant.said for mutant in found]
    subject, today = Subject(program, found), witnesses_of(program).today
    for truth, expected in (("true", same), ("false", False)):
        index = said.index(f"`{lost}` became {truth} where it is not known")
        pairs = tuple(subject.pairs(index))
        assert compared(pairs, program, subject.mutated(index), today).verdict is not Verdict.SAME
        assert same_by_facts(pairs, program, subject.mutated(index), today) is expected


def test_what_was_said_of_a_mutant_holds_for_made_up_borrowers() -> None:
    seen: Counter[str] = Counter()
    assert [breach for seed in (1, 6) for breach in breaches(seed, 3, seen)] == []
    assert seen["held"] > 100


def test_a_text_that_several_plans_share_is_one_mutant(tmp_path: Path) -> None:
    shared = """\
conditions:
  willing: {that: x.flag, because: {en: A rule., zh: 规则。}}
plans:
  one: {title: {en: One, zh: 一}, require: [willing], offer: {steps: [{term: {exactly: 12}}]}}
  two: {title: {en: Two, zh: 二}, require: [willing], offer: {steps: [{term: {exactly: 12}}]}}
"""
    tiny.folder(tmp_path, tiny.HEAD + shared)
    (program,) = load_files(tmp_path).programs
    found = mutants_of([program], {"tiny.yaml"})
    lost = [mutant for mutant in found if mutant.kind is Kind.UNKNOWN]
    assert [len(mutant.swaps) for mutant in lost] == [2, 2]
    places = [str(mutant.span) for mutant in found if mutant.kind is Kind.DROPPED]
    assert len(set(places)) == 2  # each where its plan names the condition
