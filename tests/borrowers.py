"""The example borrowers as plain values, and borrowers made near the thresholds of the five lenders."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from hypothesis import strategies as st
from tiny import plain

FOLDER = Path(__file__).parent.parent / "policies" / "examples"
Profile: TypeAlias = dict[str, Any]
#: How to reach a value of a profile: keys and places in lists.
Path_: TypeAlias = tuple[str | int, ...]


def example(name: str) -> Profile:
    """Return an example; amounts are decimals, units and dates the text that was written."""
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    read: Profile = plain(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - the safest
    return read


EXAMPLES = {path.stem: example(path.stem) for path in sorted(FOLDER.glob("*.yaml"))}
FIVE = EXAMPLES["five-lenders"]


def single(place: int) -> Profile:
    """Return the borrower of all five loans with one of them only."""
    return FIVE | {"loans": [FIVE["loans"][place]]}


def facts_of(profile: Profile) -> list[Path_]:
    """Return the paths of all facts, those of loans, lists and their members included."""
    kept = ("as_of", "currency")
    return [path for key in profile if key not in kept for path in _below(profile[key], (key,))]


def _below(value: Any, path: Path_) -> Iterator[Path_]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _below(child, (*path, key))
    else:
        if path[-1] != "loans":
            yield path
        if isinstance(value, list):
            for i, child in enumerate(value):
                yield from _below(child, (*path, i))


def without(profile: Profile, *paths: Path_) -> Profile:
    """Return a profile that does not know some facts."""
    found = copy.deepcopy(profile)
    for path in paths:
        *way, last = path
        at: Any = found
        for step in way:
            at = at[step] if step in (range(len(at)) if isinstance(at, list) else at) else {}
        if isinstance(at, dict):
            at.pop(last, None)
    return found


def with_fact(profile: Profile, path: Path_, value: Any) -> Profile:
    """Return a profile with a fact as given."""
    found = copy.deepcopy(profile)
    at: Any = found
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return found


def _cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda cents: Decimal(cents).scaleb(-2))


_BORROWER = {
    "monthly_income": _cents(700_000, 1_500_000),
    "essential_expenses": _cents(0, 900_000),
    "other_debt_payments": _cents(0, 200_000),
    "willingness": st.sampled_from(["willing", "unwilling"]),
    "cooperates": st.booleans(),
    "consents": st.booleans(),
    "assessed": st.booleans(),
    "credit_record": st.sampled_from(["good", "impaired"]),
}
_HARDSHIP = {
    "duration": st.sampled_from(["temporary", "permanent"]),
    "expected_months": st.integers(0, 13),
    "monthly_shock": _cents(0, 400_000),
    "cause": st.sampled_from(["family_medical", "unemployment", "overconsumption"]),
}
_LOAN = {
    "days_past_due": st.sampled_from([0, 1, 29, 30, 31, 59, 60, 61, 89, 90, 91, 180, 365]),
    "remaining_term": st.integers(0, 40),
    "original_term": st.sampled_from([6, 11, 12, 13, 24, 36]),
    "principal": st.just(Decimal(0)) | _cents(10_000, 12_000_000),
    "accrued_interest": _cents(0, 200_000),
    "method": st.sampled_from(["level", "equal_principal"]),
}


@st.composite
def near_thresholds(draw: st.DrawFn) -> Profile:
    """Make a borrower with one of the five loans, moved about where the rules change their mind.

    Most facts stay as in the example, so that not everything fails at once.
    """
    found = copy.deepcopy(single(draw(st.integers(0, 4))))
    for record, fields in (("borrower", _BORROWER), ("hardship", _HARDSHIP)):
        for name in draw(st.lists(st.sampled_from(sorted(fields)), max_size=2, unique=True)):
            found[record][name] = draw(fields[name], label=name)
    for name in draw(st.lists(st.sampled_from(sorted(_LOAN)), max_size=3, unique=True)):
        if name in found["loans"][0]:
            found["loans"][0][name] = draw(_LOAN[name], label=name)
    return found
