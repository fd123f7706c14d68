"""Texts of one rule that show different values in different languages."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import permutations

from policyengine.diagnostics import Diagnostic, Related
from policyengine.ir.nodes import Node
from policyengine.ir.program import Program, Template
from policyengine.ir.showing import written
from policyengine.lint._forms import placeholder_form
from policyengine.lint._places import sibling_of
from policyengine.lint._walk import wordings_in

CODE = "missing-placeholder"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each placeholder that another language lacks."""
    for wording in wordings_in(program):
        shown = {language: _placeholders(template) for language, template in wording.items()}
        for (language, found), (other, there) in permutations(shown.items(), 2):
            for form in found.keys() - there.keys():
                yield _missing(found[form], language, other)


def _placeholders(template: Template) -> Mapping[Hashable, Node]:
    return {placeholder_form(p): p for p in template.pieces if isinstance(p, Node)}


def _missing(node: Node, language: str, other: str) -> Diagnostic:
    place = sibling_of(node.span, other)
    return Diagnostic(
        CODE,
        f"`{{{written(node.span)}}}` stands in the text `{language}` and not in `{other}`",
        node.span,
        "show the same values in every language",
        related=(Related(f"the text `{other}`", place),) if place else (),
    )
