"""Who gains and who loses, held against decisions about the same borrowers one by one."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import tiny
import two_versions
from two_versions import DAY, row, rows, table, versions

import policyengine as pe
from policyengine.simulation.changes import Change

LOOSER = {"limit": 60, "most": 36, "share": "80%", "plans": ("longer", "fixed")}


def simulated(
    policies: tuple[pe.PolicySet, pe.PolicySet], given: Any
) -> tuple[list[dict[str, Any]], Any]:
    """Return the lines of the rows that change, and what was counted."""
    simulation = policies[0].simulate(policies[1], given, as_of=DAY)
    return [line for batch in simulation for line in batch.to_pylist()], simulation.tally


def plans_of(policies: pe.PolicySet, cells: dict[str, str | None]) -> dict[str, pe.Plan]:
    """Return the plans of a loan by their names, decided one by one."""
    known = {path: value for path, value in cells.items() if value is not None}
    (decision,) = policies.decide(tiny.profile(known) | {"currency": "CNY"}).decisions
    return {plan.plan: plan for plan in decision.plans}


def expected(old: pe.Plan | None, new: pe.Plan | None) -> str | None:
    """Return what became of a plan, said again in the words of the rules."""
    was, now = (
        plan.terms if plan and plan.status is pe.Status.ALLOWED else None for plan in (old, new)
    )
    if was is None or now is None:
        if was is not None or now is not None:
            return "lost" if now is None else "gained"
        same = old is None or new is None or old.status is new.status
        return None if same else "other_status"
    pairs = [
        (was.payment, now.payment),
        (was.max_payment, now.max_payment),
        (was.total_paid + was.forborne, now.total_paid + now.forborne),
    ]
    lower, higher = any(b < a for a, b in pairs), any(b > a for a, b in pairs)
    if lower != higher:
        return "better" if lower else "worse"
    same = was.term_months == now.term_months and not lower
    return None if same else "other_terms"


@pytest.mark.parametrize(
    ("old", "new", "evaluator"),
    [
        ({}, LOOSER, "reference"),
        (LOOSER, {}, "reference"),
        ({}, {"share": "70%"}, "reference"),
        ({}, LOOSER, "compiled"),
    ],
)
def test_every_row_as_it_is_decided_alone(
    tmp_path: Path, old: Any, new: Any, evaluator: str
) -> None:
    policies = versions(tmp_path, old, new, evaluator)
    lines, tally = simulated(policies, table(rows()))
    found = {(line["row"], line["plan"]): line for line in lines}
    seen: Counter[str] = Counter()
    for place, cells in enumerate(rows()):
        before, after = (plans_of(each, cells) for each in policies)
        for name in {**before, **after}:
            became = expected(before.get(name), after.get(name))
            line = found.pop((place, name), None)
            assert became == (line and line["change"]), (place, name)
            if line is not None:
                seen[became or ""] += 1
                hold(line, before.get(name), after.get(name))
    assert found == {}
    counted: Counter[str] = Counter()
    for plan in tally.policies["tiny"].plans.values():
        counted.update({str(change): count for change, count in plan.changes.items()})
    assert counted == seen
    assert tally.compared == len(rows())


def hold(line: dict[str, Any], old: pe.Plan | None, new: pe.Plan | None) -> None:
    for version, plan in (("old", old), ("new", new)):
        assert line[f"{version}_status"] == (plan and str(plan.status))
        terms = plan.terms if plan and plan.status is pe.Status.ALLOWED else None
        for name in ("payment", "max_payment", "term_months", "total_paid", "forborne", "cost"):
            assert line[f"{version}_{name}"] == getattr(terms, name, None)


@pytest.mark.parametrize(
    ("old", "new", "cells", "change", "causes"),
    [
        # a changed limit
        ({}, {"limit": 60}, row("700", "45"), "gained", "early"),
        ({"limit": 60}, {}, row("700", "45"), "lost", "early"),
        # a changed cap: 400 needs 30 months
        ({}, {"most": 36}, row("400", "10"), "gained", "low"),
        ({"most": 36}, {}, row("400", "10"), "lost", "low"),
        # both at once: where the requirement failed, terms were held against `low` for nobody
        ({}, {"limit": 60, "most": 36}, row("400", "45"), "gained", "early"),
        # a changed share: 1,000 a month no longer fits, and the terms are others, for the same total
        ({}, {"share": "80%"}, row("1200", "10"), "better", "low"),
        ({"share": "80%"}, {}, row("1200", "10"), "worse", "low"),
        ({}, {"share": "80%"}, row("1200", "10", annual_rate="12%"), "other_terms", "low"),
        # what is not known keeps a plan from being allowed too
        ({}, {"limit": 60}, row(None, "45"), "other_status", "early low"),
    ],
)
def test_which_rule_did_it(
    tmp_path: Path, old: Any, new: Any, cells: Any, change: str, causes: str
) -> None:
    lines, tally = simulated(versions(tmp_path, old, new), table([cells]))
    (line,) = (line for line in lines if line["plan"] == "longer")
    assert (line["change"], line["causes"]) == (change, causes)
    plan = tally.policies["tiny"].plans["longer"]
    assert {str(cause): n for (_, cause), n in plan.causes.items()} == dict.fromkeys(
        causes.split(), 1
    )
    assert len(plan.alone) == (" " not in causes)


def test_steps_that_say_something_else_are_named(tmp_path: Path) -> None:
    old = two_versions.policy()
    new = old.replace("step: 1 month}", "step: 6 months}")
    policies = (
        two_versions.loaded(tmp_path / "o", old),
        two_versions.loaded(tmp_path / "n", new),
    )
    lines, _ = simulated(policies, table([row("800", "10")]))  # 15 months, and now 18
    assert [(line["change"], line["causes"]) for line in lines if line["plan"] == "longer"] == [
        ("better", "(steps)")
    ]


@pytest.mark.parametrize(
    ("old", "new", "plan", "change"),
    [
        ({}, {"plans": ("longer",)}, "pause", "lost"),
        ({"plans": ("longer",)}, {}, "pause", "gained"),
    ],
)
def test_a_plan_in_one_version_only(
    tmp_path: Path, old: Any, new: Any, plan: str, change: str
) -> None:
    lines, _ = simulated(
        versions(tmp_path, old, new), table([row("700", "10", "true"), row("700", "10", "false")])
    )
    named = [(line["row"], line["plan"], line["change"], line["causes"]) for line in lines]
    assert named == [(0, plan, change, "(plan)")]


@pytest.mark.parametrize("new_has_it", [True, False])
def test_a_policy_in_one_version_only(tmp_path: Path, new_has_it: bool) -> None:
    both = two_versions.policy(limit=30)
    other = two_versions.policy(name="other", plans=("fixed",))
    sets = [
        two_versions.loaded(tmp_path / "with", both, other),
        two_versions.loaded(tmp_path / "without", both),
    ]
    if new_has_it:
        sets.reverse()
    simulation = sets[0].simulate(sets[1], table([row("700", "10")]), as_of=DAY)
    lines = [line for batch in simulation for line in batch.to_pylist()]
    change = "gained" if new_has_it else "lost"
    assert [(line["policy"], line["change"], line["causes"]) for line in lines] == [
        ("other", change, "(policy)")
    ]
    assert simulation.versions.unchanged == ("tiny",)


def test_a_policy_that_applies_under_one_version_only(tmp_path: Path) -> None:
    policies = versions(tmp_path, {}, {"more": "applies_to: loan.days_past_due >= 20 days\n"})
    lines, _ = simulated(policies, table([row("700", "10"), row("700", "25"), row("700", None)]))
    assert [
        (line["row"], line["change"], line["causes"]) for line in lines if line["plan"] == "longer"
    ] == [(0, "lost", "(applies)")]


def test_a_required_fact_that_is_not_known(tmp_path: Path) -> None:
    vocabulary = tiny.VOCABULARY.replace(
        "x.n: {type: integer", "x.n: {type: integer, required: true"
    )
    assert vocabulary != tiny.VOCABULARY
    old = two_versions.loaded(tmp_path / "old", two_versions.policy())
    new = two_versions.loaded(tmp_path / "new", two_versions.policy(), vocabulary=vocabulary)
    given = table([row("700", "10")]).append_column("x.n", pa.array([None], pa.int32()))
    lines, _ = simulated((old, new), given)
    assert [(line["change"], line["causes"]) for line in lines if line["plan"] == "longer"] == [
        ("lost", "(facts)")
    ]


def test_what_it_costs(tmp_path: Path) -> None:
    """500 a month for 24 months is lost; 1,000 for 12 months becomes 800 for 15. Without interest nothing costs."""
    policies = versions(tmp_path, {}, {"share": "80%"})
    _, tally = simulated(policies, table([row("500", "10"), row("1000", "10")]))
    plan = tally.policies["tiny"].plans["longer"]
    assert plan.sums == {
        (Change.LOST, "old", "payment"): 50_000,
        (Change.LOST, "new", "payment"): 0,
        (Change.BETTER, "old", "payment"): 100_000,
        (Change.BETTER, "new", "payment"): 80_000,
        **{
            (change, version, "cost"): 0
            for change in (Change.LOST, Change.BETTER)
            for version in ("old", "new")
        },
    }
    offers = tally.policies["tiny"].offers
    assert (offers["old", "loans"], offers["old", "payment"]) == (2, 150_000)
    assert (offers["new", "loans"], offers["new", "payment"]) == (1, 80_000)
    assert tally.policies["tiny"].served == {(True, False): 1, (True, True): 1}


def test_the_first_plan_that_is_allowed_counts_once_a_loan(tmp_path: Path) -> None:
    """1,000 a month by `longer`, the first one, though `fixed` asks for 666.67 and is allowed too."""
    policies = versions(tmp_path, {"plans": ("longer", "fixed")}, {"plans": ("fixed", "longer")})
    _, tally = simulated(policies, table([row("1000", "10")]))
    offers = tally.policies["tiny"].offers
    assert (offers["old", "loans"], offers["old", "payment"]) == (1, 100_000)
    assert (offers["new", "loans"], offers["new", "payment"]) == (1, 66_667)


def test_batches_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policies = versions(tmp_path, {}, LOOSER)
    whole = simulated(policies, table(rows()))
    for name in ("policyengine.simulation.iterating", "policyengine.portfolio.sources.source"):
        monkeypatch.setattr(f"{name}.BATCH_ROWS", 7)
    simulation = policies[0].simulate(policies[1], table(rows()), as_of=DAY, workers=2)
    batches = [batch.to_pylist() for batch in simulation]
    assert len(batches) > 3
    assert ([line for batch in batches for line in batch], simulation.tally) == whole


def test_columns_are_copied_through(tmp_path: Path) -> None:
    policies = versions(tmp_path, {}, {"limit": 60})
    given = table([row("700", "10"), row("700", "45")]).append_column(
        "account", pa.array(["a", "b"])
    )
    simulation = policies[0].simulate(
        policies[1], given, as_of=DAY, columns=pe.Columns(keep=("account",))
    )
    (batch,) = simulation
    assert batch.column("account").to_pylist() == ["b"]
    assert batch.column("new_payment").to_pylist() == [Decimal("666.67")]


# Rows that are rejected


def test_a_row_that_is_rejected_under_both_is_rejected_once(tmp_path: Path) -> None:
    policies = versions(tmp_path, {}, {"limit": 60})
    simulation = policies[0].simulate(
        policies[1], table([row("700", "45"), row("x", "45")]), as_of=DAY
    )
    assert [line["row"] for batch in simulation for line in batch.to_pylist()] == [0]
    assert (simulation.tally.compared, simulation.tally.rejected) == (1, 1)
    assert len(simulation.rejects) == sum(simulation.tally.rejects.values()) == 1


@pytest.mark.parametrize("new_is_wider", [True, False])
def test_a_row_that_is_rejected_under_one_version_is_not_compared(
    tmp_path: Path, new_is_wider: bool
) -> None:
    wider = tiny.VOCABULARY.replace(
        "x.colour: {type: enum, of: colour",
        "x.size: {type: integer, title: {en: s, zh: 大}}\n  x.colour: {type: enum, of: colour",
    )
    sets = [
        two_versions.loaded(tmp_path / "narrow", two_versions.policy()),
        two_versions.loaded(tmp_path / "wide", two_versions.policy(limit=60), vocabulary=wider),
    ]
    if not new_is_wider:
        sets.reverse()
    given = table([row("700", "45"), row("700", "45")]).append_column(
        "x.size", pa.array(["1", "large"])
    )
    simulation = sets[0].simulate(sets[1], given, as_of=DAY)
    assert [line["row"] for batch in simulation for line in batch.to_pylist()] == [0]
    tally = simulation.tally
    assert (tally.compared, tally.rejected) == (1, 0)
    assert (tally.rejected_old, tally.rejected_new) == ((0, 1) if new_is_wider else (1, 0))


# What cannot be compared


@pytest.mark.parametrize(
    ("text", "vocabulary", "code"),
    [
        (
            two_versions.policy(head=tiny.HEAD.replace("CNY", "USD")),
            tiny.VOCABULARY,
            "wrong-currency",
        ),
        (
            two_versions.policy(head=tiny.HEAD.replace("vocabulary: tiny", "vocabulary: other")),
            tiny.VOCABULARY.replace("vocabulary: tiny", "vocabulary: other"),
            "other-vocabulary",
        ),
        (
            two_versions.policy(),
            tiny.VOCABULARY.replace("x.m: {type: integer", "x.m: {type: days"),
            "other-vocabulary",
        ),
    ],
)
def test_versions_that_cannot_be_compared(
    tmp_path: Path, text: str, vocabulary: str, code: str
) -> None:
    old = two_versions.loaded(tmp_path / "old", two_versions.policy())
    new = two_versions.loaded(tmp_path / "new", text, vocabulary=vocabulary)
    with pytest.raises(pe.UsageError) as raised:
        old.simulate(new, table([row("700", "10")]), as_of=DAY)
    assert raised.value.code == code


def test_the_same_version_twice_changes_nothing_and_reads_nothing(tmp_path: Path) -> None:
    policies = versions(tmp_path, {}, {})
    lines, tally = simulated(policies, table(rows()))
    assert lines == []
    assert (tally.compared, tally.policies) == (0, {})
