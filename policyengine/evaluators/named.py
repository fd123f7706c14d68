"""Evaluators by name. What one needs is imported when it is asked for."""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from collections.abc import Callable

from policyengine.diagnostics import Diagnostic, UsageError, nearest_or_list
from policyengine.evaluators.base import Evaluator
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator


def evaluator_named(name: str) -> Evaluator:
    """Return an evaluator.

    Raises:
        UsageError: There is none of that name, or what it needs is not installed.
    """
    if name not in _EVALUATORS:
        hint = nearest_or_list(name, _EVALUATORS)
        raise UsageError([Diagnostic("unknown-name", f"no evaluator `{name}`", hint=hint)])
    return _EVALUATORS[name]()


def _compiled() -> Evaluator:
    from policyengine.evaluators.compiled.evaluator import CompiledEvaluator

    return CompiledEvaluator(ReferenceEvaluator())


def _rete() -> Evaluator:
    from policyengine.evaluators.rete.evaluator import ReteEvaluator
    from policyengine.evaluators.rete.guard.engine import missing

    why = missing()
    if why is not None:
        raise UsageError([_no_engine(why)])
    return ReteEvaluator(_compiled())


_EVALUATORS: dict[str, Callable[[], Evaluator]] = {
    "reference": ReferenceEvaluator,
    "compiled": _compiled,
    "rete": _rete,
}


def _no_engine(why: str) -> Diagnostic:
    return Diagnostic(
        "no-engine",
        f"the evaluator `rete` needs durable-rules, which does not import here: {why}",
        hint="it builds on Python 3.11 and 3.12, with a C compiler; `compiled` decides the same without it",
    )
