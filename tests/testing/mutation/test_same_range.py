"""A range of which the end moves by less than a step has the same settings, and every borrower is offered the same."""

from __future__ import annotations

import pytest
import tiny
from generated_profiles import made

from policyengine.policy_set import PolicySet
from policyengine.testing.mutation.making import mutants_of
from policyengine.testing.mutation.same_range import same_settings
from policyengine.testing.mutation.watching import Subject

CAP = "parameters: {cap: {value: 50%, assumed: true, note: none}}\n"
DATED = "parameters: {cap: [{from: 2024-01-01, value: 50%, assumed: true, note: none}]}\n"
TO_THE_CAP = "- waive: {future_interest: 10%..cap, step: 10%}"
WRITTEN = "- waive: {future_interest: 10%..50%, step: 10%}"
OFF_THE_STEP = "- waive: {future_interest: 5%..50%, step: 10%}"


@pytest.mark.parametrize(
    ("body", "steps", "same"),
    [
        (CAP, TO_THE_CAP, ["51%"]),
        ("", WRITTEN, ["51%"]),
        (CAP, OFF_THE_STEP.replace("50%", "cap"), ["49%", "51%"]),
        (CAP, "- waive: {future_interest: 10%..cap, step: cap}", []),
        (DATED, TO_THE_CAP, []),
        ("", WRITTEN.replace("50%", "100%"), []),  # there is no share of 101 %
        ("", "- term: {up_to: 38 months, step: 6 months}", []),  # it starts at the present term
        ("", "- term: {up_to: +8 months, step: 6 months}", ["7 months", "9 months"]),
    ],
)
def test_an_end_that_moves_by_less_than_a_step(body: str, steps: str, same: list[str]) -> None:
    assert _same(_offering(body, steps)) == same


def test_an_end_that_is_a_limit_too() -> None:
    policies = _offering(CAP, TO_THE_CAP, "plan.rate <= cap and plan.max_payment <= x.cash")
    assert _same(policies) == []


@pytest.mark.parametrize("cap", ["49%", "51%"])
def test_every_borrower_is_offered_the_same(cap: str) -> None:
    steps = OFF_THE_STEP.replace("50%", "cap")
    offered = [_offered(_offering(CAP.replace("50%", each), steps)) for each in ("50%", cap)]
    assert offered[0] == offered[1]
    assert len({status for each in offered[0] for status, _ in each}) > 1


def _offering(body: str, steps: str, until: str = "plan.max_payment <= x.cash") -> PolicySet:
    return tiny.policies(body, tiny.offer(steps, until))


def _same(policies: PolicySet) -> list[str]:
    """Return what the end became in the mutants that are said to have the same settings."""
    (program,) = policies.programs
    found = mutants_of([program], {program.span.file.name})
    subject = Subject(program, found)
    same = (each for index, each in enumerate(found) if same_settings(subject, index))
    return [each.said.rpartition("became ")[2].strip("`") for each in same]


def _offered(policies: PolicySet) -> list[list[tuple[object, ...]]]:
    """Return what many borrowers are offered."""
    found = (policies.decide(made(seed)).decisions for seed in range(60))
    return [[(each.plans[0].status, each.plans[0].terms) for each in some] for some in found]
