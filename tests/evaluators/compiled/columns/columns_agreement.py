"""Generated policies and profiles, as columns, against the reference.

python tests/evaluators/compiled/columns/columns_agreement.py 100      so many policies, and from which seed on
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[3]), str(Path(__file__).parent)]

import generated_profiles
import rows

import policyengine as pe
from policyengine.facts.facts import Situation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.testing.strategies import grammar

#: Profiles for each policy: compiling a policy takes longer than all else.
EACH = 420
#: The profile's own day, days on which a parameter of the generated policies changes or has no value, a leap day.
DAYS = (None, date(2024, 11, 9), date(2024, 7, 1), date(2023, 12, 31), date(2024, 2, 29))


def disagreements(first: int, many: int, counts: Counter[str]) -> Iterator[str]:
    """Yield how the columns differ from the reference, for the policies of some seeds."""
    for seed in range(first, first + many):
        policies = grammar.made(seed).load()
        situations = list(_situations(policies, seed))
        found = rows.compared(policies, situations)
        counts["rows"] += len(situations)
        counts["flagged"] += found.flagged
        counts["conditions"] += found.conditions
        counts["left"] += found.left
        yield from (f"policy {seed}, {how}" for how in found.differences)


def _situations(policies: pe.PolicySet, seed: int) -> Iterator[Situation]:
    (program,) = policies.programs
    for k in range(EACH):
        profile = pe.Profile.from_mapping(generated_profiles.made(seed * EACH + k))
        money = currency(program.currency)
        facts = facts_from(profile, policies.dictionary, money, DAYS[seed % len(DAYS)])
        yield from facts.situations()


def main(many: int, first: int) -> int:
    counts: Counter[str] = Counter()
    found = 0
    for how in disagreements(first, many, counts):
        found += 1
        sys.stdout.write(f"{how}\n")
    said = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
    sys.stdout.write(f"{said}; {found} disagreements\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
