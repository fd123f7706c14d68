"""Shapes of lists and mappings, made of other shapes."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from typing import Any, Generic, TypeVar

import attrs

from policyengine.diagnostics import Related, did_you_mean
from policyengine.model.shape import Name, Reading, Schema, Shape, first_line
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence

T = TypeVar("T")


@attrs.frozen
class ListOf(Shape[tuple[T, ...]], Generic[T]):
    """A list; members that cannot be read are noted and left out, or nothing is left if it must be `whole`."""

    member: Shape[T]
    at_least: int = 0
    what: str = "a list"
    whole: bool = False

    def read(self, node: Node, reading: Reading) -> tuple[T, ...] | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Sequence):
            reading.expected(self.what, node)
            return None
        if len(node.items) < self.at_least:
            reading.expected(f"{self.what} with at least {self.at_least} member", node)
            return None
        read = [self.member.read(item, reading) for item in node.items]
        found = tuple(item for item in read if item is not None)
        return None if self.whole and len(found) < len(read) else found

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        schema: Schema = {"type": "array", "items": self.member.schema()}
        return schema | ({"minItems": self.at_least} if self.at_least else {})


@attrs.frozen
class OneOrMany(Shape[tuple[T, ...]], Generic[T]):
    """A list, or a single member in its place."""

    member: Shape[T]

    def read(self, node: Node, reading: Reading) -> tuple[T, ...] | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if isinstance(node, Sequence):
            return ListOf(self.member, at_least=1).read(node, reading)
        single = self.member.read(node, reading)
        return None if single is None else (single,)

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {"anyOf": [self.member.schema(), {"type": "array", "items": self.member.schema()}]}


_ANY_NAME = Name()


@attrs.frozen
class MapOf(Shape[dict[str, T]], Generic[T]):
    """Names and what they stand for, in the order of the file."""

    value: Shape[T]
    name: Shape[Scalar] = _ANY_NAME
    what: str = "a mapping"

    def read(self, node: Node, reading: Reading) -> dict[str, T] | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Mapping):
            reading.expected(self.what, node)
            return None
        found: dict[str, T] = {}
        for key, child in node:
            value = self.value.read(child, reading)
            if self.name.read(key, reading) is None or value is None:
                reading.unreadable.add(key.text)
            else:
                found[key.text] = value
        return found

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        pattern = self.name.schema().get("pattern", ".*")
        return {
            "type": "object",
            "patternProperties": {pattern: self.value.schema()},
            "additionalProperties": False,
        }


_NO_DEFAULT: Any = object()


@attrs.frozen
class Key:
    """A key of a record: its shape, whether it must be there, and what stands in for it.

    A required key with a default is noted when it is missing, and the record is read all the same. A record with a
    `whole` key says nothing when that key is there and cannot be read.
    """

    shape: Shape[Any]
    required: bool = False
    default: Any = _NO_DEFAULT
    help: str = ""
    attribute: str | None = None
    whole: bool = False

    @property
    def stand_in(self) -> Any:
        """Return what to use where the key is missing."""
        return None if self.default is _NO_DEFAULT else self.default

    @property
    def essential(self) -> bool:
        """Whether the record is nothing without it."""
        return self.required and self.default is _NO_DEFAULT


@attrs.frozen
class RecordOf(Shape[T], Generic[T]):
    """A mapping with known keys, built into a class that also takes the record's `span`.

    Of the keys `together` all are there or none. A `whole` record says nothing when one of its values cannot be read.
    """

    build: Callable[..., T]
    keys: MappingOf[str, Key]
    what: str = "a mapping"
    exactly_one: tuple[str, ...] = ()
    whole: bool = False
    together: tuple[str, ...] = ()

    def read(self, node: Node, reading: Reading) -> T | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Mapping):
            reading.expected(self.what, node)
            return None
        self._note_unknown(node, reading)
        values, usable = {}, self._has_exactly_one(node, reading)
        usable = self._has_all_or_none(node, reading) and usable
        for name, key in self.keys.items():
            value = self._value(name, key, node, reading)
            lost = (self.whole or key.whole) and node.get(name) is not None
            usable = usable and not (value is None and (key.essential or lost))
            values[key.attribute or name] = key.stand_in if value is None else value
        return self.build(span=node.span, **values) if usable else None

    def _value(self, name: str, key: Key, node: Mapping, reading: Reading) -> Any:
        child = node.get(name)
        if child is not None:
            return key.shape.read(child, reading)
        if key.required:
            reading.findings.error(
                "missing-key",
                f"{self.what} needs the key `{name}`",
                first_line(node.span),
                key.help or f"add `{name}: …`",
            )
        return None

    def _note_unknown(self, node: Mapping, reading: Reading) -> None:
        for key, _ in node:
            if key.text not in self.keys:
                reading.findings.error(
                    "unknown-key",
                    f"unknown key `{key.text}` in {self.what}",
                    key.span,
                    did_you_mean(key.text, self.keys)
                    or "known: " + ", ".join(f"`{k}`" for k in self.keys),
                )

    def _has_exactly_one(self, node: Mapping, reading: Reading) -> bool:
        if not self.exactly_one:
            return True
        given = [key for key, _ in node if key.text in self.exactly_one]
        choices = ", ".join(f"`{name}`" for name in self.exactly_one)
        if not given:
            reading.findings.error(
                "missing-key",
                f"{self.what} needs one of {choices}",
                first_line(node.span),
                f"add `{self.exactly_one[0]}: …`",
            )
        for extra in given[1:]:
            reading.findings.error(
                "contradictory-keys",
                f"`{given[0].text}` and `{extra.text}` exclude one another",
                extra.span,
                f"keep one of {choices}",
                related=(Related("the other one", given[0].span),),
            )
        return bool(given)

    def _has_all_or_none(self, node: Mapping, reading: Reading) -> bool:
        given = [key for key, _ in node if key.text in self.together]
        if not given:
            return True
        missing = [name for name in self.together if node.get(name) is None]
        for name in missing:
            reading.findings.error(
                "missing-key",
                f"`{given[0].text}` in {self.what} needs the key `{name}`",
                given[0].span,
                self.keys[name].help or f"add `{name}: …`",
            )
        return not missing

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        schema: Schema = {
            "type": "object",
            "properties": {
                name: key.shape.schema() | ({"description": key.help} if key.help else {})
                for name, key in self.keys.items()
            },
            "required": [name for name, key in self.keys.items() if key.required],
            "additionalProperties": False,
        }
        if self.exactly_one:
            schema["oneOf"] = [{"required": [name]} for name in self.exactly_one]
        if self.together:
            schema["dependentRequired"] = {
                name: [other for other in self.together if other != name] for name in self.together
            }
        return schema


@attrs.frozen
class ByKind(Shape[T], Generic[T]):
    """One shape for a scalar, another for a list, another for a mapping."""

    what: str
    scalar: Shape[T] | None = None
    sequence: Shape[T] | None = None
    mapping: Shape[T] | None = None

    def read(self, node: Node, reading: Reading) -> T | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        shape = (
            self.scalar
            if isinstance(node, Scalar)
            else self.sequence
            if isinstance(node, Sequence)
            else self.mapping
        )
        if shape is None:
            reading.expected(self.what, node)
            return None
        return shape.read(node, reading)

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        shapes = (self.scalar, self.sequence, self.mapping)
        return {"anyOf": [shape.schema() for shape in shapes if shape is not None]}


@attrs.frozen
class Converted(Shape[T], Generic[T]):
    """Another shape whose result is passed through a function."""

    shape: Shape[Any]
    convert: Callable[[Any], T]

    def read(self, node: Node, reading: Reading) -> T | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        value = self.shape.read(node, reading)
        return None if value is None else self.convert(value)

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return self.shape.schema()


@attrs.define
class Later(Shape[T], Generic[T]):
    """A shape that is known later, for shapes that contain themselves."""

    name: str
    shape: Callable[[], Shape[T]]

    def read(self, node: Node, reading: Reading) -> T | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        return self.shape().read(node, reading)

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {"$ref": f"#/$defs/{self.name}"}
