"""Conditions of many rows mean what the reference says, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import borrowers
import columns_agreement
import pytest
import rows

import policyengine as pe
from policyengine.facts.facts import Situation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency

LENDERS = pe.load(borrowers.FOLDER.parent)
#: In four parts more than ten thousand rows.
POLICIES_EACH, ROWS = 4, 2_500


@pytest.mark.parametrize("part", range(4))
def test_of_generated_policies(part: int) -> None:
    counts: Counter[str] = Counter()
    found = columns_agreement.disagreements(1000 + part * POLICIES_EACH, POLICIES_EACH, counts)
    assert list(found) == []
    assert counts["rows"] > ROWS
    assert counts["flagged"] == 0
    assert counts["left"] <= counts["conditions"] / 10


@pytest.mark.parametrize("name", ["aibank.consumer-loan", "citic.credit-card"])
def test_of_lenders_with_facts_missing(name: str) -> None:
    program = next(p for p in LENDERS.programs if p.id == name)
    alone = pe.PolicySet((program,), LENDERS.dictionary, LENDERS.evaluator)
    by_day: dict[date, list[Situation]] = {}
    for situation in _situations(program.currency):
        by_day.setdefault(situation.as_of, []).append(situation)
    for situations in by_day.values():
        assert rows.compared(alone, situations).differences == []


def _situations(code: str) -> Iterator[Situation]:
    for name in ("five-lenders", "citic-card", "mr-li"):
        whole = borrowers.EXAMPLES[name]
        for gone in ((), *((fact,) for fact in borrowers.facts_of(whole))):
            profile = pe.Profile.from_mapping(borrowers.without(whole, *gone))
            facts = facts_from(profile, LENDERS.dictionary, currency(code), None)
            yield from facts.situations()
