"""A profile before it is held against a dictionary: a tree of text, from a file or from Python values."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence as SequenceOf
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs

from policyengine.diagnostics import Diagnostic, Findings, ProfileError, UsageError
from policyengine.source import SourceFile, Span
from policyengine.syntax.file_text import read_bytes, read_content
from policyengine.syntax.yaml_reader import MAX_DEPTH, MAX_NODES, read_yaml
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
            content = read_content(path)
        except (OSError, ValueError) as error:
            raise UsageError([cannot_open(path, error)]) from None
        return cls.from_bytes(str(path), content)

    @classmethod
    def from_bytes(cls, name: str, content: bytes) -> Profile:
        """Read YAML or JSON from bytes; `name` is shown in messages.

        Raises:
            ProfileError: The content is not a mapping, not YAML, too large or not text.
        """
        findings = Findings(ProfileError)
        file = read_bytes(name, content, findings, confidential=True)
        root = read_yaml(file, findings) if file else None
        findings.raise_errors(ProfileError)
        if not isinstance(root, Mapping):
            raise ProfileError([_no_profile(root)])
        return cls(root)

    @classmethod
    def from_mapping(cls, mapping: MappingOf[str, Any]) -> Profile:
        """Take Python values: `int`, `Decimal`, `str`, `bool`, `date`, lists and mappings.

        A `float` is refused: it cannot hold an amount exactly.

        Raises:
            ProfileError: A value is of another kind, or a key is not text.
        """
        findings = Findings(ProfileError)
        root = _FromPython(findings).node(mapping, "", 0)
        findings.raise_errors(ProfileError)
        if not isinstance(root, Mapping):
            raise ProfileError([_no_profile(None)])
        return cls(root)


def cannot_open(path: str | Path, error: OSError | ValueError) -> Diagnostic:
    """Return the finding for a file that cannot be opened."""
    reason = (getattr(error, "strerror", None) or "it cannot be opened").lower()
    return Diagnostic("cannot-open", f"`{path}`: {reason}", hint="check the path")


def _no_profile(root: Node | None) -> Diagnostic:
    return Diagnostic(
        "wrong-shape",
        "a profile is a mapping with `borrower`, `hardship` and `loans`",
        root.span.first_line() if root else None,
        "see the reference",
    )


_NOWHERE = Span(SourceFile("profile", "", confidential=True), 0, 0)
_NOTHING = Scalar("null", _NOWHERE)
_MOST_DIGITS = 40


@attrs.define
class _FromPython:
    """Writes Python values as a profile would. What is wrong is named by its path, never by its value."""

    findings: Findings
    nodes: int = 0

    def node(self, value: Any, path: str, depth: int) -> Node:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            self._note_size(path)
            return _NOTHING
        if isinstance(value, MappingOf):
            return self._mapping(value, path, depth)
        if isinstance(value, SequenceOf) and not isinstance(value, (str, bytes, bytearray)):
            return self._sequence(value, path, depth)
        return self._scalar(value, path)

    def _note_size(self, path: str) -> None:
        if not self.findings.errors:
            message = f"more than {MAX_DEPTH} levels of nesting, or {MAX_NODES:,} values"
            self.findings.error("too-deep", message, path=path, hint="give one borrower at a time")

    def _sequence(self, value: SequenceOf[Any], path: str, depth: int) -> Sequence:
        items = enumerate(value[:MAX_NODES])
        return Sequence(tuple(self.node(v, f"{path}[{i}]", depth + 1) for i, v in items), _NOWHERE)

    def _mapping(self, value: MappingOf[Any, Any], path: str, depth: int) -> Mapping:
        entries = []
        for key, child in value.items():
            if not isinstance(key, str) or not _is_unicode(key):
                hint = "name it as the vocabulary does"
                message = "a key of the profile is not text"
                self.findings.error("bad-key", message, path=path or None, hint=hint)
                continue
            below = f"{path}.{key}" if path else str.__str__(key)
            name = Scalar(str.__str__(key), _NOWHERE)
            entries.append((name, self.node(child, below, depth + 1)))
        return Mapping(tuple(entries), _NOWHERE)

    def _scalar(self, value: Any, path: str) -> Scalar:
        text = _as_written(value)
        if text is None:
            message, hint = _refusal(value)
            self.findings.error("inexact-value", message, path=path, hint=hint)
            return _NOTHING
        return Scalar(text, _NOWHERE, '"' if isinstance(value, str) else "")


def _as_written(value: Any) -> str | None:
    """Return a Python value as text, or None where it has no exact and finite notation."""
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    if isinstance(value, str):
        return str.__str__(value) if _is_unicode(value) else None
    if isinstance(value, int):
        return str(int(value)) if abs(value) < 10**_MOST_DIGITS else None
    if isinstance(value, Decimal):
        return format(value, "f") if _is_short(value) else None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return None


def _is_unicode(text: str) -> bool:
    """Whether the text can be written to a file: half of a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_short(value: Decimal) -> bool:
    """Whether the number can be written out: 1E+999999999 would fill the memory."""
    exponent = value.as_tuple().exponent
    return not isinstance(exponent, int) or (
        value.adjusted() < _MOST_DIGITS and exponent > -_MOST_DIGITS
    )


def _refusal(value: Any) -> tuple[str, str]:
    if isinstance(value, (float, Fraction)):
        return (
            "a binary fraction cannot hold every amount",
            "use `Decimal`, or read JSON with `parse_float=Decimal`",
        )
    if isinstance(value, (int, Decimal)):
        return f"the number has more than {_MOST_DIGITS} digits", "check the number"
    if isinstance(value, str):
        return "the text holds half of a character", "decode the text as UTF-8"
    return "the value is neither a number, text, a date nor a truth value", "see the reference"
