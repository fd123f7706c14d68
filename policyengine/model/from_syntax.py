"""Reads a file's tree into the form its first key names."""

from __future__ import annotations

from typing import Any

from policyengine.diagnostics import Diagnostic, Findings, did_you_mean, nearest_or_list
from policyengine.model.common import LANGUAGES_SPOKEN
from policyengine.model.policy import POLICY, REGULATION, Policy, Regulation
from policyengine.model.shape import Reading, Schema, Shape, Written
from policyengine.model.test_file import TEST_FILE, TestFile
from policyengine.model.vocabulary import VOCABULARY, Vocabulary
from policyengine.source import SourceFile
from policyengine.syntax.yaml_reader import read_document
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence

Form = Vocabulary | Regulation | Policy | TestFile

#: The kinds of file, by their first key.
FORMS: dict[str, Shape[Any]] = {
    "vocabulary": VOCABULARY,
    "regulation": REGULATION,
    "policy": POLICY,
    "tests": TEST_FILE,
}


def form_in(file: SourceFile, findings: Findings) -> tuple[Form | None, frozenset[str]]:
    """Return the form in a file's text and the names in it that could not be read.

    A file with a syntax error has no form. What else is wrong in it is noted all the same, but nothing
    about the lines that were mended, and nothing that may be missing because of them.
    """
    document = read_document(file, findings)
    if not document.problems:
        return from_syntax(document.root, findings) if document.root else (None, frozenset())
    if document.root:
        mended = {file.line_and_column(problem.start)[0] for problem in document.problems}
        seen = Findings(findings.kind)
        from_syntax(document.root, seen)
        findings.items += [d for d in seen.items if _is_certain(d, mended)]
    return None, frozenset()


def _is_certain(finding: Diagnostic, mended: set[int]) -> bool:
    on_mended = finding.span is not None and finding.span.line in mended
    return not on_mended and not finding.code.startswith("missing-")


def from_syntax(node: Node, findings: Findings) -> tuple[Form | None, frozenset[str]]:
    """Return the form a file holds and the names in it that could not be read."""
    reading = Reading(findings)
    return _read(node, reading), frozenset(reading.unreadable)


def expressions_in(node: Node) -> tuple[Written, ...]:
    """Return the expressions of a file that can be parsed, whatever else is wrong in it; none of a borrower's."""
    reading = Reading(_Unheard())
    _read(node, reading)
    return tuple(reading.written)


class _Unheard(Findings):
    """Findings that nobody asks for, so that there are never too many."""

    def error(self, *_finding: Any, **_more: Any) -> None:
        """Leave a finding aside."""


def _read(node: Node, reading: Reading) -> Form | None:
    shape = _shape(node, reading)
    if shape is None:
        return None
    reading.languages = _languages(node)
    form: Form | None = shape.read(node, reading)
    return form


def json_schema() -> Schema:
    """Return one JSON Schema for all kinds of file."""
    from policyengine.model.common import _CONDITION_PART  # noqa: PLC0415

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "policyengine files, language 1",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in FORMS],
        "$defs": {name: shape.schema() for name, shape in FORMS.items()}
        | {"condition_part": _CONDITION_PART.schema()},
    }


def _shape(node: Node, reading: Reading) -> Shape[Any] | None:
    first = node.entries[0][0] if isinstance(node, Mapping) and node.entries else None
    if first is None:
        reading.expected("a policy, a regulation, a vocabulary or tests", node)
        return None
    if first.text not in FORMS:
        reading.findings.error(
            "unknown-kind",
            f"the first key `{first.text}` names no kind of file",
            first.span,
            did_you_mean(first.text, FORMS) or nearest_or_list("", FORMS),
        )
    return FORMS.get(first.text)


def _languages(node: Node) -> tuple[str, ...]:
    """Look ahead for the languages, which every text of the file is held against."""
    languages = node.get("languages") if isinstance(node, Mapping) else None
    if not isinstance(languages, Sequence):
        return ()
    codes = (code.text for code in languages.items if isinstance(code, Scalar))
    return tuple(code for code in codes if code in LANGUAGES_SPOKEN)
