"""Steps to levers with typed settings."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from policyengine.ir import levers
from policyengine.ir import nodes as ir
from policyengine.ir.from_model.expressions import elaborate, elaborate_part
from policyengine.ir.from_model.offer_limits import note_limits, note_rises
from policyengine.ir.from_model.scope import RULE, TERMS, Scope
from policyengine.model.offers import Step
from policyengine.model.shape import Written
from policyengine.model.types import BOOLEAN, DATE, MONEY, MONTHS, RATE, Type
from policyengine.source import Span
from policyengine.syntax import expression_tree as tree


def lever_from(step: Step, scope: Scope) -> levers.Lever | None:
    """Return the lever of a step, or None when something in it was noted."""
    when = elaborate(step.when, scope, RULE, BOOLEAN) if step.when else None
    if step.when and when is None:
        return None
    lever = _LEVERS[step.lever](step, scope, when)
    if lever is not None:
        note_limits(lever, scope)
    return lever


def _holiday(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    if "through" in step.formulas:
        return _holiday_through(step, scope, when)
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


def _holiday_through(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    day = elaborate(step.formulas["through"], scope, TERMS, DATE)
    interest, maturity = step.settings["interest"], step.settings["maturity"]
    if day is None:
        return None
    return levers.HolidayThrough(
        when=when, span=step.span, day=day, interest=interest, maturity=maturity
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
    shares = _balance_shares(step, scope)
    return levers.Capitalisation(when=when, span=step.span, shares=shares) if shares else None


def _balance_shares(step: Step, scope: Scope) -> tuple[tuple[str, ir.Node], ...]:
    """Return the shares taken of each balance; of one that is left alone nothing needs to be known."""
    shares = [(name, elaborate(w, scope, TERMS, RATE)) for name, w in step.formulas.items()]
    found = tuple((name, node) for name, node in shares if node is not None)
    if not shares or len(found) != len(shares):
        _note_empty([name for name, _ in shares], step, scope)
        return ()
    return tuple((name, node) for name, node in found if not _is_none(node)) or found


def _is_none(node: ir.Node) -> bool:
    return isinstance(node, ir.Constant) and node.value == 0


def _rate(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    floor = _optional(step.formulas.get("exactly") or step.formulas.get("down_to"), scope, RATE)
    stride = _step(step, scope, RATE)
    if floor is None or (stride is None and "step" in step.formulas):
        return None
    if "down_to" in step.formulas and stride is None:
        _note_needs_step(step, scope, "0.125%")
        return None
    then = _then(step, scope) if "then" in step.parts else None
    if then is None and "then" in step.parts:
        return None
    return levers.RateReduction(when=when, span=step.span, floor=floor, step=stride, then=then)


def _then(step: Step, scope: Scope) -> levers.LaterRises | None:
    """Return how a rate rises later, or None when something in it was noted."""
    written = step.parts["then"]
    fixed_for, every = (
        _months(each, each.tree, scope) for each in (step.formulas["fixed_for"], written["every"])
    )
    rise, up_to = (elaborate(written[key], scope, TERMS, RATE) for key in ("rise", "up_to"))
    note_rises([fixed_for, every], [rise, up_to], scope)
    if fixed_for is None or every is None or rise is None or up_to is None:
        return None
    return levers.LaterRises(fixed_for=fixed_for, rise=rise, every=every, up_to=up_to)


def _interest_only(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    months = _extent(step.formulas["months"], scope, MONTHS)
    maturity = step.settings["maturity"]
    if months is None:
        return None
    return levers.InterestOnly(when=when, span=step.span, months=months, maturity=maturity)


def _repayment_plan(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    months = _extent(step.formulas["months"], scope, MONTHS, _step(step, scope, MONTHS))
    cap = _optional(step.formulas.get("cap"), scope, RATE)
    if months is None or (cap is None and "cap" in step.formulas):
        return None
    return levers.RepaymentPlan(
        when=when, span=step.span, balance=step.settings["balance"], months=months, cap=cap
    )


def _defer_balance(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    shares = _balance_shares(step, scope)
    return levers.Deferral(when=when, span=step.span, shares=shares) if shares else None


def _part_of_principal(
    kind: type[levers.Forbearance | levers.Forgiveness],
) -> Callable[[Step, Scope, ir.Node | None], levers.Lever | None]:
    """Return the reader of a lever that takes an amount of the principal."""

    def read(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
        amount = _amount(step, scope)
        if amount is None:
            return None
        up_to, stride = amount
        single = "exactly" in step.formulas
        return kind(when=when, span=step.span, up_to=up_to, step=stride, single=single)

    return read


def _amount(step: Step, scope: Scope) -> tuple[ir.Node, ir.Node | None] | None:
    written = step.formulas.get("exactly") or step.formulas.get("up_to")
    up_to = _optional(written, scope, MONEY)
    stride = _step(step, scope, MONEY)
    if up_to is None or (stride is None and "step" in step.formulas):
        return None
    return up_to, stride


def _settle(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    discount = _extent(step.formulas["discount"], scope, RATE, _step(step, scope, RATE))
    if discount is None:
        return None
    if not discount.single and discount.step is None:
        _note_missing_step(discount, scope)
        return None
    return levers.Settlement(when=when, span=step.span, discount=discount)


def _stepped(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    shares = [elaborate(written, scope, TERMS, RATE) for written in step.lists["shares"]]
    found = tuple(share for share in shares if share is not None)
    written = step.formulas["months"]
    months = _months(written, written.tree, scope)
    if months is None or len(found) != len(shares):
        return None
    return levers.SteppedPayments(when=when, span=step.span, shares=found, months=months)


def _pay(step: Step, scope: Scope, when: ir.Node | None) -> levers.Lever | None:
    amount = elaborate(step.formulas["amount"], scope, TERMS, MONEY)
    written, unpaid = step.formulas.get("months"), step.settings.get("unpaid_interest")
    months = _extent(written, scope, MONTHS) if written else None
    if unpaid and not written:
        _note_never_unpaid(step, scope)
    if amount is None or (written and months is None):
        return None
    return levers.AgreedPayment(
        when=when, span=step.span, amount=amount, months=months, unpaid_interest=unpaid
    )


def _note_never_unpaid(step: Step, scope: Scope) -> None:
    scope.findings.error(
        "missing-key",
        "`unpaid_interest` needs the key `months`: below its interest no payment repays a balance",
        step.span,
        "add `months: …`, or leave out `unpaid_interest`",
    )


_LEVERS: dict[str, Callable[[Step, Scope, ir.Node | None], levers.Lever | None]] = {
    "holiday": _holiday,
    "term": _term,
    "instalments": _instalments,
    "waive": _waive,
    "capitalise": _capitalise,
    "rate": _rate,
    "interest_only": _interest_only,
    "repayment_plan": _repayment_plan,
    "defer_balance": _defer_balance,
    "forbear": _part_of_principal(levers.Forbearance),
    "forgive": _part_of_principal(levers.Forgiveness),
    "settle": _settle,
    "stepped": _stepped,
    "pay": _pay,
}


def _extent(
    written: Written, scope: Scope, type_: Type, step: ir.Node | None = None
) -> levers.Extent | None:
    if isinstance(written.tree, tree.Range):
        _note_open_end(written, written.tree, scope)
        low = _setting(written, written.tree.low, scope, type_)
        high = _setting(written, written.tree.high, scope, type_)
        return None if low is None or high is None else levers.Extent(low, high, step)
    single = _setting(written, written.tree, scope, type_)
    return None if single is None else levers.Extent(single, single, None)


def _note_open_end(written: Written, range_: tree.Range, scope: Scope) -> None:
    if not range_.includes_high:
        scope.findings.error(
            "bad-argument",
            f"`{written.text(range_)}` leaves out its end: the settings of a step take both",
            written.span(range_),
            f"write `{written.text(range_.low)}..` and the last value to try",
        )


def _setting(written: Written, part: tree.Expression, scope: Scope, type_: Type) -> ir.Node | None:
    if type_ == MONTHS:
        return _months(written, part, scope)
    return elaborate_part(written, part, scope, TERMS, type_)


def _months(written: Written, part: tree.Expression, scope: Scope) -> ir.Node | None:
    """Read a number of months; here, where nothing else can be meant, a bare number will do."""
    if isinstance(part, tree.Number) and not part.unit:
        part = attrs.evolve(part, unit="months")
    if isinstance(part, tree.Negative) and isinstance(part.operand, tree.Number):
        operand = attrs.evolve(part.operand, unit=part.operand.unit or "months")
        part = attrs.evolve(part, operand=operand)
    return elaborate_part(written, part, scope, TERMS, MONTHS)


def _step(step: Step, scope: Scope, type_: Type) -> ir.Node | None:
    written = step.formulas.get("step")
    if written is None:
        return None
    if "exactly" in step.formulas:
        scope.findings.error(
            "contradictory-keys",
            "`exactly` and `step` exclude one another: `exactly` is one value",
            written.span(),
            "leave out `step`, or write `up_to` or `down_to` in place of `exactly`",
        )
        return None
    return _setting(written, written.tree, scope, type_)


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


def _note_needs_step(step: Step, scope: Scope, example: str) -> None:
    scope.findings.error(
        "missing-key",
        f"the step `{step.lever}` needs the key `step`",
        step.span,
        f"add `step: {example}`",
    )


def _note_missing_step(extent: levers.Extent, scope: Scope) -> None:
    span = Span(extent.low.span.file, extent.low.span.start, extent.high.span.end)
    scope.findings.error(
        "missing-key", "a range of shares needs the key `step`", span, "add `step: 5%`"
    )
