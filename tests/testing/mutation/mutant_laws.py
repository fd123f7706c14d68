"""Laws of mutants, over policies made by chance and their made-up borrowers.

python tests/testing/mutation/mutant_laws.py 200
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from random import Random

import attrs

from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.testing.mutation.commuting import order_is_free
from policyengine.testing.mutation.making import mutants_of
from policyengine.testing.mutation.regions import Verdict, compared, same_by_facts
from policyengine.testing.mutation.same_range import same_settings
from policyengine.testing.mutation.telling.observed import difference
from policyengine.testing.mutation.telling.searching import met_by
from policyengine.testing.mutation.watching import Subject
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.grammar import made_by
from policyengine.testing.strategies.profiles import borrowers
from policyengine.testing.strategies.reach import drawn
from policyengine.testing.strategies.witnesses import witnesses_of

#: Mutants of a policy that are looked at.
MOST = 30


@attrs.frozen(eq=False)
class Breach:
    """A mutant that is decided otherwise than was said of it."""

    law: str
    seed: int
    said: str
    borrower: Borrower


def breaches(seed: int, count: int, seen: Counter[str]) -> Iterator[Breach]:
    """Yield what breaks a law under the policy of a seed, for so many borrowers."""
    program = made_by(Random(seed)).load().programs[0]
    found = mutants_of([program], {program.span.file.name})
    mutants = Random(seed).sample(found, min(len(found), MOST))
    subject = Subject(program, mutants)
    everyone = frozenset(range(len(mutants)))
    today = witnesses_of(program).today
    same = set()
    for index, mutant in enumerate(mutants):
        pairs, mutated = tuple(subject.pairs(index)), subject.mutated(index)
        verdict = compared(pairs, program, mutated, today).verdict
        seen[str(verdict)] += 1
        if verdict is Verdict.SAME:
            same.add(index)
        elif same_by_facts(pairs, program, mutated, today):
            seen["same by facts"] += 1
            same.add(index)
        if order_is_free(mutant):
            seen["in either order"] += 1
            same.add(index)
        if same_settings(subject, index):
            seen["same settings"] += 1
            same.add(index)
    for borrower in drawn(borrowers(program, ReferenceEvaluator()), count, seed):
        met = met_by(borrower, subject, everyone)
        for index, mutant in enumerate(mutants):
            if index in met and index not in same:
                continue
            seen["held"] += 1
            if difference(borrower, program, subject.mutated(index)) is not None:
                law = "said to be the same" if index in same else "not met"
                yield Breach(law, seed, mutant.said, borrower)


def main() -> None:
    """Hold the laws under so many policies."""
    seen: Counter[str] = Counter()
    for seed in range(int(sys.argv[1])):
        for breach in breaches(seed, 4, seen):
            print(breach.law, breach.seed, breach.said, breach.borrower.facts)  # noqa: T201
    print(dict(seen), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
