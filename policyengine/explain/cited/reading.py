"""A situation that notes which facts are read, those of the members of lists by their fields."""

from __future__ import annotations

from typing import Any

import attrs

from policyengine.facts.facts import Situation
from policyengine.model.types import Record, Value


@attrs.frozen(eq=False)
class Reading(Situation):
    """The same facts; `read` gathers the paths of those that were given and looked at."""

    read: set[str] = attrs.field(factory=set)

    def get(self, path: str) -> Value | None:
        """Return a fact, or None where it is not known, and note it."""
        return self._noted(path, Situation.get(self, path))

    def _noted(self, path: str, found: Value | None) -> Value | None:
        if found is None:
            return None
        self.read.add(path)
        if not isinstance(found, tuple):
            return found
        return tuple(
            Record(_Fields(record.fields, self._member(path, i), self))
            for i, record in enumerate(found)
        )

    def _member(self, path: str, index: int) -> str:
        """The loan under assessment is `loan` wherever it is met."""
        return "loan" if path == "loans" and index == self.loan else f"{path}[{index}]"


class _Fields(dict[str, Value]):
    """The fields of a member; whichever is looked up is noted."""

    def __init__(self, fields: dict[str, Value], path: str, situation: Reading) -> None:
        super().__init__(fields)
        self._path, self._situation = path, situation

    def get(self, name: str, default: Any = None) -> Any:
        found = super().get(name)
        noted = self._situation._noted(f"{self._path}.{name}", found)  # noqa: SLF001  # its other half
        return default if noted is None else noted
