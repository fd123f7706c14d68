"""Columns, too, decide made triples as the reference does; the long run is `triples.py`."""

from __future__ import annotations

import pytest
import triples
from agreement import Reach


@pytest.mark.parametrize("seed", [500_003, 500_009])
def test_of_every_spelling(seed: int) -> None:
    reach = Reach()
    assert list(triples.of_policy(seed, reach, each=60)) == []
    assert reach.counts["triples"] > 60
    assert reach.counts["plans that columns are sure of"] > reach.counts["plans"] / 5
    assert reach.counts["within one step of a limit"] > 0
