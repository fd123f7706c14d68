"""Which mutants no file could say: a policy of that content would not load."""

from __future__ import annotations

from policyengine import lint
from policyengine.diagnostics import Findings
from policyengine.ir.from_model.offer_limits import note_clashes, note_limits
from policyengine.ir.from_model.scope import Scope
from policyengine.ir.program import Program
from policyengine.testing.mutation.mutant import Kind, Mutant

#: Changes after which something may be wrong that was not; all others leave a policy as valid as it was.
_DOUBTFUL = frozenset({Kind.TABLE, Kind.CAP, Kind.STEP, Kind.PARAMETER, Kind.LIMIT, Kind.DROPPED})


def would_load(mutant: Mutant, program: Program) -> bool:
    """Whether a policy with the fault loads: its tables have no gaps and no overlaps, its settings can be."""
    if mutant.kind not in _DOUBTFUL:
        return True
    findings = Findings()
    for plan in program.plans:
        scope = scope_of(program, findings)
        for lever in plan.offer.levers:
            note_limits(lever, scope)
        note_clashes(plan.offer.levers, scope)
    lint.run((program,), findings, warnings=False)
    return not findings.errors


def scope_of(program: Program, findings: Findings) -> Scope:
    """Return what settings are looked up in: parameters by their keys, from the policy and its regulations."""
    return Scope(
        file=program.id,
        dictionary=program.dictionary,
        visible=frozenset(),
        findings=findings,
        parameters=dict(program.parameters),
    )
