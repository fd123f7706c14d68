"""Each law, on a policy that keeps it and on one that breaks it."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
import tiny

import policyengine as pe
from policyengine.decision.trace import Trace
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.facts.facts import Situation
from policyengine.ir.program import Program
from policyengine.testing import laws
from policyengine.testing.laws import Law, tried

SOURCES = "sources: {law: {kind: regulation, title: the law}}\n"
CITED = "source: law art. 1"


def policy(*conditions: str, steps: str = "- term: {exactly: 12}", more: str = "") -> pe.Policy:
    """Return a policy with one plan for those who meet some conditions."""
    rules = "".join(
        f"      - {{id: r{i}, that: {tiny.quoted(each)}, {tiny.BECAUSE}, {CITED}}}\n"
        for i, each in enumerate(conditions)
    )
    until = f"\n        - {{id: last, that: plan.payment >= 0, {tiny.BECAUSE}, {CITED}}}"
    plans = tiny.offer(steps, until).replace("    offer:", f"    require:\n{rules}    offer:", 1)
    return tiny.policies(SOURCES + more, plans)["tiny"]


SHORT = "- instalments: {months: 6..12, step: 6 months}"
MOST = "parameters: {most: {value: 6 months}}\n"
ROOMY = policy("x.cash >= 100", "x.flag")
REFERRAL = """\
referrals:
  talk:
    title: {en: Talk, zh: 谈}
    when: %s
    because: {en: It is so., zh: 如此。}
