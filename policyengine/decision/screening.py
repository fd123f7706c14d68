"""The conditions of one loan, all at once: which fail and which are not known. No terms, no texts.

A screening says whom a plan is for. Whether there are terms that the borrower can pay, a decision says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

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
        groups, failed, unknown = self.groups, self.failed_masks, self.unknown_masks
        if unknown is not groups.none:
            failed = tuple(f | u for f, u in zip(failed, unknown, strict=True))
        return tuple([name for name, mask in zip(groups.names, failed) if not mask])  # noqa: B905  # see `failed`

    @property
    def failed(self) -> dict[str, tuple[str, ...]]:
        """The ids of the conditions that fail, by plan."""
        groups = self.groups
        # The masks of whether the policy applies and of referrals stand last, and are no plan's. Saying so by `strict`
        # would take longer than a plan does.
        plans = zip(groups.names, groups.ids, self.failed_masks)  # noqa: B905
        return {name: ids[mask] for name, ids, mask in plans if mask}

    @property
    def unknown(self) -> dict[str, tuple[str, ...]]:
        """The ids of the conditions that are not known to hold or to fail, by plan."""
        groups, masks = self.groups, self.unknown_masks
        if masks is groups.none:
            return {}
        plans = zip(groups.names, groups.ids, masks)  # noqa: B905  # as above
        return {name: ids[mask] for name, ids, mask in plans if mask}


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
