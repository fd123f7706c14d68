"""What may go into the engine: facts of typed integers and plain strings, and rules in the form that is safe.

A rule is a list of patterns, each for one fact. A pattern holds a fact's attributes against constants, and then, from
the second one on, against attributes of an earlier fact: inequalities first, one equality last. Any other order reads
past an array of the engine; `or` and negation inside it are wrong. There is no way to write them here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

import attrs

#: A value that the engine compares as it should. `bool` is no whole number here.
Plain: TypeAlias = int | str
#: What is known of one thing, by attribute.
Fact: TypeAlias = Mapping[str, Plain]

OPERATORS = ("==", "!=", "<", "<=", ">", ">=")
#: Whole numbers whose absolute value is at most this: sums and differences of two of them stay within 64 bits.
LARGEST = 2**60
#: Facts of one match: the engine holds 16, and one is left free.
MOST_PATTERNS = 15
#: Tests of one pattern against other facts: the engine has room for 32 parts of an expression.
MOST_LINKS = 8
_ATTRIBUTE = re.compile(r"[a-z][a-z_]{0,30}")
_TEXT = re.compile(r"[A-Za-z0-9_.:-]{1,120}")
#: The attribute that says which slot a fact is in; the network writes it.
SLOT = "slot"
#: The engine's own attributes.
_RESERVED = frozenset({"id", "sid"})


class UnsafeError(Exception):
    """Something would have gone into the engine that it takes for something else, or breaks on."""


@attrs.frozen
class Against:
    """An attribute of the fact held against a constant."""

    attribute: str
    operator: str
    value: Plain


@attrs.frozen
class Link:
    """An attribute of the fact held against one of an earlier fact of the match, with a number added to it."""

    attribute: str
    operator: str
    earlier: int
    other: str
    plus: int = 0


@attrs.frozen
class Pattern:
    """What one fact of a match has to be like."""

    tests: tuple[Against, ...]
    links: tuple[Link, ...] = ()


@attrs.frozen
class Rule:
    """Patterns that must all be met, each by a fact of its own."""

    patterns: tuple[Pattern, ...]


def check_fact(fact: Fact, types: Mapping[str, type]) -> None:
    """Refuse a fact that the engine would not take as it is meant; `types` are those of the rules' attributes.

    Raises:
        UnsafeError: A value is no whole number of a size that is safe and no plain string, or of another type than
            what it is held against, or a name is not plain.
    """
    if not fact:
        raise UnsafeError("a fact without attributes")
    for attribute, value in fact.items():
        if attribute == SLOT:
            raise UnsafeError("a fact does not say itself which slot it is in")
        _check_attribute(attribute)
        _check_value(value)
        if type(value) is not types.get(attribute, type(value)):
            raise UnsafeError(f"`{attribute}` is of another type than what it is held against")


def types_of(rules: Sequence[Rule]) -> dict[str, type]:
    """Return the type of each attribute that rules hold against something.

    Raises:
        UnsafeError: One is a whole number here and a string there; the engine would find `5` in `"5"`.
    """
    found: dict[str, type] = {}
    for attribute, type_ in _typed(rules):
        if found.setdefault(attribute, type_) is not type_:
            raise UnsafeError(
                f"`{attribute}` is held against a number here, and against a string there"
            )
    return found


def _typed(rules: Sequence[Rule]) -> Iterator[tuple[str, type]]:
    patterns = [pattern for rule in rules for pattern in rule.patterns]
    for pattern in patterns:
        yield from ((test.attribute, type(test.value)) for test in pattern.tests)
        for link in pattern.links:  # numbers, as one is added to them
            yield from ((link.attribute, int), (link.other, int))


def check_rule(rule: Rule) -> None:
    """Refuse a rule in a form that the engine is wrong about.

    Raises:
        UnsafeError: It has too many patterns, or one that is not in the safe form.
    """
    if not 1 <= len(rule.patterns) <= MOST_PATTERNS:
        raise UnsafeError(f"a rule of {len(rule.patterns)} patterns; 1 to {MOST_PATTERNS} are safe")
    for place, pattern in enumerate(rule.patterns):
        _check_pattern(pattern, place)


def _check_pattern(pattern: Pattern, place: int) -> None:
    if not pattern.tests:
        raise UnsafeError("a pattern without a constant is met by every fact")
    for test in pattern.tests:
        _check_attribute(test.attribute)
        _check_operator(test.operator)
        _check_value(test.value)
        if isinstance(test.value, str) and test.operator not in ("==", "!="):
            raise UnsafeError(f"`{test.attribute}` is put in order against a string")
    if pattern.links:
        _check_links(pattern.links, place)


def _check_links(links: tuple[Link, ...], place: int) -> None:
    *before, last = links
    if len(links) > MOST_LINKS:
        raise UnsafeError(
            f"{len(links)} comparisons with other facts; at most {MOST_LINKS} are safe"
        )
    if last.operator != "==" or any(link.operator in ("==", "!=") for link in before):
        raise UnsafeError(
            "a join is safe as inequalities with one equality last, and not otherwise"
        )
    for link in links:
        _check_operator(link.operator)
        _check_attribute(link.attribute)
        _check_attribute(link.other)
        _check_value(link.plus)
        if not 0 <= link.earlier < place:
            raise UnsafeError("a fact is joined to one that does not stand before it")


@lru_cache(maxsize=256)
def _check_attribute(name: str) -> None:
    if name in _RESERVED or not _ATTRIBUTE.fullmatch(name):
        raise UnsafeError("an attribute has a name of small letters that is not the engine's own")


def _check_operator(operator: str) -> None:
    if operator not in OPERATORS:
        raise UnsafeError(f"`{operator}` is no comparison")


def _check_value(value: object) -> None:
    """Refuse what is compared wrongly: true is 1 to the engine, a fraction loses places, null ends a pattern."""
    if type(value) is int:
        if abs(value) > LARGEST:
            raise UnsafeError("a whole number too large to be compared safely")
    elif type(value) is not str:
        raise UnsafeError("a value that is neither a whole number nor a string")
    elif not _TEXT.fullmatch(value):
        raise UnsafeError("a string with characters that the engine does not decode")