"""
KEPT: list[tuple[Law, pe.Policy]] = [
    (laws.NeverByAccident(), ROOMY),
    (laws.NeverByAccident(("relief",), ("talk",)), policy("x.flag", more=REFERRAL % "x.other")),
    (laws.Monotone("x.cash"), ROOMY),
    (laws.Monotone("x.days", direction="down"), policy("x.days <= 30 days")),
    (laws.Indifferent(), ROOMY),
    (laws.Indifferent(("x.n",)), ROOMY),
    (laws.NeverExceeds("term_months", "6 months"), policy("x.flag", steps=SHORT)),
    (laws.NeverExceeds("term_months", "most"), policy("x.flag", steps=SHORT, more=MOST)),
    (laws.EveryDenialCites(), ROOMY),
    (laws.Deterministic(), ROOMY),
    (laws.OrderIndependent(), ROOMY),
    (laws.JustificationSound(), ROOMY),
    (laws.OnlyMoreGenerous(policy("x.cash >= 200", "x.flag")), ROOMY),
    (laws.OnlyStricter(policy("x.cash >= 50", "x.flag")), ROOMY),
]
BROKEN: list[tuple[Law, pe.Policy, str]] = [
    (
        laws.NeverByAccident((), ("talk",)),
        policy("x.flag", more=REFERRAL % "known(x.other) and x.other"),
        "the referral `talk` holds; once `x.other` is not known, it does not hold",
    ),
    (
        laws.Monotone("x.cash"),
        policy("x.cash <= 100"),
        "`relief` is allowed with `x.cash` 100.00, and denied with 100.01",
    ),
    (
        laws.Monotone("x.days", direction="down"),
        policy("x.days >= 30 days"),
        "`relief` is allowed with `x.days` 30 days, and denied with 29 days",
    ),
    (laws.Indifferent(("x.n",)), policy("x.n > 2"), "`relief` is not decided alike with `x.n` "),
    (
        laws.NeverExceeds("term_months", "11 months", ("relief",)),
        ROOMY,
        "`relief` has term_months 12, above the cap 11 months of 11",
    ),
    (
        laws.NeverExceeds("term_months", "loan.remaining_term"),
        ROOMY,
        "`relief` has term_months 12, above the cap loan.remaining_term of ",
    ),
    (
        laws.EveryDenialCites(),
        tiny.policies(
            "",
            tiny.offer("- term: {exactly: 12}").replace(
                "    offer:",
                f"    require: [{{id: mine, that: x.flag, {tiny.BECAUSE}}}]\n    offer:",
            ),
        )["tiny"],
        "`relief` is denied by ",
    ),
    (
        laws.OnlyMoreGenerous(policy("x.cash >= 100", "x.flag")),
        policy("x.cash > 100", "x.flag"),
        "`relief` is allowed under the old version, and denied under the new",
    ),
    (
        laws.OnlyStricter(policy("x.cash > 100", "x.flag")),
        policy("x.cash >= 100", "x.flag"),
        "`relief` is allowed under the new version, and denied under the old",
    ),
]


def _name(value: object) -> str | None:
    return getattr(value, "title", None)


@pytest.mark.parametrize(("law", "of"), KEPT, ids=_name)
def test_a_law_is_kept(law: Law, of: pe.Policy) -> None:
    trial = tried(law, of, examples=80)
    assert trial.kept, trial.breach
    assert trial.spoke > 10


@pytest.mark.parametrize(("law", "of", "said"), BROKEN, ids=_name)
def test_a_law_is_broken_and_says_by_whom(law: Law, of: pe.Policy, said: str) -> None:
    breach = tried(law, of, examples=300).breach
    assert breach is not None
    assert breach.said.startswith(said)


def test_the_borrower_is_as_simple_as_can_be() -> None:
    breach = tried(laws.Monotone("x.cash"), policy("x.cash <= 100", "x.flag")).breach
    assert breach is not None
    facts = breach.before.borrower.facts
    assert set(facts) == {
        *("x.cash", "x.flag", "loan.id", "loan.principal", "loan.annual_rate"),
        *("loan.next_due", "loan.remaining_term", "loan.method"),
    }
    assert breach.remarks.keys() >= {"loan.method"}
    assert "x.cash" not in breach.remarks


def test_the_same_is_found_on_every_run() -> None:
    found = [tried(laws.Monotone("x.cash"), policy("x.cash <= 100")) for _ in range(2)]
    assert found[0].borrowers == found[1].borrowers
    said = {each.breach.said for each in found if each.breach}
    assert len(said) == 1


class Moody(ReferenceEvaluator):
    """Decides otherwise every other time, and reads the fact given last."""

    turns = 0

    def evaluate(self, program: Program, situation: Situation) -> Trace:
        Moody.turns += 1
        return super().evaluate(program, situation.with_fact("x.flag", Moody.turns % 2 == 0))


class FirstFact(ReferenceEvaluator):
    """Goes by which fact is given first."""

    def evaluate(self, program: Program, situation: Situation) -> Trace:
        first = next(iter(situation.facts.values), "")
        return super().evaluate(program, situation.with_fact("x.flag", first == "x.flag"))


@pytest.mark.parametrize(
    ("law", "evaluator"),
    [(laws.Deterministic(), Moody()), (laws.OrderIndependent(), FirstFact())],
    ids=_name,
)
def test_an_evaluator_that_breaks_a_law_is_found(law: Law, evaluator: Any) -> None:
    moody = attrs.evolve(ROOMY.policies, evaluator=evaluator)
    assert not tried(law, pe.Policy(moody, ROOMY.program)).kept


@pytest.mark.parametrize(
    ("law", "code", "message"),
    [
        (laws.Monotone("x.cahs"), "unknown-name", "there is no fact `x.cahs`"),
        (laws.Monotone("x.colour"), "no-order", "`x.colour` is enum colour, of which"),
        (laws.Monotone("x.cash", ("releif",)), "unknown-name", "there is no plan `releif`"),
        (laws.NeverByAccident((), ("talk",)), "unknown-name", "there is no referral `talk`"),
        (laws.NeverExceeds("length", "1"), "unknown-name", "there is no term `length`"),
        (laws.NeverExceeds("payment", "cap"), "unknown-name", "there is no parameter or fact"),
        (laws.Indifferent(("x.age_",)), "unknown-name", "there is no fact `x.age_`"),
    ],
    ids=_name,
)
def test_a_law_about_nothing_is_refused(law: Law, code: str, message: str) -> None:
    with pytest.raises(pe.PolicyError) as refused:
        tried(law, ROOMY)
    assert refused.value.code == code
    assert refused.value.diagnostics[0].message.startswith(message)


@pytest.mark.parametrize(
    "of",
    [
        policy("x.flag", more="applies_to: x.n > 1 and x.n < 1\n"),
        policy("x.flag and not x.flag"),
    ],
)
def test_a_law_that_never_had_anything_to_say_is_refused(of: pe.Policy) -> None:
    with pytest.raises(pe.PolicyError) as refused:
        tried(laws.NeverExceeds("payment", "1.00"), of)
    assert refused.value.code == "nothing-tried"
