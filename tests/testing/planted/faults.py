"""Faults to plant in the five lenders' policies, each with the law that should find it.

A fault is a change of text in a copy of `policies/`, or for whoever fills in blanks, an evaluator that does.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import attrs

import policyengine as pe
from policyengine.decision.trace import Trace
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.facts.facts import Situation
from policyengine.ir.program import Program
from policyengine.ir.sight import sight
from policyengine.model.types import Kind, Value
from policyengine.testing import laws
from policyengine.testing.laws import Law

POLICIES = Path(__file__).parents[3] / "policies"
VOCABULARY = "vocabulary/personal-credit.yaml"
FILES = {
    "aibank.consumer-loan": "aibank/consumer-loan.yaml",
    "ccb.personal-loan": "ccb/personal-loan.yaml",
    "citic.consumer-loan": "citic/consumer-loan.yaml",
    "citic.credit-card": "citic/credit-card.yaml",
    "mengshang.consumer-finance": "mengshang/consumer-finance.yaml",
}
KINDS = ("strict", "protected", "gap", "unknown", "blank")

#: What `<=` stands in: the instalment against what is affordable.
_AT_MOST = {
    "aibank.consumer-loan": "plan.max_payment <= affordable",
    "ccb.personal-loan": "plan.max_payment_after(hardship.expected_months) <= affordable_after",
    "citic.consumer-loan": "plan.max_payment <= affordable",
    "citic.credit-card": "plan.max_payment <= affordable",
    "mengshang.consumer-finance": "plan.max_payment <= affordable",
}
#: A referral, its condition, and the fact whose absence is taken for a no.
_REFERRALS = {
    "aibank.consumer-loan": ("counselling", "surplus < loan.payment", "loan.payment"),
    "ccb.personal-loan": (
        "visit_report",
        "visit.made and not visit.reported",
        "visit.reported",
    ),
    "citic.consumer-loan": (
        "signature",
        'borrower.willingness == "willing" and borrower.cooperates',
        "borrower.cooperates",
    ),
    "citic.credit-card": (
        "agreement",
        'borrower.willingness == "willing"',
        "borrower.willingness",
    ),
    "mengshang.consumer-finance": (
        "education",
        'hardship.cause in {"poor_money_management", "weak_credit_awareness", "overconsumption"}',
        "hardship.cause",
    ),
}
_TABLE = """\
tables:
  standing:
    hit: unique
    inputs: [borrower.score]
    output: integer
    rows: [["< 130", 1], [">= 130", 2]]
    otherwise: 0
plans:
"""
_STANDING = """\
    require:
      - id: standing
        that: standing >= 1
        because: {en: 'The standing is {standing}.', zh: '评级为{standing}。'}
        source: article
"""
_SCORE = (
    "facts:\n  borrower.score: {type: integer, min: 0, max: 200, title: {en: score, zh: 评分}}\n"
)


@attrs.frozen
class Fault:
    """One fault of a kind in one lender's policy."""

    kind: str
    policy: str

    def __str__(self) -> str:
        return f"{self.kind}-{self.policy}"

    def planted(self, folder: Path, evaluator: str = "reference") -> tuple[pe.Policy, Law]:
        """Return the faulty policy, and the law that should find it."""
        shutil.copytree(POLICIES, folder, dirs_exist_ok=True)
        return self.planted_in(folder, evaluator)

    def planted_in(self, folder: Path, evaluator: str = "reference") -> tuple[pe.Policy, Law]:
        """Return the same, planted in policies that stand in a folder."""
        return _PLANTERS[self.kind](self.policy, folder, evaluator)


def faults() -> Iterator[Fault]:
    """Yield each kind of fault in each lender's policy."""
    yield from (Fault(kind, policy) for policy in FILES for kind in KINDS)


