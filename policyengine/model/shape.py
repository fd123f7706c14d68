"""Shapes: what a YAML node must look like, what it becomes, and its JSON Schema.

A shape reads a node and notes every misfit; it returns None where nothing usable is there, and the reading
goes on, so that one run shows all findings. Names whose declaration could not be read are remembered, so
that their uses are not reported a second time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping as MappingOf
from typing import Any, Generic, Protocol, TypeVar

import attrs

from policyengine.diagnostics import Findings, Related, did_you_mean, nearest_or_list
from policyengine.model.literals import LiteralError, read_literal
from policyengine.model.types import BOOLEAN, DATE, INTEGER, Type, Value
from policyengine.source import Span
from policyengine.syntax.expression_parser import ExpressionSyntaxError
from policyengine.syntax.expression_tree import Expression
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence, kind

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Schema = dict[str, Any]

NAME = re.compile(r"[a-z][a-z0-9_]*")


@attrs.define
class Reading:
    """One file being read: its findings, its languages, and the names that could not be read."""

    findings: Findings
    languages: tuple[str, ...] = ()
    unreadable: set[str] = attrs.field(factory=set)

    def expected(self, what: str, node: Node, hint: str | None = None) -> None:
        """Note that the node is of another kind than expected."""
        self.findings.error(
            "wrong-shape", f"{what} is expected here, not {kind(node)}", first_line(node.span), hint
        )


def first_line(span: Span) -> Span:
    """Cut a span of many lines to its first."""
    end = span.file.text.find("\n", span.start, span.end)
    return Span(span.file, span.start, end) if end >= 0 else span


class Shape(Protocol[T_co]):
    """What a node must look like."""

    def read(self, node: Node, reading: Reading) -> T_co | None:
        """Return what the node says, or note why it says nothing and return None."""

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape, for editors."""


@attrs.frozen
class Words(Shape[Scalar]):
    """Any text, kept with its place."""

    what: str = "text"

    def read(self, node: Node, reading: Reading) -> Scalar | None:
        if not isinstance(node, Scalar) or not node.text.strip():
            reading.expected(self.what, node)
            return None
        return node

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"]}


@attrs.frozen
class Name(Shape[Scalar]):
    """The name of something: lower case letters, digits and underscores, with points or dashes in file names."""

    pattern: re.Pattern[str] = NAME
    what: str = "a name"

    def read(self, node: Node, reading: Reading) -> Scalar | None:
        if not isinstance(node, Scalar):
            reading.expected(self.what, node)
            return None
        if not self.pattern.fullmatch(node.text):
            reading.findings.error(
                "bad-name",
                f"`{node.text}` is not {self.what}",
                node.span,
                "names are lower case letters, digits and `_`, such as `payment_holiday`",
            )
            return None
        return node

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^{self.pattern.pattern}$"}


@attrs.frozen
class Literal(Shape[Value]):
    """A value of a plain type."""

    type: Type

    def read(self, node: Node, reading: Reading) -> Value | None:
        if not isinstance(node, Scalar):
            reading.expected(str(self.type), node)
            return None
        try:
            return read_literal(self.type, node.text, quoted=node.quoted)
        except LiteralError as error:
            reading.findings.error(error.code, error.message, node.span, error.hint)
            return None

    def schema(self) -> Schema:
        if self.type == BOOLEAN:
            return {"type": "boolean"}
        if self.type == INTEGER:
            return {"type": "integer"}
        if self.type == DATE:
            return {"type": "string", "format": "date"}
        return {"type": ["string", "number"]}


@attrs.frozen
class OneOf(Shape[str]):
    """One word of a closed list."""

    words: tuple[str, ...]

    def read(self, node: Node, reading: Reading) -> str | None:
        if not isinstance(node, Scalar):
            reading.expected("a word", node, nearest_or_list("", self.words))
            return None
        if node.text not in self.words:
            reading.findings.error(
                "unknown-value",
                f"`{node.text}` is not one of the values",
                node.span,
                nearest_or_list(node.text, self.words),
            )
            return None
        return node.text

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@attrs.frozen
class Written:
    """A parsed expression and the scalar that holds it, from character `shift` on."""

    scalar: Scalar
    tree: Expression
    shift: int = 0

    def span(self, node: Expression | None = None) -> Span:
        """Return the place of a part of the expression, by default of all of it."""
        node = node or self.tree
        return self.scalar.part(node.start + self.shift, node.end + self.shift)

    def text(self, node: Expression | None = None) -> str:
        """Return a part of the expression as written, by default all of it."""
        node = node or self.tree
        return self.scalar.text[node.start + self.shift : node.end + self.shift]


@attrs.frozen
class Formula(Shape[Written]):
    """An expression, parsed by one of the grammar's entries."""

    parse: Callable[[str], Expression]

    def read(self, node: Node, reading: Reading) -> Written | None:
        if not isinstance(node, Scalar):
            reading.expected("an expression", node)
            return None
        try:
            return Written(node, self.parse(node.text))
        except ExpressionSyntaxError as error:
            span = node.part(error.start, error.end)
            reading.findings.error("expression-syntax", error.message, span, error.hint)
            return None

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"]}


