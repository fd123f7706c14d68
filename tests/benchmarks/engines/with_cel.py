"""common-expression-language, Google's CEL in Rust.

Its makers recommend `compile` for what is executed often. Of sixty programs that share a `Context` and one program of
sixty truth values neither is always the faster; both are measured.
"""

from __future__ import annotations

from engines.conditions import Answer, Conditions, Loan
from engines.in_python import derived
from engines.measuring import Way, engine
from engines.spelling import Language

_LANGUAGE = Language(all="&&", any="||")


def ways(conditions: Conditions) -> list[Way]:
    """Return both ways; the derived value is worked out before, which is faster than in each condition."""
    cel = engine("cel", "common-expression-language")
    answer, found = conditions.answer, conditions.all
    programs = [(key, cel.compile(_LANGUAGE.spelled(test)).execute) for key, test in found.items()]
    together = cel.compile(f"[{', '.join(map(_LANGUAGE.spelled, found.values()))}]").execute

    def one(loan: Loan) -> Answer:
        return answer(
            key for key, holds in zip(found, together(derived(loan)), strict=True) if not holds
        )

    def sixty(loan: Loan) -> Answer:
        context = cel.Context(derived(loan))
        return answer(key for key, holds in programs if not holds(context))

    return [
        Way("common-expression-language, one program", one),
        Way("common-expression-language, 60 programs", sixty),
    ]
