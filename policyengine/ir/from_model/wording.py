"""Texts with `{placeholders}` to templates. Each placeholder is a checked expression."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.ir.from_model.expressions import elaborate
from policyengine.ir.from_model.scope import Scope, Where
from policyengine.ir.nodes import Node
from policyengine.ir.program import Template, Wording
from policyengine.model.shape import Texts, Written
from policyengine.syntax.expression_parser import ExpressionSyntaxError, parse_expression
from policyengine.syntax.yaml_tree import Scalar


def wording_from(texts: Texts | None, scope: Scope, where: Where) -> Wording:
    """Return the template of each language; what is wrong in a placeholder is noted."""
    if texts is None:
        return {}
    return {
        language: Template(tuple(_pieces(scalar, scope, where)), scalar.span)
        for language, scalar in texts.by_language.items()
    }


def _pieces(scalar: Scalar, scope: Scope, where: Where) -> Iterator[str | Node]:
    text, position = scalar.text, 0
    while position < len(text):
        brace = _next_brace(text, position)
        if brace > position:
            yield text[position:brace]
        if brace == len(text):
            return
        if text[brace : brace + 2] in ("{{", "}}"):
            yield text[brace]
            position = brace + 2
            continue
        end = text.find("}", brace)
        if text[brace] == "}" or end < 0:
            _note_stray_brace(scalar, brace, scope)
            return
        yield from _placeholder(scalar, brace + 1, end, scope, where)
        position = end + 1


def _next_brace(text: str, position: int) -> int:
    found = [at for at in (text.find("{", position), text.find("}", position)) if at >= 0]
    return min(found, default=len(text))


def _placeholder(
    scalar: Scalar, start: int, end: int, scope: Scope, where: Where
) -> Iterator[Node]:
    try:
        tree = parse_expression(scalar.text[start:end])
    except ExpressionSyntaxError as error:
        span = scalar.part(start + error.start, start + error.end)
        scope.findings.error("expression-syntax", error.message, span, error.hint)
        return
    node = elaborate(Written(scalar, tree, shift=start), scope, where)
    if node is not None:
        yield node


def _note_stray_brace(scalar: Scalar, at: int, scope: Scope) -> None:
    brace = scalar.text[at]
    scope.findings.error(
        "expression-syntax",
        f"a `{brace}` without its partner",
        scalar.part(at, at + 1),
        f"write `{brace}{brace}` for a brace in the text",
    )
