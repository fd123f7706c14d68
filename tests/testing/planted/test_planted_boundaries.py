"""A boundary file of the right policy fails where a fault was planted, for each lender, in under a minute.

Each lender's file is generated once, which takes some seconds, and held against all faults: of its cases those are run
whose names say what the fault is about.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from faults import FILES, POLICIES, Careless, Fault, graded

from policyengine.evaluators import named
from policyengine.loading import load_files
from policyengine.testing import Report, run_tests
from policyengine.testing.boundaries import boundary_files

#: What the name of a failing case must have in it, by the fault.
SAID = {
    "strict": "affordable_",
    "protected": "exactly",
    "gap": "score: exactly 130",
    "unknown": "not known",
}


@pytest.mark.parametrize("policy", FILES)
def test_boundaries_of_the_right_policy_fail_on_each_fault(
    tmp_path: Path, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = tmp_path / "right"
    shutil.copytree(POLICIES, right, ignore=shutil.ignore_patterns("*.test.yaml"))
    graded(policy, right)
    began = time.process_time()
    (file,) = boundary_files(load_files(right / FILES[policy]))
    file.path.write_text(file.text, "utf-8")
    assert report(file.path).passed
    for kind, said in SAID.items():
        faulty = tmp_path / kind
        shutil.copytree(right, faulty)
        Fault(kind, policy).planted_in(faulty)
        found = report(faulty / file.path.relative_to(right), said)
        assert not found.errors
        assert found.failed, kind
    evaluators = vars(named)["_EVALUATORS"]
    monkeypatch.setitem(evaluators, "careless", Careless)
    assert report(file.path, "not known", "careless").failed
    assert time.process_time() - began < 60  # of all five


def report(path: Path, containing: str = "", evaluator: str = "reference") -> Report:
    return run_tests(load_files(path), containing=containing, evaluator=evaluator)
