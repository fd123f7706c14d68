"""The evaluator `rete` where durable-rules is installed; elsewhere its tests are skipped, with the reason."""

import pytest

from policyengine.evaluators.rete.guard.engine import missing

NEEDS_RETE = pytest.mark.skipif(
    missing() is not None, reason=f"durable-rules does not import here: {missing()}"
)
RETE = pytest.param("rete", marks=NEEDS_RETE)
#: The evaluators that there are here.
EVALUATORS_HERE = ["reference", "compiled", *(["rete"] if missing() is None else [])]
