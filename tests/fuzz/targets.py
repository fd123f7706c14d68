"""What is fuzzed: readers of text that somebody else wrote. Whatever the bytes, each reads them or says what is wrong.

A target takes bytes and fails by an exception. Nothing but what it promises may come out: an `ExpressionSyntaxError`
with its place in the text, or findings with a code, each at a place in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import policyengine as pe
from policyengine.diagnostics import Diagnostic, Findings, PolicyEngineError
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.formatting.formatted import formatted
from policyengine.loading import _File, _loaded
from policyengine.model.from_syntax import form_in
from policyengine.source import Span
from policyengine.syntax import expression_parser as expressions
from policyengine.syntax.expression_tree import Expression
from policyengine.syntax.file_text import read_bytes
from policyengine.testing.strategies import grammar

Target = Callable[[bytes], None]


def expression(content: bytes) -> None:
    """Parse a text as each kind of expression; what is parsed lies within the text."""
    text = content.decode("utf-8", "replace")
    for parse in (
        expressions.parse_expression,
        expressions.parse_amount,
        expressions.parse_extent,
        expressions.parse_cell,
    ):
        found = _parsed(parse, text)
        assert 0 <= found.start <= found.end <= len(text), found


def _parsed(
    parse: Callable[[str], Expression], text: str
) -> Expression | expressions.ExpressionSyntaxError:
    try:
        return parse(text)
    except expressions.ExpressionSyntaxError as error:
        return error


def policy(content: bytes) -> None:
    """Read a file beside a vocabulary, as a folder is read, up to programs and warnings."""
    findings = Findings()
    file = read_bytes("fuzzed.yaml", content, findings)
    form, unreadable = (None, frozenset()) if file is None else form_in(file, findings)
    if form is None or file is None:
        assert findings.errors
    else:
        beside = _File(form, unreadable, file, Path("fuzzed.yaml"))
        findings = _loaded(Path(), [_vocabulary(), beside], findings, warnings=True).findings
    for found in findings.items:
        _is_whole(found)


def profile(content: bytes) -> None:
    """Read a borrower, and take the facts that a vocabulary knows from it."""
    for found in _refusal(content):
        _is_whole(found)


def _refusal(content: bytes) -> Sequence[Diagnostic]:
    try:
        given = pe.Profile.from_bytes("fuzzed.yaml", content)
        facts_from(given, _policies().dictionary, currency("CNY"), None)
    except PolicyEngineError as error:
        return error.diagnostics
    return ()


def layout(content: bytes) -> None:
    """Lay a file out; what is laid out stays as it is, and no file is refused because its layout would change it."""
    findings = Findings()
    file = read_bytes("fuzzed.yaml", content, findings)
    if file is None:
        return
    text = _laid_out(file.text)
    assert text is None or _laid_out(text) == text, file.text


def _laid_out(text: str) -> str | None:
    """Return a text laid out, or None where it is no YAML."""
    try:
        return formatted(text)
    except PolicyEngineError as error:
        if error.code == "cannot-format":
            raise
        return None


TARGETS: dict[str, Target] = {
    "expression": expression,
    "policy": policy,
    "profile": profile,
    "layout": layout,
}


def _is_whole(found: Diagnostic) -> None:
    assert found.code, found
    assert found.message, found
    if isinstance(found.span, Span):  # what is missing at the end stands one after it
        assert 0 <= found.span.start <= found.span.end <= len(found.span.file.text) + 1, found


@cache
def _vocabulary() -> _File:
    findings = Findings()
    file = read_bytes("vocabulary.yaml", grammar.made(0).vocabulary.encode(), findings)
    assert file is not None
    form, unreadable = form_in(file, findings)
    assert form is not None
    return _File(form, unreadable, file, Path("vocabulary.yaml"))


@cache
def _policies() -> pe.PolicySet:
    return grammar.made(0).load()
