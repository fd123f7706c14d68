"""Random valid policies over a small vocabulary, as text: every form of the language, every lever.

Constants come from small pools, so that thresholds are met, missed by one step and hit exactly. A policy is made from
chance: of a seed, the same on every run, or of Hypothesis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import attrs

from policyengine.policy_set import PolicySet, load
from policyengine.testing.strategies.grammar.expressions import Expressions, Scope
from policyengine.testing.strategies.grammar.vocabulary import BECAUSE, HEAD, VOCABULARY, quoted

REGULATION_HEAD = """\
regulation: rules
language: 1
version: 2024-01-01
title: {en: Rules, zh: 规则}
languages: [en, zh]
currency: CNY
vocabulary: tiny
"""

PARAMETERS = """\
parameters:
  p_int: [{from: 2020-01-01, until: 2024-06-30, value: 1}, {from: 2024-07-01, value: 2}]
  p_cash: [{from: 2024-01-01, until: 2024-11-09, type: money, value: 90}, {from: 2024-11-10, type: money, value: 100}]
  p_rate: {value: 12%}
  p_days: {value: 30 days}
  p_months: [{from: 2024-02-01, value: 6 months}]
  p_day: {value: 2024-10-31}
  p_flag: {value: true}
"""
BALANCES = ("accrued_interest", "penalty_interest", "fees")


#: A fact that a borrower can act on, so that something would change a denial.
ACTIONABLE = (
    "x.cash: {type: money,",
    "x.cash: {type: money, min: 0, max: 5000, actionable: {step: 50.00, direction: up},",
)


@attrs.frozen
class Made:
    """A policy: its text after the head, those of its regulations, and the vocabulary."""

    policy: str
    regulations: Mapping[str, str]
    vocabulary: str

    @property
    def text(self) -> str:
        """The whole policy, ready to be written to a file."""
        return HEAD + self.policy

    def write(self, folder: Path) -> None:
        """Write the policy and all that it needs into a folder."""
        texts = {"tiny.yaml": self.text, "vocabulary/tiny.yaml": self.vocabulary}
        texts |= {f"regulations/{name}.yaml": text for name, text in self.regulations.items()}
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")

    def load(self, evaluator: str = "reference") -> PolicySet:
        """Return the set with this one policy, `tiny`.

        Raises:
            PolicyError: Something is wrong with it.
        """
        with TemporaryDirectory() as folder:
            self.write(Path(folder))
            return load(folder, evaluator=evaluator)


def made(seed: int) -> Made:
    """Return the policy of a seed."""
    return made_by(Random(seed))  # noqa: S311  # the same policy on every run


def made_by(random: Random) -> Made:
    """Return a policy of chance; where chance goes to zero, as when Hypothesis shrinks, little is in it."""
    return _Maker(random, falling=True).policy()


class _Maker:
    def __init__(self, random: Random, *, falling: bool = False) -> None:
        self.random, self.falling = random, falling
        self.expressions = Expressions(random)

    def policy(self) -> Made:
        bound = self._chance(0.3)
        vocabulary = VOCABULARY.replace(*ACTIONABLE)
        if self._chance(0.2):
            vocabulary = vocabulary.replace("x.q: {type", "x.q: {required: true, type")
        parts = [
            "regulations: [rules]\n" if bound else "",
            f"applies_to: {self._true(2)}\n" if self._chance(0.4) else "",
            PARAMETERS,
            self._derived(),
            self._tables(),
            self._conditions(),
            self._plans(),
            self._guarantees(0.5),
            self._referrals(),
        ]
        rules = {"rules": REGULATION_HEAD + self._regulation()} if bound else {}
        return Made("".join(parts), rules, vocabulary)

    def _chance(self, share: float) -> bool:
        drawn = self.random.random()
        return (1 - drawn if self.falling else drawn) < share

    # Expressions

    def _text(self, kind: str, depth: int, scope: Scope | None = None) -> str:
        return quoted(self.expressions.of(kind, depth, scope or Scope()))

    def _true(self, depth: int, scope: Scope | None = None) -> str:
        """Make a condition that holds more often than not."""
        made = self.expressions.of("boolean", depth, scope or Scope())
        if self._chance(0.5):
            made = f"({made}) or {self.expressions.of('boolean', 1, scope or Scope())}"
        return quoted(made)

    def _derived(self) -> str:
        self.expressions.use_names = False
        kinds = ("boolean", "integer", "money", "rate", "days", "months", "date")
        lines = [f"  d_{kind}: {self._text(kind, 2)}\n" for kind in kinds]
        self.expressions.use_names = True
        chained = f"  e_boolean: {self._text('boolean', 2, Scope(tables=False, chained=False))}\n"
        return "derive:\n" + "".join(lines) + chained

    def _tables(self) -> str:
        a = self.random.randint(0, 3)
        b = a + self.random.randint(1, 3)
        low, high = f'"<= {a}"', f'"> {b}"'
        out = [self.random.choice(["1", "2", "3", "x.m"]) for _ in range(9)]
        how = self.random.choice(["sum", "min", "max", "count"])
        return f"""\
