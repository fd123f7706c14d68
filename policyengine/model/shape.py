"""Shapes: what a YAML node must look like, what it becomes, and its JSON Schema.

A shape reads a node and notes every misfit; it returns None where nothing usable is there, and the reading
goes on, so that one run shows all findings. Names whose declaration could not be read are remembered, so
that their uses are not reported a second time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from typing import Any, Protocol, TypeVar

import attrs

from policyengine.diagnostics import Findings, nearest_or_list
from policyengine.model.literals import LiteralError, a_kind, read_literal
from policyengine.model.types import BOOLEAN, DATE, INTEGER, Type, Value
from policyengine.source import Span
from policyengine.syntax.expression_errors import ExpressionSyntaxError
from policyengine.syntax.expression_tree import Expression
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence, kind

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Schema = dict[str, Any]

NAME = re.compile(r"[a-z][a-z0-9_]*")


@attrs.define
class Reading:
    """One file being read: its findings, its languages, the names that could not be read, and its expressions."""

    findings: Findings
    languages: tuple[str, ...] = ()
    unreadable: set[str] = attrs.field(factory=set)
    written: list[Written] = attrs.field(factory=list)

    def expected(self, what: str, node: Node, hint: str | None = None) -> None:
        """Note that the node is of another kind than expected."""
        self.findings.error(
            "wrong-shape", f"{what} is expected here, not {kind(node)}", first_line(node.span), hint
        )


def first_line(span: Span) -> Span:
    """Cut a span of many lines to its first."""
    return span.first_line()


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
    most: int = 10_000

    def read(self, node: Node, reading: Reading) -> Scalar | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Scalar) or not node.text.strip():
            reading.expected(self.what, node)
            return None
        if len(node.text) > self.most:
            span, hint = first_line(node.span), "a text says one thing"
            message = f"a text of more than {self.most:,} characters"
            reading.findings.error("too-long", message, span, hint)
            return None
        return node

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {"type": ["string", "number", "boolean"]}


@attrs.frozen
class Name(Shape[Scalar]):
    """The name of something: lower case letters, digits and underscores, with points or dashes in file names."""

    pattern: re.Pattern[str] = NAME
    what: str = "a name"
    hint: str = "names are lower case letters, digits and `_`, such as `payment_holiday`"

    def read(self, node: Node, reading: Reading) -> Scalar | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Scalar):
            reading.expected(self.what, node)
            return None
        if not self.pattern.fullmatch(node.text):
            reading.findings.error(
                "bad-name",
                f"`{node.text}` is not {self.what}",
                node.span,
                self.hint,
            )
            return None
        return node

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {"type": "string", "pattern": f"^{self.pattern.pattern}$"}


@attrs.frozen
class Literal(Shape[Value]):
    """A value of a plain type."""

    type: Type

    def read(self, node: Node, reading: Reading) -> Value | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Scalar):
            reading.expected(a_kind(self.type), node)
            return None
        try:
            return read_literal(self.type, node.text, quoted=node.quoted)
        except LiteralError as error:
            reading.findings.error(error.code, error.message, node.span, error.hint)
            return None

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
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
    what: str = "one of the values"

    def read(self, node: Node, reading: Reading) -> str | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Scalar):
            reading.expected(self.what, node, nearest_or_list("", self.words))
            return None
        if node.text not in self.words:
            reading.findings.error(
                "unknown-value",
                f"`{node.text}` is not {self.what}",
                node.span,
                nearest_or_list(node.text, self.words),
            )
            return None
        return node.text

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        # An editor reads digits as a number before it looks at the schema.
        numbers = [int(word) for word in self.words if word.isdigit()]
        return {"enum": [*self.words, *numbers]}


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
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Scalar):
            reading.expected("an expression", node)
            return None
        try:
            written = Written(node, self.parse(node.text))
        except ExpressionSyntaxError as error:
            span = node.part(error.start, error.end)
            reading.findings.error("expression-syntax", error.message, span, error.hint)
            return None
        reading.written.append(written)
        return written

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {"type": ["string", "number", "boolean"]}


@attrs.frozen
class Texts:
    """A text in each language, with its place."""

    by_language: MappingOf[str, Scalar]
    span: Span | None = None

    def plain(self) -> dict[str, str]:
        """Return language to text."""
        return {language: scalar.text for language, scalar in self.by_language.items()}


#: What the author of a text may confirm to be the same in every language, where the check cannot see it.
CONFIRMED = "confirmed"
CONFIRMABLE = ("numbers", "negation")
_CONFIRMATION = OneOf(CONFIRMABLE, "what can be confirmed of a text")


@attrs.frozen
class TextsShape(Shape[Texts]):
    """A mapping from each of the file's languages to a text."""

    def read(self, node: Node, reading: Reading) -> Texts | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Mapping):
            languages = ", ".join(f"{code}: …" for code in reading.languages)
            reading.expected("a text in each language", node, f"write {{{languages}}}")
            return None
        texts = {}
        for key, value in node:
            if key.text == CONFIRMED:
                for item in value.items if isinstance(value, Sequence) else (value,):
                    _CONFIRMATION.read(item, reading)
            elif reading.languages and key.text not in reading.languages:
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
        """Return the JSON Schema of the shape."""
        one = _CONFIRMATION.schema()
        confirmed = {"anyOf": [one, {"type": "array", "items": one}]}
        return {
            "type": "object",
            "properties": {CONFIRMED: confirmed},
            "additionalProperties": {"type": "string"},
            "minProperties": 1,
        }
