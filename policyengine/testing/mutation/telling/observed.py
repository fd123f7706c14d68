"""All that a case can expect of a decision, and the first of it that differs between a policy and a mutant."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import attrs

from policyengine.decision.decision import Decision, Plan, Status
from policyengine.decision.from_trace import decision_from, status_of
from policyengine.decision.trace import PlanFinding, RuleFinding, Trace, Truth, Unknown
from policyengine.evaluators.base import Evaluator
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.explain.cited.citing import Citing
from policyengine.ir.program import Program
from policyengine.testing.expect import same_names
from policyengine.testing.strategies.borrower import Borrower

_EVALUATOR = ReferenceEvaluator()
STATUS, TERMS, REASONS, ASKS = "status", "terms", "reasons", "asks"
REFERRALS, OUTCOME, APPLIES = "referrals", "outcome", "applies"
#: What tells most comes first.
RANKS = (STATUS, APPLIES, TERMS, REFERRALS, OUTCOME, REASONS, ASKS)
#: What a test file can say of terms; what each step was set to follows from them.
_NOT_COMPARED = frozenset({"levers", "outside"})


@attrs.frozen
class Aspect:
    """Something that a case may expect: what, of which plan, and of its terms which."""

    what: str
    plan: str | None = None
    term: str | None = None


@attrs.frozen(eq=False)
class Difference:
    """What a policy decides of a borrower, and the first thing in which a mutant decides otherwise."""

    aspect: Aspect
    old: Any
    new: Any
    decision: Decision

    @property
    def essence(self) -> Hashable:
        """What stays while the borrower is made simple: what differs, and the statuses that go with it."""
        statuses = {plan.plan: str(plan.status) for plan in self.decision.plans}
        if self.aspect.what == STATUS:
            return (self.aspect, self.old, self.new)
        if self.aspect.what == APPLIES:
            return (self.aspect, tuple(statuses.values()))
        return (self.aspect, statuses.get(self.aspect.plan or ""))

    @property
    def rank(self) -> int:
        """How much it tells: the less the more."""
        return RANKS.index(self.aspect.what)


def difference(borrower: Borrower, program: Program, mutated: Program) -> Difference | None:
    """Return how a mutant decides otherwise than its policy about a borrower; None where no case could see it.

    A case needs a decision of the policy about the first loan.
    """
    loans = applying(borrower, program, _EVALUATOR)
    if 0 not in loans:
        return None
    others = applying(borrower, mutated, _EVALUATOR)
    situation = borrower.situation()
    old = _EVALUATOR.evaluate(program, situation)
    if 0 not in others or (loans == (0,) and others != (0,)):
        return Difference(Aspect(APPLIES), "once", "otherwise", _decided(old))
    new = _EVALUATOR.evaluate(mutated, situation)
    return None if _sketch(old) == _sketch(new) else _between(_decided(old), _decided(new))


def _between(old: Decision, new: Decision) -> Difference | None:
    """Return the first thing that differs; as long as nothing does both have the same aspects."""
    for (aspect, mine), (_, other) in zip(_aspects(old), _aspects(new), strict=False):
        if _differs(aspect, mine, other):
            return Difference(aspect, mine, other, old)
    return None


def _differs(aspect: Aspect, mine: Any, other: Any) -> bool:
    """Whether a case that expects one of two fails at the other: reasons are listed by name, some once for several."""
    return not same_names(mine, other) if aspect.what == REASONS else mine != other


def is_named(borrower: Borrower, program: Program) -> bool:
    """Whether a case must say which loan is meant."""
    return applying(borrower, program, _EVALUATOR) != (0,)


def applying(borrower: Borrower, program: Program, evaluator: Evaluator) -> tuple[int, ...]:
    """Return the loans that a policy may apply to, by their places."""
    facts = borrower.situation().facts
    if not program.in_force(facts.as_of):
        return ()
    places = range(len(facts.loans or ()))
    return tuple(p for p in places if evaluator.applies(program, facts.about(p)) is not False)


def _decided(trace: Trace) -> Decision:
    return decision_from(trace, Citing(trace))


def _aspects(decision: Decision) -> Iterator[tuple[Aspect, Any]]:
    """Yield what a case may expect, the plainest first; what takes long to word comes last."""
    for plan in decision.plans:
        yield Aspect(STATUS, plan.plan), str(plan.status)
    for plan in decision.plans:
        yield from _terms(plan)
    yield Aspect(REFERRALS), {each.referral: each.holds for each in decision.referrals}
    yield Aspect(OUTCOME), str(decision.outcome)
    for plan in decision.plans:
        yield Aspect(REASONS, plan.plan), sorted(reasons_of(plan))
        yield Aspect(ASKS, plan.plan), frozenset(plan.asks)
    yield Aspect(ASKS), frozenset(decision.asks)


def _terms(plan: Plan) -> Iterator[tuple[Aspect, Hashable]]:
    if plan.status is not Status.ALLOWED or plan.terms is None:
        return
    for name, value in attrs.asdict(plan.terms, recurse=False).items():
        if name not in _NOT_COMPARED:
            yield Aspect(TERMS, plan.plan, name), repr(value)


def reasons_of(plan: Plan) -> tuple[str, ...]:
    """Return the names of the reasons that decided."""
    return tuple(reason.name for reason in plan.decisive)


# Without words


def looked_at(borrower: Borrower, program: Program, evaluator: Evaluator) -> None:
    """Work out, without wording it, all that a case could see of what is decided about the first loan."""
    if 0 in applying(borrower, program, evaluator):
        _sketch(evaluator.evaluate(program, borrower.situation()))


def _sketch(trace: Trace) -> Hashable:
    """Return all that makes a decision, but for its words."""
    plans = tuple(_of_plan(found, trace) for found in trace.plans)
    referrals = tuple(_rule(each.finding) for each in trace.referrals)
    return _truth(trace.applies), plans, referrals


def _of_plan(found: PlanFinding, trace: Trace) -> Hashable:
    status, offer = status_of(found, trace), found.offer
    terms = repr(offer.terms) if status is Status.ALLOWED else None
    return str(status), tuple(map(_rule, found.rules)), _truth(offer.holds), offer.obstacle, terms


def _rule(found: RuleFinding) -> Hashable:
    return found.rule.id, found.kind, _truth(found.holds)


def _truth(truth: Truth) -> Hashable:
    return (truth.missing, truth.undefined) if isinstance(truth, Unknown) else truth
