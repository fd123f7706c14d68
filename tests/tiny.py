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
from policyengine.testing.strategies.grammar.vocabulary import BECAUSE, HEAD, VOCABULARY, quoted

AS_OF = "2024-11-20"
__all__ = [
    "BECAUSE",
    "HEAD",
    "VOCABULARY",
    "quoted",
]  # of the package, for those who read them here

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


def requiring(conditions: Iterable[str], body: str = "") -> pe.PolicySet:
    """Return a set with one policy whose only plan, `relief`, requires conditions; they are `c0`, `c1` and so on."""
    rules = "".join(
        f"      - {{id: c{place}, that: {quoted(each)}, {BECAUSE}}}\n"
        for place, each in enumerate(conditions)
    )
    plan = f"""\
plans:
  relief:
    title: {{en: Relief, zh: 纾困}}
    require:
{rules}    offer: {{steps: [{{term: {{exactly: 12}}}}], until: plan.payment >= 0}}
"""
    return policies(body, plan)


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
