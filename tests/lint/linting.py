"""Loads a small policy with some of its sections replaced, and gives back what is found in it.

A fragment is a piece of a policy file: whole sections, each with the key it starts with.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from policyengine.diagnostics import Diagnostic
from policyengine.lint import expiring
from policyengine.loading import Loaded, load_files

DAY = date(2025, 1, 1)
HORIZON = 90

VOCABULARY = """\
vocabulary: small
language: 1
languages: [en, zh]
title: {en: Small, zh: 小}
enums:
  kind:
    title: {en: kind of client, zh: 客户类型}
    values: {new: {en: new, zh: 新}, existing: {en: existing, zh: 老}}
  severity:
    title: {en: severity, zh: 程度}
    values: {mild: {en: mild, zh: 轻}, moderate: {en: moderate, zh: 中}, severe: {en: severe, zh: 重}}
  method:
    title: {en: method, zh: 还款方式}
    values: {level: {en: level, zh: 等额本息}}
records:
  plan_before:
    months: {type: months, min: 0, title: {en: months, zh: 月数}}
facts:
  borrower.kind: {type: enum, of: kind, title: {en: kind, zh: 类型}}
  borrower.score: {type: integer, min: 0, max: 1000, title: {en: score, zh: 评分}}
  borrower.income: {type: money, min: 0, title: {en: income, zh: 收入}}
  borrower.expenses: {type: money, min: 0, title: {en: expenses, zh: 支出}}
  borrower.willing: {type: boolean, title: {en: willing, zh: 愿意}}
  borrower.town: {type: text, title: {en: town, zh: 城市}}
  borrower.severity: {type: enum, of: severity, title: {en: severity, zh: 程度}}
  loan.principal: {type: money, min: 0, title: {en: principal, zh: 本金}}
  loan.annual_rate: {type: rate, min: 0, title: {en: annual rate, zh: 年利率}}
  loan.remaining_term: {type: months, min: 0, title: {en: remaining term, zh: 剩余期限}}
  loan.next_due: {type: date, title: {en: next due date, zh: 下一还款日}}
  loan.method: {type: enum, of: method, title: {en: method, zh: 还款方式}}
  loan.days_past_due: {type: days, min: 0, title: {en: days past due, zh: 逾期天数}}
  loan.share: {type: rate, min: 0, max: 1, title: {en: share, zh: 比例}}
  loan.contract_date: {type: date, title: {en: contract date, zh: 合同日}}
  loan.past_plans: {type: list, of: plan_before, title: {en: past plans, zh: 历史方案}}
"""

POLICY = """\
policy: small.loan
language: 1
version: 1
title: {en: Small, zh: 小}
languages: [en, zh]
currency: CNY
vocabulary: small
effective: {from: 2024-01-01}
plans:
  holiday:
    title: {en: Holiday, zh: 延期}
    require:
      - id: overdue
        that: loan.days_past_due >= 1 day
        because: {en: 'Overdue {loan.days_past_due}.', zh: '逾期{loan.days_past_due}。'}
    offer:
      steps: [{holiday: {months: 1..3, interest: accrues, maturity: extends}}]
      until: [plan.payment <= borrower.income]
"""


def load(fragment: str, others: Mapping[str, str] | None = None) -> Loaded:
    """Load the small policy with the fragment's sections in place of its own."""
    files = {"vocabulary/small.yaml": VOCABULARY, "small/loan.yaml": merged(fragment)}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**files, **(others or {})}.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_files(folder)


def merged(fragment: str) -> str:
    """Return the small policy's text with sections replaced or added."""
    return "".join((_sections(POLICY) | _sections(fragment)).values())


def _sections(text: str) -> dict[str, str]:
    parts = re.split(
        r"^(?=[a-z_]+:)", text if text.endswith("\n") else text + "\n", flags=re.MULTILINE
    )
    return {part.split(":")[0]: part for part in parts if part.strip()}


def findings(fragment: str, others: Mapping[str, str] | None = None) -> list[Diagnostic]:
    """Return all that is found, and what is about to expire."""
    loaded = load(fragment, others)
    soon = [d for program in loaded.programs for d in expiring(program, DAY, HORIZON)]
    return [*loaded.findings.items, *soon]


def tangled_table(pairs: int = 20) -> str:
    """Return a table whose rows each speak of two of its columns, and two of the last."""
    names = [f"{side}{i}" for side in "ab" for i in range(pairs)] + ["last"]
    rows = [{f"a{i}": v, f"b{i}": v} for i in range(pairs) for v in ("true", "false")]
    rows += [{"last": "true"}, {"last": "false"}]
    cells = [[row.get(name, "any") for name in names] for row in rows]
    return _table("first", names, "boolean", cells)


def long_table(rows: int = 1500) -> str:
    """Return a table of many rows that do not meet."""
    return _table("unique", ["n"], "integer", [[str(n)] for n in range(rows)], "otherwise: 0")


def _table(hit: str, names: list[str], type_: str, cells: list[list[str]], rest: str = "") -> str:
    inputs = ", ".join(f"{{{name}: {type_}}}" for name in names)
    rows = "".join(f"      - [{', '.join(row)}, 1]\n" for row in cells)
    head = f"tables:\n  t:\n    hit: {hit}\n    inputs: [{inputs}]\n    output: integer\n"
    return f"{head}    rows:\n{rows}" + (f"    {rest}\n" if rest else "")


def repeated_table(rows: int = 1500) -> str:
    """Return a table of many rows that are the same."""
    return _table("unique", ["n"], "integer", [["5"]] * rows, "otherwise: 0")


GENERATED: dict[str, Callable[[], str]] = {
    "tangled_table": tangled_table,
    "long_table": long_table,
    "repeated_table": repeated_table,
}
