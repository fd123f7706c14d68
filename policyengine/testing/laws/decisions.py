"""Laws about a decision by itself: terms within a cap, reasons that can be cited, and the same for the same input."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

import attrs

from policyengine.decision.decision import Assessment, Plan, Reason, Status
from policyengine.diagnostics import Diagnostic
from policyengine.ir.program import Program
from policyengine.model.literals import LiteralError, read_literal
from policyengine.model.types import MONEY, MONTHS, RATE, Value
from policyengine.testing.laws.justified import JUSTIFICATION_LAWS, Case
from policyengine.testing.laws.law import Breach, Idle, Seen, plans_of
from policyengine.testing.laws.names import unknown, unknown_plans
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.subject import Subject

#: The terms that can be held against a cap, and what kind of value each is.
TERMS = {
    **dict.fromkeys(("payment", "max_payment", "total_paid", "total_interest"), MONEY),
    **dict.fromkeys(("waived", "forborne", "forgiven", "cost"), MONEY),
    **dict.fromkeys(("term_months", "extension_months"), MONTHS),
    "annual_rate": RATE,
}


@attrs.frozen
class _OfOneDecision:
    """A law for which nothing else is drawn."""

    @property
    def about(self) -> str | None:
        """No fact in particular."""
        return None

    def problems(self, program: Program) -> Iterator[Diagnostic]:
        """Yield nothing: the law names nothing."""
        del program
        yield from ()

    def pick(self, subject: Subject, random: Random) -> None:
        """Draw nothing."""
        del subject, random

    def sharper(self, breach: Breach, subject: Subject) -> Breach:
        """Return the breach itself: it is about no two values."""
        del subject
        return breach

    def simpler(self, drawn: None) -> Iterator[None]:
        """Yield nothing simpler."""
        del drawn
        yield from ()


@attrs.frozen
class NeverExceeds(_OfOneDecision):
    """A term of an allowed plan is at most a cap: a value, a parameter of the policy or a fact of the loan."""

    term: str
    cap: str
    plans: tuple[str, ...] = ()
    name: ClassVar[str] = "never_exceeds"

    @property
    def title(self) -> str:
        """What the law is called in a report."""
        return f"{self.name}: {', '.join((self.term, self.cap, *self.plans))}"

    def problems(self, program: Program) -> Iterator[Diagnostic]:
        """Yield a finding where the term, the cap or a plan does not exist."""
        yield from unknown_plans(self.plans, program)
        yield from unknown("term", [self.term], TERMS)
        if self.term in TERMS and self._literal() is None:
            facts = program.dictionary.facts
            yield from unknown("parameter or fact", [self.cap], [*_parameters(program), *facts])

    def breach(self, borrower: Borrower, drawn: None, subject: Subject) -> Breach | None:
        """Return the plan whose term is above the cap."""
        del drawn
        seen = Seen(borrower, subject.decided(borrower))
        cap = self._cap(borrower, subject.policy.program)
        allowed = [plan for plan in _plans(seen, self.plans) if plan.terms is not None]
        if cap is None or not allowed:
            raise Idle
        for plan in allowed:
            value = getattr(plan.terms, self.term)
            if value is not None and Fraction(value) > cap:
                said = f"`{plan.plan}` has {self.term} {value}, above the cap {self.cap} of {_number(cap)}"
                return Breach(said, plan.plan, seen)
        return None

    def _literal(self) -> Fraction | None:
        try:
            return Fraction(read_literal(TERMS[self.term], self.cap))  # type: ignore[arg-type]  # a number
        except LiteralError:
            return None

    def _cap(self, borrower: Borrower, program: Program) -> Fraction | None:
        literal = self._literal()
        if literal is not None:
            return literal
        value: Value | None = borrower.facts.get(self.cap)
        key = _parameters(program).get(self.cap)
        if key is not None:
            dated = program.parameters[key].on(borrower.as_of)
            value = dated.value if dated else None
        return Fraction(value) if isinstance(value, (int, Fraction)) else None


def _number(value: Fraction) -> str:
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def _parameters(program: Program) -> Mapping[str, str]:
    return {each.name: key for key, each in program.parameters.items()}


@attrs.frozen
class EveryDenialCites(_OfOneDecision):
    """A plan that a rule denies has among its deciding reasons one that names its source.

    Where no terms can be worked out at all, the engine says so itself, and there is nothing to cite.
    """

    plans: tuple[str, ...] = ()
    name: ClassVar[str] = "every_denial_cites"

    @property
    def title(self) -> str:
        """What the law is called in a report."""
        return f"{self.name}: {', '.join(self.plans)}" if self.plans else self.name

    def problems(self, program: Program) -> Iterator[Diagnostic]:
        """Yield a finding for each plan that does not exist."""
        yield from unknown_plans(self.plans, program)

    def breach(self, borrower: Borrower, drawn: None, subject: Subject) -> Breach | None:
        """Return the plan that is denied for reasons without a source."""
        del drawn
        seen = Seen(borrower, subject.decided(borrower))
        denied = [p for p in _plans(seen, self.plans) if p.status is Status.DENIED and _ruled(p)]
        if not denied:
            raise Idle
        for plan in denied:
            if not any(_cites(reason) for reason in plan.decisive):
                rules = ", ".join(f"`{reason.rule}`" for reason in plan.decisive) or "no rule"
                said = f"`{plan.plan}` is denied by {rules}, and none names a source"
                return Breach(said, plan.plan, seen)
        return None


def _ruled(plan: Plan) -> bool:
    return all(reason.kind not in ("applies", "required", "terms") for reason in plan.decisive)


def _cites(reason: Reason) -> bool:
    failing = (part for part in reason.parts if part.holds is not True)
    return reason.source is not None or any(_cites(part) for part in failing)


def _plans(seen: Seen, names: tuple[str, ...]) -> tuple[Plan, ...]:
    if seen.decision is None:
        raise Idle
    return tuple(plans_of(seen.decision, names))


@attrs.frozen
class Deterministic(_OfOneDecision):
    """The same input gives the same bytes."""

    name: ClassVar[str] = "deterministic"

    @property
    def title(self) -> str:
        """What the law is called in a report."""
        return self.name

    def breach(self, borrower: Borrower, drawn: None, subject: Subject) -> Breach | None:
        """Return that two decisions about one profile differ."""
        del drawn
        return _unlike(borrower, subject, lambda profile: profile, "decided twice")


@attrs.frozen
class OrderIndependent(_OfOneDecision):
    """The order in which facts stand in a profile is nothing to the decision."""

    name: ClassVar[str] = "order_independent"

    @property
    def title(self) -> str:
        """What the law is called in a report."""
        return self.name

    def breach(self, borrower: Borrower, drawn: None, subject: Subject) -> Breach | None:
        """Return that the facts in another order are decided otherwise."""
        del drawn
        return _unlike(borrower, subject, _backwards, "with its facts in another order")


def _unlike(
    borrower: Borrower, subject: Subject, again: Callable[[Any], Any], how: str
) -> Breach | None:
    profile = borrower.profile()
    decide = subject.policies.decide
    if _whole(decide(profile)) == _whole(decide(again(profile))):
        return None
    said = f"the profile is not decided alike {how}"
    return Breach(said, None, Seen(borrower, subject.decided(borrower)))


def _whole(assessment: Assessment) -> list[Any]:
    """Return all that is decided and said, but for what would change a denial: looking for that takes long."""
    return [
        (
            decision.outcome,
            decision.cited,
            [(r.referral, r.holds, r.reason) for r in decision.referrals],
            [(p.status, p.terms, p.schedule, p.asks, p.reasons) for p in decision.plans],
        )
        for decision in assessment.decisions
    ]


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(value[key]) for key in reversed(value)}
    return [_backwards(each) for each in value] if isinstance(value, list) else value


@attrs.frozen
class JustificationSound(_OfOneDecision):
    """The facts that a justification cites suffice for what was decided, and without them nothing is denied."""

    name: ClassVar[str] = "justification_sound"

    @property
    def title(self) -> str:
        """What the law is called in a report."""
        return self.name

    def breach(self, borrower: Borrower, drawn: None, subject: Subject) -> Breach | None:
        """Return how a justification says too little or too much."""
        del drawn
        seen = Seen(borrower, subject.decided(borrower))
        if seen.decision is None:
            raise Idle
        case = Case(subject.policies, subject.policy.program, borrower.profile(), 0)
        said = next((how for law in JUSTIFICATION_LAWS for how in law(case)), None)
        return None if said is None else Breach(said, None, seen)
