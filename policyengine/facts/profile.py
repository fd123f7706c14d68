"""A profile before it is held against a dictionary: a tree of text, from a file or from Python values."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf, Sequence as SequenceOf
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs

from policyengine.diagnostics import Findings, ProfileError, UsageError, Diagnostic
from policyengine.source import SourceFile, Span
from policyengine.syntax.yaml_reader import MAX_DEPTH, read_bytes, read_yaml
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence


@attrs.frozen(eq=False)
class Profile:
    """One borrower, what happened, and the loans in arrears, as given.

    Make one with `from_file` or `from_mapping`; `PolicySet.decide` also takes a mapping.
    """

    root: Mapping

    @classmethod
    def from_file(cls, path: str | Path) -> Profile:
        """Read YAML or JSON.

        Raises:
            ProfileError: The file is not a mapping, not YAML, too large or not text.
            UsageError: The file cannot be opened.
        """
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise UsageError([cannot_open(path, error)]) from None
        return cls.from_bytes(str(path), content)

    @classmethod
    def from_bytes(cls, name: str, content: bytes) -> Profile:
        """Read YAML or JSON from bytes; `name` is shown in messages.

        Raises:
            ProfileError: The content is not a mapping, not YAML, too large or not text.
        """
        findings = Findings()
        file = read_bytes(name, content, findings)
        root = read_yaml(file, findings) if file else None
        if root is not None and not isinstance(root, Mapping):
            findings.error(
                "wrong-shape",
                "a profile is a mapping with `borrower`, `hardship` and `loans`",
                root.span,
            )
        findings.raise_errors(ProfileError)
        if not isinstance(root, Mapping):
            raise ProfileError([Diagnostic("empty-file", "the profile is empty")])
        return cls(root)

    @classmethod
    def from_mapping(cls, mapping: MappingOf[str, Any]) -> Profile:
        """Take Python values: `int`, `Decimal`, `str`, `bool`, `date`, lists and mappings.

        A `float` is refused: it cannot hold an amount exactly.

        Raises:
            ProfileError: A value is of another kind, or a key is not text.
        """
        findings = Findings()
        root = _from_python(mapping, "", findings, 0)
        findings.raise_errors(ProfileError)
        if not isinstance(root, Mapping):
            raise ProfileError([Diagnostic("wrong-shape", "a profile is a mapping")])
        return cls(root)


def cannot_open(path: str | Path, error: OSError) -> Diagnostic:
    """Return the finding for a file that cannot be opened."""
    reason = (error.strerror or "it cannot be opened").lower()
    return Diagnostic("cannot-open", f"`{path}`: {reason}", hint="check the path")


_NOWHERE = Span(SourceFile("profile", ""), 0, 0)
_PLAIN = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?|true|false")


def _from_python(value: Any, path: str, findings: Findings, depth: int) -> Node:
    if depth > MAX_DEPTH:
        findings.error("too-deep", f"more than {MAX_DEPTH} levels of nesting", path=path)
        return Scalar("", _NOWHERE)
    if isinstance(value, MappingOf):
        return _mapping(value, path, findings, depth)
    if isinstance(value, SequenceOf) and not isinstance(value, (str, bytes)):
        items = enumerate(value)
        return Sequence(
            tuple(_from_python(v, f"{path}[{i}]", findings, depth + 1) for i, v in items), _NOWHERE
        )
    return _scalar(value, path, findings)


def _mapping(value: MappingOf[Any, Any], path: str, findings: Findings, depth: int) -> Mapping:
    entries = []
    for key, child in value.items():
        if not isinstance(key, str):
            findings.error("bad-key", f"the key `{key}` is not text", path=path or None)
            continue
        below = f"{path}.{key}" if path else key
        entries.append((Scalar(key, _NOWHERE), _from_python(child, below, findings, depth + 1)))
    return Mapping(tuple(entries), _NOWHERE)


def _scalar(value: Any, path: str, findings: Findings) -> Scalar:
    """Write a Python value as a profile would; text that looks like a number stays text."""
    if value is None:
        return Scalar("null", _NOWHERE)
    if isinstance(value, bool):
        return Scalar("true" if value else "false", _NOWHERE)
    if isinstance(value, str):
        return Scalar(value, _NOWHERE, '"' if _PLAIN.fullmatch(value) else "")
    if isinstance(value, Decimal):
        return Scalar(format(value, "f"), _NOWHERE)
    if isinstance(value, int):
        return Scalar(str(value), _NOWHERE)
    if isinstance(value, date) and not isinstance(value, datetime):
        return Scalar(value.isoformat(), _NOWHERE)
    findings.error("inexact-value", *_refusal(value), path=path)
    return Scalar("", _NOWHERE)


def _refusal(value: Any) -> tuple[str, None, str]:
    if isinstance(value, (float, Fraction)):
        return (
            f"`{value}` is a binary fraction, which cannot hold every amount",
            None,
            "use `Decimal`, or read JSON with `parse_float=Decimal`",
        )
    return "the value is neither a number, text, a date nor a truth value", None, "see the reference"
