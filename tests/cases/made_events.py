"""Cases made from a seed: a lender's example borrower, a follow-up of any form, and events that come late and twice.

What is made depends on the seed and on the decisions of the reference alone.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import attrs

import policyengine as pe
from policyengine.cases.case import Case
from policyengine.decision.decision import Status
from policyengine.ir.program import (
    DutyDefinition,
    FollowUpDefinition,
    Program,
    TransitionDefinition,
)
from policyengine.model.common import EVENTS
from policyengine.model.policy import STATES

POLICIES = Path(__file__).parents[2] / "policies"
BORROWERS = {
    "aibank.consumer-loan": "mr-li",
    "ccb.personal-loan": "ccb-family",
    "mengshang.consumer-finance": "mengshang-illness",
    "citic.consumer-loan": "citic-loan",
    "citic.credit-card": "citic-card",
}
#: What moves agreements; the other kinds are rarer.
_USUAL = ("payment_made", "payment_missed", "promise_made", "promise_broken", "fact_changed")
_LENGTH = 12


@attrs.frozen
class Made:
    """The policy and the profile of a case."""

    program: Program
    profile: pe.Profile


def made(random: Random, policies: pe.PolicySet) -> Made:
    """Return a lender's policy with a follow-up of its own or another, and its example borrower."""
    name = random.choice(list(BORROWERS))
    program = policies[name].program
    if random.random() < 0.7:
        follow_up = {key: _follow_up(random, each) for key, each in program.follow_up.items()}
        program = attrs.evolve(program, follow_up=follow_up)
    return Made(program, pe.Profile.from_file(POLICIES / "examples" / f"{BORROWERS[name]}.yaml"))


def _follow_up(random: Random, known: FollowUpDefinition) -> FollowUpDefinition:
    transitions = tuple(_transition(random, known) for _ in range(random.randint(2, 9)))
    asks = tuple(_duty(random, duty, place) for place, duty in enumerate(known.asks))
    return FollowUpDefinition(random.choice(STATES[:2]), transitions, asks)


def _transition(random: Random, known: FollowUpDefinition) -> TransitionDefinition:
    in_a_row = random.random() < 0.4
    said = random.choice(known.transitions)
    return TransitionDefinition(
        state=random.choice(STATES[:4]),
        event=random.choice(_USUAL if random.random() < 0.8 else EVENTS),
        count=1 if in_a_row else random.randint(1, 3),
        consecutive=random.randint(1, 4) if in_a_row else None,
        within=random.choice([None, 1, 30, 90]),
        go=random.choice(STATES[:4] if random.random() < 0.9 else STATES),
        wording=said.wording,
        source=said.source,
    )


def _duty(random: Random, duty: DutyDefinition, place: int) -> DutyDefinition:
    return attrs.evolve(duty, state=random.choice(STATES), id=f"{duty.id}_{place}")


def told(random: Random, case: Case) -> Generator[dict[str, Any], Case, None]:
    """Yield a few events of a case without end; each is made for the case that is sent back."""
    for number in range(_LENGTH):
        if case.state.closed and random.random() < 0.5:
            return
        event = _event(random, case, number)
        case = yield event


def _event(random: Random, case: Case, number: int) -> dict[str, Any]:
    signed = bool(case.state.agreements)
    sign = random.random() < (0.1 if signed else 0.6)
    kind = "plan_signed" if sign else _kind(random)
    return {
        "id": f"e{number}" if random.random() < 0.95 else f"e{max(0, number - 1)}",
        "kind": kind,
        "on": _day(random, case, late=not sign and random.random() < 0.3),
        "sequence": random.choice([0, 0, 0, 1, 2]),
        **_details(random, kind, case),
    }


def _kind(random: Random) -> str:
    others = [kind for kind in EVENTS if kind not in ("settled", "plan_signed")]
    if random.random() < 0.02:
        return "settled"
    return random.choice(_USUAL if random.random() < 0.8 else others)


def _day(random: Random, case: Case, *, late: bool) -> date:
    """Return a day: that of the case or soon after, or one before it."""
    if late:
        return max(case.opened.as_of - timedelta(1), case.as_of - timedelta(random.randint(0, 60)))
    dues = [due.due for each in case.state.agreements for due in each.agreement.schedule]
    near = [due for due in dues if case.as_of <= due <= case.as_of + timedelta(60)]
    return random.choice([case.as_of, case.as_of + timedelta(random.randint(1, 40)), *near])


def _details(random: Random, kind: str, case: Case) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if kind.startswith("plan_"):
        found |= _plan(random, case)
    elif kind == "payment_made":
        found["amount"] = _amount(random, case)
    elif kind == "promise_made":
        found["by"] = case.as_of + timedelta(7)
    elif kind == "visit_agreed":
        found["day"] = case.as_of
    elif kind == "document_received":
        found["document"] = "payslip"
    if kind == "fact_changed" or random.random() < 0.15:
        found["facts"] = _facts(random)
    return found


def _plan(random: Random, case: Case) -> dict[str, Any]:
    decision = random.choice(case.decisions.decisions)
    allowed = [plan.plan for plan in decision.plans if plan.status is Status.ALLOWED]
    plans = allowed if allowed and random.random() < 0.9 else [p.plan for p in decision.plans]
    return {"policy": decision.policy, "plan": random.choice(plans)}


def _amount(random: Random, case: Case) -> str:
    """Return a payment: what is overdue, an instalment, or a part of one."""
    agreements = case.state.agreements
    usual = [each.overdue for each in agreements if each.overdue]
    usual += [Decimal(d.payment) / 100 for e in agreements for d in e.agreement.schedule[-2:]]
    amount = random.choice([*usual, Decimal(500)])
    return str(amount if random.random() < 0.7 else 100)


def _facts(random: Random) -> dict[str, Any]:
    changes: dict[str, list[Any]] = {
        "borrower.monthly_income": ["4000.00", "6000.00", "9000.00", None],
        "borrower.essential_expenses": ["2500.00", "4200.00", None],
        "borrower.willingness": ["willing", "unwilling", None],
        "hardship.duration": ["temporary", "permanent", None],
        "hardship.expected_months": [1, 3, 6, None],
        "loan.days_past_due": [0, 1, 20, 95],
    }
    paths = random.sample(sorted(changes), random.randint(1, 2))
    return {path: random.choice(changes[path]) for path in paths}
