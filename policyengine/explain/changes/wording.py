"""What would change a plan, in words."""

from __future__ import annotations

from collections.abc import Sequence

from policyengine.decision.wording import shown_as, word
from policyengine.explain.changes.moves import Move, Point
from policyengine.ir.program import Program

#: What a plan needs besides its rules, by the names that stand for it among them.
OWN_NEEDS = ("applies_to", "terms")


def change(moves: Sequence[Move], point: Point, program: Program, language: str) -> str:
    """Say which facts would have to be what for a plan to be offered."""
    facts = [_fact(move, k, program, language) for move, k in zip(moves, point, strict=True)]
    return word(language, "would_change", facts=word(language, "and").join(facts))


def stays_unmet(rules: Sequence[str], language: str) -> str:
    """Say that no change meets some rules."""
    return word(language, "stays_unmet", rules=_named(rules, language))


def stays_unknown(rules: Sequence[str], language: str) -> str:
    """Say that no change decides some rules."""
    return word(language, "stays_unknown", rules=_named(rules, language))


def ending(moves: Sequence[Move], gaps: Sequence[tuple[Sequence[Move], int]], language: str) -> str:
    """Say that no change of one or two facts helps, where there are some; and of which not all were looked at."""
    name = "no_change_found" if gaps else "no_change"
    said = [word(language, name, facts=_titles(moves, language))] if moves else []
    said += [
        word(language, "searched_to", facts=_titles(facts, language), steps=f"{steps - 1:,}")
        for facts, steps in gaps
    ]
    return word(language, "space").join(said)


def _named(rules: Sequence[str], language: str) -> str:
    """Name rules by their ids, and what the engine itself needs of a plan in words."""
    return word(language, "comma").join(
        word(language, f"need.{rule}") if rule in OWN_NEEDS else rule for rule in rules
    )


def _fact(move: Move, steps: int, program: Program, language: str) -> str:
    name = "more" if move.step > 0 else "less"
    return word(
        language,
        name,
        fact=_title(move, language),
        after=shown_as(move.at(steps), move.fact.type, program, language),
        by=shown_as(move.by(steps), move.fact.type, program, language),
    )


def _titles(moves: Sequence[Move], language: str) -> str:
    titles = dict.fromkeys(_title(move, language) for move in moves)
    return word(language, "comma").join(titles)


def _title(move: Move, language: str) -> str:
    return move.fact.title.get(language, move.path)
