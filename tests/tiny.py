"""A tiny vocabulary with a fact of every type, and policies around it, for tests of the language."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import policyengine as pe
from policyengine.decision.trace import Trace
from policyengine.facts.facts import Situation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.loading import load_files

AS_OF = "2024-11-20"

VOCABULARY = """\
vocabulary: tiny
language: 1
languages: [en, zh]
title: {en: Tiny, zh: 小}
enums:
  colour:
    title: {en: colour, zh: 颜色}
    values: {red: {en: red, zh: 红}, green: {en: green, zh: 绿}, blue: {en: blue, zh: 蓝}}
  shade:
    title: {en: shade, zh: 深浅}
    values: {light: {en: light, zh: 浅}, dark: {en: dark, zh: 深}}
  method:
    title: {en: method, zh: 方式}
    values: {level: {en: level, zh: 等额本息}, equal_principal: {en: equal principal, zh: 等额本金}}
records:
  part:
    n: {type: integer, title: {en: number, zh: 数}}
    flag: {type: boolean, title: {en: flag, zh: 标志}}
  item:
    n: {type: integer, title: {en: number, zh: 数}}
    cash: {type: money, title: {en: cash, zh: 现金}}
    rate: {type: rate, title: {en: rate, zh: 利率}}
    days: {type: days, title: {en: days, zh: 天}}
    day: {type: date, title: {en: day, zh: 日}}
    flag: {type: boolean, title: {en: flag, zh: 标志}}
    colour: {type: enum, of: colour, title: {en: colour, zh: 颜色}}
    age: {type: integer, protected: true, title: {en: age, zh: 年龄}}
    parts: {type: list, of: part, title: {en: parts, zh: 部分}}
facts:
  x.flag: {type: boolean, title: {en: flag, zh: 标志}}
  x.other: {type: boolean, title: {en: other, zh: 其他}}
  x.n: {type: integer, title: {en: number, zh: 数}}
  x.m: {type: integer, title: {en: number, zh: 数}}
  x.q: {type: number, title: {en: number, zh: 数}}
  x.cash: {type: money, title: {en: cash, zh: 现金}}
  x.cost: {type: money, title: {en: cost, zh: 成本}}
  x.rate: {type: rate, title: {en: rate, zh: 利率}}
  x.days: {type: days, title: {en: days, zh: 天}}
  x.wait: {type: days, title: {en: wait, zh: 等待}}
  x.months: {type: months, title: {en: months, zh: 月}}
  x.term: {type: months, title: {en: term, zh: 期限}}
  x.day: {type: date, title: {en: day, zh: 日}}
  x.end: {type: date, title: {en: end, zh: 结束}}
  x.word: {type: text, title: {en: word, zh: 词}}
  x.colour: {type: enum, of: colour, title: {en: colour, zh: 颜色}}
  x.shade: {type: enum, of: shade, title: {en: shade, zh: 深浅}}
  x.items: {type: list, of: item, title: {en: items, zh: 项目}}
  x.age: {type: integer, protected: true, title: {en: age, zh: 年龄}}
  x.dear:
    type: boolean
    title: {en: costly to know, zh: 难以获知}
    ask: {question: {en: Is it?, zh: 是吗？}, evidence: {en: a paper, zh: 文件}, cost: 5}
  loan.id: {type: text, title: {en: id, zh: 编号}}
  loan.principal: {type: money, min: 0, title: {en: principal, zh: 本金}}
  loan.accrued_interest: {type: money, min: 0, title: {en: interest, zh: 利息}}
  loan.penalty_interest: {type: money, min: 0, title: {en: penalty, zh: 罚息}}
  loan.fees: {type: money, min: 0, title: {en: fees, zh: 费用}}
  loan.annual_rate: {type: rate, min: 0, title: {en: rate, zh: 利率}}
  loan.payment: {type: money, min: 0, title: {en: payment, zh: 月供}}
  loan.remaining_term: {type: months, min: 0, title: {en: term, zh: 期限}}
  loan.days_past_due: {type: days, min: 0, title: {en: days, zh: 天}}
  loan.next_due: {type: date, title: {en: due, zh: 到期日}}
  loan.due_day: {type: integer, title: {en: due day, zh: 还款日}}
  loan.method: {type: enum, of: method, title: {en: method, zh: 方式}}
  loan.items: {type: list, of: item, title: {en: items, zh: 项目}}
