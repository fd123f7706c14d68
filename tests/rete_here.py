"""The evaluator `rete` where durable-rules is installed; elsewhere its tests are skipped, with the reason."""

import pytest

from policyengine.evaluators.base import Evaluator
from policyengine.evaluators.rete.guard.engine import missing

NEEDS_RETE = pytest.mark.skipif(
    missing() is not None, reason=f"durable-rules does not import here: {missing()}"
)
RETE = pytest.param("rete", marks=NEEDS_RETE)
#: The evaluators that there are here.
EVALUATORS_HERE: list[str] = ["reference", "compiled", *(["rete"] if missing() is None else [])]


def differing(evaluator: Evaluator) -> list[object]:
    """Return where a network differed from its shadow, in conditions or in follow-up; other evaluators have none."""
    follower = getattr(evaluator, "follower", None)
    return [*getattr(evaluator, "disagreements", ()), *getattr(follower, "disagreements", ())]
