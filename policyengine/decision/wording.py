"""Texts with their values in each language, written as its readers write them (CLDR, by babel)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from policyengine.decision import writing
from policyengine.decision.trace import Result, Unknown
from policyengine.ir.nodes import Node
from policyengine.ir.program import Program, Template, Wording
from policyengine.model.types import Kind, Type

#: Words that the engine itself puts into texts.
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "true": "yes",
        "false": "no",
        "unknown": "not known",
        "fact_unknown": "[{titles}: not known]",
        "no_value": "[no value]",
        "list": ", ",
        "entries": "{n} entries",
        "required": "{title} must be known.",
        "applies": "Whether the policy applies to this loan must be known.",
        "terms": "No repayment schedule is possible within the steps of this plan.",
        "fixed": "The terms of this plan are fixed: they follow from the loan.",
        "allowed": "can be offered",
        "denied": "cannot be offered",
        "undetermined": "cannot be decided yet",
        "provisional": "Payments and terms named here are provisional: they may change once the plan is decided.",
        "colon": ": ",
        "meets": "The terms must meet: {rule}.",
        "holds": "This must hold: {rule}.",
        "not_met": "{rule} is not met.",
        "would_have_to_be": "{rule}: {left} would have to be {must} {right}.",
        "short_by": "{rule}: {left} would have to be {must} {right}; the difference is {by}.",
        "<": "less than",
        "<=": "at most",
        ">": "more than",
        ">=": "at least",
        "==": "exactly",
        "!=": "other than",
        "limit_enough": "The limit of {step} would have to move from {limit} to {enough}.",
        "limit_never": "The limit of {step} is {limit}; no other up to {to} would be enough.",
        "limit_end": "The limit of {step} is {limit}; whether another would be enough was not found.",
        "step.pay": "the agreed payment",
        "would_change": "With {facts} this plan could be offered.",
        "more": "{fact} of {after} ({by} more)",
        "less": "{fact} of {after} ({by} less)",
        "and": " and ",
        "comma": ", ",
        "space": " ",
        "stays_unmet": "No change that is up to the borrower helps. What would still not be met: {rules}",
        "stays_unknown": "No change that is up to the borrower helps. What would still not be known: {rules}",
        "schedule_needed": "A repayment schedule must be possible within the steps of this plan.",
        "no_change": "No change of one or two of these facts would be enough: {facts}.",
        "no_change_found": "No change of one or two of these facts was found that would be enough: {facts}.",
        "searched_to": "Changes of {facts} were looked at up to {steps} steps.",
        "step.holiday": "the payment holiday",
        "step.interest_only": "the payments of interest alone",
        "step.term": "the longer term",
        "step.rate": "the lower rate",
        "step.instalments": "the instalments",
        "step.waive": "the waiver of {what}",
        "step.forbear": "the principal set aside",
        "step.forgive": "the principal given up",
        "step.repayment_plan": "the repayment plan",
        "step.settle": "the discount",
        "balance.arrears": "overdue amounts",
        "balance.accrued_interest": "accrued interest",
        "balance.penalty_interest": "penalty interest",
        "balance.fees": "fees",
        "balance.late_fees": "late fees",
        "balance.future_interest": "future interest",
    },
    "zh": {
        "true": "是",
        "false": "否",
        "unknown": "未提供",
        "fact_unknown": "［{titles}：未提供］",
        "no_value": "［无法计算］",
        "list": "、",
        "entries": "{n}条",
        "required": "需要提供{title}。",
        "applies": "需要确认该政策是否适用于该笔贷款。",
        "terms": "在该方案允许的调整范围内，无法安排还款计划。",
        "fixed": "该方案的条款固定，由贷款本身决定。",
        "allowed": "可以提供",
        "denied": "不可提供",
        "undetermined": "尚无法确定",
        "provisional": "此处所列还款额和条款均为暂定，方案确定后可能变化。",
        "colon": "：",
        "meets": "方案须满足：{rule}。",
        "holds": "须满足：{rule}。",
        "not_met": "{rule}：未满足。",
        "would_have_to_be": "{rule}：{left}须{must}{right}。",
        "short_by": "{rule}：{left}须{must}{right}，相差{by}。",
        "<": "小于",
        "<=": "不超过",
        ">": "大于",
        ">=": "不低于",
        "==": "等于",
        "!=": "不同于",
        "limit_enough": "{step}的限度须由{limit}调整为{enough}。",
        "limit_never": "{step}的限度为{limit}；调整至{to}仍不足够。",
        "limit_end": "{step}的限度为{limit}；未能确定调整后是否足够。",
        "step.pay": "约定还款",
        "would_change": "若{facts}，即可提供该方案。",
        "more": "{fact}为{after}（增加{by}）",
        "less": "{fact}为{after}（减少{by}）",
        "and": "且",
        "comma": "、",
        "space": "",
        "stays_unmet": "借款人自身能作的改变均无济于事。仍不满足的要求：{rules}",
        "stays_unknown": "借款人自身能作的改变均无济于事。仍无法确定的要求：{rules}",
        "schedule_needed": "须能在该方案允许的调整范围内安排还款计划。",
        "no_change": "仅改变以下一项或两项均不足够：{facts}。",
        "no_change_found": "未找到改变以下一项或两项即可的情形：{facts}。",
        "searched_to": "对{facts}的改变只查找到{steps}步。",
        "step.holiday": "延期还款",
        "step.interest_only": "只还利息",
        "step.term": "延长期限",
        "step.rate": "降低利率",
        "step.instalments": "分期",
        "step.waive": "减免{what}",
        "step.forbear": "本金挂账",
        "step.forgive": "减免本金",
        "step.repayment_plan": "分期偿还逾期款",
        "step.settle": "结清减免",
        "balance.arrears": "逾期款项",
        "balance.accrued_interest": "应计利息",
        "balance.penalty_interest": "罚息",
        "balance.fees": "费用",
        "balance.late_fees": "滞纳费用",
        "balance.future_interest": "今后利息",
    },
}
#: Titles of facts that a sentence names in place of one value.
_TITLES = 3


def languages() -> tuple[str, ...]:
    """Return the languages that texts can be written in."""
    return tuple(WORDS)


def word(language: str, name: str, **values: object) -> str:
    """Return one of the engine's own words."""
    return WORDS[language][name].format(**values)


