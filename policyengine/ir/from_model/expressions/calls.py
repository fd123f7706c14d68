"""Functions, and questions to the plan."""

from __future__ import annotations

from policyengine.diagnostics import did_you_mean
from policyengine.ir import nodes as ir
from policyengine.ir.from_model import typing
from policyengine.ir.from_model.expressions.elaboration import Elaboration, reads
from policyengine.ir.from_model.expressions.lookups import lookup
from policyengine.ir.from_model.expressions.names import plan_value
from policyengine.ir.plan_values import PLAN_QUESTIONS, PLAN_VALUES
from policyengine.model.literals import a_kind
from policyengine.model.types import (
    BOOLEAN,
    DATE,
    DAYS,
    MONEY,
    MONTHS,
    ORDERED,
    RATE,
    Type,
)
from policyengine.syntax import expression_tree as tree

_FUNCTIONS = (
    "min",
    "max",
    "abs",
    "round_to",
    "floor_to",
    "ceil_to",
    "payment",
    "months_to_repay",
    "months_between",
    "days_between",
    "known",
)


@reads(tree.Call)
def _read_call(e: Elaboration, node: tree.Call, _expected: Type | None) -> ir.Node | None:
    name = node.callee.name
    if name in e.scope.written_tables:
        return lookup(e, node, name, node.arguments)
    if node.callee.parts[0] == "plan" and len(node.callee.parts) > 1:
        return _plan_question(e, node)
    if name not in _FUNCTIONS:
        known = [*_FUNCTIONS, *e.scope.written_tables]
        hint = did_you_mean(name, known)
        if name not in e.scope.unreadable:
            e.error("unknown-name", f"`{name}` is not a function", node.callee, hint)
        return None
    if any(argument.name for argument in node.arguments):
        return e.error("bad-argument", f"`{name}` takes its arguments by place", node)
    parts = tuple(argument.value for argument in node.arguments)
    return _function(e, node, name, parts)


def _function(
    e: Elaboration, node: tree.Call, name: str, parts: tuple[tree.Expression, ...]
) -> ir.Node | None:
    if name in ("min", "max"):
        return _extremum(e, node, name, parts)
    if name == "known":
        return _known(e, node, parts)
    if name == "abs":
        return _absolute(e, node, parts)
    if name.endswith("_to"):
        return _round_to(e, node, name.removesuffix("_to"), parts)
    if name == "payment":
        return _level_payment(e, node, parts)
    if name == "months_to_repay":
        return _months_to_repay(e, node, parts)
    return _between(e, node, name.removesuffix("_between"), parts)


def _counted(
    e: Elaboration, node: tree.Call, parts: tuple[tree.Expression, ...], number: int, usage: str
) -> bool:
    if len(parts) != number:
        e.error(
            "bad-argument",
            f"`{node.callee.name}` takes {number} argument{'s' if number > 1 else ''}",
            node,
            f"write `{usage}`",
        )
    return len(parts) == number


def _extremum(
    e: Elaboration, node: tree.Call, kind: str, parts: tuple[tree.Expression, ...]
) -> ir.Node | None:
    if len(parts) < 2:
        return e.error(
            "bad-argument", f"`{kind}` takes two values or more", node, f"write `{kind}(a, b)`"
        )
    operands = e.comparable(parts)
    if operands is None:
        return None
    if operands[0].type.kind not in ORDERED:
        return e.error("type-mismatch", f"{a_kind(operands[0].type)} has no order", node)
    return ir.Extremum(
        type=typing.type_of_all(operands), span=e.span(node), kind=kind, operands=operands
    )


def _known(e: Elaboration, node: tree.Call, parts: tuple[tree.Expression, ...]) -> ir.Node | None:
    if not e.where.known:
        return e.error(
            "known-in-requirement",
            "`known` may be used in the `when` of a referral that replaces no refusal, and nowhere else",
            node,
            "here it would let a missing fact decide; a missing fact leaves the plan undetermined",
        )
    if not _counted(e, node, parts, 1, "known(loan.fees)"):
        return None
    operand = e.read(parts[0])
    if operand is not None and not isinstance(operand, (ir.Fact, ir.Field)):
        return e.error("bad-argument", "`known` asks about a fact", parts[0])
    return operand and ir.Known(type=BOOLEAN, span=e.span(node), operand=operand)


