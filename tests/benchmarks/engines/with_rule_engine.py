"""rule-engine, in Python: rules that are parsed once.

To name the types of its symbols is optional there: it finds mistakes when a rule is made, but matching takes longer.
It is left out.
"""

from __future__ import annotations

from engines.conditions import Answer, Conditions, Loan
from engines.in_python import derived
from engines.measuring import Way, engine
from engines.spelling import Language

_LANGUAGE = Language()


def ways(conditions: Conditions) -> list[Way]:
    """Return sixty rules, and one whose value is the list of sixty truth values."""
    rule = engine("rule_engine", "rule-engine").Rule
    answer, found = conditions.answer, conditions.all
    rules = [(key, rule(_LANGUAGE.spelled(test)).matches) for key, test in found.items()]
    together = rule(f"[{', '.join(map(_LANGUAGE.spelled, found.values()))}]").evaluate

    def one(loan: Loan) -> Answer:
        return answer(
            key for key, holds in zip(found, together(derived(loan)), strict=True) if not holds
        )

    def sixty(loan: Loan) -> Answer:
        full = derived(loan)
        return answer(key for key, holds in rules if not holds(full))

    return [Way("rule-engine, one rule", one), Way("rule-engine, 60 rules", sixty)]
