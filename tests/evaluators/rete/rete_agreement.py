"""Generated (policy, profile, day) triples through the network and the reference; and made-up logs through follow-up.

python tests/evaluators/rete/rete_agreement.py 10000     so many policies, from which seed on, and profiles for each
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

import generated_profiles

import policyengine as pe
from policyengine.evaluators.follow_up import Happened
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.evaluators.rete.evaluator import ReteEvaluator
from policyengine.evaluators.rete.follow_up import ReteFollower
from policyengine.facts.facts import Situation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.program import FollowUpDefinition, TransitionDefinition
from policyengine.model.common import EVENTS
from policyengine.testing.strategies import grammar

EACH = 5
#: The profile's own day, days on which a parameter of the generated policies changes or has no value, a leap day.
DAYS = (None, date(2024, 11, 9), date(2024, 7, 1), date(2023, 12, 31), date(2024, 2, 29))
STATES = ("performing", "broken")


def disagreements(first: int, many: int, reach: Counter[str], each: int = EACH) -> Iterator[str]:
    """Yield where the network differs from the reference, for the policies of some seeds."""
    for seed in range(first, first + many):
        policies = grammar.made(seed).load()
        evaluator = ReteEvaluator(ReferenceEvaluator())
        (program,) = policies.programs
        for k in range(each):
            for situation in _situations(policies, seed * each + k, DAYS[k % len(DAYS)]):
                found = evaluator.prepare(program, situation).screen()
                reach["triples"] += 1
                reach["false"] += sum(mask.bit_count() for mask in found.failed_masks)
                reach["unknown"] += sum(mask.bit_count() for mask in found.unknown_masks)
                reach["conditions"] += sum(len(group.rules) for group in found.groups.all)
                conditions = evaluator.network(program, situation.as_of).conditions
                reach["facts in the network"] += conditions.carried
                reach["worked out before"] += conditions.before
                reach["guarantees on no terms"] += len(conditions.guarantees.rules)
        yield from (f"policy {seed}: {found}" for found in evaluator.disagreements)


def _situations(policies: pe.PolicySet, seed: int, day: date | None) -> Iterator[Situation]:
    (program,) = policies.programs
    profile = pe.Profile.from_mapping(generated_profiles.made(seed))
    facts = facts_from(profile, policies.dictionary, currency(program.currency), day)
    yield from facts.situations()


def follow_up_disagreements(first: int, many: int, reach: Counter[str]) -> Iterator[str]:
    """Yield where the network follows made-up agreements otherwise than the reference does."""
    for seed in range(first, first + many):
        random, follower = Random(seed), ReteFollower()
        follow_up = FollowUpDefinition("performing", tuple(_ways(random)), ())
        for since in _logs(random):
            way = follower.taken(follow_up, random.choice(STATES), since)
            reach["events"] += 1
            reach["transitions taken"] += way is not None
        yield from (f"follow-up {seed}: {found}" for found in follower.disagreements)


def _ways(random: Random) -> Iterator[TransitionDefinition]:
    for _ in range(random.randint(1, 6)):
        yield TransitionDefinition(
            state=random.choice(STATES),
            event=random.choice(_KINDS),
            count=random.choice([1, 1, 2, 3, 4, 100]),
            consecutive=random.choice([None, None, 1, 2, 3]),
            within=random.choice([None, 1, 5, 30, 60, 0]),
            go=random.choice(STATES),
            wording={},
            source=None,
        )


_KINDS = [kind for kind in EVENTS if kind.startswith(("payment_m", "promise", "contact"))]


def _logs(random: Random) -> Iterator[tuple[Happened, ...]]:
    """Yield a few logs, event by event; one in four comes late, so that a log is as none was before."""
    for _ in range(3):
        since: list[Happened] = []
        day = 739_000
        kinds = random.sample(_KINDS, random.randint(1, len(_KINDS)))
        for _ in range(random.randint(1, 14)):
            day += random.choice([0, 1, 5, 29, 30, 31, 60])
            since.append(Happened(random.choice(kinds), day, random.random() < 0.8))
            yield tuple(since)
            if random.random() < 0.25:
                since[random.randrange(len(since))] = Happened(random.choice(kinds), since[-1].day)
                since.sort(key=lambda event: event.day)


def main(many: int, first: int = 0, each: int = EACH) -> int:
    reach: Counter[str] = Counter()
    found = 0
    for how in (
        *disagreements(first, many, reach, each),
        *follow_up_disagreements(first, many, reach),
    ):
        found += 1
        sys.stdout.write(f"{how}\n")
    counts = ", ".join(f"{name} {count:,}" for name, count in sorted(reach.items()))
    sys.stdout.write(f"{counts}; {found} disagreements\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
