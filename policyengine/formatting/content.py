"""What is in a file: its tree, the expressions in it, the remarks beside it; and what they say, wherever they stand."""

from __future__ import annotations

from typing import Any

import attrs

from policyengine.diagnostics import Diagnostic, Findings, PolicyError
from policyengine.formatting.remarks import Remark, remarks_in
from policyengine.formatting.scalars import header_remark
from policyengine.model.from_syntax import expressions_in
from policyengine.model.shape import Written
from policyengine.source import SourceFile, Span
from policyengine.syntax.expression_tree import Expression
from policyengine.syntax.yaml_reader import read_yaml
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, kind


@attrs.frozen(eq=False)
class Content:
    """A file that was read. `places` are the offsets at which the scalars of its expressions begin."""

    file: SourceFile
    root: Mapping
    expressions: tuple[Written, ...]
    places: frozenset[int]
    remarks: tuple[Remark, ...]

    @classmethod
    def of(cls, file: SourceFile) -> Content:
        """Read a file; what is wrong with it beyond YAML is left aside.

        Raises:
            PolicyError: It is no YAML of the language, or no mapping.
        """
        findings = Findings()
        root = read_yaml(file, findings)
        findings.raise_errors(PolicyError)
        if not isinstance(root, Mapping):
            raise PolicyError([_no_mapping(file, root)])
        written = expressions_in(root)
        places = frozenset(each.scalar.span.start for each in written)
        return cls(file, root, written, places, remarks_in(root, file.text))

    def said(self) -> tuple[object, ...]:
        """Return what the file says, apart from how it is laid out."""
        trees = [_bare(written.tree) for written in self.expressions]
        return _told(self.root, self.places), trees, [remark.text for remark in self.remarks]


def _no_mapping(file: SourceFile, root: Node | None) -> Diagnostic:
    span = root.span.first_line() if root else Span(file, 0, 0)
    what = kind(root) if root else "nothing"
    return Diagnostic("wrong-shape", f"a mapping is expected here, not {what}", span)


def _told(node: Node, places: frozenset[int]) -> object:
    """Return a tree without its places; the text of an expression is held as what it parses to instead."""
    if isinstance(node, Scalar):
        text = "an expression" if node.span.start in places else (node.text, node.quoted)
        return text, header_remark(node)
    if isinstance(node, Mapping):
        return [(key.text, _told(value, places)) for key, value in node]
    return [_told(item, places) for item in node.items]


def _bare(value: Any) -> object:
    """Return an expression without its places."""
    if isinstance(value, tuple):
        return tuple(map(_bare, value))
    if not isinstance(value, Expression):
        return value
    names = [field.name for field in attrs.fields(type(value))]
    return type(value), [_bare(getattr(value, n)) for n in names if n not in ("start", "end")]
