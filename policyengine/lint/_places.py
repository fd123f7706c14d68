"""Where a key stands in a policy's file, for what the program keeps no place of.

The file is read again, which happens only where there is something to report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingOf

from policyengine.diagnostics import Findings
from policyengine.ir.program import Program
from policyengine.source import SourceFile, Span
from policyengine.syntax.yaml_reader import read_yaml
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence

TextByLanguage = MappingOf[str, str]


def key_of(program: Program, *path: str) -> Span:
    """Return the place of a key of the policy, or the policy's own where it is not found."""
    node, found = _tree(program.span.file), None
    for name in path:
        found = node.key(name) if isinstance(node, Mapping) else None
        node = node.get(name) if isinstance(node, Mapping) else None
    return found.span if found else program.span.first_line()


def sibling_of(span: Span, key: str) -> Span | None:
    """Return the place of a key in the innermost mapping around a place, or None."""
    innermost = mapping_around(span)
    found: Scalar | None = innermost.key(key) if innermost else None
    return found.span if found else None


def mapping_around(span: Span) -> Mapping | None:
    """Return the innermost mapping around a place, or None."""
    around = [m for m in _mappings(_tree(span.file)) if m.span.start <= span.start < m.span.end]
    return max(around, key=lambda mapping: mapping.span.start, default=None)


def mappings_saying(texts: TextByLanguage, files: Iterable[SourceFile]) -> Iterator[Mapping]:
    """Yield the mappings in which these texts are written, by language."""
    for file in files:
        yield from (m for m in _mappings(_tree(file)) if _says(m, texts))


def _says(mapping: Mapping, texts: TextByLanguage) -> bool:
    said = ((mapping.get(language), text) for language, text in texts.items())
    return all(isinstance(node, Scalar) and node.text == text for node, text in said)


def _tree(file: SourceFile) -> Node | None:
    return read_yaml(file, Findings())


def _mappings(node: Node | None) -> Iterator[Mapping]:
    if isinstance(node, Mapping):
        yield node
        for _, value in node:
            yield from _mappings(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _mappings(item)
