"""The conditions of one loan, all at once: which fail and which are not known. No terms, no texts.

A screening says whom a plan is for. Whether there are terms that the borrower can pay, a decision says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import compress
from operator import not_, or_
from typing import Any

import attrs

from policyengine.ir.program import Program, Rule

#: Conditions of a plan whose masks are all spelled out.
_FEW = 8
#: A whole number whose bits stand for the conditions of a group, the first one for the lowest.
Mask = int


class Ids(dict[Mask, tuple[str, ...]]):
    """The ids of the conditions that a mask stands for; each mask that occurs is spelled out once."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        super().__init__()
        self._each = tuple((1 << place, rule.id) for place, rule in enumerate(rules))

    def __missing__(self, mask: Mask) -> tuple[str, ...]:
        self[mask] = found = tuple(id_ for bit, id_ in self._each if mask & bit)
        return found


@attrs.frozen(eq=False)
class Group:
    """Conditions that are looked at together: those of a plan, or of what `name` says."""

    name: str
    rules: tuple[Rule, ...]


@attrs.frozen(eq=False, slots=False)
class Groups:
    """The conditions of a policy that stand on no terms: those of each plan, whether it applies, the referrals'."""

    plans: tuple[Group, ...]
    applies: Group
    referrals: Group

    @cached_property
    def all(self) -> tuple[Group, ...]:
        """All groups, in the order of a screening's masks."""
        return (*self.plans, self.applies, self.referrals)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The plans."""
        return tuple(group.name for group in self.plans)

    @cached_property
    def ids(self) -> tuple[Sequence[tuple[str, ...]] | Ids, ...]:
        """What the masks of each plan's conditions stand for."""
        return tuple(_spelled_out(group.rules) for group in self.plans)

    @cached_property
    def ids_by_plan(self) -> Callable[[Sequence[Mask]], dict[str, tuple[str, ...]]]:
        """A function of the groups' masks to the ids that each plan's mask stands for; plans of no id are left out."""
        return _reader(self)

    @cached_property
    def none(self) -> tuple[Mask, ...]:
        """The masks of no condition at all."""
        return (0,) * len(self.all)


@attrs.frozen
class Screening:
    """Which conditions fail and which are not known, as masks for each group of conditions."""

    groups: Groups = attrs.field(eq=False, repr=False)
    failed_masks: tuple[Mask, ...]
    unknown_masks: tuple[Mask, ...]

    @property
    def applies(self) -> bool | None:
        """Whether the policy applies; None where that is not known."""
        return False if self.failed_masks[-2] else None if self.unknown_masks[-2] else True

    @property
    def eligible(self) -> tuple[str, ...]:
        """The plans whose conditions all hold."""
        groups, open_ = self.groups, self.failed_masks
        if self.unknown_masks is not groups.none:
            open_ = tuple(map(or_, open_, self.unknown_masks))
        return tuple(compress(groups.names, map(not_, open_)))

    @property
    def failed(self) -> dict[str, tuple[str, ...]]:
        """The ids of the conditions that fail, by plan."""
        return self.groups.ids_by_plan(self.failed_masks)

    @property
    def unknown(self) -> dict[str, tuple[str, ...]]:
        """The ids of the conditions that are not known to hold or to fail, by plan."""
        groups, masks = self.groups, self.unknown_masks
        return {} if masks is groups.none else groups.ids_by_plan(masks)


def groups_of(program: Program) -> Groups:
    """Return the conditions of a policy that stand on no terms, in their order."""
    test = program.applies_to
    rules = () if test is None else (Rule("applies_to", None, test, {}, None, test.span, "policy"),)
    return Groups(
        tuple(Group(plan.id, plan.require) for plan in program.plans),
        Group("applies_to", rules),
        Group("referrals", tuple(referral.rule for referral in program.referrals)),
    )


def _spelled_out(rules: Sequence[Rule]) -> Sequence[tuple[str, ...]] | Ids:
    """Return the ids for every mask, at once where they are few: a list is looked up faster."""
    ids = Ids(rules)
    return [ids[mask] for mask in range(1 << len(rules))] if len(rules) <= _FEW else ids


def _reader(groups: Groups) -> Callable[[Sequence[Mask]], dict[str, tuple[str, ...]]]:
    """Return `ids_by_plan`, written out plan by plan: a loop over names, ids and masks takes twice as long."""
    places = range(len(groups.names))
    # The masks of whether the policy applies and of referrals stand last, and are no plan's.
    lines = [
        f"    {', '.join([*(f'mask_{i}' for i in places), '_', '_'])} = masks",
        "    found = {}",
    ]
    for i, name in enumerate(groups.names):
        lines.append(f"    if mask_{i}: found[{name!r}] = ids_{i}[mask_{i}]")
    within: dict[str, Any] = {f"ids_{i}": ids for i, ids in enumerate(groups.ids)}
    source = "\n".join(["def ids_by_plan(masks):", *lines, "    return found"])
    exec(source, within)  # noqa: S102  # it was written above, of the names of plans
    found: Callable[[Sequence[Mask]], dict[str, tuple[str, ...]]] = within["ids_by_plan"]
    return found
