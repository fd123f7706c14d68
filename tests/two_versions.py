"""Two small versions of a policy, and loans for them: a limit, a cap and a share change, a plan goes and one comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import tiny

import policyengine as pe

DAY = date(2024, 11, 20)
COLUMNS = ("x.cash", "x.flag", "loan.days_past_due", *tiny.LOAN)


def policy(  # noqa: PLR0913  # whatever a version may say otherwise
    *,
    name: str = "tiny",
    limit: int = 30,
    most: int = 24,
    share: str = "100%",
    plans: Iterable[str] = ("longer", "pause"),
    head: str = tiny.HEAD,
    more: str = "",
) -> str:
    """Return a policy: plan `longer` for early arrears, `pause` for whom a flag is set, `fixed` for all."""
    parts = {
        "longer": f"""\
  longer:
    title: {{en: Longer term, zh: 延长期限}}
    require:
      - id: early
        that: loan.days_past_due <= {limit} days
        because: {{en: 'The loan is {{loan.days_past_due}} past due.', zh: '逾期{{loan.days_past_due}}。'}}
        code: TOO_LATE
    offer:
      steps: [{{term: {{up_to: {most} months, step: 1 month}}}}]
      until:
        - id: low
          that: plan.max_payment <= share * x.cash
          because: {{en: '{{plan.max_payment}} a month.', zh: '每月{{plan.max_payment}}。'}}
""",
        "pause": """\
  pause:
    title: {en: A pause, zh: 暂停}
    require:
      - id: flagged
        that: x.flag
        because: {en: A flag is set., zh: 已标记。}
    offer:
      steps: [{holiday: {months: 2, interest: capitalised, maturity: extends}}]
      until: plan.payment >= 0
""",
        "fixed": """\
  fixed:
    title: {en: Eighteen months, zh: 十八个月}
    offer: {steps: [{term: {exactly: 18}}], until: plan.payment >= 0}
""",
    }
    chosen = "".join(parts[each] for each in plans)
    parameters = f"parameters:\n  share: {{value: {share}, assumed: true, note: a share}}\n"
    return head.replace("policy: tiny", f"policy: {name}") + parameters + more + "plans:\n" + chosen


def write(at: Path, *policies: str, vocabulary: str = tiny.VOCABULARY) -> Path:
    """Write a folder of policies."""
    (at / "vocabulary").mkdir(parents=True)
    (at / "vocabulary" / "tiny.yaml").write_text(vocabulary, "utf-8")
    for place, text in enumerate(policies):
        (at / f"policy{place}.yaml").write_text(text, "utf-8")
    return at


def versions(
    at: Path, old: Mapping[str, Any], new: Mapping[str, Any], evaluator: str = "reference"
) -> tuple[pe.PolicySet, pe.PolicySet]:
    """Return two sets with one policy each."""
    return (
        loaded(at / "old", policy(**old), evaluator=evaluator),
        loaded(at / "new", policy(**new), evaluator=evaluator),
    )


def loaded(at: Path, *policies: str, evaluator: str = "reference", **more: str) -> pe.PolicySet:
    """Write a folder of policies and load it; the reference has nothing to compile for so few rows."""
    return pe.load(write(at, *policies, **more), evaluator=evaluator)


def row(
    cash: str | None = None, days: str | None = None, flag: str | None = None, **loan: str
) -> dict[str, str | None]:
    """Return a loan as cells of text."""
    found = {"x.cash": cash, "x.flag": flag, "loan.days_past_due": days and f"{days} days"}
    return {**found, **tiny.LOAN, **{f"loan.{name}": value for name, value in loan.items()}}


def rows() -> list[dict[str, str | None]]:
    """Return loans on both sides of every limit, with and without interest, and with facts that are not known."""
    every = product(
        ("250", "400", "520", "700", "1200", None),
        ("10", "45", "90", None),
        ("true", "false", None),
    )
    found = [row(cash, days, flag) for cash, days, flag in every]
    return [
        *found,
        *(row(cash, "10", "true", annual_rate="12%") for cash in ("520", "700", "1200")),
    ]


def table(given: Iterable[Mapping[str, str | None]]) -> Any:
    """Return loans as a table of text."""
    given = list(given)
    columns = {name: pa.array([each[name] for each in given], pa.string()) for name in COLUMNS}
    return pa.table(columns)
