"""Microseconds of one fact, or one event, that changes in a network, against evaluating from the start.

    python tests/benchmarks/cases/measure_network.py [--rounds 300]

The example borrowers under the policies that apply to them; each round changes one fact to another value and back, and
asks what holds. The ways take turns within a round, and medians are printed. `network` takes the fact with what has to
be worked out before; `of it the engine` is the part of that in which rules are matched. Then agreements of ever more
events: what the next one takes, by the network without its shadow, and by the reference.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import argparse
import gc
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter_ns

sys.path.insert(0, str(Path(__file__).parents[2]))

import borrowers

import policyengine as pe
from policyengine.evaluators.base import Evaluator
from policyengine.evaluators.compiled.evaluator import CompiledEvaluator
from policyengine.evaluators.follow_up import Happened, ReferenceFollower
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.evaluators.rete.compiler.from_program import conditions_of
from policyengine.evaluators.rete.follow_up import state_network
from policyengine.evaluators.rete.loan import LoanNetwork
from policyengine.facts.facts import Facts, Situation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.program import FollowUpDefinition, Program, TransitionDefinition
from policyengine.model.types import Value

REFERENCE = ReferenceEvaluator()
COMPILED = CompiledEvaluator(REFERENCE)
Way = Callable[[], object]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    print(f"Python {platform.python_version()} on {platform.machine()}; medians in microseconds\n")
    facts_table(rounds)
    print()
    events_table(rounds)


def facts_table(rounds: int) -> None:
    """Print what one changed fact takes, policy by policy."""
    ways = ("network", "of it the engine", "compiled", "reference")
    head = "".join(f"{way:>18}" for way in ways)
    print(f"{'policy, fact changed':<62}{'rules':>7}{'before':>8}{head}")
    for program, situation, path in _changes():
        loan = _Changing(program, situation, path)
        taken = _medians(rounds, [loan.network, loan.engine, loan.compiled, loan.reference])
        conditions = loan.loan.conditions
        counts = f"{len(conditions.rules):>7}{conditions.before:>8}"
        figures = "".join(f"{each:>18.1f}" for each in taken)
        print(f"{program.id + ', ' + path:<62}{counts}{figures}")


def _changes() -> Iterator[tuple[Program, Situation, str]]:
    """Yield of each policy one fact in the network alone, and one that something worked out before stands on."""
    policies = pe.load(borrowers.FOLDER.parent)
    for program in policies.programs:
        for profile in borrowers.EXAMPLES.values():
            situation = _situation(policies, program, profile)
            if situation is not None and COMPILED.applies(program, situation) is True:
                paths = _paths(program, situation)
                yield from ((program, situation, path) for path in paths)
                break


def _situation(
    policies: pe.PolicySet, program: Program, profile: Mapping[str, object]
) -> Situation | None:
    try:
        given = pe.Profile.from_mapping(profile)
        found = facts_from(given, policies.dictionary, currency(program.currency), None)
    except pe.PolicyEngineError:
        return None
    return found.about(0) if found.loans else None


def _paths(program: Program, situation: Situation) -> list[str]:
    conditions = conditions_of(program, situation.as_of)
    known = [path for path in conditions.by_fact if situation.get(path) is not None]
    plain = [path for path in known if not path.startswith("loan") and "." in path]
    reads = {path: [conditions.slots[slot] for slot in conditions.by_fact[path]] for path in plain}
    alone = [path for path, slots in reads.items() if len(slots) == 1 and hasattr(slots[0], "path")]
    both = [path for path, slots in reads.items() if any(hasattr(each, "node") for each in slots)]
    return [*alone[:1], *both[:1]]


class _Changing:
    """One loan whose one fact is there and not there in turn."""

    def __init__(self, program: Program, situation: Situation, path: str) -> None:
        self.program, self.path, self.turn = program, path, 0
        self.loan = LoanNetwork(conditions_of(program, situation.as_of))
        self.loan.take(situation, REFERENCE.probe(program, situation))
        self.situations = (_without(situation, path), situation)
        self.slots = self.loan.conditions.by_fact[path]
        self.codes = [[self._code(slot, each) for slot in self.slots] for each in self.situations]

    def _code(self, slot: int, situation: Situation) -> Mapping[str, int | str] | None:
        probe = REFERENCE.probe(self.program, situation)
        return self.loan.conditions.slots[slot].fact(situation, probe)

    def _now(self) -> Situation:
        self.turn += 1
        return self.situations[self.turn % 2]

    def network(self) -> object:
        """Take the one fact; ask what holds."""
        now = self._now()
        self.loan.take(now, REFERENCE.probe(self.program, now), [self.path])
        return self.loan.network.holding

    def engine(self) -> object:
        """Put what was worked out before into the slots; ask what holds."""
        self.turn += 1
        for slot, fact in zip(self.slots, self.codes[self.turn % 2], strict=True):
            self.loan.network.replace(slot, fact)
        return self.loan.network.holding

    def compiled(self) -> object:
        """Screen by generated source from the start."""
        return _screened(COMPILED, self.program, self._now())

    def reference(self) -> object:
        """Screen by the reference from the start."""
        return _screened(REFERENCE, self.program, self._now())


def _screened(evaluator: Evaluator, program: Program, situation: Situation) -> object:
    return evaluator.prepare(program, situation).screen()


def _without(situation: Situation, path: str) -> Situation:
    facts = situation.facts
    values: dict[str, Value] = {p: v for p, v in facts.values.items() if p != path}
    return Situation(Facts(facts.as_of, facts.currency, values, facts.loans), situation.loan)


def events_table(rounds: int) -> None:
    """Print what one more event takes, after ever more of them."""
    print(f"{'events since the state was entered':<40}{'network':>12}{'reference':>12}")
    for many in (4, 12, 36, 120, 360):
        following = _Following(many)
        taken = _medians(rounds, [following.network, following.reference])
        print(f"{many:<40}{taken[0]:>12.1f}{taken[1]:>12.1f}")


class _Following:
    """An agreement of some events, the last of which is another one each time."""

    def __init__(self, many: int) -> None:
        self.turn = 0
        kinds = ("payment_made", "payment_made", "payment_missed", "promise_made")
        self.events = tuple(Happened(kinds[i % 4], 739_000 + 30 * i) for i in range(many))
        ways = (
            TransitionDefinition("performing", "payment_missed", 3, None, 60, "broken", {}, None),
            TransitionDefinition("performing", "payment_made", 1, 6, None, "cured", {}, None),
            TransitionDefinition("performing", "promise_broken", 1, None, None, "broken", {}, None),
        )
        self.follow_up = FollowUpDefinition("performing", ways, ())
        self.state = state_network(self.follow_up, "performing")

    def _now(self) -> tuple[Happened, ...]:
        self.turn += 1
        return (*self.events, Happened("payment_missed", self.events[-1].day + self.turn % 9))

    def network(self) -> object:
        """Take the last event into the network."""
        return self.state.taken(self._now())

    def reference(self) -> object:
        """Hold every transition against all events."""
        return ReferenceFollower().taken(self.follow_up, "performing", self._now())


def _medians(rounds: int, ways: list[Way]) -> list[float]:
    """Return the median time of each, in microseconds; they take turns."""
    taken: list[list[int]] = [[] for _ in ways]
    gc.disable()
    for _ in range(rounds):
        for place, way in enumerate(ways):
            begun = perf_counter_ns()
            way()
            taken[place].append(perf_counter_ns() - begun)
    gc.enable()
    return [median(each) / 1000 for each in taken]


if __name__ == "__main__":
    main()
