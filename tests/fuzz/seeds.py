"""What fuzzing begins with: the texts of this repository, and inputs that once broke a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from policyengine.testing.strategies import grammar
from policyengine.testing.strategies.grammar.vocabulary import HEAD

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).parent / "kept"
_QUOTED = re.compile(rb"(?:that|when|until): *[\"']?([^\"'\n]{4,200})")


def seeds_of(name: str) -> list[bytes]:
    """Return what a target begins with, the same on every run."""
    return [*kept(name), *_SEEDS[name]()]


def kept(name: str) -> list[bytes]:
    """Return what once broke a reader."""
    return [path.read_bytes() for path in sorted((KEPT / name).glob("*"))]


def _files(*patterns: str) -> list[bytes]:
    return [path.read_bytes() for each in patterns for path in sorted(ROOT.glob(each))]


def _made(count: int) -> list[bytes]:
    return [f"{HEAD}{grammar.made(seed).policy}".encode() for seed in range(count)]


def _expressions() -> Iterator[bytes]:
    texts = [*_files("policies/*/*.yaml"), *_made(8)]
    yield from dict.fromkeys(found for text in texts for found in _QUOTED.findall(text))


def _policies() -> Iterator[bytes]:
    yield from _made(12)
    yield from _files("tests/rejected/base/*/*.yaml", "policies/*/*.yaml")


def _profiles() -> Iterator[bytes]:
    yield from _files("policies/examples/*.yaml")
    yield b"as_of: 2024-11-20\nx: {flag: true, items: [{n: 1}], cash: 12.50}\nloans: [{id: L-1}]\n"


def _layouts() -> Iterator[bytes]:
    yield from _made(4)
    yield from _files("tests/rejected/base/*/*.yaml")
    cases = yaml.safe_load((ROOT / "tests" / "formatting" / "cases.yaml").read_bytes())["cases"]
    yield from (case["before"].encode() for case in cases)


_SEEDS = {
    "expression": _expressions,
    "policy": _policies,
    "profile": _profiles,
    "layout": _layouts,
}
