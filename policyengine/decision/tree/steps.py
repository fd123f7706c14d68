"""From a search for terms to the tree: each step in its turn, and the settings that say how far it went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyengine.decision.later import Later
from policyengine.decision.reasons import plainly
from policyengine.decision.stage import Measure
from policyengine.decision.trace import (
    ConditionFinding,
    PlanFinding,
    RuleFinding,
    StageFinding,
    Trace,
    TriedFinding,
)
from policyengine.decision.tree.branch import Branch, BranchKind
from policyengine.decision.tree.expressions import Grower
from policyengine.decision.tree.step_text import StepText
from policyengine.decision.values import Json, encode
from policyengine.ir.program import Program


def steps_branch(found: PlanFinding, trace: Trace) -> Branch:
    """Return how terms were looked for; the steps below are worked out when they are read."""
    search, program = found.offer.search, trace.program
    holds = search.holds if search.target_met else False
    return Branch(
        kind=BranchKind.STEPS,
        name=found.plan.offer.choose,
        holds=plainly(holds),
        text={lang: text.search() for lang, text in _texts(found, program).items()},
        at=str(found.plan.offer.span),
        branches=Later(lambda: tuple(_step(each, found, trace) for each in search.stages)),
    )


def _texts(found: PlanFinding, program: Program) -> Mapping[str, StepText]:
    return {language: StepText(found, program, language) for language in program.languages}


def _step(stage: StageFinding, found: PlanFinding, trace: Trace) -> Branch:
    texts = _texts(found, trace.program)
    return Branch(
        kind=BranchKind.STEP,
        name=stage.step or str(stage.kind),
        stage=stage.kind,
        holds=plainly(stage.tried[-1].holds) if stage.tried else None,
        text={language: text.stage(stage) for language, text in texts.items()},
        before=_set(stage.before, trace.program),
        value=_set(stage.after, trace.program),
        at=str(stage.span),
        branches=Later(lambda: tuple(_below(stage, texts, trace))),
    )


def _below(stage: StageFinding, texts: Mapping[str, StepText], trace: Trace) -> Iterator[Branch]:
    if stage.condition is not None:
        yield Branch(
            kind=BranchKind.WHEN,
            name="when",
            holds=plainly(stage.condition.holds),
            branches=(_grower(stage.condition, trace).condition(stage.condition.node),),
        )
    if len(stage.tried) == 1:
        yield from _conditions(stage.tried[0], trace)
    else:
        for tried in stage.tried:
            yield _setting(tried, stage, texts, trace)


def _setting(
    tried: TriedFinding, stage: StageFinding, texts: Mapping[str, StepText], trace: Trace
) -> Branch:
    return Branch(
        kind=BranchKind.SETTING,
        name=stage.step or str(stage.kind),
        holds=plainly(tried.holds),
        text={language: text.tried(tried) for language, text in texts.items()},
        value=_set(tried.measures, trace.program),
        at=str(stage.span),
        branches=tuple(_conditions(tried, trace)),
    )


def _conditions(tried: TriedFinding, trace: Trace) -> Iterator[Branch]:
    for rule in tried.rules:
        if not rule.rule.always:
            yield _grower(rule, trace).condition(rule.rule.test)


def _grower(found: ConditionFinding | RuleFinding, trace: Trace) -> Grower:
    return Grower(trace.program, trace.situation, found.value)


def _set(measures: tuple[Measure, ...], program: Program) -> Json:
    """Return what is set as it is written in JSON, by its name in the terms."""
    return {
        each.name: None if each.value is None else encode(each.value, each.type, program)
        for each in measures
    }
