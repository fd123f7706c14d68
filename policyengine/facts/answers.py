"""A profile with one more answer in it, and the JSON that keeps a profile."""

from __future__ import annotations

import json
import re

from policyengine.diagnostics import Diagnostic, Findings, ProfileError
from policyengine.facts.profile import Profile
from policyengine.source import SourceFile, Span
from policyengine.syntax.file_text import read_bytes
from policyengine.syntax.yaml_reader import read_yaml
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence

_PART = re.compile(r"[^.\[\]]+")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_BARE = ("true", "false", "null")
_NOWHERE = Span(SourceFile("answer", "", confidential=True), 0, 0)


def with_answer(profile: Profile, path: str, text: str, *, loan: int, kind: str) -> Profile:
    """Return a profile that knows one more fact.

    Args:
        profile: What is known.
        path: The fact, as it is asked for: `borrower.x`, `loan.x`, `loan.plans[0].x` or `loans[1].x`.
        text: The answer as a profile would have it; a list in brackets.
        loan: The place of the loan that `loan` means.
        kind: What kind of value the fact has; a text is taken as it is.

    Raises:
        ProfileError: The answer to a question about a list cannot be read.
    """
    way = _PART.findall(path)
    if way[0] == "loan" and profile.root.get("loan") is None:
        way[:1] = ["loans", str(loan)]
    root = _put(profile.root, way, _node(text, path, kind))
    assert isinstance(root, Mapping)  # noqa: S101  # a profile is one
    return Profile(root)


def _node(text: str, path: str, kind: str) -> Node:
    if kind == "text":
        return Scalar(text, _NOWHERE, '"')
    if kind != "list":
        return Scalar(text, _NOWHERE)
    findings = Findings(ProfileError)
    file = read_bytes("answer", text.encode(), findings, confidential=True)
    node = read_yaml(file, findings) if file else None
    if node is None or findings.errors or not isinstance(node, Sequence):
        hint = "write `[]` where there is none, else `[{field: value}]`"
        raise ProfileError(
            [Diagnostic("wrong-shape", f"`{path}`: a list is expected", path=path, hint=hint)]
        )
    return node


def _put(node: Node | None, way: list[str], value: Node) -> Node:
    if not way:
        return value
    step, *rest = way
    if isinstance(node, Sequence):
        items = list(node.items)
        items[int(step)] = _put(items[int(step)], rest, value)
        return Sequence(tuple(items), node.span)
    entries = list(node) if isinstance(node, Mapping) else []
    before = node.get(step) if isinstance(node, Mapping) else None
    new = (Scalar(step, _NOWHERE), _put(before, rest, value))
    return Mapping((*(e for e in entries if e[0].text != step), new), _NOWHERE)


def profile_json(profile: Profile) -> str:
    """Return a profile as JSON that reads as the same profile."""
    return _written(profile.root, "") + "\n"


def _written(node: Node, indent: str) -> str:
    """Numbers are written as they stand, so that they are kept to the last digit."""
    below = indent + "  "
    if isinstance(node, Mapping):
        lines = [f"{json.dumps(k.text, ensure_ascii=False)}: {_written(v, below)}" for k, v in node]
        return _bracketed("{", lines, "}", indent)
    if isinstance(node, Sequence):
        return _bracketed("[", [_written(item, below) for item in node.items], "]", indent)
    if not node.quoted and (_NUMBER.fullmatch(node.text) or node.text in _BARE):
        return node.text
    if not node.quoted and node.text in ("", "~"):
        return "null"
    return json.dumps(node.text, ensure_ascii=False)


def _bracketed(opening: str, lines: list[str], closing: str, indent: str) -> str:
    if not lines:
        return opening + closing
    inner = f",\n{indent}  ".join(lines)
    return f"{opening}\n{indent}  {inner}\n{indent}{closing}"