@attrs.frozen
class Texts:
    """A text in each language, with its place."""

    by_language: MappingOf[str, Scalar]
    span: Span | None = None

    def plain(self) -> dict[str, str]:
        """Return language to text."""
        return {language: scalar.text for language, scalar in self.by_language.items()}


@attrs.frozen
class TextsShape(Shape[Texts]):
    """A mapping from each of the file's languages to a text."""

    def read(self, node: Node, reading: Reading) -> Texts | None:
        if not isinstance(node, Mapping):
            languages = ", ".join(f"{code}: …" for code in reading.languages)
            reading.expected("a text in each language", node, f"write {{{languages}}}")
            return None
        texts = {}
        for key, value in node:
            if reading.languages and key.text not in reading.languages:
                reading.findings.error(
                    "unknown-language",
                    f"`{key.text}` is not one of the file's languages",
                    key.span,
                    nearest_or_list(key.text, reading.languages),
                )
            elif text := Words().read(value, reading):
                texts[key.text] = text
        self._note_missing({key.text for key, _ in node}, node.span, reading)
        return Texts(texts, node.span)

    def _note_missing(self, given: set[str], span: Span, reading: Reading) -> None:
        for language in reading.languages:
            if language not in given:
                reading.findings.error(
                    "missing-translation",
                    f"the text is missing in `{language}`",
                    first_line(span),
                    f"add `{language}: …`",
                )

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1}


@attrs.frozen
class ListOf(Shape[tuple[T, ...]], Generic[T]):
    """A list; members that cannot be read are noted and left out."""

    member: Shape[T]
    at_least: int = 0
    what: str = "a list"

    def read(self, node: Node, reading: Reading) -> tuple[T, ...] | None:
        if not isinstance(node, Sequence):
            reading.expected(self.what, node)
            return None
        if len(node.items) < self.at_least:
            reading.expected(f"{self.what} with at least {self.at_least} member", node)
            return None
        read = (self.member.read(item, reading) for item in node.items)
        return tuple(item for item in read if item is not None)

    def schema(self) -> Schema:
        schema: Schema = {"type": "array", "items": self.member.schema()}
        return schema | ({"minItems": self.at_least} if self.at_least else {})


@attrs.frozen
class OneOrMany(Shape[tuple[T, ...]], Generic[T]):
    """A list, or a single member in its place."""

    member: Shape[T]

    def read(self, node: Node, reading: Reading) -> tuple[T, ...] | None:
        if isinstance(node, Sequence):
            return ListOf(self.member, at_least=1).read(node, reading)
        single = self.member.read(node, reading)
        return None if single is None else (single,)

    def schema(self) -> Schema:
        return {"anyOf": [self.member.schema(), {"type": "array", "items": self.member.schema()}]}


@attrs.frozen
class MapOf(Shape[dict[str, T]], Generic[T]):
    """Names and what they stand for, in the order of the file."""

    value: Shape[T]
    name: Shape[Scalar] = Name()
    what: str = "a mapping"

    def read(self, node: Node, reading: Reading) -> dict[str, T] | None:
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

    A required key with a default is noted when it is missing, and the record is read all the same.
    """

    shape: Shape[Any]
    required: bool = False
    default: Any = _NO_DEFAULT
    help: str = ""
    attribute: str | None = None

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
    """A mapping with known keys, built into a class that also takes the record's `span`."""

    build: Callable[..., T]
    keys: MappingOf[str, Key]
    what: str = "a mapping"
    exactly_one: tuple[str, ...] = ()

    def read(self, node: Node, reading: Reading) -> T | None:
        if not isinstance(node, Mapping):
            reading.expected(self.what, node)
            return None
        self._note_unknown(node, reading)
        values, usable = {}, self._has_exactly_one(node, reading)
        for name, key in self.keys.items():
            value = self._value(name, key, node, reading)
            usable = usable and not (value is None and key.essential)
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

    def schema(self) -> Schema:
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
        return schema


@attrs.frozen
class ByKind(Shape[T], Generic[T]):
    """One shape for a scalar, another for a list, another for a mapping."""

    what: str
    scalar: Shape[T] | None = None
    sequence: Shape[T] | None = None
    mapping: Shape[T] | None = None

    def read(self, node: Node, reading: Reading) -> T | None:
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
        shapes = (self.scalar, self.sequence, self.mapping)
        return {"anyOf": [shape.schema() for shape in shapes if shape is not None]}


@attrs.frozen
class Converted(Shape[T], Generic[T]):
    """Another shape whose result is passed through a function."""

    shape: Shape[Any]
    convert: Callable[[Any], T]

    def read(self, node: Node, reading: Reading) -> T | None:
        value = self.shape.read(node, reading)
        return None if value is None else self.convert(value)

    def schema(self) -> Schema:
        return self.shape.schema()


@attrs.define
class Later(Shape[T], Generic[T]):
    """A shape that is known later, for shapes that contain themselves."""

    name: str
    shape: Callable[[], Shape[T]]

    def read(self, node: Node, reading: Reading) -> T | None:
        return self.shape().read(node, reading)

    def schema(self) -> Schema:
        return {"$ref": f"#/$defs/{self.name}"}
