"""Vocabularies to one dictionary. The same name must mean the same in each of them."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from policyengine.diagnostics import Findings, Related, nearest_or_list
from policyengine.ir.dictionary import (
    Dictionary,
    EnumDefinition,
    EventDefinition,
    FactDefinition,
    Question,
    answering,
)
from policyengine.model.events import HEAD, own_fields
from policyengine.model.literals import LiteralError, read_literal
from policyengine.model.shape import Texts
from policyengine.model.types import PLAIN_TYPES, Kind, Type, Value
from policyengine.model.vocabulary import Ask, EventDeclaration, FactDeclaration, Vocabulary
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Scalar


def dictionary_from(vocabularies: Iterable[Vocabulary], findings: Findings) -> Dictionary:
    """Join the vocabularies; note what is wrong in them or between them."""
    merged = _Merge(findings)
    for vocabulary in vocabularies:
        merged.add(vocabulary)
    return merged.result()


class _Merge:
    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.facts: dict[str, FactDefinition] = {}
        self.enums: dict[str, EnumDefinition] = {}
        self.records: dict[str, dict[str, FactDefinition]] = {}
        self.required: dict[str, tuple[str, ...]] = {}
        self.names: dict[str, frozenset[str]] = {}
        self.extends: dict[str, tuple[Scalar, ...]] = {}
        self.events: dict[str, EventDefinition] = {}

    def add(self, vocabulary: Vocabulary) -> None:
        for name, enum in vocabulary.enums.items():
            self._note_reserved_value(enum.values, name)
            read = EnumDefinition(name, {v: texts.plain() for v, texts in enum.values.items()})
            self._note_other_values(name, read, enum.span)
            self.enums[name] = _with_titles_of(read, self.enums.get(name))
        for record, fields in vocabulary.records.items():
            found = {
                field: self._fact(f"{record}.{field}", declaration, vocabulary)
                for field, declaration in fields.items()
            }
            self._note_other_fields(record, found)
            self.records[record] = found
        facts = {p: self._fact(p, d, vocabulary) for p, d in vocabulary.facts.items()}
        for path, fact in facts.items():
            self._note_conflict(path, fact)
            self.facts[path] = _with_texts_of(fact, self.facts.get(path))
        for kind, event in vocabulary.events.items():
            if event is not None:
                self._add_event(kind, event, vocabulary)
        self.required[vocabulary.name.text] = tuple(p for p, f in facts.items() if f.required)
        self.names[vocabulary.name.text] = frozenset(facts)
        self.extends[vocabulary.name.text] = vocabulary.extends

    def result(self) -> Dictionary:
        loans = {p.split(".")[1]: f for p, f in self.facts.items() if p.startswith("loan.")}
        records = self.records | {"loan": loans}
        in_sight = {name: self._in_sight(name, ()) for name in self.names}
        return Dictionary(self.facts, self.enums, records, self.required, in_sight, self.events)

    def _add_event(self, kind: str, event: EventDeclaration, vocabulary: Vocabulary) -> None:
        for name, field in event.fields.items():
            if name in HEAD or name in own_fields(kind):
                self.findings.error(
                    "reserved-name",
                    f"`{name}` is a field that every `{kind}` has",
                    field.span,
                    "give the field another name",
                )
        fields = {n: self._fact(f"{kind}.{n}", d, vocabulary) for n, d in event.fields.items()}
        earlier = self.events.get(kind)
        if earlier is not None:
            self._note_other_event(earlier, fields, event.span)
        title = (dict(earlier.title) if earlier else {}) | _plain(event.title)
        self.events[kind] = EventDefinition(kind, title, fields)

    def _note_other_event(
        self, earlier: EventDefinition, fields: dict[str, FactDefinition], span: Span
    ) -> None:
        one = {name: _meaning(field) for name, field in earlier.fields.items()}
        if one != {name: _meaning(field) for name, field in fields.items()}:
            self._note_difference(f"the event `{earlier.kind}` has other fields", span)

    def _in_sight(self, name: str, way: tuple[str, ...]) -> frozenset[str]:
        """Return a vocabulary's own facts and those of the vocabularies that it extends."""
        found = self.names[name]
        for extended in self.extends[name]:
            if extended.text not in self.names:
                self._note_unknown_vocabulary(extended)
            elif extended.text not in way:
                found |= self._in_sight(extended.text, (*way, name))
        return found

    def _note_unknown_vocabulary(self, name: Scalar) -> None:
        self.findings.error(
            "unknown-name",
            f"there is no vocabulary `{name.text}`",
            name.span,
            nearest_or_list(name.text, self.names),
        )

    def _fact(
        self, path: str, declaration: FactDeclaration, vocabulary: Vocabulary
    ) -> FactDefinition:
        type_ = self._type(declaration, vocabulary)
        actionable = declaration.actionable
        return FactDefinition(
            path=path,
            type=type_,
            title=_plain(declaration.title),
            min=self._literal(type_, declaration.min),
            max=self._literal(type_, declaration.max),
            required=declaration.required,
            sensitive=declaration.sensitive,
            protected=declaration.protected,
            ask=_question(declaration.ask),
            answered_by=declaration.answered_by or answering(path.partition(".")[0]),
            per=declaration.per,
            step=self._literal(type_, actionable.step) if actionable else None,
            direction=actionable.direction if actionable else None,
            span=declaration.span,
        )

    def _type(self, declaration: FactDeclaration, vocabulary: Vocabulary) -> Type:
        kind = Kind(declaration.type)
        if kind not in (Kind.ENUM, Kind.LIST):
            self._note_needless_of(declaration)
            return PLAIN_TYPES[kind.value]
        known = vocabulary.enums if kind is Kind.ENUM else vocabulary.records
        if declaration.of is None:
            self.findings.error(
                "missing-key",
                f"a fact of type {kind} needs the key `of`",
                declaration.span,
                nearest_or_list("", known),
            )
        elif declaration.of.text not in known:
            self.findings.error(
                "unknown-name",
                f"`{declaration.of.text}` is not declared under `{kind}s`"
                if kind is Kind.ENUM
                else f"`{declaration.of.text}` is not declared under `records`",
                declaration.of.span,
                nearest_or_list(declaration.of.text, known),
            )
        return Type(kind, declaration.of.text if declaration.of else None)

    def _note_needless_of(self, declaration: FactDeclaration) -> None:
        if declaration.of is not None:
            self.findings.error(
                "unknown-key",
                f"`of` says nothing about a fact of type {declaration.type}",
                declaration.of.span,
                "leave it out",
            )

    def _literal(self, type_: Type, scalar: Scalar | None) -> Value | None:
        if scalar is None:
            return None
        try:
            return read_literal(type_, scalar.text, quoted=scalar.quoted)
        except LiteralError as error:
            self.findings.error(error.code, error.message, scalar.span, error.hint)
            return None

    def _note_reserved_value(self, values: dict[str, Texts], enum: str) -> None:
        if "unknown" in values:
            self.findings.error(
                "reserved-name",
                f"the enum `{enum}` may not have a value `unknown`",
                values["unknown"].span,
                "a profile says `unknown` of any fact that is not known",
            )

    def _note_other_values(self, name: str, enum: EnumDefinition, span: Span) -> None:
        earlier = self.enums.get(name)
        if earlier is not None and list(earlier.values) != list(enum.values):
            self._note_difference(f"the enum `{name}` has other values", span)

    def _note_other_fields(self, record: str, fields: dict[str, FactDefinition]) -> None:
        earlier = self.records.get(record)
        if earlier is None:
            return
        for field in {*earlier, *fields}:
            one, other = earlier.get(field), fields.get(field)
            if one is None or other is None or _meaning(one) != _meaning(other):
                known = other or one
                assert known is not None  # noqa: S101  # the field is in one of the two
                self._note_difference(f"`{record}.{field}` means something else", known.span)

    def _note_conflict(self, path: str, fact: FactDefinition) -> None:
        earlier = self.facts.get(path)
        if earlier and _meaning(earlier) != _meaning(fact):
            self._note_difference(f"`{path}` means something else", fact.span, earlier.span)

    def _note_difference(self, what: str, span: Span, other: Span | None = None) -> None:
        self.findings.error(
            "conflicting-fact",
            f"{what} in another vocabulary",
            span,
            "give one of them another name",
            related=(Related("the other one", other),) if other else (),
        )


