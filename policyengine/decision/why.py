"""Why the engine has no answer: a code with values, in words in every language.

It is its English sentence, so that it compares, sorts and is written in JSON as that; the code and the values stand
beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

WHY: Mapping[str, Mapping[str, str]] = {
    "en": {
        "division_by_zero": "division by zero at {at}",
        "no_row": "no row of `{table}` fits",
        "several_rows": "several rows of `{table}` fit",
        "no_parameter_value": "`{name}` has no value on {day}",
        "no_terms": "there are no terms for `plan.{name}`",
        "no_plan_value": "`plan.{name}` has no value",
        "never_repaid": "a payment that does not repay the balance",
        "number_too_large": "a number too large to work with",
        "rounding_step": "a rounding step that is not more than zero",
        "outside_calendar": "a date outside the calendar",
        "least_of_nothing": "the least of nothing",
        "greatest_of_nothing": "the greatest of nothing",
        "too_many_months": "more than {months} months of schedules were worked out",
        "not_repayable": "{why}",
        "no_setting": "{why}",
        "no_usable_step": "no step can be used: {why}",
        "clashing_steps": "{why}, and both apply",
        "no_policy": "no policy applies",
        "not_in_force": "`{policy}` is not in force on {day}",
    },
    "zh": {
        "division_by_zero": "除数为零，见{at}",
        "no_row": "表`{table}`中没有适用的行",
        "several_rows": "表`{table}`中有多行适用",
        "no_parameter_value": "`{name}`在{day}没有取值",
        "no_terms": "没有可供`plan.{name}`取值的方案条款",
        "no_plan_value": "`plan.{name}`没有取值",
        "never_repaid": "还款额不足以还清余额",
        "number_too_large": "数值过大，无法计算",
        "rounding_step": "取整单位不大于零",
        "outside_calendar": "日期超出历法范围",
        "least_of_nothing": "没有可取最小值的项",
        "greatest_of_nothing": "没有可取最大值的项",
        "too_many_months": "已计算超过{months}个月的还款计划",
        "not_repayable": "按这些条款无法计算还款计划（{why}）",
        "no_setting": "没有可取的设置（{why}）",
        "no_usable_step": "没有可以采取的调整步骤（{why}）",
        "clashing_steps": "两个调整步骤互相冲突，且同时适用（{why}）",
        "no_policy": "没有适用于该笔贷款的政策",
        "not_in_force": "`{policy}`在{day}不在有效期内",
    },
}


class Why(str):
    """Why something has no value or was not done: its English sentence, with the code and values it is made of."""

    __slots__ = ("code", "values")

    code: str
    values: Mapping[str, str]

    def __new__(cls, code: str, **values: object) -> Self:
        """Return the reason of this code, with its values in place."""
        said = {name: str(value) for name, value in values.items()}
        found = super().__new__(cls, WHY["en"][code].format(**said))
        found.code, found.values = code, said
        return found

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.code, dict(self.values))

    def said(self, language: str) -> str:
        """Return the reason in a language."""
        return WHY[language][self.code].format(**self.values)


def _again(code: str, values: Mapping[str, str]) -> Why:
    return Why(code, **values)