def worded(wording: Wording, value: Callable[[Node], Result], program: Program) -> dict[str, str]:
    """Return a text in each language with its values in place."""
    return {
        language: _filled(template, value, program, language)
        for language, template in wording.items()
    }


def _filled(
    template: Template, value: Callable[[Node], Result], program: Program, language: str
) -> str:
    return "".join(
        piece if isinstance(piece, str) else shown(value(piece), piece, program, language)
        for piece in template.pieces
    )


def shown(value: Result, node: Node, program: Program, language: str) -> str:
    """Return a value as a reader of the language writes it."""
    if isinstance(value, Unknown):
        return unknown_text(value, program, language)
    return shown_as(value, node.type, program, language)


def unknown_text(value: Unknown, program: Program, language: str) -> str:
    """Say what is not known by the titles of its facts, in brackets: it stands where a value would."""
    if not value.missing:
        return word(language, "no_value" if value.undefined else "unknown")
    paths = sorted(value.missing)
    titles = [_title(path, program, language) for path in paths[:_TITLES]]
    more = ["…"] if len(paths) > _TITLES else []
    return word(language, "fact_unknown", titles=word(language, "list").join([*titles, *more]))


def _title(path: str, program: Program, language: str) -> str:
    fact = program.dictionary.fact(path)
    return fact.title.get(language, path) if fact else path


def shown_as(value: Result, type_: Type, program: Program, language: str) -> str:
    """Return a known value of a type as a reader of the language writes it."""
    match type_.kind:
        case Kind.BOOLEAN:
            return word(language, "true" if value else "false")
        case Kind.ENUM:
            titles = program.dictionary.enums[type_.of or ""].values[str(value)]
            return titles.get(language, str(value))
        case Kind.LIST:
            return word(language, "entries", n=len(value))  # type: ignore[arg-type]
        case Kind.DATE:
            assert isinstance(value, date)  # noqa: S101  # what the type says
            return writing.day(value, language)
        case Kind.DAYS:
            return writing.days(int(value), language)  # type: ignore[arg-type]
        case Kind.MONTHS:
            return writing.months(int(value), language)  # type: ignore[arg-type]
        case Kind.TEXT:
            return str(value)
        case _:
            return _number(Fraction(value), type_, program, language)  # type: ignore[arg-type]


def encoded_text(
    value: str | int | bool | None, type_: Type, program: Program, language: str
) -> str:
    """Return a value that was written for JSON as a reader of the language writes it."""
    if value is None:
        return word(language, "unknown")
    if type_.kind is Kind.LIST:
        return word(language, "entries", n=value)
    is_date = type_.kind is Kind.DATE
    known = date.fromisoformat(str(value)) if is_date else value
    return shown_as(known, type_, program, language)


def _number(value: Fraction, type_: Type, program: Program, language: str) -> str:
    if type_.kind is Kind.MONEY:
        return writing.money(value, program.currency, language)
    if type_.kind is Kind.RATE:
        return writing.rate(value, language)
    return writing.number(value, language)
