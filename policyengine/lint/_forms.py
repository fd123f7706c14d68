"""What an expression says, apart from where it stands: two of one form mean the same in one file."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import attrs

from policyengine.ir.nodes import Constant, Fact, Node
from policyengine.lint._walk import names_of
from policyengine.model.types import Kind
from policyengine.source import Span


def form_of(value: Any, *, words: bool = True) -> Hashable:
    """Return the form of a node, a wording or a tuple of them.

    Without `words`, texts written in an expression do not count: each language has its own.
    """
    if isinstance(value, Constant) and value.type.kind is Kind.TEXT and not words:
        return "a text"
    if isinstance(value, Fact):
        return ("Fact", value.path)
    if isinstance(value, Mapping):
        return tuple((key, form_of(item, words=words)) for key, item in value.items())
    if isinstance(value, tuple):
        return tuple(form_of(item, words=words) for item in value)
    if not attrs.has(type(value)):
        return (type(value).__name__, value)
    parts = (getattr(value, name) for name in names_of(value))
    inner = (form_of(part, words=words) for part in parts if not isinstance(part, Span))
    return (type(value).__name__, *inner)


def placeholder_form(node: Node) -> Hashable:
    """Return what a placeholder says, the same in every language."""
    return form_of(node, words=node.type.kind is not Kind.TEXT)
