"""Laws as written under `laws:` of a test file: a word, or a word with what the law is about.

laws:
  - never_by_accident
  - monotone: {fact: borrower.monthly_income, plans: [lower_instalment]}
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Any

import attrs

from policyengine.model.composite import ByKind, Converted, Key, ListOf, RecordOf
from policyengine.model.shape import OneOf, Reading, Schema, Shape, Words
from policyengine.model.vocabulary import FACT_PATH
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar

DIRECTIONS = ("up", "down")


@attrs.frozen
class WrittenLaw:
    """One law: its name, and what it is about as far as it says so."""

    span: Span
    name: str = ""
    facts: tuple[Scalar, ...] = ()
    plans: tuple[Scalar, ...] = ()
    referrals: tuple[Scalar, ...] = ()
    direction: str = "up"
    term: Scalar | None = None
    cap: Scalar | None = None
    than: Scalar | None = None

    @property
    def names(self) -> tuple[Scalar, ...]:
        """Everything that it names in the policy."""
        named = (each for each in (self.term, self.cap) if each is not None)
        return (*self.facts, *self.plans, *self.referrals, *named)


_NAMES = ListOf(Words("a name"))
_FACTS = ListOf(FACT_PATH, at_least=1, what="a list of facts")
_PLANS = {"plans": Key(_NAMES, default=(), help="the plans it is about; by default all")}
_FACT: Shape[Any] = Converted(FACT_PATH, lambda fact: (fact,))
_THAN = Key(Words("a path"), required=True, help="the folder or file with the other version")


def _law(keys: MappingOf[str, Key], what: str) -> Shape[WrittenLaw]:
    return RecordOf(WrittenLaw, keys, f"`{what}`")


@attrs.frozen
class _ShortFor(Shape[WrittenLaw]):
    """A law whose one setting stands in the place of a mapping."""

    shape: Shape[Any]
    attribute: str

    def read(self, node: Node, reading: Reading) -> WrittenLaw | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        found = self.shape.read(node, reading)
        return None if found is None else WrittenLaw(node.span, **{self.attribute: found})

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return self.shape.schema()


def _version(name: str) -> Shape[WrittenLaw]:
    return ByKind(
        "a path, or a mapping with `than`",
        scalar=_ShortFor(Words("a path"), "than"),
        mapping=_law({"than": _THAN} | _PLANS, name),
    )


_LAWS: dict[str, Shape[WrittenLaw] | None] = {
    "never_by_accident": _law(
        _PLANS | {"referrals": Key(_NAMES, default=(), help="referrals that it is about too")},
        "never_by_accident",
    ),
    "monotone": _law(
        {"fact": Key(_FACT, required=True, attribute="facts")}
        | {"direction": Key(OneOf(DIRECTIONS, "a direction"), default="up")}
        | _PLANS,
        "monotone",
    ),
    "indifferent": ByKind(
        "a list of facts, or a mapping with `facts`",
        sequence=_ShortFor(_FACTS, "facts"),
        mapping=_law({"facts": Key(_FACTS, default=())} | _PLANS, "indifferent"),
    ),
    "never_exceeds": _law(
        {
            "term": Key(Words("a term"), required=True),
            "cap": Key(Words("a value, a parameter or a fact"), required=True),
        }
        | _PLANS,
        "never_exceeds",
    ),
    "every_denial_cites": _law(_PLANS, "every_denial_cites"),
    "deterministic": None,
    "order_independent": None,
    "justification_sound": None,
    "only_more_generous": _version("only_more_generous"),
    "only_stricter": _version("only_stricter"),
}
#: Laws that say nothing without what they are about.
_NEEDY = ("monotone", "never_exceeds", "only_more_generous", "only_stricter")
_NAME = OneOf(tuple(_LAWS), "a law")


@attrs.frozen
class LawShape(Shape[WrittenLaw]):
    """The name of a law, or a mapping of it to what it is about."""

    def read(self, node: Node, reading: Reading) -> WrittenLaw | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if isinstance(node, Mapping) and len(node.entries) == 1:
            ((key, value),) = node.entries
            return self._about(key, value, reading)
        name = _NAME.read(node, reading)
        if name is None or name not in _NEEDY:
            return None if name is None else WrittenLaw(node.span, name)
        message = f"`{name}` needs to know what it is about"
        reading.findings.error("missing-key", message, node.span, _example(name))
        return None

    def _about(self, key: Scalar, value: Node, reading: Reading) -> WrittenLaw | None:
        name = _NAME.read(key, reading)
        if name is None:
            return None
        shape = _LAWS[name]
        if shape is None:
            message = f"`{name}` is about nothing in particular"
            reading.findings.error("wrong-shape", message, key.span, f"write `- {name}`")
            return None
        found = shape.read(value, reading)
        return found and attrs.evolve(found, name=name, span=key.span)

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        words = [name for name in _LAWS if name not in _NEEDY]
        about = [
            {
                "type": "object",
                "properties": {name: shape.schema()},
                "required": [name],
                "additionalProperties": False,
            }
            for name, shape in _LAWS.items()
            if shape is not None
        ]
        return {"oneOf": [{"enum": words}, *about]}


def _example(name: str) -> str:
    settings = {
        "monotone": "{fact: borrower.monthly_income}",
        "never_exceeds": "{term: term_months, cap: 60 months}",
    }
    return f"write `- {name}: {settings.get(name, 'path/of/the/other/version')}`"
