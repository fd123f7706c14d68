"""Inputs that once broke a reader, and seeds with some bytes changed, the same on every run."""

from __future__ import annotations

import random

import pytest
from seeds import kept, seeds_of
from targets import TARGETS

#: Enough to pass every reader's paths in seconds; `fuzz.py` goes on for as long as one likes.
CHANGED = {"expression": 3_000, "policy": 60, "profile": 600, "layout": 300}


@pytest.mark.parametrize("name", TARGETS)
def test_what_once_broke_a_reader_no_longer_does(name: str) -> None:
    for content in kept(name):
        TARGETS[name](content)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_with_bytes_changed(name: str) -> None:
    chance, seeds = random.Random(0), seeds_of(name)
    assert seeds
    for _ in range(CHANGED[name]):
        TARGETS[name](_changed(chance.choice(seeds), chance))


def _changed(content: bytes, chance: random.Random) -> bytes:
    """Return bytes of which some are gone, doubled, exchanged or of no text at all."""
    found = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 4])):
        at = chance.randrange(len(found) + 1)
        end = min(at + chance.choice([1, 1, 2, 8, 30]), len(found))
        piece = bytes(found[at:end])
        found[at:end] = chance.choice(
            [b"", piece * 2, piece[::-1], chance.randbytes(2), b"\n", b": "]
        )
    return bytes(found)
