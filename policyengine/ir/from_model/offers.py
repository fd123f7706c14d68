"""Steps to levers with typed settings."""

from __future__ import annotations

from collections.abc import Callable

from policyengine.ir import levers
from policyengine.ir import nodes as ir
from policyengine.ir.from_model.expressions import elaborate, elaborate_part
from policyengine.ir.from_model.scope import RULE, TERMS, Scope
from policyengine.model.offers import Step
from policyengine.model.shape import Written
from policyengine.model.types import BOOLEAN, MONTHS, RATE, Type
from policyengine.source import Span
from policyengine.syntax import expression_tree as tree

#: The longest setting of a lever.
MAX_MONTHS = 1200


def lever_from(step: Step, scope: Scope) -> levers.Lever | None:
    """Return the lever of a step, or None when something in it was noted."""
    when = elaborate(step.when, scope, RULE, BOOLEAN) if step.when else None
    if step.when and when is None:
        return None
    return _LEVERS[step.lever](step, scope, when)


def _holiday(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    months = _extent(step.formulas["months"], scope, MONTHS)
    if months is None:
        return None
    return levers.Holiday(
        when=when,
        span=step.span,
        months=months,
        interest=step.settings["interest"],
        maturity=step.settings["maturity"],
    )


def _term(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    written = step.formulas.get("exactly") or step.formulas["up_to"]
    relative = isinstance(written.tree, tree.Relative)
    part = written.tree.value if isinstance(written.tree, tree.Relative) else written.tree
    high = _months(written, part, scope)
    stride = _step(step, scope, MONTHS)
    if high is None or (stride is None and "step" in step.formulas):
        return None
    if "exactly" in step.formulas:
        extent = levers.Extent(high, high, None)
    else:
        zero = ir.Constant(type=MONTHS, span=high.span, value=0)
        low = zero if relative else ir.Fact(type=MONTHS, span=high.span, path="loan.remaining_term")
        extent = levers.Extent(low, high, stride)
    return levers.TermExtension(when=when, span=step.span, months=extent, relative=relative)


def _instalments(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    months = _extent(step.formulas["months"], scope, MONTHS, _step(step, scope, MONTHS))
    rate = _optional(step.formulas.get("rate"), scope, RATE)
    if months is None or (rate is None and "rate" in step.formulas):
        return None
    return levers.Instalments(when=when, span=step.span, months=months, rate=rate)


def _waive(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    stride = _step(step, scope, RATE)
    names = [name for name in step.formulas if name != "step"]
    shares = [(name, _extent(step.formulas[name], scope, RATE, stride)) for name in names]
    found = tuple((name, extent) for name, extent in shares if extent is not None)
    if not names or len(found) != len(names):
        _note_empty(names, step, scope)
        return None
    for _, extent in found:
        if not extent.single and stride is None:
            _note_missing_step(extent, scope)
    return levers.Waiver(when=when, span=step.span, shares=found)


def _capitalise(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    shares = [(name, elaborate(w, scope, TERMS, RATE)) for name, w in step.formulas.items()]
    found = tuple((name, node) for name, node in shares if node is not None)
    if not shares or len(found) != len(shares):
        _note_empty([name for name, _ in shares], step, scope)
        return None
    return levers.Capitalisation(when=when, span=step.span, shares=found)


_LEVERS: dict[str, Callable[[Step, Scope, ir.Node | None], levers.Lever | None]] = {
    "holiday": _holiday,
    "term": _term,
    "instalments": _instalments,
    "waive": _waive,
    "capitalise": _capitalise,
}


def _extent(
    written: Written, scope: Scope, type_: Type, step: ir.Node | None = None
) -> levers.Extent | None:
    if isinstance(written.tree, tree.Range):
        low = _setting(written, written.tree.low, scope, type_)
        high = _setting(written, written.tree.high, scope, type_)
        return None if low is None or high is None else levers.Extent(low, high, step)
    single = _setting(written, written.tree, scope, type_)
    return None if single is None else levers.Extent(single, single, None)


def _setting(written: Written, part: tree.Expression, scope: Scope, type_: Type) -> ir.Node | None:
    if type_ == MONTHS:
        return _months(written, part, scope)
    return elaborate_part(written, part, scope, TERMS, type_)


def _months(written: Written, part: tree.Expression, scope: Scope) -> ir.Node | None:
    """Read a number of months; here, where nothing else can be meant, a bare number will do."""
    if isinstance(part, tree.Number) and not part.unit:
        part = tree.Number(part.start, part.end, part.digits, "months")
    node = elaborate_part(written, part, scope, TERMS, MONTHS)
    if isinstance(node, ir.Constant) and node.value > MAX_MONTHS:  # type: ignore[operator]
        scope.findings.error(
            "bad-argument",
            f"more than {MAX_MONTHS} months",
            written.span(part),
            "no schedule is longer than a hundred years",
        )
        return None
    return node


def _step(step: Step, scope: Scope, type_: Type) -> ir.Node | None:
    written = step.formulas.get("step")
    if written is None:
        return None
    node = _setting(written, written.tree, scope, type_)
    if isinstance(node, ir.Constant) and node.value <= 0:  # type: ignore[operator]
        scope.findings.error(
            "bad-argument", "a step must be more than zero", written.span(), "write `1 month`"
        )
        return None
    return node


def _optional(written: Written | None, scope: Scope, type_: Type) -> ir.Node | None:
    return elaborate(written, scope, TERMS, type_) if written else None


def _note_empty(names: list[str], step: Step, scope: Scope) -> None:
    if not names:
        scope.findings.error(
            "missing-key",
            f"the step `{step.lever}` names no balance",
            step.span,
            "add `accrued_interest: …`, `penalty_interest: …` or `fees: …`",
        )


def _note_missing_step(extent: levers.Extent, scope: Scope) -> None:
    span = Span(extent.low.span.file, extent.low.span.start, extent.high.span.end)
    scope.findings.error(
        "missing-key", "a range of shares needs the key `step`", span, "add `step: 5%`"
    )
