"""Runs the cases under `cases/`: what an expression is worth, given some facts.

A file is a topic: `cases`, and where they need them `parameters` and `tables` as a policy writes them. A
case is an expression, its facts by path, and one of

    value       what it is worth, written as a profile would write it
    unknown     the facts that are missing for it, all of them
    undefined   words of the reason why it has no value (with `unknown` beside it: both at once)
    error       the code of the finding that keeps a policy with it from loading, or all the codes

`in: referral` puts the expression where `known` may stand. The vocabulary is that of `tiny.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import tiny
import yaml

import policyengine as pe
from policyengine.decision.trace import Result, Unknown
from policyengine.ir.nodes import Node
from policyengine.model.literals import read_literal

FOLDER = Path(__file__).parent / "cases"
KEYS = {"expression", "facts", "in", "value", "unknown", "undefined", "error"}


@attrs.frozen(eq=False)
class Case:
    """One expression; `place` is its number in the topic."""

    topic: str
    place: int
    written: dict[str, Any]

    @property
    def expression(self) -> str:
        return str(self.written["expression"])

    @property
    def is_error(self) -> bool:
        return "error" in self.written

    def __str__(self) -> str:
        return f"{self.topic}-{self.place}: {self.expression}"


@attrs.frozen(eq=False)
class Topic:
    """A file of cases."""

    name: str
    sections: str
    cases: tuple[Case, ...]

    def load(self, evaluator: str) -> pe.PolicySet:
        """Return one policy in which every case without an error is a derived value or a referral."""
        sound = [case for case in self.cases if not case.is_error]
        derived = "".join(
            f"  case_{c.place}: {tiny.quoted(c.expression)}\n" for c in sound if not _refers(c)
        )
        referrals = "".join(
            f"  case_{c.place}: {{title: {{en: t, zh: t}}, {tiny.BECAUSE}, "
            f"when: {tiny.quoted(c.expression)}}}\n"
            for c in sound
            if _refers(c)
        )
        body = self.sections + (f"derive:\n{derived}" if derived else "")
        body += f"referrals:\n{referrals}" if referrals else ""
        return tiny.policies(body, evaluator=evaluator)

    def errors(self, case: Case) -> list[str]:
        """Return the codes of what is found in a policy with the case alone."""
        return tiny.findings(self.sections + f"derive:\n  case: {tiny.quoted(case.expression)}\n")


def _refers(case: Case) -> bool:
    return case.written.get("in") == "referral"


def topics() -> list[Topic]:
    """Return all topics by name."""
    return [_topic(path) for path in sorted(FOLDER.glob("*.yaml"))]


def _topic(path: Path) -> Topic:
    # Every scalar is read as text: its type is that of the expression.
    read = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - the safest
    sections = {key: read[key] for key in ("parameters", "tables") if key in read}
    text = "".join(
        f"{key}:\n" + "".join(f"  {line}\n" for line in block.splitlines())
        for key, block in sections.items()
    )
    cases = tuple(Case(path.stem, i, written) for i, written in enumerate(read["cases"], 1))
    for case in cases:
        assert set(case.written) <= KEYS, case
    return Topic(path.stem, text, cases)


def run(policy_set: pe.PolicySet, case: Case) -> tuple[Node, Result]:
    """Return the case's node and what it is worth."""
    trace = tiny.trace(policy_set, case.written.get("facts") or {})
    if _refers(case):
        (found,) = (f for f in trace.referrals if f.referral.id == f"case_{case.place}")
        return found.referral.rule.test, found.finding.holds
    key = f"tiny#case_{case.place}"
    return trace.program.derived[key].node, trace.derived[key]


def expected(case: Case, node: Node, policy_set: pe.PolicySet) -> Result:
    """Return what the case says."""
    if "value" not in case.written:
        return Unknown(frozenset(case.written.get("unknown", ())))
    return read_literal(
        node.type,
        case.written["value"],
        currency="CNY",
        enum_values=policy_set.dictionary.values_of(node.type),
    )
