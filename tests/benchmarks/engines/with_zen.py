"""zen-engine (GoRules), in Rust: expressions, a decision graph, and a policy document.

Its makers recommend what is compiled once: `compile_expression` for expressions, and a loader that keeps graphs and
documents. A decision of `create_decision` or `get_decision` is read each time, and takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engines.conditions import DERIVED, Answer, Conditions, Loan
from engines.measuring import Way, engine
from engines.spelling import Language

_PLAIN = Language(quote="'")
_DOCUMENT = Language(name=lambda name: f"loan.{name}", quote="'")
_RATIO = "debt_service / income"
_POSITION = {"x": 0, "y": 0}
_TYPES = {str: "string", bool: "boolean", int: "number", float: "number"}


def ways(conditions: Conditions, example: Loan) -> list[Way]:
    """Return the ways, from the least that it tells to the most."""
    zen = engine("zen", "zen-engine")
    content = {"graph": _graph(conditions), "document": _document(conditions, example)}
    evaluate = zen.ZenEngine({"loader": {"type": "static", "content": content}}).evaluate
    return [
        Way("zen-engine, 60 expressions", _expressions(zen, conditions)),
        Way("zen-engine, decision graph", _evaluated(evaluate, conditions, trace=False)),
        Way("zen-engine, decision graph with trace", _evaluated(evaluate, conditions, trace=True)),
        Way("zen-engine, policy document with trace", _traced(evaluate, conditions)),
    ]


def _expressions(zen: Any, conditions: Conditions) -> Callable[[Loan], Answer]:
    """One compiled expression that is the list of all truth values: faster than sixty calls."""
    language = Language(name=lambda name: f"({_RATIO})" if name == DERIVED else name, quote="'")
    found, answer = conditions.all, conditions.answer
    text = f"[{', '.join(map(language.spelled, found.values()))}]"
    evaluate = zen.compile_expression(text).evaluate
    return lambda loan: answer(
        key for key, holds in zip(found, evaluate(loan), strict=True) if not holds
    )


def _evaluated(
    evaluate: Callable[..., Any], conditions: Conditions, *, trace: bool
) -> Callable[[Loan], Answer]:
    options = {"trace": trace}

    def screened(loan: Loan) -> Answer:
        found = evaluate("graph", loan, options)["result"]
        failed = {plan: found[plan] for plan in conditions.plans if found[plan]}
        return [plan for plan in conditions.plans if plan not in failed], failed

    return screened


def _traced(evaluate: Callable[..., Any], conditions: Conditions) -> Callable[[Loan], Answer]:
    """The trace of a document has the result of every condition of an assertion."""
    options, order = {"trace": True}, {key: place for place, key in enumerate(conditions.all)}

    def screened(loan: Loan) -> Answer:
        failed = [
            each["id"]
            for executed in evaluate("document", {"loan": loan}, options)["trace"]["executions"]
            if executed["trace"]["kind"] == "assertion"
            for each in executed["trace"]["conditions"]
            if not each["result"]
        ]
        return conditions.answer(sorted(failed, key=order.__getitem__))

    return screened


def _graph(conditions: Conditions) -> dict[str, Any]:
    """A decision graph of one expression node: for each plan the ids of the conditions that fail."""
    language = Language(name=lambda name: f"$.{name}" if name == DERIVED else name, quote="'")
    expressions = [{"id": DERIVED, "key": DERIVED, "value": _RATIO}]
    for plan, found in conditions.plans.items():
        each = (f"{language.spelled(test)} ? '' : '{key}'" for key, test in found.items())
        expressions.append(
            {"id": plan, "key": plan, "value": f"filter([{', '.join(each)}], # != '')"}
        )
    nodes: list[dict[str, Any]] = [
        {"id": "in", "type": "inputNode", "name": "in", "position": _POSITION},
        {
            "id": "at", "type": "expressionNode", "name": "at", "position": _POSITION,
            "content": {"expressions": expressions},
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": _POSITION},
    ]  # fmt: skip
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "at", "type": "edge"},
        {"id": "b", "sourceId": "at", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


def _document(conditions: Conditions, example: Loan) -> dict[str, Any]:
    """A policy document: the facts with their types, the derived value, an assertion for each plan."""
    properties = [
        {"id": name, "name": name, "type": _TYPES[type(value)], "array": False, "optional": False}
        for name, value in example.items()
    ]
    model = {"id": "model", "type": "dataModel", "children": []}
    model["props"] = {"data": {"name": "loan", "properties": properties}}  # type: ignore[assignment]
    ratio = {"key": f"loan.{DERIVED}", "value": "loan.debt_service / loan.income"}
    blocks = [model, {"id": DERIVED, "type": "expression", "props": {"data": ratio}}]
    for plan, found in conditions.plans.items():
        tests = [
            {"id": key, "expression": _DOCUMENT.spelled(test), "operator": "and", "depth": 0}
            for key, test in found.items()
        ]
        data = {"output": f"loan.{plan}", "conditions": tests}
        blocks.append({"id": plan, "type": "assertion", "children": [], "props": {"data": data}})
    return {"blocks": blocks}
