"""Texts that say no in one language and do not in another."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic
from policyengine.ir.program import Program
from policyengine.lint._negations import says_no
from policyengine.lint._texts import as_warnings, pairs, said_in

CODE = "differing-negation"
_HINT = (
    "say it the same way round in both; where they do, add `confirmed: negation` beside the texts"
)


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each text that says no where its counterpart does not."""
    for said in said_in(program):
        if said.own_words:
            continue
        for (here, text), (there, other) in pairs(said):
            if says_no(text) is True and says_no(other) is False:
                message = f"the text `{here}` says no where `{there}` does not"
                yield from as_warnings(
                    said.finding(CODE, message, _HINT, (here, there), confirm="negation")
                )
