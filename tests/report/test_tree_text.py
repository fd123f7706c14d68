"""The tree of a justification, as whole pages that were read by a person, and what every tree must say."""

from __future__ import annotations

import json

import pytest
from borrowers import EXAMPLES
from rich.cells import cell_len
from test_assessment_text import held_against

import policyengine as pe
from policyengine.decision.tree.branch import Branch, BranchKind
from policyengine.decision.tree.to_json import tree_mapping
from policyengine.report.tree_text import tree_text

CONDITIONS = {BranchKind.RULE, BranchKind.ALL, BranchKind.ANY, BranchKind.NOT, BranchKind.WHEN}


def plans(lenders: pe.PolicySet, example: str) -> list[tuple[pe.Decision, pe.Plan]]:
    assessment = lenders.decide(EXAMPLES[example])
    return [(decision, plan) for decision in assessment.decisions for plan in decision.plans]


def page(
    lenders: pe.PolicySet, decision: pe.Decision, plan: pe.Plan, lang: str, width: int = 80
) -> str:
    lines = tree_text(decision, plan, lang, dictionary=lenders.dictionary, width=width)
    text = "".join(line.plain.rstrip() + "\n" for line in lines)
    return text.replace(decision.digest, "sha256:…")  # it changes with the form of the IR


@pytest.mark.parametrize(
    ("example", "lang"),
    [
        ("five-lenders", "en"),
        ("five-lenders", "zh"),
        ("mr-li", "en"),
        ("mr-li", "zh"),
        ("us-mortgage-hamp", "en"),
        ("us-mortgage-imminent", "en"),
    ],
)
def test_a_justification_reads_like_this(lenders: pe.PolicySet, example: str, lang: str) -> None:
    pages = [page(lenders, *found, lang) for found in plans(lenders, example)]
    held_against(f"{example}.tree.{lang}", "\n".join(pages))


@pytest.mark.parametrize("example", sorted(EXAMPLES))
def test_every_fact_of_a_reason_is_in_the_tree_with_its_value(
    lenders: pe.PolicySet, example: str
) -> None:
    for _, plan in plans(lenders, example):
        branches = list(plan.justification.tree.walk())
        shown = {branch.name: branch.value for branch in branches if branch.kind == "fact"}
        rules = {branch.name: branch.holds for branch in branches if branch.kind == "rule"}
        for reason in plan.reasons:
            if reason.kind in ("required", "applies", "terms"):
                continue
            assert rules[reason.rule] == reason.holds
            assert shown.items() >= _spelt_out(plan, reason.rule).items()
            assert set(_spelt_out(plan, reason.rule)) <= set(reason.facts)


def _spelt_out(plan: pe.Plan, rule: str) -> dict[str, object]:
    (branch,) = (b for b in plan.justification.tree.branches if b.name == rule)
    return {below.name: below.value for below in branch.walk() if below.kind == "fact"}


@pytest.mark.parametrize("example", sorted(EXAMPLES))
def test_conditions_stand_on_conditions_as_logic_says(lenders: pe.PolicySet, example: str) -> None:
    for _, plan in plans(lenders, example):
        for branch in plan.justification.tree.walk():
            held = [below.holds for below in branch.branches]
            if branch.kind is BranchKind.ALL:
                assert branch.holds is _all(held)
            elif branch.kind is BranchKind.ANY:
                assert branch.holds is _negated(_all([_negated(h) for h in held]))
            elif branch.kind is BranchKind.NOT:
                assert branch.holds is _negated(held[0])


def _all(truths: list[bool | None]) -> bool | None:
    return False if False in truths else None if None in truths else True


def _negated(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


@pytest.mark.parametrize("example", sorted(EXAMPLES))
def test_every_statement_says_where_it_stands(lenders: pe.PolicySet, example: str) -> None:
    for decision, plan in plans(lenders, example):
        for branch in plan.justification.tree.walk():
            assert branch.at or branch.kind in CONDITIONS, branch
            assert branch.branches or branch.kind is not BranchKind.RULE
        json.dumps(tree_mapping(plan.justification.tree))
        assert all(cell_len(line) <= 60 for line in _lines(lenders, decision, plan))


def _lines(lenders: pe.PolicySet, decision: pe.Decision, plan: pe.Plan) -> list[str]:
    text = page(lenders, decision, plan, "en", width=60)
    return [line for line in text.splitlines() if "sha256:" not in line]


def test_headroom_is_that_of_the_reason(lenders: pe.PolicySet) -> None:
    for _, plan in plans(lenders, "mr-li"):
        for reason in plan.reasons:
            rooms = [c.headroom for c in reason.comparisons if c.headroom is not None]
            (rule,) = (b for b in plan.justification.tree.branches if b.name == reason.rule)
            found = [b.headroom for b in _own(rule) if b.headroom is not None]
            assert found == rooms


def _own(rule: Branch) -> list[Branch]:
    """The branches of a rule's own test, without its `applies` and without what names stand on."""
    below = [b for b in rule.branches if b.kind is not BranchKind.WHEN]
    return [branch for each in below for branch in each.walk() if branch.is_condition]
