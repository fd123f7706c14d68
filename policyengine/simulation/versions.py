"""The policies of two versions matched: which are compared, which say the same, and which are in one only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.ir.dictionary import Dictionary, FactDefinition
from policyengine.ir.program import PlanDefinition, Program


@attrs.frozen(eq=False)
class PlanPair:
    """A plan in both versions, or in one; at least one is there."""

    id: str
    old: PlanDefinition | None
    new: PlanDefinition | None

    @property
    def either(self) -> PlanDefinition:
        """The plan as it is now, or as it was."""
        found = self.new or self.old
        assert found is not None  # noqa: S101
        return found


@attrs.frozen(eq=False)
class Pair:
    """A policy in both versions, or in one; at least one is there."""

    id: str
    old: Program | None
    new: Program | None
    plans: tuple[PlanPair, ...]

    @property
    def either(self) -> Program:
        """The policy as it is now, or as it was."""
        found = self.new or self.old
        assert found is not None  # noqa: S101
        return found


@attrs.frozen(eq=False)
class Versions:
    """The policies that are compared, in the order of the new version with those that are gone at the end.

    `unchanged` are those that mean the same in both: nothing can change under them, and they are not decided.
    """

    pairs: tuple[Pair, ...]
    unchanged: tuple[str, ...]

    @property
    def old(self) -> tuple[Program, ...]:
        """What is decided of the old version."""
        return tuple(pair.old for pair in self.pairs if pair.old is not None)

    @property
    def new(self) -> tuple[Program, ...]:
        """What is decided of the new version."""
        return tuple(pair.new for pair in self.pairs if pair.new is not None)


def versions_of(old: Iterable[Program], new: Iterable[Program]) -> Versions:
    """Return the policies of two versions matched by id, and their plans by id.

    Raises:
        UsageError: A policy has another currency or vocabulary now, or a fact another type; it carries every finding.
    """
    before, after = ({program.id: program for program in each} for each in (old, new))
    findings = [*_policies_apart(before, after), *_facts_apart(before, after)]
    if findings:
        raise UsageError(findings)
    names = dict.fromkeys([*after, *before])
    same = tuple(name for name in names if _same(before.get(name), after.get(name)))
    pairs = (_pair(name, before.get(name), after.get(name)) for name in names if name not in same)
    return Versions(tuple(pairs), same)


def _same(old: Program | None, new: Program | None) -> bool:
    return old is not None and new is not None and old.digest == new.digest


def _pair(name: str, old: Program | None, new: Program | None) -> Pair:
    before, after = ({plan.id: plan for plan in each.plans} if each else {} for each in (old, new))
    names = dict.fromkeys([*after, *before])
    plans = (PlanPair(plan, before.get(plan), after.get(plan)) for plan in names)
    return Pair(name, old, new, tuple(plans))


# What cannot be compared


def _policies_apart(old: dict[str, Program], new: dict[str, Program]) -> Iterator[Diagnostic]:
    for name in old.keys() & new.keys():
        for code, before, after in (
            ("wrong-currency", old[name].currency, new[name].currency),
            ("other-vocabulary", old[name].vocabulary, new[name].vocabulary),
        ):
            if before != after:
                what = "currency" if code == "wrong-currency" else "vocabulary"
                message = f"the {what} of `{name}` is `{before}` in the old version and `{after}` in the new one"
                hint = "give the policy another name where it is another policy"
                yield Diagnostic(code, message, hint=hint)


def _facts_apart(old: dict[str, Program], new: dict[str, Program]) -> Iterator[Diagnostic]:
    if not old or not new:
        return
    before, after = (next(iter(each.values())).dictionary for each in (old, new))
    for path, fact in before.facts.items():
        other = after.facts.get(path)
        if other is not None and (fact.type != other.type or _limits(fact) != _limits(other)):
            message = f"`{path}` is another fact in the new version: its type or its limits differ"
            hint = "rows are read alike under both; give the fact another name"
            yield Diagnostic("other-vocabulary", message, hint=hint, path=path)


def _limits(fact: FactDefinition) -> tuple[object, object]:
    return fact.min, fact.max


def only_of(dictionary: Dictionary, other: Dictionary) -> frozenset[str]:
    """Return the facts that one version knows and the other does not."""
    return frozenset(dictionary.facts.keys() - other.facts.keys())
