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
    """Whether any error stands in a file that a policy is made of, or nowhere in particular."""
    own = {program.span.file.name}
    own |= {r.span.file.name for r in loaded.regulations if r.name.text in program.regulations}
    others = {each.span.file.name for each in loaded.programs} | _apart(loaded)
    named = {error.span.file.name if error.span else None for error in errors}
    return bool(named & own) or bool(named - others)


def _apart(loaded: Loaded) -> set[str]:
    """Return the files that concern only whoever names them."""
    tests = {tests.file.name for tests in loaded.tests}
    return tests | {regulation.span.file.name for regulation in loaded.regulations}
