"""Profiles of some of the facts only, by the paths in which a decision cites them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, TypeAlias

from policyengine.decision.decision import Change

Profile: TypeAlias = dict[str, Any]
Way: TypeAlias = tuple[str | int, ...]


def only(profile: Profile, paths: Iterable[str], place: int) -> tuple[Profile, int]:
    """Return a profile of these facts only, and the place of the loan under assessment in it.

    A list keeps its length, its members only the fields named. Other loans are there where `loans` is.
    """
    paths = sorted(paths)
    all_loans = "loans" in paths
    loans: list[Profile] = [{} for _ in profile["loans"]] if all_loans else [{}]
    found: Profile = {"as_of": profile["as_of"], "loans": loans}
    new = place if all_loans else 0
    for path in paths:
        if path != "loans":
            *to, last = way(path, new)
            _at(found, to)[last] = _hollow(fact(profile, path, place))
    return found, new


def without(profile: Profile, paths: Iterable[str], place: int) -> Profile:
    """Return a profile that does not know these facts; the loans themselves are always there."""
    found = copy.deepcopy(profile)
    for path in sorted(paths, reverse=True):
        if path != "loans":
            *to, last = way(path, place)
            del _at(found, to)[last]
    return found


def blank(profile: Profile) -> Profile:
    """Return a profile that knows nothing but that there are loans."""
    return {"as_of": profile["as_of"], "loans": [{} for _ in profile["loans"]]}


def fact(profile: Profile, path: str, place: int) -> Any:
    """Return a fact, or None where it is not given."""
    at: Any = profile
    for step in way(path, place):
        if isinstance(at, dict):
            at = at.get(str(step))
        else:
            at = at[step] if at is not None and step in range(len(at)) else None
    return at


def changed(profile: Profile, change: Change, place: int) -> Profile:
    """Return a profile with facts as a change would have them."""
    found = copy.deepcopy(profile)
    for path, each in change.changes.items():
        *to, last = way(path, place)
        _at(found, to)[last] = each.after if isinstance(each.after, int) else Decimal(each.after)
    return found


def way(path: str, place: int) -> Way:
    """Return the keys and places that lead to a fact."""
    first, *rest = _steps(path)
    return ("loans", place, *rest) if first == "loan" else (first, *rest)


def _steps(path: str) -> Iterator[str | int]:
    for step in re.findall(r"\w+", path):
        yield int(step) if step.isdigit() else step


def _at(profile: Profile, to: Iterable[str | int]) -> Any:
    at: Any = profile
    for step in to:
        at = at.setdefault(str(step), {}) if at is profile else at[step]
    return at


def _hollow(value: Any) -> Any:
    return [{} for _ in value] if isinstance(value, list) else value
