"""The conditions of the measured policy in a small form of their own, from which every engine's source is spelled.

They are read from the policy, so that there is one text of it. The form has what the policy needs and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import attrs

from policyengine.ir.nodes import And, Compare, Constant, Derived, Fact, Member, Node, Not, Or
from policyengine.ir.program import Program
from policyengine.model.types import Kind

#: Facts by name, as an engine is given them: whole numbers, floats, texts and truth values.
Loan: TypeAlias = Mapping[str, Any]
#: The derived value of the policy: the debt service over the income.
DERIVED = "dti"


@attrs.frozen
class Comparison:
    """A number of the borrower against one that is written in the policy, such as `days_past_due <= 120`."""

    name: str
    operator: str
    number: float


@attrs.frozen
class Among:
    """Whether a fact is one of a few names."""

    name: str
    options: tuple[str, ...]


@attrs.frozen
class Flag:
    """A fact that is to be true, or to be false."""

    name: str
    wanted: bool


@attrs.frozen
class Group:
    """Conditions of which all hold, or any."""

    all: bool
    parts: tuple[Condition, ...]


Condition: TypeAlias = Comparison | Among | Flag | Group


@attrs.frozen
class Conditions:
    """The conditions of each plan by their ids, in the order of the policy."""

    plans: Mapping[str, Mapping[str, Condition]]
    plan_of: Mapping[str, str] = attrs.field(init=False)

    @plan_of.default
    def _plan_of(self) -> Mapping[str, str]:
        return {key: plan for plan, found in self.plans.items() for key in found}

    @property
    def all(self) -> dict[str, Condition]:
        """Every condition by its id."""
        return {key: each for found in self.plans.values() for key, each in found.items()}

    def answer(self, failed: Iterable[str]) -> Answer:
        """Return the answer of which these ids are the failing ones; they come in the order of the policy."""
        plan_of, found = self.plan_of, dict[str, list[str]]()
        for key in failed:
            found.setdefault(plan_of[key], []).append(key)
        return [plan for plan in self.plans if plan not in found], found


#: The plans whose conditions all hold, and the ids of the conditions that fail of each other plan.
Answer: TypeAlias = tuple[list[str], dict[str, list[str]]]


def conditions_of(program: Program) -> Conditions:
    """Return the conditions of a policy's plans."""
    return Conditions(
        {
            plan.id: {rule.id: _condition(rule.test) for rule in plan.require}
            for plan in program.plans
        }
    )


def _condition(node: Node) -> Condition:
    match node:
        case Compare(operator=operator, left=left, right=Constant(value=value)):
            number = Fraction(value)  # type: ignore[arg-type]  # what is compared is a number
            share = left.type.kind is Kind.NUMBER
            return Comparison(_name(left), operator, float(number) if share else int(number))
        case Member(value=value, options=options):
            return Among(_name(value), tuple(str(each.value) for each in _constants(options)))
        case Not(operand=Fact() as fact):
            return Flag(_name(fact), wanted=False)
        case Fact():
            return Flag(_name(node), wanted=True)
        case And(operands=parts) | Or(operands=parts):
            return Group(isinstance(node, And), tuple(map(_condition, parts)))
    raise NotImplementedError(type(node).__name__)


def _constants(nodes: tuple[Node, ...]) -> list[Constant]:
    return [node for node in nodes if isinstance(node, Constant)]


def _name(node: Node) -> str:
    if isinstance(node, Derived):
        return DERIVED
    assert isinstance(node, Fact)
    return node.path.removeprefix("loan.")
