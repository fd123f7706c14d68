"""Texts that say no in one language and do not in another."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic
from policyengine.ir.program import Program
from policyengine.lint._negations import says_no
from policyengine.lint._texts import Said, as_warnings, found_in, pairs

CODE = "differing-negation"
_HINT = (
    "say it the same way round in both; where they do, add `confirmed: negation` beside the texts"
)


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each text that says no where its counterpart does not."""
    return as_warnings(found_in(program, _saying_no))


def _saying_no(said: Said) -> Iterator[Diagnostic]:
    for (here, text), (there, other) in pairs(said) if not said.own_words else ():
        if says_no(text) is True and says_no(other) is False:
            message = f"the text `{here}` says no where `{there}` does not"
            yield from said.finding(CODE, message, _HINT, (here, there), confirm="negation")
