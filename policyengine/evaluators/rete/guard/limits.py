"""What is counted before rules reach the engine: beyond its limits it fails, hangs or crashes.

Measured of 2.0.28: the 65th condition true at one branching is an error when the fact arrives, the 512th sibling
condition hangs, the 257th rule on one condition is an error when the ruleset is made, the 17th fact of a match is an
error, the 1,025th session is out of memory. The counts here stay below; where rules are too many for one ruleset,
there are several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

from policyengine.evaluators.rete.guard.patterns import SLOT, Against, Pattern, Rule, check_rule

#: Rules of a ruleset, with the one that sees every fact.
MOST_RULES = 60
#: Conditions that can be true of one fact at one branching; `seen` is one of them.
MOST_AT_A_BRANCHING = 60
#: Different conditions in a ruleset, all of which may be siblings.
MOST_CONDITIONS = 400
#: Rulesets of a network: some thousand rules.
MOST_RULESETS = 64
#: Slots of a network.
MOST_SLOTS = 4096


class TooManyError(Exception):
    """There are more rules than the engine carries."""


@attrs.frozen
class Part:
    """The rules of one ruleset by their number in the network."""

    numbers: tuple[int, ...]
    rules: tuple[Rule, ...]


def parts_of(rules: Sequence[Rule]) -> tuple[Part, ...]:
    """Return rules in as many rulesets as they need.

    Raises:
        UnsafeError: A rule is in no safe form.
        TooManyError: They need more rulesets than are carried, or one alone is beyond a limit.
    """
    found: list[Part] = []
    open_ = _Counted()
    for number, rule in enumerate(rules):
        check_rule(rule)
        if not open_.takes(rule):
            if not open_.numbers:
                raise TooManyError(
                    f"rule {number} alone has more conditions than one ruleset holds"
                )
            found.append(open_.part())
            open_ = _Counted()
        open_.add(number, rule)
    parts = (*found, open_.part()) if open_.numbers else tuple(found)
    if len(parts) > MOST_RULESETS:
        raise TooManyError(
            f"{len(rules):,} rules need {len(parts)} rulesets; at most {MOST_RULESETS} are carried"
        )
    return parts


@attrs.define
class _Counted:
    """The rules of a ruleset in the making, and what they come to."""

    numbers: list[int] = attrs.field(factory=list)
    rules: list[Rule] = attrs.field(factory=list)
    conditions: set[tuple[Against, ...]] = attrs.field(factory=set)

    def takes(self, rule: Rule) -> bool:
        """Whether a rule fits with the others."""
        after = self.conditions | _conditions(rule)
        branchings = Counter(prefix[:-1] for prefix in after if not _is_slot(prefix[-1]))
        return (
            len(self.rules) + 1 < MOST_RULES
            and len(after) + 1 <= MOST_CONDITIONS
            and all(many + 1 <= MOST_AT_A_BRANCHING for many in branchings.values())
        )

    def add(self, number: int, rule: Rule) -> None:
        self.numbers.append(number)
        self.rules.append(rule)
        self.conditions |= _conditions(rule)

    def part(self) -> Part:
        return Part(tuple(self.numbers), tuple(self.rules))


def _conditions(rule: Rule) -> set[tuple[Against, ...]]:
    """Return the tests against constants, each with those before it: the engine shares them between rules."""
    return {
        pattern.tests[: end + 1] for pattern in rule.patterns for end in range(len(pattern.tests))
    }


def _is_slot(test: Against) -> bool:
    """Whether a test is one of those of which at most one is true of a fact: which slot it is in."""
    return test.attribute == SLOT and test.operator == "=="


def slots_of(patterns: Sequence[Pattern]) -> set[int] | None:
    """Return the slots that patterns are about; None where one is about a fact in any slot."""
    found = [_slot_of(pattern) for pattern in patterns]
    return None if None in found else {slot for slot in found if slot is not None}


def _slot_of(pattern: Pattern) -> int | None:
    first = pattern.tests[0]
    return first.value if _is_slot(first) and isinstance(first.value, int) else None
