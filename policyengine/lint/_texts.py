"""Every text that a policy says in several languages: rules, titles, questions and the names of values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import permutations
from typing import Any

import attrs

from policyengine.diagnostics import Diagnostic, Related, Severity
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.program import Program, Template, Wording
from policyengine.lint._places import mapping_around, mappings_saying
from policyengine.lint._walk import mappings_in
from policyengine.model.shape import CONFIRMED
from policyengine.model.types import Kind
from policyengine.source import SourceFile, Span
from policyengine.syntax import yaml_tree as yaml

#: What stands in a text in place of a value: no letter, digit or bracket.
VALUE = "\ufffc"


@attrs.frozen(eq=False)
class Said:
    """One text in each language, with `VALUE` for each value.

    `own_words` says whether a value is itself a text, which each language has its own words for. Where the text is
    written is looked up only when there is something to report.
    """

    by_language: Mapping[str, str]
    own_words: bool
    _written: Callable[[], Iterable[yaml.Mapping]]

    def finding(
        self, code: str, message: str, hint: str, languages: tuple[str, str], *, confirm: str = ""
    ) -> Iterator[Diagnostic]:
        """Yield what is found at the first language's text, with the second beside it.

        `confirm` names what the author may have confirmed; nothing is found then.
        """
        for mapping in self._written():
            here, there = (_place(mapping, language) for language in languages)
            if here and not (confirm and _is_confirmed(mapping, confirm)):
                related = (Related(f"the text `{languages[1]}`", there),) if there else ()
                yield Diagnostic(code, message, here, hint, related=related)


def as_warnings(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield findings as warnings."""
    return (attrs.evolve(finding, severity=Severity.WARNING) for finding in found)


@lru_cache(maxsize=1)
def said_in(program: Program) -> tuple[Said, ...]:
    """Return every text of a program and of the vocabularies it shares; the rules for one program share it."""
    wordings, titles, files = [], [], _files(program.dictionary)
    for found in mappings_in(program):
        if isinstance(next(iter(found.values())), Template):
            wordings.append(_from_wording(found))
        elif _are_texts(found, program.languages):
            titles.append(_from_texts(found, (program.span.file, *files)))
    return (*wordings, *titles, *_said_in_vocabularies(program.dictionary))


@lru_cache(maxsize=1)
def _said_in_vocabularies(dictionary: Dictionary) -> tuple[Said, ...]:
    """Return the texts of the vocabularies; all programs of a set share them."""
    files = _files(dictionary)
    unique = {tuple(texts.items()): texts for texts in _dictionary_texts(dictionary)}
    return tuple(_from_texts(texts, files) for texts in unique.values())


def found_in(
    program: Program, look: Callable[[Said], Iterator[Diagnostic]]
) -> Iterator[Diagnostic]:
    """Yield what is found in each text; a text that programs share is looked at once."""
    for said in said_in(program):
        yield from _found(look, said)


@lru_cache(maxsize=4096)
def _found(look: Callable[[Said], Iterator[Diagnostic]], said: Said) -> tuple[Diagnostic, ...]:
    return tuple(look(said))


def pairs(said: Said) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Yield every two languages of what is said, both ways, each with its text."""
    return permutations(said.by_language.items(), 2)


def _from_wording(wording: Wording) -> Said:
    spans = [template.span for template in wording.values()]
    pieces = [p for template in wording.values() for p in template.pieces]
    return Said(
        {language: _with_marks(template) for language, template in wording.items()},
        any(not isinstance(p, str) and p.type.kind is Kind.TEXT for p in pieces),
        lambda: _around(spans),
    )


def _with_marks(template: Template) -> str:
    return "".join(piece if isinstance(piece, str) else VALUE for piece in template.pieces)


def _around(spans: list[Span]) -> list[yaml.Mapping]:
    found = mapping_around(spans[0]) if spans else None
    return [found] if found else []


def _from_texts(texts: Mapping[str, str], files: tuple[SourceFile, ...]) -> Said:
    return Said(texts, own_words=False, written=lambda: mappings_saying(texts, files))


def _are_texts(part: Mapping[Any, Any], languages: tuple[str, ...]) -> bool:
    return part.keys() <= set(languages) and all(isinstance(text, str) for text in part.values())


def _dictionary_texts(dictionary: Dictionary) -> Iterator[Mapping[str, str]]:
    records = (fact for fields in dictionary.records.values() for fact in fields.values())
    for fact in (*dictionary.facts.values(), *records):
        yield fact.title
        if fact.ask:
            yield from (fact.ask.question, fact.ask.evidence)
    for enum in dictionary.enums.values():
        yield from enum.values.values()
    for event in dictionary.events.values():
        yield event.title
        yield from (field.title for field in event.fields.values())


def _files(dictionary: Dictionary) -> tuple[SourceFile, ...]:
    """Return the files of the vocabularies."""
    return tuple(dict.fromkeys(fact.span.file for fact in dictionary.facts.values()))


def _place(mapping: yaml.Mapping, language: str) -> Span | None:
    node = mapping.get(language)
    return node.span if node else None


def _is_confirmed(mapping: yaml.Mapping, what: str) -> bool:
    node = mapping.get(CONFIRMED)
    items = node.items if isinstance(node, yaml.Sequence) else (node,)
    return any(isinstance(item, yaml.Scalar) and item.text == what for item in items)
