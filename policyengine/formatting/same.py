"""Whether two files say the same: their trees, their expressions and their remarks."""

from __future__ import annotations

from typing import Any

import attrs

from policyengine.formatting.remarks import remarks_in
from policyengine.model.from_syntax import expressions_in
from policyengine.source import SourceFile
from policyengine.syntax.expression_tree import Expression
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar


@attrs.frozen
class Said:
    """What a file says, apart from how it is laid out."""

    tree: object
    expressions: tuple[object, ...]
    remarks: tuple[str, ...]


def said_in(file: SourceFile, root: Node) -> Said:
    """Return what a file says."""
    written = expressions_in(root)
    places = {each.scalar.span.start for each in written}
    return Said(
        _told(root, places),
        tuple(_bare(each.tree) for each in written),
        tuple(remark.text for remark in remarks_in(root, file.text)),
    )


def _told(node: Node, expressions: set[int]) -> object:
    """Return a tree without its places; the text of an expression is held as what it parses to instead."""
    if isinstance(node, Scalar):
        return "an expression" if node.span.start in expressions else (node.text, node.quoted)
    if isinstance(node, Mapping):
        return [(key.text, _told(value, expressions)) for key, value in node]
    return [_told(item, expressions) for item in node.items]


def _bare(value: Any) -> object:
    """Return an expression without its places."""
    if isinstance(value, tuple):
        return tuple(map(_bare, value))
    if not isinstance(value, Expression):
        return value
    names = [
        field.name for field in attrs.fields(type(value)) if field.name not in ("start", "end")
    ]
    return type(value), [_bare(getattr(value, name)) for name in names]
