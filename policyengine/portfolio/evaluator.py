"""What decides many rows: the one place where that is chosen."""

from __future__ import annotations

from policyengine.evaluators.base import Evaluator
from policyengine.evaluators.by_rows import ByRows
from policyengine.evaluators.many import ColumnsEvaluator


def for_many(evaluator: Evaluator) -> ColumnsEvaluator:
    """Return what decides many rows as an evaluator decides one."""
    return ByRows(evaluator)
