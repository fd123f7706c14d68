"""Generated (policy, profile, day) triples through the reference, both compiled spellings and the compiled offers.

python tests/evaluators/compiled/agreement.py 10000     so many policies, from which seed on, and profiles for each
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import attrs

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

import generated_profiles

import policyengine as pe
from policyengine.decision.decided import Decided
from policyengine.decision.decision import Assessment
from policyengine.decision.from_trace import decision_from
from policyengine.decision.screening import Screening
from policyengine.evaluators.base import Evaluator
from policyengine.evaluators.compiled.evaluator import PreparedInputs
from policyengine.evaluators.compiled.from_program import Compiled
from policyengine.evaluators.compiled.support import NoValue
from policyengine.evaluators.named import evaluator_named
from policyengine.explain.cited.citing import Citing
from policyengine.facts.facts import Situation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.program import Program
from policyengine.policy_set import ENGINE
from policyengine.testing.strategies import grammar

#: Profiles for each policy: loading a policy takes longer than screening them all.
EACH = 5
#: Decisions of which one is read whole: that takes the reference a hundred times as long as to decide.
EACH_PAGE = 40
#: Profiles of which one has amounts as large as 53 and 64 bits of minor units hold, and one step to either side.
EACH_LARGE = 8
LARGE = [
    Decimal(most + step).scaleb(-2) for most in (2**53, 2**63 - 2, 2**31) for step in (-1, 0, 1)
]
MONEY = ("cost", "principal", "accrued_interest", "penalty_interest", "fees", "payment")
#: The profile's own day, days on which a parameter of the generated policies changes or has no value, a leap day.
DAYS = (None, date(2024, 11, 9), date(2024, 7, 1), date(2023, 12, 31), date(2024, 2, 29))
REFERENCE, COMPILED = evaluator_named("reference"), evaluator_named("compiled")


@attrs.define
class Reach:
    """What was met on the way."""

    counts: Counter[str] = attrs.field(factory=Counter)

    def line(self) -> str:
        return ", ".join(f"{name} {count:,}" for name, count in sorted(self.counts.items()))


def disagreements(first: int, many: int, reach: Reach, each: int = EACH) -> Iterator[str]:
    """Yield how the spellings differ from the reference, for the policies of some seeds."""
    for seed in range(first, first + many):
        policies = grammar.made(seed).load()
        for k in range(each):
            day = DAYS[k % len(DAYS)]
            for place, situation in enumerate(situations_of(policies, seed * each + k, day)):
                right = Right.of(policies.programs[0], situation)
                for how in differences(right, reach, EACH_PAGE):
                    yield f"policy {seed}, profile {seed * each + k}, loan {place}: {how}"


def situations_of(policies: pe.PolicySet, seed: int, day: date | None) -> Iterator[Situation]:
    """Yield the loans of one made borrower."""
    (program,) = policies.programs
    made = generated_profiles.made(seed)
    if seed % EACH_LARGE == 0:
        _enlarge(made, Random(seed))
    profile = pe.Profile.from_mapping(made)
    facts = facts_from(profile, policies.dictionary, currency(program.currency), day)
    yield from facts.situations()


def _enlarge(record: dict[str, Any], random: Random) -> None:
    """Write large amounts in the place of some."""
    for name, value in record.items():
        if name in MONEY and random.random() < 0.5:
            record[name] = random.choice(LARGE)
        for below in value if isinstance(value, list) else [value]:
            if isinstance(below, dict):
                _enlarge(below, random)


@attrs.frozen
class Right:
    """What the reference says of a loan under a policy."""

    program: Program
    situation: Situation
    screened: Screening
    decided: Decided

    @classmethod
    def of(cls, program: Program, situation: Situation) -> Right:
        prepared = REFERENCE.prepare(program, situation)
        return cls(program, situation, prepared.screen(), prepared.decide())


def differences(right: Right, reach: Reach, each_page: int) -> Iterator[str]:
    """Yield how what is compiled for one borrower differs; of one in `each_page` whatever can be read of it."""
    want = right.screened
    prepared = COMPILED.prepare(right.program, right.situation)
    found = prepared.screen()
    reach.counts["triples"] += 1
    if (found.failed_masks, found.unknown_masks) != (want.failed_masks, want.unknown_masks):
        yield f"{found} where the reference has {want}"
    assert isinstance(prepared, PreparedInputs)
    yield from _of_decisions(right, prepared, reach)
    if reach.counts["triples"] % each_page == 0:
        yield from _of_pages(right.program, right.situation)
    yield from _of_each_spelling(prepared, want.failed_masks, want.unknown_masks, reach)


def _of_each_spelling(
    prepared: PreparedInputs, failed: tuple[int, ...], unknown: tuple[int, ...], reach: Reach
) -> Iterator[str]:
    """The three-valued spelling is right of all inputs, the other one of complete ones where it can tell at all."""
    inputs, compiled = prepared.inputs, prepared.compiled
    failed, unknown = _written(compiled, failed), _written(compiled, unknown)
    pairs = compiled.unknowns(inputs.as_of, inputs.values)
    if [_written(compiled, masks) for masks in zip(*pairs, strict=True)] != [failed, unknown]:
        yield f"`unknowns` gives {pairs} where {failed}, {unknown} is right"
    _note(reach, prepared, failed, unknown)
    if inputs.complete:
        reach.counts["complete"] += 1
        try:
            masks = compiled.known(inputs.as_of, inputs.values)
        except (NoValue, ZeroDivisionError):
            masks = None
        reach.counts["left to the three-valued spelling"] += masks is None
        if masks is not None and (_written(compiled, masks) != failed or any(unknown)):
            yield f"`known` gives {masks} where {failed}, {unknown} is right"


def _of_decisions(right: Right, prepared: PreparedInputs, reach: Reach) -> Iterator[str]:
    """What is decided is the same, in whole numbers. Plans left to the reference are not searched a second time."""
    found = prepared.offers.decided(prepared.screen(), right.decided.plans.__getitem__)
    if found != right.decided:
        yield f"{found} where the reference decides {right.decided}"
    for place, plan in enumerate(found.plans):
        reach.counts["plans"] += 1
        if not prepared.screen().failed_masks[place]:
            left = prepared.offers.solved(place) is None
            reach.counts["offers left to the reference" if left else "offers solved"] += 1
        reach.counts[f"plans {plan.status}"] += 1


def _of_pages(program: Program, situation: Situation) -> Iterator[str]:
    """Whatever a reader can see of a decision is the same."""
    pages = [_page(evaluator, program, situation) for evaluator in (COMPILED, REFERENCE)]
    if pages[0] != pages[1]:
        yield f"{pages[0]} where the reference writes {pages[1]}"


def _page(evaluator: Evaluator, program: Program, situation: Situation) -> str:
    """Return a decision as JSON. What takes terms or schedules from it comes first, as a program would read it."""
    trace = evaluator.evaluate(program, situation)
    decision = decision_from(trace, Citing(trace))
    read = [(plan.status, plan.terms, plan.schedule) for plan in decision.plans]
    return f"{read} {Assessment(situation.as_of, ENGINE, (decision,)).to_json()}"


def _written(compiled: Compiled, masks: tuple[int, ...]) -> tuple[int, ...]:
    """Return masks without the conditions that are left to the reference."""
    return tuple(mask & ~left for mask, left in zip(masks, compiled.left, strict=True))


def _note(
    reach: Reach, prepared: PreparedInputs, failed: tuple[int, ...], unknown: tuple[int, ...]
) -> None:
    rules = sum(len(group.rules) for group in prepared.conditions.groups.all)
    reach.counts["conditions"] += rules
    reach.counts["conditions not written"] += sum(
        left.bit_count() for left in prepared.compiled.left
    )
    reach.counts["false"] += sum(mask.bit_count() for mask in failed)
    reach.counts["unknown"] += sum(mask.bit_count() for mask in unknown)


def main(many: int, first: int = 0, each: int = EACH) -> int:
    reach, found = Reach(), 0
    for how in disagreements(first, many, reach, each):
        found += 1
        sys.stdout.write(f"{how}\n")
    sys.stdout.write(f"{reach.line()}; {found} disagreements\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
