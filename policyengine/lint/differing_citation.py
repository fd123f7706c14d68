"""Texts that cite different provisions or sources in different languages."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic
from policyengine.ir.program import Program
from policyengine.lint._citations import cited
from policyengine.lint._texts import Said, found_in, pairs

CODE = "differing-citation"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each citation that another language lacks."""
    return found_in(program, _lacking)


def _lacking(said: Said) -> Iterator[Diagnostic]:
    for (here, text), (there, other) in pairs(said):
        for citation in sorted(cited(text) - cited(other)):
            message = f"`{citation}` is cited in the text `{here}` and not in `{there}`"
            yield from said.finding(CODE, message, "cite the same in every language", (here, there))
