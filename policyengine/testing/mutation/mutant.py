"""A mutant: what is put in the place of what, where it was written, and in which words it is said."""

from __future__ import annotations

from enum import StrEnum

import attrs

from policyengine.ir.nodes import Node
from policyengine.ir.showing import written
from policyengine.source import Span

#: Characters of a policy that are shown of one place.
_MOST = 96


class Kind(StrEnum):
    """What was done to a policy."""

    COMPARISON = "comparison"
    LIMIT = "limit"
    LOGIC = "logic"
    DROPPED = "dropped condition"
    NEGATION = "negation"
    UNKNOWN = "lost unknown"
    TABLE = "table"
    CAP = "cap"
    STEP = "step"
    DATE = "date"
    PARAMETER = "parameter"
    DEFAULT = "default"


@attrs.frozen(eq=False)
class Swap:
    """A part of a program, and what stands there in the mutant; None takes it away."""

    old: object
    new: object | None


@attrs.frozen(eq=False)
class Mutant:
    """One small fault.

    Attributes:
        kind: What was done.
        span: The place in the file that the author would look at.
        said: What became of what, such as "`<= 90 days` became `< 90 days`".
        swaps: The parts of programs that are exchanged; several where one text stands in several plans.
        seen_at: Where no node stands for the change, the nodes that are evaluated whenever it may matter.
    """

    kind: Kind
    span: Span
    said: str
    swaps: tuple[Swap, ...]
    seen_at: tuple[Node, ...] = ()

    @property
    def place(self) -> tuple[str, int, str]:
        """What makes it one mutant, wherever in the programs it stands."""
        return (self.span.file.name, self.span.start, self.said)


def became(outer: Span, inner: Span, new: str) -> str:
    """Say that a part of an expression was written otherwise."""
    text = inner.file.text
    before = written(outer)
    after = " ".join((text[outer.start : inner.start] + new + text[inner.end : outer.end]).split())
    if len(before) > _MOST:
        before, after = written(inner), new
    return f"`{short(before)}` became `{short(after)}`"


def short(text: str) -> str:
    """Return a text that fits on a line."""
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"
