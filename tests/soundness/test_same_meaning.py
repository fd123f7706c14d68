"""What makes no difference makes none: the same policy and borrower, told otherwise, are decided the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import attrs
import generated_profiles
import pytest

import policyengine as pe
from policyengine.ir.sight import sight
from policyengine.testing.strategies.grammar import Made, made

SEEDS = range(24)


def decided(policies: pe.PolicySet, profile: Mapping[str, Any]) -> list[Any]:
    """Return what is decided, without any name that a policy gives."""
    return [
        (
            str(decision.outcome),
            [(plan.status, plan.terms, plan.schedule, plan.asks) for plan in decision.plans],
            [referral.holds for referral in decision.referrals],
            [[r.holds for r in plan.reasons] for plan in decision.plans],
        )
        for decision in policies.decide(profile).decisions
    ]


def profiles(seed: int) -> list[dict[str, Any]]:
    return [generated_profiles.made(seed * 3 + k) for k in range(3)]


def shuffled(policy: Made, random: Random) -> Made:
    """Return a policy with its sections in another order, and the names in those whose order says nothing."""
    head, *sections = re.split(r"^(?=\w)", policy.policy, flags=re.MULTILINE)
    sections = [_entries_shuffled(section, random) for section in sections]
    random.shuffle(sections)
    return attrs.evolve(policy, policy=head + "".join(sections))


def _entries_shuffled(section: str, random: Random) -> str:
    title, *entries = re.split(r"^(?=  \w)", section, flags=re.MULTILINE)
    if not title.startswith(
        ("plans", "referrals")
    ):  # decisions list these in the order of the file
        random.shuffle(entries)
    return title + "".join(entries)


def renamed(policy: Made, random: Random) -> Made:
    """Return a policy in which parameters, derived values, tables, conditions and plans have other names."""
    del random
    names = {
        name
        for name in re.findall(r"^  (\w+):", policy.policy, re.MULTILINE)
        if name not in ("talk", "assess")
    }
    pattern = re.compile(r"(?<![\w.])(" + "|".join(sorted(names, key=len, reverse=True)) + r")\b")
    return attrs.evolve(policy, policy=pattern.sub(r"renamed_\1", policy.policy))


@pytest.mark.parametrize("told", [shuffled, renamed])
def test_a_policy_told_otherwise(told: Callable[[Made, Random], Made]) -> None:
    changed = 0
    for seed in SEEDS:
        policy = made(seed)
        other = told(policy, Random(seed))
        changed += other.policy != policy.policy
        one, another = policy.load(), other.load()
        for profile in profiles(seed):
            assert decided(another, profile) == decided(one, profile), seed
    assert changed > len(SEEDS) / 2


def test_facts_in_another_order_and_facts_that_no_rule_reads() -> None:
    for seed in SEEDS:
        policies = made(seed).load()
        read = sight(policies.programs[0]).facts
        for profile in profiles(seed):
            told = {key: profile[key] for key in reversed(profile)}
            told["x"] = dict(reversed(told["x"].items()))
            for name in generated_profiles.X:
                if f"x.{name}" not in read:
                    told["x"].pop(name, None)
            assert decided(policies, told) == decided(policies, profile), seed


def test_the_same_amounts_in_another_currency(tmp_path: Path) -> None:
    """A currency with as many decimals decides the same."""
    for seed in SEEDS:
        made(seed).write(tmp_path)
        one = pe.load(tmp_path)
        for file in tmp_path.rglob("*.yaml"):
            file.write_text(file.read_text("utf-8").replace("CNY", "USD"), "utf-8")
        another = pe.load(tmp_path)
        assert {program.currency for program in another.programs} == {"USD"}
        for profile in profiles(seed):
            assert decided(another, profile) == decided(one, profile), seed
        for file in tmp_path.rglob("*.yaml"):
            file.unlink()
