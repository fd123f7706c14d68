"""What a person has reviewed in a file that was generated before: it is kept as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from policyengine.diagnostics import Diagnostic, Findings, PolicyError, UsageError
from policyengine.model.from_syntax import form_in
from policyengine.model.test_file import BOUNDARIES, Case, TestFile
from policyengine.source import SourceFile, Span
from policyengine.syntax.file_text import read_bytes, read_content


@attrs.frozen(eq=False)
class Before:
    """A file as it stands: the text of its reviewed cases and of its profiles, by name."""

    text: str
    cases: Mapping[str, str]
    uses: Mapping[str, str]
    profiles: Mapping[str, str]


NOTHING = Before("", {}, {}, {})


def before(path: Path, policy: str, *, keep: bool) -> Before:
    """Return what stands in a file that would be written; `keep` keeps reviewed cases.

    Raises:
        UsageError: The file was not generated, or cannot be read.
        PolicyError: Something in it is wrong.
    """
    if not path.exists():
        return NOTHING
    form, file = _read(path)
    if form.generated != BOUNDARIES or form.policy.text != policy:
        raise UsageError([_not_ours(path)])
    if form.laws:
        message = "laws would be lost where the file is generated anew"
        hint = "move them to a test file of their own"
        raise PolicyError([Diagnostic("already-there", message, form.laws[0].span, hint)])
    reviewed = [case for case in form.cases if case.reviewed] if keep else []
    return Before(
        text=file.text,
        cases={case.name.text: _case_text(case, file) for case in reviewed},
        uses={c.name.text: c.given.profile.text for c in reviewed if c.given.profile is not None},
        profiles={name: _profile_text(node.span, file) for name, node in form.profiles.items()},
    )


def _read(path: Path) -> tuple[TestFile, SourceFile]:
    findings = Findings(PolicyError)
    try:
        content = read_content(path)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise UsageError([Diagnostic("cannot-open", f"`{path}`: {reason}")]) from None
    file = read_bytes(str(path), content, findings)
    form = form_in(file, findings)[0] if file else None
    findings.raise_errors(PolicyError)
    if file is None or not isinstance(form, TestFile):
        raise UsageError([_not_ours(path)])
    return form, file


def _not_ours(path: Path) -> Diagnostic:
    message = f"`{path}` was not written by `--generate-boundaries` for this policy"
    return Diagnostic("already-there", message, hint="move it, or name another folder with `--out`")


def _case_text(case: Case, file: SourceFile) -> str:
    """Return the lines of a case, with the comment that stands directly above it."""
    lines = file.text.splitlines()
    first = case.span.line - 1
    while first > 0 and lines[first - 1].strip().startswith("#"):
        first -= 1
    start = file.line_start(first + 1)
    return _lines(Span(file, start, case.span.end), file)


def _profile_text(span: Span, file: SourceFile) -> str:
    """Return the lines of a profile, with that of its name."""
    above = file.line_start(max(1, span.line - 1))
    return _lines(Span(file, above, span.end), file)


def _lines(span: Span, file: SourceFile) -> str:
    """Return the whole lines of a span, without what follows them: blank lines, and comments that stand further out."""
    lines = file.text[file.line_start(span.line) : span.end].splitlines()
    own = len(lines[0]) - len(lines[0].lstrip())
    while len(lines) > 1 and _is_outside(lines[-1], own):
        lines.pop()
    return "".join(line.rstrip() + "\n" for line in lines)


def _is_outside(line: str, own: int) -> bool:
    stripped = line.lstrip()
    return not stripped or (stripped.startswith("#") and len(line) - len(stripped) <= own)
