"""A fault of each kind, planted in another lender's policy each, is found and its borrower readable.

`measure_planted.py` plants every kind in every policy.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from faults import KINDS, Fault, faults

import policyengine as pe
from policyengine.testing import laws
from policyengine.testing.laws import tried
from policyengine.testing.laws.shown import shown_breach

ONE_OF_EACH = [
    Fault("strict", "citic.consumer-loan"),
    Fault("protected", "aibank.consumer-loan"),
    Fault("gap", "ccb.personal-loan"),
    Fault("unknown", "citic.credit-card"),
    Fault("blank", "mengshang.consumer-finance"),
]


@pytest.mark.parametrize("fault", ONE_OF_EACH, ids=str)
def test_a_planted_fault_is_found(tmp_path: Path, fault: Fault) -> None:
    policy, law = fault.planted(tmp_path)
    began = time.process_time()
    breach = tried(law, policy, examples=600).breach
    assert breach is not None
    assert time.process_time() - began < 60
    shown = shown_breach(breach, law, policy.program)
    assert len(shown.cases[0].splitlines()) < 40
    assert len(breach.before.borrower.facts) <= 22  # of up to 30 that a policy reads


def test_faults_are_of_every_kind_in_every_lender() -> None:
    assert {fault.kind for fault in ONE_OF_EACH} == set(KINDS)
    assert len({fault.policy for fault in ONE_OF_EACH}) == 5
    assert len(list(faults())) == 25


@pytest.mark.parametrize("kind", ["strict", "gap", "blank"])
def test_the_law_is_kept_by_the_policy_without_the_fault(lenders: pe.PolicySet, kind: str) -> None:
    policy = lenders["ccb.personal-loan"]
    kept: dict[str, laws.Law] = {
        "strict": laws.OnlyMoreGenerous(policy),
        "gap": laws.Monotone("borrower.monthly_income"),
        "blank": laws.NeverByAccident(),
    }
    assert tried(kept[kind], policy, examples=60).kept


def test_a_protected_fact_behind_a_derived_value_is_refused_where_it_is_marked(
    tmp_path: Path,
) -> None:
    with pytest.raises(pe.PolicyError) as refused:
        _with_the_mark(tmp_path)
    assert refused.value.code == "protected-fact"


def _with_the_mark(folder: Path) -> None:
    Fault("protected", "ccb.personal-loan").planted(folder)
    vocabulary = folder / "vocabulary/personal-credit.yaml"
    text = vocabulary.read_text("utf-8").replace("max: 150", "max: 150, protected: true", 1)
    vocabulary.write_text(text, "utf-8")
    pe.load(folder)
