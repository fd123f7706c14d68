"""What plans, referrals and outcomes rest on."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from policyengine.decision.cited import Cited
from policyengine.decision.decision import Outcome, Plan, Status
from policyengine.decision.trace import PlanFinding, ReferralFinding, Trace, Unknown
from policyengine.evaluators.reference.findings import holds
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.explain.cited.grounds import Grounds
from policyengine.explain.cited.offers import searched, shown_in_terms
from policyengine.explain.cited.support import NOTHING, Support, joined
from policyengine.ir.program import Rule


@attrs.frozen
class Citing:
    """Cites the facts behind what was found for one loan under one policy."""

    trace: Trace

    def plan(self, found: PlanFinding, status: Status) -> Cited:
        """Return what a plan's status rests on, and where it is allowed its terms too."""
        rests_on = {
            Status.ALLOWED: self._allowed,
            Status.DENIED: self._denied,
            Status.UNDETERMINED: self._open,
        }
        return (self._applies() | rests_on[status](found)).cited

    def referral(self, found: ReferralFinding) -> Cited:
        """Return what it rests on whether a referral holds."""
        every = found.finding.holds is False
        return (self._applies() | self._grounds(every=every).rule(found.referral.rule)).cited

    def outcome(self, outcome: Outcome, plans: tuple[Plan, ...]) -> Cited:
        """Return what the outcome rests on.

        An offer: the first plan that is allowed. A refusal: all plans, and the referrals that would replace it. A
        referral: all plans, and the referrals that hold. Otherwise: what is open, and the other loans where they deny
        a plan.
        """
        # a refusal ends only where no reason is left for which the policy applies
        every = outcome is Outcome.REFUSE
        supports = [_support(plan.cited) for plan in _resting(outcome, plans)]
        if outcome is Outcome.NEED_INFORMATION:
            supports += map(_other_loans, self._against(plans))
        return joined([self._applies(every=every), *self._instead(outcome), *supports]).cited

    # Plans

    def _allowed(self, found: PlanFinding) -> Support:
        grounds = self._grounds()
        offer = searched(found.plan.offer, grounds.valuation)
        assert offer.found is not None  # noqa: S101  # the plan is allowed
        at_terms = grounds.at(grounds.valuation.with_terms(offer.found.prospect))
        rules = [*map(grounds.rule, found.plan.require), *map(at_terms.rule, self._guarantees())]
        return joined(
            [*rules, self._required(), offer.support, shown_in_terms(found.plan, at_terms)]
        )

    def _denied(self, found: PlanFinding) -> Support:
        """Return every reason of every rule that fails."""
        grounds = self._grounds(every=True)
        failing = _failing(found.plan.require, grounds)
        if found.offer.holds is not False:
            return failing
        offer = searched(found.plan.offer, grounds.valuation)
        if offer.found is None or offer.found.holds is not True:
            return failing | offer.support
        at_terms = grounds.at(grounds.valuation.with_terms(offer.found.prospect))
        return failing | offer.support | _failing(self._guarantees(), at_terms)

    def _open(self, found: PlanFinding) -> Support:
        """Return what is missing, and what is known of the rules that are open."""
        grounds = self._grounds()
        require = _unknown(found.plan.require, grounds) | self._required()
        require |= _other_loans(_met(found.plan.require, grounds))
        offer = searched(found.plan.offer, grounds.valuation)
        if not isinstance(found.offer.holds, Unknown):
            return require | _other_loans(offer.support)
        if offer.found is None or offer.found.holds is not True:
            return require | offer.support
        at_terms = grounds.at(grounds.valuation.with_terms(offer.found.prospect))
        return require | offer.support | _unknown(self._guarantees(), at_terms)

    # What belongs to all

    def _applies(self, *, every: bool = False) -> Support:
        applies_to = self.trace.program.applies_to
        return NOTHING if applies_to is None else self._grounds(every=every).of(applies_to)

    def _required(self) -> Support:
        """Return the facts that must be known before any plan is allowed."""
        paths = frozenset(self.trace.program.required)
        given = frozenset(p for p in paths if self.trace.situation.get(p) is not None)
        return Support(given, paths - given)

    def _instead(self, outcome: Outcome) -> Iterable[Support]:
        """Yield what the referrals in place of a refusal rest on, as far as the outcome does."""
        wanted = {Outcome.REFUSE: False, Outcome.REFER: True, Outcome.NEED_INFORMATION: None}
        for found in self.trace.referrals:
            truth = found.finding.holds
            plain = None if isinstance(truth, Unknown) else truth
            if found.referral.instead_of_refusal and plain is wanted.get(outcome, ...):
                yield _support(self.referral(found))

    def _against(self, plans: tuple[Plan, ...]) -> Iterable[Support]:
        """Yield what denies plans, and what speaks against referrals in place of a refusal."""
        yield from (_support(plan.cited) for plan in plans if plan.status is Status.DENIED)
        for found in self.trace.referrals:
            if found.referral.instead_of_refusal and found.finding.holds is False:
                yield _support(self.referral(found))

    def _guarantees(self) -> tuple[Rule, ...]:
        return self.trace.program.guarantees

    def _grounds(self, *, every: bool = False) -> Grounds:
        return Grounds(Valuation(self.trace.program, self.trace.situation), every)


def _resting(outcome: Outcome, plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """Return the plans that an outcome rests on."""
    match outcome:
        case Outcome.OFFER:
            return next((plan,) for plan in plans if plan.status is Status.ALLOWED)
        case Outcome.NEED_INFORMATION:
            return tuple(plan for plan in plans if plan.status is Status.UNDETERMINED)
    return plans


def _failing(rules: Iterable[Rule], grounds: Grounds) -> Support:
    return joined(grounds.rule(r) for r in rules if holds(r, grounds.valuation) is False)


def _unknown(rules: Iterable[Rule], grounds: Grounds) -> Support:
    return joined(
        grounds.rule(r) for r in rules if isinstance(holds(r, grounds.valuation), Unknown)
    )


def _met(rules: Iterable[Rule], grounds: Grounds) -> Support:
    return joined(grounds.rule(r) for r in rules if holds(r, grounds.valuation) is True)


def _other_loans(support: Support) -> Support:
    """Return the list of loans, where it is among some facts.

    Any other fact that is not there leaves open what rests on it. A profile without the other loans says that there
    are none, and what rests on them may end otherwise.
    """
    return Support(support.given & {"loans"})


def _support(cited: Cited) -> Support:
    return Support(frozenset(cited.given), frozenset(cited.absent))
