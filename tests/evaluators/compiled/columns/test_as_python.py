"""The source of conditions run as Python gives what it gives compiled."""

from __future__ import annotations

import as_python
import decided
import numpy as np
import pytest
import rows

from policyengine.evaluators.compiled.columns.from_situations import columns_from
from policyengine.testing.strategies import grammar

INTERPRETED = as_python.Interpreted(threads=1, folder=None)


@pytest.mark.parametrize("seed", [500_002, 500_007])
def test_conditions_interpreted_are_those_compiled(seed: int) -> None:
    policies = grammar.made(seed).load()
    (program,) = policies.programs
    situations = [s for k in range(12) for s in decided.situations_of(policies, seed + k)]
    facts = columns_from(situations, policies.dictionary, program.scale)
    interpreted, compiled = (each.screen(program, facts) for each in (INTERPRETED, rows.COLUMNS))
    for one, other in zip(interpreted.failed, compiled.failed, strict=True):
        assert np.array_equal(one, other)
    for one, other in zip(interpreted.unknown, compiled.unknown, strict=True):
        assert np.array_equal(one, other)
    assert any(mask.any() for mask in interpreted.failed)
    assert any(mask.any() for mask in interpreted.unknown)
