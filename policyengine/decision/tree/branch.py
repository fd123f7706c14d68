"""What a justification is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import attrs

from policyengine.decision.values import Json

Text = Mapping[str, str]


class BranchKind(StrEnum):
    """What a branch is about."""

    PLAN = "plan"
    RULE = "rule"
    WHEN = "when"
    ALL = "all"
    ANY = "any"
    NOT = "not"
    CONDITION = "condition"
    FACT = "fact"
    PARAMETER = "parameter"
    DERIVED = "derived"
    TABLE = "table"
    TERM = "term"


@attrs.frozen(kw_only=True)
class Branch:
    """One statement of a justification, and what it stands on.

    Attributes:
        kind: What it is about.
        name: The plan, the rule's id, the fact's path, the parameter, the derived value, the table, or what
            is written in the policy.
        holds: Of plans, rules and conditions: whether it holds; None where that is not known.
        text: A rule in the policy's words, with its values; of anything else, what people call it.
        value: Of facts, parameters, terms and whatever is worked out: the value as written in JSON.
        shown: That value as a reader of each language writes it.
        code: Of a rule: its code in notices.
        headroom: Of a comparison of amounts: how far it is from failing, negative by how much it fails.
        room: The same without its sign, as a reader of each language writes it.
        note: Of a parameter: what its author remarks; of a table: the row that fits.
        assumed: Of a parameter: whether no source gives its value.
        source: What it rests on.
        at: Where it stands: file, line and column.
        branches: What it stands on.
    """

    kind: BranchKind
    name: str
    holds: bool | None = None
    text: Text = attrs.field(factory=dict)
    value: Json = None
    shown: Text = attrs.field(factory=dict)
    code: str | None = None
    headroom: str | int | None = None
    room: Text = attrs.field(factory=dict)
    note: str | None = None
    assumed: bool = False
    source: str | None = None
    at: str | None = None
    branches: tuple[Branch, ...] = ()

    @property
    def is_condition(self) -> bool:
        """Whether this is something that holds or does not, rather than a value."""
        return self.kind in _CONDITIONS

    def walk(self) -> Iterator[Branch]:
        """Yield this branch and all below it, outermost first."""
        yield self
        for branch in self.branches:
            yield from branch.walk()


_CONDITIONS = frozenset(
    {
        BranchKind.PLAN,
        BranchKind.RULE,
        BranchKind.WHEN,
        BranchKind.ALL,
        BranchKind.ANY,
        BranchKind.NOT,
        BranchKind.CONDITION,
    }
)
