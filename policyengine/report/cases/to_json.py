"""A case for programs: where it stands, its steps, and what changed with each, in every language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from policyengine.cases.case import Case
from policyengine.cases.changes import Change
from policyengine.cases.duty import Duty
from policyengine.cases.event import Event
from policyengine.cases.history import Step
from policyengine.cases.state import AgreementState, CaseState, Transition


def case_json(name: str, case: Case, *, other_policies: Sequence[str]) -> dict[str, Any]:
    """Return where a case stands."""
    return {
        "case": name,
        "as_of": case.as_of.isoformat(),
        "opened": case.opened.as_of.isoformat(),
        "events": len(case.events),
        "other_policies": list(other_policies),
        **state_json(case.state),
        "decisions": json.loads(case.decisions.to_json())["decisions"],
    }


def timeline_json(
    name: str, case: Case, steps: Iterable[Step], *, other_policies: Sequence[str]
) -> dict[str, Any]:
    """Return the steps of a case."""
    return {
        "case": name,
        "as_of": case.as_of.isoformat(),
        "other_policies": list(other_policies),
        "steps": [_step(step) for step in steps],
    }


def state_json(state: CaseState) -> dict[str, Any]:
    """Return agreements, duties, and whether the case is closed."""
    return {
        "closed": state.closed,
        "agreements": [_agreement(each) for each in state.agreements],
        "duties": [_duty(each) for each in state.duties],
    }


def change_json(change: Change) -> dict[str, Any]:
    """Return one change."""
    return {**attrs.asdict(change), "text": dict(change.text)}


def event_json(event: Event) -> dict[str, Any]:
    """Return an event as it was told, without what its signing froze: records are kept, not shown."""
    plain = event.to_plain()
    return {**plain, "details": {k: v for k, v in plain["details"].items() if k != "signed"}}


def _step(step: Step) -> dict[str, Any]:
    return {
        "day": step.day.isoformat(),
        "event": event_json(step.event) if step.event else None,
        "late_after": step.late_after,
        "meanwhile": [change_json(each) for each in step.meanwhile],
        "changes": [change_json(each) for each in step.changes],
        **state_json(step.case.state),
    }


def _agreement(found: AgreementState) -> dict[str, Any]:
    signed = found.agreement
    return {
        "agreement": signed.id,
        "policy": signed.policy,
        "version": signed.version,
        "digest": signed.digest,
        "plan": signed.plan,
        "title": dict(signed.title),
        "loan": signed.loan,
        "signed": signed.signed.isoformat(),
        "state": found.state,
        "entered": found.entered.isoformat(),
        "currency": signed.currency,
        "due": str(found.due),
        "paid": str(found.paid),
        "overdue": str(found.overdue),
        "because": _transition(found.transition),
        "replaced": found.replaced,
    }


def _transition(found: Transition | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "event": found.event,
        "on": found.on.isoformat(),
        "text": dict(found.text),
        "source": found.source,
    }


def _duty(duty: Duty) -> dict[str, Any]:
    return {
        "duty": duty.duty,
        "policy": duty.policy,
        "agreement": duty.agreement,
        "loan": duty.loan,
        "state": duty.state,
        "title": dict(duty.title),
        "holds": duty.holds,
        "text": dict(duty.reason.text),
        "source": duty.reason.source,
    }