def _edited(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text, (name, old)
    path.write_text(text.replace(old, new), "utf-8")


def _loaded(policy: str, folder: Path, evaluator: str) -> pe.Policy:
    return pe.load(folder, evaluator=evaluator)[policy]


def _strict(policy: str, folder: Path, evaluator: str) -> tuple[pe.Policy, Law]:
    """Make `<=` a `<`."""
    right = _loaded(policy, folder, evaluator)
    written = f"that: {_AT_MOST[policy]}\n"
    _edited(folder, FILES[policy], written, written.replace("<=", "<"))
    return _loaded(policy, folder, evaluator), laws.OnlyMoreGenerous(right)


def _protected(policy: str, folder: Path, evaluator: str) -> tuple[pe.Policy, Law]:
    """Count older borrowers' means for less, where the vocabulary lost the mark that would refuse it."""
    _edited(folder, VOCABULARY, "max: 150, protected: true", "max: 150")
    means = "surplus: borrower.monthly_income"
    _edited(folder, FILES[policy], means, "surplus: counted_income")
    counted = "derive:\n  counted_income: borrower.monthly_income * (if borrower.age >= 65 then 80% else 100%)\n"
    _edited(folder, FILES[policy], "derive:\n", counted)
    return _loaded(policy, folder, evaluator), laws.Indifferent(("borrower.age",))


def graded(policy: str, folder: Path) -> None:
    """Grade a score in a table, and require a grade for every plan."""
    _edited(folder, VOCABULARY, "facts:\n", _SCORE)
    path = folder / FILES[policy]
    text = path.read_text("utf-8").replace("\nplans:\n", "\n" + _TABLE, 1)
    head, plans = text.split("\nplans:\n", 1)
    lines = []
    for line in plans.splitlines():
        name, _, rest = line.strip().partition("require: [")
        if name == "" and rest:
            names = rest.rstrip("]").split(", ")
            lines += [*_STANDING.splitlines(), *(f"      - {each}" for each in names)]
        elif line == "    require:":
            lines += _STANDING.splitlines()
        else:
            lines.append(line)
    path.write_text(head + "\nplans:\n" + "\n".join(lines) + "\n", "utf-8")


def _gap(policy: str, folder: Path, evaluator: str) -> tuple[pe.Policy, Law]:
    """Leave out a score of 130 in the table that grades it."""
    if "borrower.score" not in (folder / VOCABULARY).read_text("utf-8"):
        graded(policy, folder)
    _edited(folder, FILES[policy], '">= 130"', '"> 130"')
    return _loaded(policy, folder, evaluator), laws.Monotone("borrower.score")


def _unknown(policy: str, folder: Path, evaluator: str) -> tuple[pe.Policy, Law]:
    """Take a missing fact for a no in a referral."""
    referral, condition, fact = _REFERRALS[policy]
    wrong = f"when: known({fact}) and ({condition})"
    _edited(folder, FILES[policy], f"when: {condition}\n", f"{wrong}\n")
    return _loaded(policy, folder, evaluator), laws.NeverByAccident((), (referral,))


def _blank(policy: str, folder: Path, evaluator: str) -> tuple[pe.Policy, Law]:
    """Fill in blanks: a missing number is zero, a missing answer is no."""
    del evaluator
    found = _loaded(policy, folder, "reference")
    careless = attrs.evolve(found.policies, evaluator=Careless())
    return pe.Policy(careless, found.program), laws.NeverByAccident()


class Careless(ReferenceEvaluator):
    """Reads a missing fact as zero or as false, as a form does that was not filled in."""

    def evaluate(self, program: Program, situation: Situation) -> Trace:
        blanks: dict[Kind, Value] = {
            Kind.BOOLEAN: False,
            Kind.DAYS: 0,
            Kind.MONEY: Fraction(0),
        }
        for path, fact in sight(program).facts.items():
            if situation.get(path) is None and fact.type.kind in blanks:
                situation = situation.with_fact(path, blanks[fact.type.kind])
        return super().evaluate(program, situation)


_PLANTERS: dict[str, Callable[[str, Path, str], tuple[pe.Policy, Law]]] = {
    "strict": _strict,
    "protected": _protected,
    "gap": _gap,
    "unknown": _unknown,
    "blank": _blank,
}
