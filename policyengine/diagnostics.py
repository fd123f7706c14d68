"""What is wrong with an input, and the one exception tree that carries it.

A diagnostic says what, where, what was expected and the nearest right name. Messages are lower case,
put names in backticks and name no Python type; help stands apart from the message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

import attrs

from policyengine.source import Span

#: A run stops at this many findings: whoever gets so many has given the wrong file.
MAX_FINDINGS = 500
_LONGEST = 400
_NAMES_SHOWN = 8


class Severity(StrEnum):
    """Whether a finding stops the input from being used."""

    ERROR = "error"
    WARNING = "warning"


def readable(text: str) -> str:
    """Return text that is safe to show on one line: no control characters, and not endless."""
    shown = text if text.isprintable() else "".join(map(_readable_character, text[: 2 * _LONGEST]))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _readable_character(character: str) -> str:
    if character.isprintable() or character == "\u3000":
        return character
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in repr(character)[1:-1])


def _readable_or_none(text: str | None) -> str | None:
    return None if text is None else readable(text)


@attrs.frozen
class Related:
    """A second place that the reader needs to see."""

    message: str = attrs.field(converter=readable)
    span: Span


@attrs.frozen
class Diagnostic:
    """One finding.

    `code` is stable and has a page in the reference; `path` names the field of a profile, or the file of a
    record; `hint` says what to do about it.
    """

    code: str
    message: str = attrs.field(converter=readable)
    span: Span | None = None
    hint: str | None = attrs.field(default=None, converter=_readable_or_none)
    path: str | None = attrs.field(default=None, converter=_readable_or_none)
    related: tuple[Related, ...] = ()
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.span}: " if self.span else f"{self.path}: " if self.path else ""
        help_ = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.severity}[{self.code}]: {self.message}{help_}"


class PolicyEngineError(Exception):
    """The root of everything this library raises on purpose."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(d) for d in self.diagnostics))

    @property
    def code(self) -> str:
        """The code of the first finding."""
        return self.diagnostics[0].code

    @property
    def span(self) -> Span | None:
        """The place of the first finding, where there is one."""
        return self.diagnostics[0].span

    @property
    def hint(self) -> str | None:
        """What to do about the first finding."""
        return self.diagnostics[0].hint


class PolicyError(PolicyEngineError):
    """A vocabulary, regulation, policy or test file is not valid."""


class ProfileError(PolicyEngineError):
    """A borrower's profile is not valid."""


class UsageError(PolicyEngineError):
    """The call itself is wrong: a path that is not there, a policy that does not exist."""


class PortfolioError(PolicyEngineError):
    """The columns of many loans are not valid, or a run over them cannot go on."""


class CaseError(PolicyEngineError):
    """A case, an event of it or the log that it is kept in is not valid, or the log cannot be reached."""


class RecordError(PolicyEngineError):
    """What was given as a record is none, or was changed."""


@attrs.define
class Findings:
    """The findings of one run, gathered so that all are reported at once.

    `kind` is what is raised when there are more than anybody would read.
    """

    kind: type[PolicyEngineError] = PolicyError
    items: list[Diagnostic] = attrs.field(factory=list)

    def error(
        self,
        code: str,
        message: str,
        span: Span | None = None,
        hint: str | None = None,
        path: str | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        """Note something that stops the input from being used."""
        self.items.append(Diagnostic(code, message, span, hint, path, related))
        if len(self.items) >= MAX_FINDINGS:
            raise self.kind([*in_order(self.errors), _TOO_MANY])

    def warning(
        self, code: str, message: str, span: Span | None = None, hint: str | None = None
    ) -> None:
        """Note something worth a look that stops nothing."""
        self.items.append(Diagnostic(code, message, span, hint, severity=Severity.WARNING))

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that stop the input from being used."""
        return tuple(d for d in self.items if d.severity is Severity.ERROR)

    def raise_errors(self, kind: Callable[[Iterable[Diagnostic]], PolicyEngineError]) -> None:
        """Raise all errors at once, in the order of the files; do nothing where there is none."""
        if self.errors:
            raise kind(in_order(self.errors))


_TOO_MANY = Diagnostic(
    "too-many-errors",
    f"reading stopped after {MAX_FINDINGS} findings",
    hint="is this the right file?",
)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort by file and position, without repeats."""

    def place(finding: Diagnostic) -> tuple[str, int, str, str]:
        span = finding.span
        name, start = (span.file.name, span.start) if span else ("", 0)
        return name, start, finding.code, finding.message

    unique = {place(d): d for d in diagnostics}
    return [unique[key] for key in sorted(unique)]


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return a hint with the nearest known name, or None when nothing is near."""
    sought, names = name[:_LONGEST], list(known)
    nearest = _nearest_of_record(sought, names) or _near(
        sought, names, cutoff=0.8 if "." in sought else 0.6
    )
    return f"did you mean `{nearest[0]}`?" if nearest else None


def _nearest_of_record(name: str, names: list[str]) -> list[str]:
    """Compare the fields of one record without its name, which would make all of them alike."""
    record, point, field = name.rpartition(".")
    fields = [
        n.removeprefix(record + point) for n in names if point and n.startswith(record + point)
    ]
    return [record + point + near for near in _near(field, fields)]


def _near(name: str, names: list[str], cutoff: float = 0.6) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415  # most starts find nothing misspelt

    return get_close_matches(name, names, n=1, cutoff=cutoff)


def nearest_or_list(name: str, known: Iterable[str]) -> str:
    """Return a hint: the nearest known name, or a few of the names there are."""
    names = sorted(known)
    near = did_you_mean(name, names)
    if near:
        return near
    if not names:
        return "there is none to choose from"
    shown = ", ".join(f"`{n}`" for n in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"known: {shown}" + (f" and {more} more" if more > 0 else "")
