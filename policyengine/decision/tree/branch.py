"""What a justification is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import attrs

from policyengine.decision.later import Later
from policyengine.decision.stage import StageKind
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
    STEPS = "steps"
    STEP = "step"
    SETTING = "setting"


def _later(
    given: tuple[Branch, ...] | Later[tuple[Branch, ...]],
) -> Later[tuple[Branch, ...]]:
    return given if isinstance(given, Later) else Later.known(given)


@attrs.frozen(kw_only=True)
class Branch:
    """One statement of a justification, and what it stands on.

    Attributes:
        kind: What it is about.
        name: The plan, the rule's id, the fact's path, the parameter, the derived value, the table, the step, how terms
            were searched for, or what is written in the policy.
        holds: Of plans, rules and conditions: whether it holds; None where that is not known. Of steps and their
            settings: whether the terms there meet the target.
        text: A rule in the policy's words, with its values; a step in a sentence; of all else, what people call it.
        stage: Of a step: what became of it.
        before: Of a step: what it was set to before, by what is set.
        value: Of facts, parameters, terms and whatever is worked out: the value as written in JSON. Of steps and their
            settings: what is set, by its name in the terms.
        shown: That value as a reader of each language writes it.
        code: Of a rule: its code in notices.
        headroom: Of a comparison of amounts: how far it is from failing, negative by how much it fails.
        room: The same without its sign, as a reader of each language writes it.
        note: Of a parameter: what its author remarks; of a table: the row that fits.
        assumed: Of a parameter: whether no source gives its value.
        source: What it cites, as the file has it.
        citation: The same as readers of each language write it.
        at: Where it stands: file, line and column.
        branches: What it stands on. The steps of an offer are worked out when they are first read.
    """

    kind: BranchKind
    name: str
    holds: bool | None = None
    text: Text = attrs.field(factory=dict)
    stage: StageKind | None = None
    before: Json = None
    value: Json = None
    shown: Text = attrs.field(factory=dict)
    code: str | None = None
    headroom: str | int | None = None
    room: Text = attrs.field(factory=dict)
    note: str | None = None
    assumed: bool = False
    source: str | None = None
    citation: Text = attrs.field(factory=dict)
    at: str | None = None
    _branches: Later[tuple[Branch, ...]] = attrs.field(default=(), converter=_later)

    @property
    def branches(self) -> tuple[Branch, ...]:
        """What it stands on."""
        return self._branches.value

    @property
    def is_condition(self) -> bool:
        """Whether this is something that holds or does not, rather than a value or a step that was not tried."""
        return self.kind in _CONDITIONS or self.stage in _JUDGED

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
        BranchKind.STEPS,
        BranchKind.SETTING,
    }
)
#: What becomes of a step whose terms were judged, or should have been.
_JUDGED = frozenset(
    {
        StageKind.START,
        StageKind.RAISED,
        StageKind.SETTLES,
        StageKind.NOT_KNOWN,
        StageKind.ENOUGH,
    }
)