def _absolute(
    e: Elaboration, node: tree.Call, parts: tuple[tree.Expression, ...]
) -> ir.Node | None:
    if not _counted(e, node, parts, 1, "abs(a)"):
        return None
    operand = e.read(parts[0])
    if operand is not None and typing.sum_type(operand.type, operand.type) is None:
        return e.error("type-mismatch", f"{a_kind(operand.type)} has no sign", parts[0])
    return operand and ir.Absolute(type=operand.type, span=e.span(node), operand=operand)


def _round_to(
    e: Elaboration, node: tree.Call, mode: str, parts: tuple[tree.Expression, ...]
) -> ir.Node | None:
    if not _counted(e, node, parts, 2, f"{mode}_to(a, 0.01)"):
        return None
    operands = e.comparable(parts)
    if operands is None:
        return None
    value, step = operands
    if typing.sum_type(value.type, value.type) is None:
        return e.error("type-mismatch", f"{a_kind(value.type)} cannot be rounded", node)
    if isinstance(step, ir.Constant) and step.value <= 0:  # type: ignore[operator]
        return e.error("bad-argument", "a step must be more than zero", parts[1])
    return ir.RoundTo(
        type=typing.type_of_all(operands), span=e.span(node), mode=mode, operand=value, step=step
    )


def _level_payment(
    e: Elaboration, node: tree.Call, parts: tuple[tree.Expression, ...]
) -> ir.Node | None:
    if not _counted(e, node, parts, 3, "payment(principal, rate, term)"):
        return None
    principal, rate, months = (
        e.of_type(part, type_) for part, type_ in zip(parts, (MONEY, RATE, MONTHS), strict=True)
    )
    if principal is None or rate is None or months is None:
        return None
    return ir.LevelPayment(
        type=MONEY, span=e.span(node), principal=principal, rate=rate, months=months
    )


def _months_to_repay(
    e: Elaboration, node: tree.Call, parts: tuple[tree.Expression, ...]
) -> ir.Node | None:
    if not _counted(e, node, parts, 3, "months_to_repay(principal, rate, payment)"):
        return None
    principal, rate, payment = (
        e.of_type(part, type_) for part, type_ in zip(parts, (MONEY, RATE, MONEY), strict=True)
    )
    if principal is None or rate is None or payment is None:
        return None
    return ir.MonthsToRepay(
        type=MONTHS, span=e.span(node), principal=principal, rate=rate, payment=payment
    )


def _between(
    e: Elaboration, node: tree.Call, unit: str, parts: tuple[tree.Expression, ...]
) -> ir.Node | None:
    if not _counted(e, node, parts, 2, f"{unit}_between(a, b)"):
        return None
    dates = e.all(parts, DATE)
    if dates is None:
        return None
    type_ = DAYS if unit == "days" else MONTHS
    return ir.Between(type=type_, span=e.span(node), unit=unit, start=dates[0], end=dates[1])


def _plan_question(e: Elaboration, node: tree.Call) -> ir.Node | None:
    name = ".".join(node.callee.parts[1:])
    if name in PLAN_VALUES:
        return e.error(
            "bad-argument", f"`plan.{name}` takes no argument", node, f"write `plan.{name}`"
        )
    if name not in PLAN_QUESTIONS or not e.where.plan:
        return plan_value(e, node.callee, [*node.callee.parts[1:]])
    if len(node.arguments) != 1:
        return e.error("bad-argument", f"`plan.{name}` takes a number of months", node)
    months = e.of_type(node.arguments[0].value, MONTHS)
    return months and ir.PlanValue(
        type=PLAN_QUESTIONS[name], span=e.span(node), name=name, arguments=(months,)
    )
