"""The reference of diagnostics: every code has a line, and every rule a page whose examples are true."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from linting import findings
from test_lint_cases import CODES

from policyengine.diagnostics import Diagnostic

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "reference" / "diagnostics"
INDEX = PAGES.with_suffix(".md")
#: What takes a code as its first argument.
NOTING = {
    "Diagnostic",
    "LiteralError",
    "Problem",
    "_TooMuch",
    "_error",
    "_note_magic",
    "_refuse",
    "error",
    "warning",
}
#: The text of a rule cannot be shown by an example of a readable size.
WITHOUT_EXAMPLE = {"table-not-checked"}


def _codes_in_source() -> Iterator[str]:
    for path in sorted((ROOT / "policyengine").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in NOTING and node.args:
                yield from _written(node.args[0])
            if isinstance(node, ast.Assign) and _is_of_codes(node):
                yield from _written(node.value)
            if isinstance(node, ast.Return) and _is_code_of_a_type(node.value):
                yield from _written(node.value)


def _is_of_codes(node: ast.Assign) -> bool:
    """Whether this is the `CODE` of a rule, or the codes by type."""
    name = _name(node.targets[0])
    return name == "_CODES" or (name == "CODE" and isinstance(node.value, ast.Constant))


def _is_code_of_a_type(node: ast.expr | None) -> bool:
    """Whether this is the lookup in `_CODES`, with what is written in place of a kind."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "_CODES.get"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _written(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _written(node.body)
        yield from _written(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield from _written(node.values[0])
    elif isinstance(node, (ast.BinOp, ast.Call)):
        parts = node.args if isinstance(node, ast.Call) else [node.left, node.right]
        for part in parts:
            yield from _written(part)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _written(value)


def _rows() -> dict[str, str]:
    rows = re.findall(
        r"^\| \[?`([a-z-]+)`.*?\| (error|warning) \|",
        INDEX.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(rows) == len(dict(rows)), "a code stands twice"
    return dict(rows)


def test_every_code_in_the_source_has_a_line() -> None:
    codes, rows = {*_codes_in_source()}, _rows()
    assert {c for c in codes if not c.endswith("-")} - rows.keys() == set()
    assert [c for c in codes if c.endswith("-") and not any(r.startswith(c) for r in rows)] == []


def test_every_line_is_of_a_code_in_the_source() -> None:
    codes = {*_codes_in_source()}
    stems = tuple(code for code in codes if code.endswith("-"))
    assert [r for r in _rows() if r not in codes and not (stems and r.startswith(stems))] == []


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == CODES
    index = INDEX.read_text(encoding="utf-8")
    assert [code for code in CODES if f"[`{code}`](diagnostics/{code}.md)" not in index] == []


def test_the_severity_in_the_index_is_the_one_found() -> None:
    rows = _rows()
    for code in CODES - WITHOUT_EXAMPLE:
        found = {d.severity for d in _found(code, "Avoid") if d.code == code}
        assert {str(severity) for severity in found} == {rows[code]}


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_page_says_what_to_avoid_what_to_prefer_and_why(code: str) -> None:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    assert headings == [f"`{code}`", "Avoid", "Prefer", "Rationale"]


@pytest.mark.parametrize("code", sorted(CODES - WITHOUT_EXAMPLE))
def test_the_examples_of_a_page_are_true(code: str) -> None:
    assert code in {d.code for d in _found(code, "Avoid")}
    preferred = _found(code, "Prefer")
    assert [str(d) for d in preferred if d.code == code or d.severity == "error"] == []


def _found(code: str, heading: str) -> list[Diagnostic]:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    example = re.search(rf"## {heading}\n.*?```yaml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    found = findings(example[1])
    assert [str(d) for d in found if d.severity == "error" and d.code not in CODES] == []
    return found
