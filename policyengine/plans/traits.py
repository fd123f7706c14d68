"""What is known of a lever as the policy writes it, before its settings are looked at."""

from __future__ import annotations

from policyengine.ir import levers as ir
from policyengine.ir.nodes import (
    Arithmetic,
    Constant,
    Extremum,
    Fact,
    Negate,
    Node,
    Parameter,
    PlanValue,
)
from policyengine.ir.reach import settings_of

#: An expression of these alone has a value for all terms or for none, unless it divides.
_KNOWN_ALIKE = (Arithmetic, Constant, Extremum, Fact, Negate, Parameter, PlanValue)
_LOWERING = (ir.TermExtension, ir.RateReduction, ir.Waiver, ir.Forbearance, ir.Forgiveness)


def lowers_payment(lever: ir.Lever) -> bool:
    """Whether a greater setting of a lever never raises a regular payment.

    A rate that the lever leaves alone stays; one that it lowers may rise above that before regular payments begin.
    """
    return isinstance(lever, _LOWERING) and not makes_rate_rise(lever)


def makes_rate_rise(lever: ir.Lever) -> bool:
    """Whether a rate that the lever sets may rise later."""
    return isinstance(lever, ir.RateReduction) and lever.then is not None


def rates_set(lever: ir.Lever) -> list[Node]:
    """Return the annual rates that a lever sets, besides lower ones: that of its own, and how far that may rise."""
    if isinstance(lever, ir.Instalments):
        return [lever.rate] if lever.rate else []
    if not isinstance(lever, ir.RateReduction):
        return []
    own = [lever.floor] if lever.single else []
    return [*own, lever.then.up_to] if lever.then else own


def agrees_amount(lever: ir.Lever) -> bool:
    """Whether an amount takes the place of instalments; it may be above them, so that more months of it cost less."""
    return isinstance(lever, ir.AgreedPayment)


def terms_named(lever: ir.Lever) -> set[str]:
    """Return what a lever's settings name of the terms so far."""
    return {name for node in settings_of(lever) for name in plan_values(node)}


def follows_terms(lever: ir.Lever) -> bool:
    """Whether the least that a lever does depends on the terms before it.

    Where the least is to do nothing, only how far the lever goes does.
    """
    if isinstance(lever, ir.RepaymentPlan) and lever.cap is not None:
        return True
    if isinstance(lever, (ir.Forbearance, ir.Forgiveness)) and not lever.single:
        return False
    return any(plan_values(node) for node in settings_of(lever))


def may_be_known_of_some(lever: ir.Lever) -> bool:
    """Whether what a lever stands on, or whether it does anything at all, may be known of some terms and not of others.

    Amounts and caps are looked into; of what else follows the terms it is not ruled out.
    """
    if not follows_terms(lever):
        return False
    if not isinstance(lever, (ir.AgreedPayment, ir.Forbearance, ir.Forgiveness, ir.RepaymentPlan)):
        return True
    if any(map(plan_values, settings_of(getattr(lever, "months", None)))):
        return True
    return not all(map(_known_alike, filter(plan_values, settings_of(lever))))


def _known_alike(node: Node) -> bool:
    parts = list(node.walk())
    divides = any(isinstance(part, Arithmetic) and part.operator == "/" for part in parts)
    return not divides and all(isinstance(part, _KNOWN_ALIKE) for part in parts)


def plan_values(node: Node) -> set[str]:
    """Return what an expression names of the terms so far."""
    return {part.name for part in node.walk() if isinstance(part, PlanValue)}
