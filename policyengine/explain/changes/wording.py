"""What would change a plan, in words."""

from __future__ import annotations

from collections.abc import Sequence

from policyengine.decision.decision import Text
from policyengine.decision.wording import shown_as, word
from policyengine.explain.changes.moves import Move, Point
from policyengine.ir.program import Program


def change(moves: Sequence[Move], point: Point, program: Program, language: str) -> str:
    """Say which facts would have to be what for a plan to be offered."""
    facts = [_fact(move, k, program, language) for move, k in zip(moves, point, strict=True)]
    return word(language, "would_change", facts=word(language, "and").join(facts))


def stays_unmet(rules: Sequence[Text], language: str) -> str:
    """Say that no change meets some rules, in the words of their reasons."""
    return _stays("stays_unmet", rules, language)


def stays_unknown(rules: Sequence[Text], language: str) -> str:
    """Say that no change decides some rules, in the words of their reasons."""
    return _stays("stays_unknown", rules, language)


def schedule_needed(languages: Sequence[str]) -> Text:
    """Say that a plan needs a schedule, which stands for no rule of the policy."""
    return {language: word(language, "schedule_needed") for language in languages}


def _stays(name: str, rules: Sequence[Text], language: str) -> str:
    said = word(language, "space").join(rule[language] for rule in rules)
    return word(language, name, rules=said)


def ending(moves: Sequence[Move], gaps: Sequence[tuple[Sequence[Move], int]], language: str) -> str:
    """Say that no change of one or two facts helps, where there are some; and of which not all were looked at."""
    name = "no_change_found" if gaps else "no_change"
    said = [word(language, name, facts=_titles(moves, language))] if moves else []
    said += [
        word(language, "searched_to", facts=_titles(facts, language), steps=f"{steps - 1:,}")
        for facts, steps in gaps
    ]
    return word(language, "space").join(said)


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
