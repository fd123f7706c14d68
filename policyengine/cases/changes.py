"""What an event changed, and why."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

import attrs

from policyengine.cases.duty import Duty
from policyengine.cases.state import AgreementState, CaseState
from policyengine.decision.decision import Assessment, Decision, Plan, Reason, Referral
from policyengine.decision.later import Later
from policyengine.facts.facts import Facts

T = TypeVar("T")
Key = tuple[Hashable, ...]


@attrs.frozen(eq=False)
class View:
    """A case at a moment, worked out as far as somebody looks at it."""

    assessment: Later[Assessment]
    _state: Later[CaseState]
    facts: Facts

    @property
    def decisions(self) -> Assessment:
        """What is decided."""
        return self.assessment.value

    @property
    def state(self) -> CaseState:
        """Where the case stands."""
        return self._state.value


@attrs.frozen
class Change:
    """One thing that an event changed.

    Attributes:
        what: `outcome`, `plan`, `rule`, `referral`, `agreement` or `duty`.
        loan: The loan; None where it has no id.
        policy: The policy.
        name: The plan, referral, duty, or signing; of a rule the plan and the rule with a point between.
        before: What it was: a status, an outcome, a state, or `true`, `false` and `unknown`; None where it is new.
        after: What it is; None where it is no more.
        text: Why, in each language.
    """

    what: str
    loan: str | None
    policy: str
    name: str
    before: str | None
    after: str | None
    text: Mapping[str, str] = attrs.field(hash=False)


def changes_between(before: View, after: View) -> tuple[Change, ...]:
    """Return what is different: first what is decided, then the agreements and what they ask."""
    decided = () if before.assessment is after.assessment else _decided(before, after)
    return (*decided, *_followed(before.state, after.state))


# Decisions


def _decided(before: View, after: View) -> Iterator[Change]:
    for old, new in _pairs(_decisions(before), _decisions(after)):
        yield from _decision(old, new)


def _decisions(view: View) -> dict[Key, Decision]:
    return {(each.policy, each.loan): each for each in view.decisions.decisions}


def _decision(old: Decision | None, new: Decision | None) -> Iterator[Change]:
    one = new or old
    assert one is not None  # noqa: S101  # one of the two is there
    place = (one.loan, one.policy)
    before, after = (None if each is None else str(each.outcome) for each in (old, new))
    if before != after:
        yield Change("outcome", *place, one.policy, before, after, dict(one.title))
    for plans in _pairs(_plans(old), _plans(new)):
        yield from _plan(place, *plans)
    for referrals in _pairs(_referrals(old), _referrals(new)):
        yield from _referral(place, *referrals)


def _plans(decision: Decision | None) -> dict[Key, Plan]:
    return {(plan.plan,): plan for plan in decision.plans} if decision else {}


def _plan(place: tuple[str | None, str], old: Plan | None, new: Plan | None) -> Iterator[Change]:
    one = new or old
    assert one is not None  # noqa: S101  # one of the two is there
    before, after = (None if each is None else str(each.status) for each in (old, new))
    if before != after:
        why = _joined(reason.text for reason in one.decisive)
        yield Change("plan", *place, one.plan, before, after, why)
    for was, now in _pairs(_reasons(old), _reasons(new)):
        said, before, after = now or was, _truth(was), _truth(now)
        if said and before != after:
            yield Change("rule", *place, f"{one.plan}.{said.rule}", before, after, dict(said.text))


def _reasons(plan: Plan | None) -> dict[Key, Reason]:
    return {(r.kind, r.origin, r.rule): r for r in plan.reasons} if plan else {}


def _referrals(decision: Decision | None) -> dict[Key, Referral]:
    return {(r.referral,): r for r in decision.referrals} if decision else {}


def _referral(
    place: tuple[str | None, str], old: Referral | None, new: Referral | None
) -> Iterator[Change]:
    one = new or old
    assert one is not None  # noqa: S101  # one of the two is there
    before, after = _holding(old), _holding(new)
    if before != after:
        yield Change("referral", *place, one.referral, before, after, dict(one.reason.text))


# Agreements


def _followed(before: CaseState, after: CaseState) -> Iterator[Change]:
    for old, new in _pairs(_agreements(before), _agreements(after)):
        yield from _agreement(old, new)
    for was, now in _pairs(_duties(before), _duties(after)):
        yield from _duty(was, now)


def _agreements(state: CaseState) -> dict[Key, AgreementState]:
    return {(each.agreement.id,): each for each in state.agreements}


def _agreement(old: AgreementState | None, new: AgreementState | None) -> Iterator[Change]:
    if new is None or (old and (old.state, old.replaced) == (new.state, new.replaced)):
        return
    signed = new.agreement
    before, after = None if old is None else _state(old), _state(new)
    why = new.transition.text if old and new.transition and not new.replaced else signed.title
    yield Change("agreement", signed.loan, signed.policy, signed.id, before, after, dict(why))


def _state(agreement: AgreementState) -> str:
    return "replaced" if agreement.replaced else agreement.state or "signed"


def _duties(state: CaseState) -> dict[Key, Duty]:
    return {(each.agreement, each.duty): each for each in state.duties}


def _duty(old: Duty | None, new: Duty | None) -> Iterator[Change]:
    one = new or old
    assert one is not None  # noqa: S101  # one of the two is there
    before, after = _holding(old), _holding(new)
    if before != after:
        text = dict(one.reason.text)
        yield Change("duty", one.loan, one.policy, one.duty, before, after, text)


# Both


def _pairs(old: Mapping[Key, T], new: Mapping[Key, T]) -> Iterator[tuple[T | None, T | None]]:
    """Yield what goes by the same key before and after, in the order of what is there now."""
    gone = (key for key in old if key not in new)
    return ((old.get(key), new.get(key)) for key in (*new, *gone))


def _truth(reason: Reason | None) -> str | None:
    return None if reason is None else _WORDS[reason.holds]


def _holding(found: Referral | Duty | None) -> str | None:
    return None if found is None else _WORDS[found.holds]


_WORDS = {True: "true", False: "false", None: "unknown"}


def _joined(texts: Iterator[Mapping[str, str]]) -> dict[str, str]:
    """Return several texts as one, in each language."""
    found: dict[str, str] = {}
    for text in texts:
        for language, said in text.items():
            found[language] = f"{found[language]} {said}" if language in found else said
    return found
