"""What is known of a lever as the policy writes it, before its settings are looked at."""

from __future__ import annotations

from policyengine.ir import levers as ir
from policyengine.ir.nodes import Node, PlanValue
from policyengine.ir.reach import settings_of

_LOWERING = (ir.TermExtension, ir.RateReduction, ir.Waiver, ir.Forbearance, ir.Forgiveness)


def lowers_payment(lever: ir.Lever) -> bool:
    """Whether a greater setting of a lever never raises a regular payment.

    A rate that the lever leaves alone stays; one that it lowers may rise above that before regular payments begin.
    """
    return isinstance(lever, _LOWERING) and not makes_rate_rise(lever)


def makes_rate_rise(lever: ir.Lever) -> bool:
    """Whether a rate that the lever sets may rise later."""
    return isinstance(lever, ir.RateReduction) and lever.then is not None


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


def plan_values(node: Node) -> set[str]:
    """Return what an expression names of the terms so far."""
    return {part.name for part in node.walk() if isinstance(part, PlanValue)}
