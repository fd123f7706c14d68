"""What the state of an agreement asks of the lender, with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from policyengine.cases.follow_up import Followed, definition_of
from policyengine.cases.ground import Ground
from policyengine.decision.decision import Reason
from policyengine.decision.later import Later
from policyengine.decision.reasons import plainly, reason_from
from policyengine.decision.trace import RuleFinding
from policyengine.evaluators.reference.findings import comparisons
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.facts.facts import Facts
from policyengine.ir.program import DutyDefinition, Program


@attrs.frozen
class Duty:
    """A duty of the lender.

    Attributes:
        duty: Its name in the policy.
        policy: The policy that asks it.
        agreement: The signing of the agreement that it is about.
        loan: The loan; None where it has no id.
        state: The state that asks it.
        title: What a reader calls it.
        holds: Whether it is to be done; None where that is not known.
    """

    duty: str
    policy: str
    agreement: str
    loan: str | None
    state: str
    title: Mapping[str, str] = attrs.field(hash=False)
    holds: bool | None
    _reason: Later[Reason]

    @property
    def reason(self) -> Reason:
        """Why, in words, with the facts used and the source."""
        return self._reason.value


def duties_of(followed: Followed, facts: Facts, ground: Ground) -> Iterator[Duty]:
    """Yield what the state of an agreement asks; what certainly need not be done is left out."""
    program = ground.program(followed.agreement.policy)
    follow_up = definition_of(followed.agreement, program)
    if program is None or follow_up is None or followed.replaced:
        return
    for asked in follow_up.asks:
        if asked.state == followed.state:
            duty = _duty(asked, followed, program, facts, ground)
            if duty.holds is not False:
                yield duty


def _duty(
    asked: DutyDefinition, followed: Followed, program: Program, facts: Facts, ground: Ground
) -> Duty:
    situation, agreement = facts.about(followed.loan), followed.agreement
    evaluator = ground.policies.evaluator
    probe, valuation = evaluator.probe(program, situation), Valuation(program, situation)
    found = RuleFinding(
        rule=asked.rule,
        holds=probe.value(asked.rule.test),  # type: ignore[arg-type]  # the types were checked
        kind="duty",
        value=probe.value,
        parts=Later(lambda: ()),
        comparisons=Later(lambda: tuple(comparisons(asked.rule.test, valuation))),
    )
    return Duty(
        duty=asked.id,
        policy=program.id,
        agreement=agreement.id,
        loan=agreement.loan,
        state=asked.state,
        title=asked.title,
        holds=plainly(found.holds),
        reason=Later(lambda: reason_from(found, evaluator.evaluate(program, situation))),
    )
