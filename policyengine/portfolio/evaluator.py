"""What decides many rows: the one place where that is chosen."""

from __future__ import annotations

from policyengine.evaluators.base import Evaluator
from policyengine.evaluators.by_rows import ByRows
from policyengine.evaluators.compiled.columns.deciding import CompiledColumns
from policyengine.evaluators.compiled.evaluator import CompiledEvaluator
from policyengine.evaluators.many import ColumnsEvaluator


def for_many(evaluator: Evaluator) -> ColumnsEvaluator:
    """Return what decides many rows as an evaluator decides one.

    The compiled evaluator has source for columns too, and takes the rows of which that is not sure one by one.
    """
    if isinstance(evaluator, CompiledEvaluator):
        return CompiledColumns(evaluator)
    return ByRows(evaluator)
