"""Decision tables as written: inputs, rows of cells, and what happens when several rows fit."""

from __future__ import annotations

import attrs

from policyengine.model.common import EXPRESSION
from policyengine.model.composite import ByKind, Key, ListOf, MapOf, RecordOf
from policyengine.model.shape import Formula, Name, OneOf, Reading, Schema, Shape, Words, Written
from policyengine.source import Span
from policyengine.syntax.expression_parser import parse_cell
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence

HIT_POLICIES = (
    "unique",
    "first",
    "priority",
    "collect sum",
    "collect min",
    "collect max",
    "collect count",
)


@attrs.frozen
class BoundInput:
    """An input that the caller binds by name; its type is a plain type or an enum."""

    name: Scalar
    type: Scalar


@attrs.frozen
class Row:
    """The cells of the inputs and the output."""

    cells: tuple[Written, ...]
    output: Written
    span: Span


@attrs.frozen
class Table:
    """A decision table."""

    hit: str
    inputs: tuple[Written | BoundInput, ...]
    output: Scalar
    rows: tuple[Row, ...]
    otherwise: Written | None
    order: tuple[Written, ...] | None
    span: Span


@attrs.frozen
class _CellShape(Shape[Written]):
    """A cell. YAML reads an unquoted `{mild, moderate}` as a mapping without values."""

    def read(self, node: Node, reading: Reading) -> Written | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if isinstance(node, Mapping) and all(_empty(value) for _, value in node):
            text = node.span.file.text[node.span.start : node.span.end]
            node = Scalar(text, node.span)
        return Formula(parse_cell).read(node, reading)

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {"type": ["string", "number", "boolean", "object"]}


def _empty(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text


@attrs.frozen
class _RowShape(Shape[Row]):
    """A list of cells whose last member is the output."""

    def read(self, node: Node, reading: Reading) -> Row | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Sequence) or len(node.items) < 2:
            reading.expected("a list of the cells and the output", node)
            return None
        cells = [_CellShape().read(item, reading) for item in node.items[:-1]]
        output = EXPRESSION.read(node.items[-1], reading)
        if output is None or any(cell is None for cell in cells):
            return None
        return Row(tuple(c for c in cells if c is not None), output, node.span)

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {"type": "array", "items": _CellShape().schema(), "minItems": 2}


@attrs.frozen
class _BoundInputShape(Shape[Written | BoundInput]):
    """`{name: type}`."""

    def read(self, node: Node, reading: Reading) -> Written | BoundInput | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Mapping) or len(node.entries) != 1:
            reading.expected("one `{name: type}`", node)
            return None
        key, value = node.entries[0]
        name, type_ = Name().read(key, reading), Words("a type").read(value, reading)
        return BoundInput(name, type_) if name and type_ else None

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {"type": "object", "minProperties": 1, "maxProperties": 1}


_INPUT: Shape[Written | BoundInput] = ByKind(
    "an expression, or `{name: type}`", scalar=EXPRESSION, mapping=_BoundInputShape()
)

TABLES = MapOf(
    RecordOf(
        Table,
        {
            "hit": Key(OneOf(HIT_POLICIES, "a hit policy"), required=True),
            "inputs": Key(ListOf(_INPUT, at_least=1, whole=True), required=True),
            "output": Key(Name(), required=True),
            "rows": Key(ListOf(_RowShape(), at_least=1), required=True),
            "otherwise": Key(EXPRESSION),
            "order": Key(ListOf(EXPRESSION, at_least=1)),
        },
        "a table",
    ),
    what="tables by name",
)