"""

#: A loan with all that a schedule needs: 12,000 without interest over 12 months, 1,000 a month.
LOAN = {
    "loan.principal": "12000.00",
    "loan.annual_rate": "0%",
    "loan.remaining_term": "12",
    "loan.next_due": "2024-12-15",
    "loan.method": "level",
    "loan.accrued_interest": "120.00",
    "loan.penalty_interest": "60.00",
    "loan.fees": "30.00",
}

HEAD = """\
policy: tiny
language: 1
version: 2024-01-01
title: {en: Tiny, zh: 小}
languages: [en, zh]
currency: CNY
vocabulary: tiny
"""

BECAUSE = "because: {en: It is so., zh: 如此。}"

#: A plan that says nothing; a policy has at least one.
PLANS = """\
plans:
  nothing:
    title: {en: Nothing, zh: 无}
    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}
"""


def offer(steps: str, until: str = "plan.max_payment <= x.cash", extra: str = "") -> str:
    """Return the `plans` of a policy with one plan, `relief`; `steps` are lines of YAML."""
    indented = "\n".join("        " + line for line in steps.strip().splitlines())
    return f"""\
plans:
  relief:
    title: {{en: Relief, zh: 纾困}}
    offer:
      steps:
{indented}
      until: {until}
{extra}"""


def quoted(expression: str) -> str:
    """Return an expression as a YAML scalar, whatever it contains."""
    return "'" + expression.replace("'", "''") + "'"


def derive(expressions: Iterable[str]) -> str:
    """Return a `derive` section that names the expressions `e0`, `e1`, …"""
    lines = (f"  e{i}: {quoted(each)}" for i, each in enumerate(expressions))
    return "derive:\n" + "\n".join(lines) + "\n"


def folder(
    at: str | Path,
    policy: str,
    vocabulary: str = VOCABULARY,
    regulations: Mapping[str, str] | None = None,
) -> None:
    """Write a folder of policies."""
    texts = {"vocabulary/tiny.yaml": vocabulary, "tiny.yaml": policy}
    texts |= {f"regulations/{name}.yaml": text for name, text in (regulations or {}).items()}
    for name, text in texts.items():
        path = Path(at) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


def policies(
    body: str = "",
    plans: str = PLANS,
    *,
    head: str = HEAD,
    vocabulary: str = VOCABULARY,
    regulations: Mapping[str, str] | None = None,
    evaluator: str = "reference",
) -> pe.PolicySet:
    """Return a set with one policy, `tiny`."""
    with tempfile.TemporaryDirectory() as at:
        folder(at, head + body + plans, vocabulary, regulations)
        return pe.load(at, evaluator=evaluator)


def findings(body: str = "", plans: str = PLANS, **more: Any) -> list[str]:
    """Return the codes of the errors in a policy, which need not load."""
    with tempfile.TemporaryDirectory() as at:
        folder(at, HEAD + body + plans, **more)
        return [finding.code for finding in load_files(at).findings.errors]


_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def plain(value: Any) -> Any:
    """Return what YAML holds as Python values: a scalar is text until it looks like a number."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def profile(facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a profile of facts by path; `loans` is a list, and without it there is one loan."""
    found: dict[str, Any] = {"as_of": AS_OF}
    given: Mapping[str, Any] = plain(facts or {})
    for path, value in given.items():
        record, _, field = path.partition(".")
        if field:
            found.setdefault(record, {})[field] = value
        else:
            found[record] = value
    if "loans" not in found:
        found["loans"] = [{"id": "L"} | found.pop("loan", {})]
    return found


def situation(
    policy_set: pe.PolicySet, facts: Mapping[str, Any] | None = None, loan: int = 0
) -> Situation:
    """Return the facts as an evaluator sees them, with one loan under assessment."""
    given = pe.Profile.from_mapping(profile(facts))
    return facts_from(given, policy_set.dictionary, currency("CNY"), None).about(loan)


def trace(policy_set: pe.PolicySet, facts: Mapping[str, Any] | None = None, loan: int = 0) -> Trace:
    """Return what the set's evaluator finds about its only policy."""
    return policy_set.evaluator.evaluate(policy_set.programs[0], situation(policy_set, facts, loan))


def decide(policy_set: pe.PolicySet, facts: Mapping[str, Any] | None = None) -> pe.Decision:
    """Return what the set's only policy decides about the only loan."""
    (decision,) = policy_set.decide(profile(facts)).decisions
    return decision
