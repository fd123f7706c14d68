"""What is missing for an offer, in values and in words."""

from __future__ import annotations

from fractions import Fraction

from policyengine.decision.comparing import distance
from policyengine.decision.decision import Miss, Shortfall, StepLimit
from policyengine.decision.trace import (
    ComparisonFinding,
    LimitFinding,
    MissFinding,
    ShortfallFinding,
)
from policyengine.decision.values import encode
from policyengine.decision.wording import shown, shown_as, word
from policyengine.ir.program import Program
from policyengine.model.types import Type


def shortfall_from(found: ShortfallFinding | None, program: Program) -> Shortfall | None:
    """Return what is missing as a reader sees it."""
    if found is None:
        return None
    return Shortfall(
        levers=found.levers,
        payment=found.payment,
        misses=tuple(_miss(miss, program) for miss in found.misses),
        limits=tuple(_limit(limit, program) for limit in found.limits),
    )


def _miss(found: MissFinding, program: Program) -> Miss:
    rule, compared = found.rule.rule, found.comparison
    node = compared.node if compared else None
    return Miss(
        rule=rule.id,
        code=rule.code,
        left=encode(compared.left, compared.node.left.type, program) if compared else None,
        operator=node.operator if node else None,
        right=encode(compared.right, compared.node.right.type, program) if compared else None,
        short_by=_short_by(compared, program) if compared else None,
        text={lang: _said(rule.id, compared, program, lang) for lang in program.languages},
    )


def _short_by(compared: ComparisonFinding, program: Program) -> str | int | None:
    found = distance(compared)
    return _encoded(*found, program) if found else None


def _said(rule: str, compared: ComparisonFinding | None, program: Program, language: str) -> str:
    """Say which comparison would have to hold, and by how much it does not."""
    if compared is None:
        return word(language, "not_met", rule=rule)
    node, apart = compared.node, distance(compared)
    sides = {
        "rule": rule,
        "left": shown(compared.left, node.left, program, language),
        "right": shown(compared.right, node.right, program, language),
        "must": word(language, node.operator),
    }
    if apart is None or not apart[0]:
        return word(language, "would_have_to_be", **sides)
    return word(language, "short_by", **sides, by=shown_as(*apart, program, language))


def _limit(found: LimitFinding, program: Program) -> StepLimit:
    return StepLimit(
        step=found.step,
        setting=found.setting,
        limit=_encoded(found.limit, found.type, program),
        enough=None if found.enough is None else _encoded(found.enough, found.type, program),
        looked_to=_encoded(found.looked_to, found.type, program),
        at=str(found.span),
        text={language: _moved(found, program, language) for language in program.languages},
    )


def _moved(found: LimitFinding, program: Program, language: str) -> str:
    """Say how far a limit would have to move, or up to where moving it would not do."""

    def amount(value: int | Fraction) -> str:
        return shown_as(value, found.type, program, language)

    what = word(language, f"balance.{found.setting}") if found.step == "waive" else ""
    step = word(language, f"step.{found.step}", what=what)
    limit = amount(found.limit)
    if found.enough is not None:
        return word(language, "limit_enough", step=step, limit=limit, enough=amount(found.enough))
    if found.looked_to == found.limit:
        return word(language, "limit_end", step=step, limit=limit)
    return word(language, "limit_never", step=step, limit=limit, to=amount(found.looked_to))


def _encoded(value: int | Fraction, type_: Type, program: Program) -> str | int:
    found = encode(value, type_, program)
    assert isinstance(found, (str, int))  # noqa: S101  # amounts, rates, numbers and counts
    return found
