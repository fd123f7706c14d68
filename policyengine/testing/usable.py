"""Which policies can be tested where something is wrong in the files of others."""

from __future__ import annotations

import attrs

from policyengine import lint
from policyengine.diagnostics import Diagnostic, Findings, in_order
from policyengine.ir.program import Program
from policyengine.loading import Loaded


def usable_of(loaded: Loaded) -> tuple[Loaded, tuple[Diagnostic, ...]]:
    """Return the policies in whose files nothing is wrong, and what is wrong in the others.

    Where nothing is right, all is returned as it is, to be refused as a whole.
    """
    errors = loaded.findings.errors
    if not errors:
        return loaded, ()
    good = tuple(program for program in loaded.programs if not _concern(errors, program, loaded))
    findings = Findings()
    lint.run(good, findings, warnings=False)  # nothing was looked for while there were errors
    good = tuple(p for p in good if not _concern(findings.errors, p, loaded))
    if not good:
        return loaded, ()
    said = tuple(in_order((*errors, *findings.errors)))
    return attrs.evolve(loaded, programs=good, findings=Findings()), said


def _concern(errors: tuple[Diagnostic, ...], program: Program, loaded: Loaded) -> bool:
    """Whether any error stands in a file that a policy is made of, or nowhere in particular.

    Whoever names a file that cannot be read at all has an error of its own.
    """
    regulations = (r for r in loaded.regulations if r.name.text in program.regulations)
    own = {program.span.file.name, *(each.span.file.name for each in regulations)}
    own |= {fact.span.file.name for fact in program.dictionary.facts.values()}
    return any(error.span is None or error.span.file.name in own for error in errors)
