"""What the names in one file stand for.

A file's parameters, derived values and tables are its own: a regulation's names never mix with a policy's.
In the program their keys are the file's name, `#` and their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from policyengine.diagnostics import Findings
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.nodes import Node
from policyengine.ir.program import ParameterDefinition, TableDefinition
from policyengine.model.shape import Written
from policyengine.model.tables import Table


@attrs.define
class Scope:
    """One file's names, its dictionary and where to note findings."""

    file: str
    dictionary: Dictionary
    visible: frozenset[str]
    findings: Findings
    unreadable: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    parameters: dict[str, ParameterDefinition] = attrs.field(factory=dict)
    written_derived: Mapping[str, Written] = attrs.field(factory=dict)
    derived: dict[str, Node | None] = attrs.field(factory=dict)
    written_tables: Mapping[str, Table] = attrs.field(factory=dict)
    tables: dict[str, TableDefinition | None] = attrs.field(factory=dict)
    under_way: list[str] = attrs.field(factory=list)
    elaborate_derived: Callable[[str], Node | None] = attrs.field(default=lambda _name: None)
    elaborate_table: Callable[[str], TableDefinition | None] = attrs.field(
        default=lambda _name: None
    )

    def key(self, name: str) -> str:
        """Return the program-wide key of one of the file's names."""
        return f"{self.file}#{name}"

    def own_names(self) -> list[str]:
        """Return the names that the file declares."""
        return [*self.parameters, *self.written_derived, *self.written_tables]

    def records(self) -> frozenset[str]:
        """Return the first parts of the facts in sight."""
        return frozenset(path.split(".")[0] for path in self.visible)


@attrs.frozen
class Where:
    """What an expression may use besides the names of its file."""

    plan: bool = False
    known: bool = False
    variables: Mapping[str, str] = attrs.field(factory=dict)

    def with_variable(self, name: str, record: str) -> Where:
        """Return this with a quantifier's variable in sight."""
        return attrs.evolve(self, variables={**self.variables, name: record})


RULE = Where()
TERMS = Where(plan=True)
REFERRAL = Where(known=True)
