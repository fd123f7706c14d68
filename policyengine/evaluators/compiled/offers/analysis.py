"""What an offer is made of, whatever it is compiled to: its steps in their order, its limits, what it reads.

Nothing here knows how generated source is spelt. Parameters have their value on the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

import attrs

from policyengine.decision.trace import Unknown
from policyengine.ir import levers as ir
from policyengine.ir.clashes import clashes
from policyengine.ir.nodes import Arithmetic, Constant, Derived, Fact, Negate, Node, Parameter
from policyengine.ir.program import PlanDefinition, Program, Rule
from policyengine.ir.reach import reached, settings_of
from policyengine.model.types import Value
from policyengine.plans.glance import payment_limits
from policyengine.plans.position import balances_of, needed_for, read_where_known
from policyengine.plans.traits import follows_terms, lowers_payment, plan_values


@attrs.frozen(eq=False)
class Step:
    """A lever in its place.

    `searched` says that it has several settings, from the least concession to the greatest. `falls` says that the
    regular payment never rises from one setting to the next, the later levers staying at their least: the settings
    that a payment limit excludes stand together at the start, and bisection finds their end.
    """

    lever: ir.Lever
    searched: bool
    falls: bool


@attrs.frozen(eq=False)
class Offer:
    """An offer on a day.

    Attributes:
        steps: The levers, in the order of the file.
        clashes: Places of steps that cannot both be taken. Without a `when` there are none: loading refuses them.
        limits: The parts of `until`, all of which must hold, that a greater payment can only turn from true to false,
            or that name no terms: where one fails at the regular payment alone, `until` fails.
        guarantees: The rules that bind the terms found.
        named: What the rules name of the terms: `plan.<name>`.
        needed: The facts without which there is no position: the terms are then not known.
        read: The facts that are read besides, where they are known: balances that levers touch, the term.
    """

    program: Program
    plan: PlanDefinition
    day: date
    steps: tuple[Step, ...]
    clashes: tuple[tuple[int, int], ...]
    limits: tuple[Node, ...]
    guarantees: tuple[Rule, ...]
    named: frozenset[str]
    needed: tuple[str, ...]
    read: tuple[str, ...]

    @property
    def levers(self) -> tuple[ir.Lever, ...]:
        """The levers, in the order of the file."""
        return self.plan.offer.levers

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What the terms are held against: the target, what is enough where that is missed, the guarantees."""
        return (*self.plan.offer.until, *self.plan.offer.accept, *self.guarantees)

    @property
    def balances(self) -> frozenset[str]:
        """The balances that levers touch."""
        return frozenset(name for lever in self.levers for name in balances_of(lever))

    def nodes(self) -> Iterator[Node]:
        """Yield every expression that levers and rules are made of, each once."""
        return reached(_roots(self.levers, self.rules), self.program)


def offer_on(program: Program, plan: PlanDefinition, day: date) -> Offer:
    """Return the offer of a plan on a day."""
    levers = plan.offer.levers
    rules = (*plan.offer.until, *plan.offer.accept, *program.guarantees)
    tests = [node for rule in rules for node in rule.conditions]
    return Offer(
        program=program,
        plan=plan,
        day=day,
        steps=tuple(_step(levers, place) for place in range(len(levers))),
        clashes=tuple((levers.index(c.earlier), levers.index(c.later)) for c in clashes(levers)),
        limits=payment_limits(
            (rule.test for rule in plan.offer.until), lambda node: _sign(node, program, day)
        ),
        guarantees=program.guarantees,
        named=frozenset(name for test in tests for name in plan_values(test)),
        needed=tuple(needed_for(levers)),
        read=tuple(read_where_known(levers)),
    )


def facts_of(offer: Offer) -> frozenset[str]:
    """Return the facts that the position and the expressions of an offer read."""
    in_expressions = {node.path for node in offer.nodes() if isinstance(node, Fact)}
    return frozenset({*offer.needed, *offer.read, "loan.due_day"} | in_expressions)


def facts_of_steps(offer: Offer) -> frozenset[str]:
    """Return the facts that the position and the levers read, not those that only rules do."""
    nodes = reached(_roots(offer.levers, ()), offer.program)
    in_expressions = {node.path for node in nodes if isinstance(node, Fact)}
    return frozenset({*offer.needed, *offer.read} | in_expressions)


def value_on(node: Node, program: Program, day: date) -> Value | None:
    """Return the value that an expression has whoever the borrower is; None where it is not as plain as that."""
    match node:
        case Constant(value=value):
            return value
        case Parameter(key=key, at=None):
            dated = program.parameters[key].on(day)
            return None if dated is None else dated.value
        case Derived(key=key):
            return value_on(program.derived[key].node, program, day)
        case Negate(operand=operand):
            found = value_on(operand, program, day)
            return None if found is None else -found  # type: ignore[operator]  # a number
        case Arithmetic(operator=operator, left=left, right=right):
            return _worked_out(
                operator, value_on(left, program, day), value_on(right, program, day)
            )
        case _:
            return None


def _worked_out(operator: str, left: Value | None, right: Value | None) -> Value | None:
    if left is None or right is None or (operator == "/" and right == 0):
        return None
    a, b = Fraction(left), Fraction(right)  # type: ignore[arg-type]  # the types were checked
    found = a + b if operator == "+" else a - b if operator == "-" else a * b
    found = a / b if operator == "/" else found
    whole = isinstance(left, int) and isinstance(right, int) and operator != "/"
    return int(found) if whole else found


def _step(levers: tuple[ir.Lever, ...], place: int) -> Step:
    lever, later = levers[place], levers[place + 1 :]
    falls = lowers_payment(lever) and not any(map(follows_terms, later))
    return Step(lever, ir.is_searched(lever), falls)


def _roots(levers: Iterable[ir.Lever], rules: Iterable[Rule]) -> Iterator[Node]:
    for lever in levers:
        yield from settings_of(lever)
    for rule in rules:
        yield from rule.conditions


def _sign(node: Node, program: Program, day: date) -> Value | Unknown:
    """Return a value with the sign of a factor, where the sign is the same for all borrowers."""
    found = value_on(node, program, day)
    if found is not None:
        return found
    fact = program.dictionary.facts.get(node.path) if isinstance(node, Fact) else None
    at_least = fact.min if fact else None
    never_negative = isinstance(at_least, (int, Fraction)) and at_least >= 0
    return 1 if never_negative else Unknown()
