"""The one way in: a file's text, laid out anew."""

from __future__ import annotations

import re

from policyengine.diagnostics import Diagnostic, Findings, PolicyError
from policyengine.formatting.layout import laid_out
from policyengine.formatting.lines import joined
from policyengine.formatting.remarks import remarks_in
from policyengine.formatting.same import said_in
from policyengine.model.from_syntax import FORMS, expressions_in
from policyengine.source import SourceFile, Span
from policyengine.syntax.yaml_reader import read_yaml
from policyengine.syntax.yaml_tree import Mapping, Node, kind

#: Whatever is none of these may be a borrower's: its lines are not shown with what is wrong in it.
_OF_LENDER = re.compile(rf"^(?:{'|'.join(FORMS)})[ \t]*:", re.MULTILINE)


def formatted(text: str, name: str = "policy.yaml") -> str:
    """Return the text of a YAML file in the one layout; `name` is what messages call the file.

    Expressions are spaced where the file is a policy, a regulation, a vocabulary or tests that can be read; of any
    other file, such as a borrower's profile, only the layout changes. Line breaks stay those of the first line.

    Raises:
        PolicyError: The text is no YAML of the language, or it cannot be laid out without changing what it says.
    """
    ending = "\r\n" if "\r\n" in text[: text.find("\n") + 1] else "\n"
    file = SourceFile(name, text.replace("\r\n", "\n"), confidential=not _OF_LENDER.search(text))
    root = _read(file)
    expressions = {written.scalar.span.start for written in expressions_in(root)}
    lines = laid_out(root, file.text, remarks_in(root, file.text), expressions)
    if not _says_the_same(file, root, joined(lines)):
        raise PolicyError([_cannot_format(file)])
    return joined(lines).replace("\n", ending)


def _read(file: SourceFile) -> Node:
    findings = Findings()
    root = read_yaml(file, findings)
    if root is not None and not isinstance(root, Mapping):
        span = root.span.first_line()
        findings.error("wrong-shape", f"a mapping is expected here, not {kind(root)}", span)
    findings.raise_errors(PolicyError)
    if root is None:  # never without a finding
        raise PolicyError([])
    return root


def _says_the_same(file: SourceFile, root: Node, text: str) -> bool:
    after = SourceFile(file.name, text, file.confidential)
    try:
        return said_in(after, _read(after)) == said_in(file, root)
    except PolicyError:
        return False


def _cannot_format(file: SourceFile) -> Diagnostic:
    return Diagnostic(
        "cannot-format",
        "the layout of this file cannot be changed without changing what it says",
        Span(file, 0, 0),
        "write it plainly: a key and its value on one line, no `?` and no `---`",
    )