def _with_texts_of(fact: FactDefinition, earlier: FactDefinition | None) -> FactDefinition:
    """Keep what another vocabulary says of the same fact, in its own languages."""
    if earlier is None:
        return fact
    ask = earlier.ask or fact.ask
    if earlier.ask and fact.ask:
        ask = Question(
            {**fact.ask.question, **earlier.ask.question},
            {**fact.ask.evidence, **earlier.ask.evidence},
            earlier.ask.cost,
        )
    return attrs.evolve(
        earlier,
        title={**fact.title, **earlier.title},
        ask=ask,
        required=earlier.required or fact.required,
    )


def _with_titles_of(enum: EnumDefinition, earlier: EnumDefinition | None) -> EnumDefinition:
    if earlier is None:
        return enum
    return EnumDefinition(
        enum.name, {v: {**enum.values.get(v, {}), **t} for v, t in earlier.values.items()}
    )


def _meaning(fact: FactDefinition) -> tuple[object, ...]:
    """Return what two declarations of one name must have in common."""
    return fact.type, fact.min, fact.max, fact.protected, fact.sensitive, fact.answered_by


def _plain(texts: Texts | None) -> dict[str, str]:
    return texts.plain() if texts else {}


def _question(ask: Ask | None) -> Question | None:
    return Question(ask.question.plain(), _plain(ask.evidence), ask.cost) if ask else None
