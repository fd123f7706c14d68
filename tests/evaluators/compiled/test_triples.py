"""Columns, too, decide made triples as the reference does; the long run is `triples.py`."""

from __future__ import annotations

import triples
from agreement import Reach


def test_of_every_spelling() -> None:
    reach = Reach()
    for seed in (500_000, 500_009):
        assert list(triples.of_policy(seed, reach, each=60)) == []
    assert reach.counts["triples"] > 120
    assert reach.counts["plans that columns are sure of"] > reach.counts["plans"] / 5
    assert reach.counts["within one step of a limit"] > 0