tables:
  t_unique:
    hit: unique
    inputs: [x.n, x.flag]
    output: integer
    rows: [[{low}, any, {out[0]}], ["{a + 1}..{b}", true, {out[1]}], [{high}, false, {out[2]}]]
    otherwise: {out[3]}
  t_first:
    hit: first
    inputs: [{{v: integer}}, x.colour, d_days]
    output: integer
    rows: [[{high}, red, any, {out[4]}], [any, "{{red, blue}}", "<= 30 days", {out[5]}], ["{a}..{b}", any, any, 1]]
    otherwise: 2
  t_priority:
    hit: priority
    order: [2, 1, 3]
    inputs: [x.n, x.other]
    output: integer
    rows: [[{high}, any, 1], [any, true, 2], ["{a}..{b}", any, 3]]
    otherwise: 1
  t_collect:
    hit: collect {how}
    inputs: [x.n, x.flag]
    output: integer
    rows: [[{high}, any, {out[6]}], [any, true, {out[7]}], ["{a}..{b}", any, {out[8]}]]
{"" if how == "count" else "    otherwise: 2"}
"""

    # Rules

    def _conditions(self) -> str:
        lines = (f"  c{i}: {{that: {self._true(2)}, {BECAUSE}}}\n" for i in range(2))
        return "conditions:\n" + "".join(lines)

    def _rule(self, name: str, scope: Scope) -> str:
        if self._chance(0.3):
            joint = self.random.choice(["any", "all"])
            parts = ", ".join(f"{{that: {self._true(1, scope)}}}" for _ in range(2))
            return f"{{id: {name}, {joint}: [{parts}], {BECAUSE}}}"
        return f"{{id: {name}, that: {self._true(2, scope)}, {BECAUSE}}}"

    def _guarantees(self, share: float) -> str:
        rules = [self._guarantee(i) for i in range(2) if self._chance(share)]
        return "guarantees:\n" + "".join(rules) if rules else ""

    def _guarantee(self, place: int) -> str:
        found = f"  - id: g{place}\n"
        if self._chance(0.6):
            found += f"    applies_to: {self._text('boolean', 1)}\n"
        test = self._true(1, Scope(plan=True))
        return found + f"    that: {test}\n    {BECAUSE}\n"

    def _regulation(self) -> str:
        plain = Scope(tables=False, names=False)
        applies = f"applies_to: {quoted(self.expressions.of('boolean', 1, plain))}\n"
        test = quoted(
            f"plan.max_payment <= 2 * x.cash or {self.expressions.of('boolean', 1, plain)}"
        )
        rule = f"guarantees:\n  - id: r\n    that: {test}\n    {BECAUSE}\n"
        return (applies if self._chance(0.6) else "") + rule

    def _referrals(self) -> str:
        told = self._text("boolean", 2, Scope(known=True))
        found = f"referrals:\n  talk:\n    title: {{en: Talk, zh: 谈}}\n    when: {told}\n    {BECAUSE}\n"
        if self._chance(0.5):
            instead = self._text("boolean", 1)
            found += (
                f"  assess:\n    title: {{en: Assess, zh: 评估}}\n    when: {instead}\n"
                f"    instead_of_refusal: true\n    {BECAUSE}\n"
            )
        return found

    # Plans

    def _plans(self) -> str:
        count = self.random.randint(1, 4)
        return "plans:\n" + "".join(self._plan(f"plan_{i}") for i in range(count))

    def _plan(self, name: str) -> str:
        rules = [self._rule(f"r{i}", Scope()) for i in range(self.random.choice([0, 0, 1, 1, 2]))]
        if self._chance(0.3):
            rules.append(self.random.choice(["c0", "c1"]))
        require = "".join(f"      - {rule}\n" for rule in rules)
        figures = ""
        if self._chance(0.3):
            figures = f"    figures: {{share: {self._text('money', 1, Scope(plan=True))}}}\n"
        return (
            f"  {name}:\n    title: {{en: Plan, zh: 方案}}\n"
            + (f"    require:\n{require}" if rules else "")
            + self._offer()
            + figures
        )

    def _offer(self) -> str:
        steps = [self._step() for _ in range(self.random.choice([1, 1, 2]))]
        names = {step.split(":")[0] for step in steps}
        overruling = {"settle", "instalments", "pay"} & names or {"rate", "waive"} <= names
        if len(names) < len(steps) or overruling:
            steps = steps[:1]
        lines = ["    offer:", "      steps:"]
        for step in steps:
            lines.append(f"        - {step}")
            if self._chance(0.1):
                lines.append(f"          when: {self._true(1)}")
        lines += ["      until:", f"        - {self._until()}"]
        if self._chance(0.3):
            lines.append(f"        - {self._true(1, Scope(plan=True))}")
        how = self.random.choice(["", "", f"accept: {self._until()}", "choose: least_cost"])
        lines += [f"      {how}"] if how else []
        if self._chance(0.1):
            lines.append("      negative_amortisation: allowed")
        return "\n".join(lines) + "\n"

    def _until(self) -> str:
        payment = self.random.choice(
            [
                "plan.max_payment",
                "plan.payment",
                "plan.first_payment",
                "plan.max_payment_after(2 months)",
                "plan.max_payment_before(x.months)",
            ]
        )
        cash = self.random.choice(["x.cash", "d_money", "p_cash", "2 * x.cash", "2 * p_cash"])
        return quoted(f"{payment} {self.random.choice(['<=', '<'])} {cash}")

    def _step(self) -> str:
        balance, maturity = self._one(BALANCES), self._one(("extends", "stays"))
        interest = self._one(("accrues", "capitalised", "waived"))
        rises = "fixed_for: 3 months, then: {rise: 1%, every: 2 months, up_to: x.rate}"
        steps = [
            f"holiday: {{months: 1..3, interest: {interest}, maturity: {maturity}}}",
            f"holiday: {{through: x.day, interest: {interest}, maturity: {maturity}}}",
            "pay: {amount: x.cost, months: 1..3, unpaid_interest: waived}",
            "pay: {amount: 150.00}",
            f"interest_only: {{months: 1..3, maturity: {maturity}}}",
            "term: {up_to: +6, step: 2 months}",
            "term: {up_to: '+x.months', step: 1 month}",
            "term: {exactly: 18}",
            "rate: {down_to: 4%, step: 4%}",
            "rate: {exactly: x.rate}",
            f"rate: {{down_to: 2%, step: 4%, {rises}}}",
            "instalments: {months: 6..18, step: 6 months}",
            f"waive: {{{balance}: 0%..100%, step: 50%}}",
            "waive: {future_interest: 0%..50%, step: 25%}",
            f"capitalise: {{{balance}: 100%}}",
            f"defer_balance: {{{balance}: 50%}}",
            "forbear: {up_to: 30% * plan.balance, step: 100.00}",
            "forgive: {up_to: x.cost, step: 50.00}",
            "forgive: {exactly: 100.00}",
            "repayment_plan: {balance: fees, months: 1..3, cap: 150%}",
            "settle: {discount: 10%..50%, step: 20%}",
            "stepped: {shares: [30%, 60%], months: 2}",
        ]
        return self.random.choice(steps)

    def _one(self, words: Sequence[str]) -> str:
        return self.random.choice(words)
