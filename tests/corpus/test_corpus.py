"""Every evaluator decides the corpus as it is published, and the corpus is what it says."""

from __future__ import annotations

from collections import Counter

import corpus
import pytest
from rete_here import RETE

FILES = ("lenders", "language", "invalid")


@pytest.mark.parametrize("evaluator", ["reference", "compiled", RETE])
@pytest.mark.parametrize("name", FILES)
def test_it_is_decided_as_published(name: str, evaluator: str) -> None:
    for case in corpus.read(name):
        published: corpus.Case = {key: case[key] for key in ("expected", "refused") if key in case}
        found = corpus.decided(case, evaluator)
        assert corpus.written([found]) == corpus.written([published]), case["id"]


def test_a_third_is_undetermined_or_refused() -> None:
    seen = Counter(_kind(case) for name in FILES for case in corpus.read(name))
    assert seen["refused"] + seen["undetermined"] > seen.total() / 3
    assert min(seen["refused"], seen["undetermined"], seen["settled"]) > seen.total() / 5


def test_each_kind_of_mistake_is_there() -> None:
    refused = [case["refused"] for case in corpus.read("invalid")]
    assert len({finding[0] for findings in refused for finding in findings}) > 10


def _kind(case: corpus.Case) -> str:
    if "refused" in case:
        return "refused"
    plans = [plan for decision in case["expected"] for plan in decision["plans"]]
    return "undetermined" if any(p["status"] == "undetermined" for p in plans) else "settled"
