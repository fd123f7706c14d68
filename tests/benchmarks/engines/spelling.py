"""Conditions as the text of an expression language: most of them differ in a few words only."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from engines.conditions import Among, Comparison, Condition, Flag, Group


@attrs.frozen
class Language:
    """How a language writes what the conditions need. `name` spells a fact or the derived value."""

    name: Callable[[str], str] = str
    all: str = "and"
    any: str = "or"
    true: str = "true"
    false: str = "false"
    equal: str = "=="
    among: str = "{name} in [{options}]"
    flag: str = "{name} == {truth}"
    quote: str = '"'
    number: Callable[[float], str] = str

    def spelled(self, condition: Condition) -> str:
        """Return the text of a condition."""
        match condition:
            case Comparison(name, operator, number):
                sign = self.equal if operator == "==" else operator
                return f"{self.name(name)} {sign} {self.number(number)}"
            case Among(name, options):
                quoted = ", ".join(f"{self.quote}{each}{self.quote}" for each in options)
                return self.among.format(name=self.name(name), options=quoted)
            case Flag(name, wanted):
                truth = self.true if wanted else self.false
                return self.flag.format(name=self.name(name), truth=truth)
            case Group(every, parts):
                word = f" {self.all if every else self.any} "
                return f"({word.join(map(self.spelled, parts))})"
