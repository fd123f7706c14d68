"""Many facts and many cases through one process: no false duplicate, no cross-talk, and memory that stays as it is.

python tests/evaluators/rete/endurance.py facts 200000      so many distinct facts through one network
python tests/evaluators/rete/endurance.py cases 100000      so many cases through one evaluator, each held to the shadow
"""

from __future__ import annotations

import resource
import sys
from fractions import Fraction
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import attrs

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

import tiny

from policyengine.evaluators.compiled.evaluator import CompiledEvaluator
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.evaluators.rete.evaluator import ReteEvaluator
from policyengine.evaluators.rete.guard.network import Network
from policyengine.evaluators.rete.guard.patterns import Against, Pattern, Rule
from policyengine.facts.facts import Facts, Situation
from policyengine.model.types import Record

#: Slots that the facts go through in turn, each with a rule of its own for odd numbers of the top half.
SLOTS = 40
POLICY = """\
applies_to: x.flag
conditions:
  few: {that: x.n < 3 or x.m < 3, because: {en: a, zh: 甲}}
  some: {that: x.cash >= 100.00 and not x.other, because: {en: b, zh: 乙}}
  of_a_colour: {that: 'x.colour in {"red", "blue"}', because: {en: c, zh: 丙}}
  joined: {that: x.n + x.m < 8, because: {en: d, zh: 丁}}
"""
PLANS = """\
plans:
  relief:
    title: {en: Relief, zh: 纾困}
    require: [few, some, of_a_colour, joined]
    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}
"""


@attrs.frozen
class Endured:
    """What came of it; `grown` is by how much the peak of memory grew after the first tenth, in kilobytes."""

    many: int
    wrong: int
    rebuilt: int
    grown: int
    seconds: float

    def line(self) -> str:
        each = self.seconds / self.many * 1e6
        return (
            f"{self.many:,}: {self.wrong} wrong, rebuilt {self.rebuilt} times, "
            f"{self.grown:,} kB grown, {each:.1f} µs each"
        )


def facts(many: int) -> Endured:
    """Put distinct facts in slots in turn, and hold each answer against arithmetic."""
    rules = [
        Rule((Pattern((Against("slot", "==", slot), Against("v", ">=", many // 2))),))
        for slot in range(SLOTS)
    ]
    network = Network(rules, SLOTS)
    wrong, peak, begun = 0, 0, perf_counter()
    for number in range(many):
        slot = number % SLOTS
        network.replace(slot, {"v": number})
        wrong += (slot in network.holding) != (number >= many // 2)
        if number == many // 10:
            peak = _peak()
    taken = perf_counter() - begun
    return Endured(many, wrong + len(network.failures), network.rebuilt, _peak() - peak, taken)


def cases(many: int) -> Endured:
    """Screen borrowers of all kinds one after the other, in one network."""
    policies = tiny.policies(POLICY, PLANS)
    (program,) = policies.programs
    evaluator = ReteEvaluator(CompiledEvaluator(ReferenceEvaluator()))
    random, peak, begun = Random(0), 0, perf_counter()
    day = tiny.situation(policies).as_of
    for number in range(many):
        given = Facts(day, "CNY", _values(random), (Record({}),))
        evaluator.prepare(program, Situation(given, 0)).screen()
        if number == many // 10:
            peak = _peak()
    taken = perf_counter() - begun
    network = evaluator.network(program, day).network
    return Endured(many, len(evaluator.disagreements), network.rebuilt, _peak() - peak, taken)


def _values(random: Random) -> dict[str, Any]:
    every = {
        "x.flag": random.random() < 0.8,
        "x.other": random.random() < 0.3,
        "x.n": random.randrange(6),
        "x.m": random.randrange(6),
        "x.cash": Fraction(random.choice([9999, 10000, 10001, 0, 500000]), 100),
        "x.colour": random.choice(["red", "green", "blue"]),
    }
    return {path: value for path, value in every.items() if random.random() < 0.85}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    endured = {"facts": facts, "cases": cases}[sys.argv[1]](int(sys.argv[2]))
    sys.stdout.write(f"{sys.argv[1]} {endured.line()}\n")
    sys.exit(1 if endured.wrong else 0)
