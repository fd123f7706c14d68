"""The one way in: a file's text, laid out anew."""

from __future__ import annotations

import re

from policyengine.diagnostics import Diagnostic, PolicyError
from policyengine.formatting.content import Content
from policyengine.formatting.layout import laid_out
from policyengine.formatting.lines import joined
from policyengine.model.from_syntax import FORMS
from policyengine.source import SourceFile, Span

#: What begins otherwise may be a borrower's: its lines are not shown with what is wrong in it.
_OF_LENDER = re.compile(rf"(?:[ \t]*(?:#[^\n]*)?\n|---[^\n]*\n)*(?:{'|'.join(FORMS)})[ \t]*:")


def formatted(text: str, name: str = "policy.yaml") -> str:
    """Return the text of a YAML file in the one layout; `name` is what messages call the file.

    Expressions that can be parsed are spaced, where the file is a policy, a regulation, a vocabulary or tests; of any
    other file, such as a borrower's profile, only the layout changes. Line breaks stay those of the first line.

    Raises:
        PolicyError: The text is no YAML of the language, or it cannot be laid out without changing what it says.
    """
    ending = "\r\n" if "\r\n" in text[: text.find("\n") + 1] else "\n"
    plain = text.replace("\r\n", "\n")
    before = Content.of(SourceFile(name, plain, confidential=not _OF_LENDER.match(plain)))
    result = joined(laid_out(before))
    if not _says_the_same(before, result):
        raise PolicyError([_cannot_format(before.file)])
    return result.replace("\n", ending)


def _says_the_same(before: Content, text: str) -> bool:
    file = SourceFile(before.file.name, text, before.file.confidential)
    try:
        return Content.of(file).said() == before.said()
    except PolicyError:
        return False


def _cannot_format(file: SourceFile) -> Diagnostic:
    return Diagnostic(
        "cannot-format",
        "the layout of this file cannot be changed without changing what it says",
        Span(file, 0, 0),
        "write it plainly: a key and its value on one line, no `?` and no `---`",
    )
