"""An event as somebody told it, held against the vocabulary: known kind, known fields, right types, one spelling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, TypeAlias

import attrs

from policyengine.cases.event import Event, Plain
from policyengine.cases.ground import Entry, Ground
from policyengine.decision.decimals import decimal_text
from policyengine.diagnostics import CaseError, Findings, ProfileError, nearest_or_list
from policyengine.facts.from_profile import value_from
from policyengine.facts.profile import Profile
from policyengine.ir.dictionary import Dictionary, FactDefinition
from policyengine.model.common import EVENTS
from policyengine.model.events import OF_A_LOAN, OwnField, own_fields
from policyengine.model.types import DATE, INTEGER, TEXT, Kind, Type, Value
from policyengine.source import SourceFile, Span
from policyengine.syntax import yaml_tree as yaml

#: What somebody tells: an event, a mapping of Python values, or what was read from a file.
Told: TypeAlias = "Event | Mapping[str, Any] | yaml.Mapping"
#: What signing adds to the event: terms, schedule and record, as they were frozen.
SEAL = "signed"
_LONGEST_ID = 200
_NOWHERE = Span(SourceFile("event", "", confidential=True), 0, 0)


def entry_from(told: Told, ground: Ground) -> Entry:
    """Return what somebody told, checked.

    Raises:
        CaseError: Something in it is wrong; it carries every finding.
    """
    return _read(told, ground, kept=False)


def kept_entry(event: Event, ground: Ground) -> Entry:
    """Return an event of a log, with what signing added to it; its policy may be another by now, or be gone.

    Raises:
        CaseError: It does not fit the case or the vocabulary.
    """
    entry = _read(as_told(event), ground, kept=True)
    sealed = {SEAL: event.details[SEAL]} if SEAL in event.details else {}
    details = {**entry.event.details, **sealed}
    return attrs.evolve(entry, event=attrs.evolve(entry.event, details=details))


def as_told(event: Event) -> Event:
    """Return an event without what signing added."""
    details = {name: value for name, value in event.details.items() if name != SEAL}
    return attrs.evolve(event, details=details)


def _read(told: Told, ground: Ground, *, kept: bool) -> Entry:
    findings = Findings(CaseError)
    entry = _Reading(ground, findings, kept).entry(_node(told))
    findings.raise_errors(CaseError)
    assert entry is not None  # noqa: S101  # nothing was wrong
    return entry


def _node(told: Told) -> yaml.Mapping:
    if isinstance(told, yaml.Mapping):
        return told
    plain = attrs.asdict(told, recurse=False) if isinstance(told, Event) else told
    if not isinstance(plain, Mapping):
        findings = Findings(CaseError)
        hint = "give its `id`, `kind` and `on`, and what the kind holds"
        findings.error("wrong-shape", "an event is a mapping", hint=hint)
        findings.raise_errors(CaseError)
    try:
        return Profile.from_mapping(plain).root
    except ProfileError as error:
        raise CaseError(error.diagnostics) from None


@attrs.frozen
class _Reading:
    ground: Ground
    findings: Findings
    kept: bool

    def entry(self, root: yaml.Mapping) -> Entry | None:
        nodes = self._fields_of(root)
        kind = self._kind(nodes.get("kind"), root)
        if kind is None:
            return None
        known = _fields(kind, self._dictionary)
        self._note_unknown(nodes, kind, known)
        head = {name: self._value(field, nodes) for name, field in _HEAD.items()}
        held = {name: self._value(field, nodes) for name, field in known.items()}
        self._note_missing(kind, {**head, **held})
        self._note_limits(kind, held, nodes)
        self._note_long(head["id"], nodes)
        loan = self._loan(kind, head["loan"], nodes)
        facts = self._facts(kind, nodes.get("facts"))
        if self.findings.errors:
            return None
        alone = len(self.ground.loans) == 1
        head = {**head, "loan": None} if alone else head  # one spelling, whether it was said or not
        event = self._event(kind, head, held, facts)
        return Entry(event, facts, self._minor(held.get("amount")), loan)

    @property
    def _dictionary(self) -> Dictionary:
        return self.ground.policies.dictionary

    def _fields_of(self, root: yaml.Mapping) -> dict[str, yaml.Node]:
        found: dict[str, yaml.Node] = {}
        for name, node in self._flat(root):
            if name in found:
                message, hint = f"`{name}` is given twice", "give it beside `details` or within it"
                self._error("duplicate-key", message, name, node, hint)
            found[name] = node
        return found

    def _flat(self, root: yaml.Mapping) -> Iterator[tuple[str, yaml.Node]]:
        """Yield every field; those within `details` stand beside the others."""
        for key, node in root:
            if key.text == "details" and isinstance(node, yaml.Mapping):
                yield from ((inner.text, child) for inner, child in node)
            else:
                yield key.text, node

    def _kind(self, node: yaml.Node | None, root: yaml.Mapping) -> str | None:
        if node is None:
            self._error("missing-key", "an event needs the key `kind`", "kind", root, _LIST_KINDS)
        elif not isinstance(node, yaml.Scalar):
            self._error("wrong-shape", "`kind` is one word", "kind", node, _LIST_KINDS)
        elif node.text not in EVENTS:
            hint = nearest_or_list(node.text, EVENTS)
            self._error("unknown-name", f"there is no event `{node.text}`", "kind", node, hint)
        else:
            return node.text
        return None

    def _note_unknown(
        self, nodes: Mapping[str, yaml.Node], kind: str, known: Mapping[str, FactDefinition]
    ) -> None:
        names = [*_HEAD, "kind", "facts", *known]
        for name, node in nodes.items():
            if name not in names:
                message = f"`{name}` is not a field of `{kind}`"
                hint = nearest_or_list(name, [*known, "facts"])
                self._error("unknown-field", message, name, node, hint)

    def _value(self, field: FactDefinition, nodes: Mapping[str, yaml.Node]) -> Value | None:
        node, path = nodes.get(field.path), field.path
        return None if node is None else self._read(node, field, path)

    def _read(self, node: yaml.Node, field: FactDefinition, path: str) -> Value | None:
        node = self._bare(node, field.type)
        try:
            return value_from(node, field, path, self._dictionary, self.ground.currency)
        except ProfileError as error:
            self.findings.items.extend(error.diagnostics)
            return None

    def _bare(self, node: yaml.Node, type_: Type) -> yaml.Node:
        """Return a value without the quotes that JSON writes exact decimals in."""
        if isinstance(node, yaml.Scalar) and type_.kind in _IN_QUOTES:
            return yaml.Scalar(node.text, node.span)
        if isinstance(node, yaml.Sequence):
            fields = self._dictionary.records.get(type_.of or "", {})
            return yaml.Sequence(tuple(self._bare_fields(i, fields) for i in node.items), node.span)
        return node

    def _bare_fields(self, node: yaml.Node, fields: Mapping[str, FactDefinition]) -> yaml.Node:
        if not isinstance(node, yaml.Mapping):
            return node
        entries = (
            (key, self._bare(child, fields[key.text].type) if key.text in fields else child)
            for key, child in node
        )
        return yaml.Mapping(tuple(entries), node.span)

    def _note_missing(self, kind: str, given: Mapping[str, Value | None]) -> None:
        needed = ["id", "on", *(n for n, own in own_fields(kind).items() if own.required)]
        wrong = {found.path for found in self.findings.errors}
        for name in needed:
            if given.get(name) is None and name not in wrong:
                message = f"`{kind}` needs the key `{name}`"
                self._error("missing-key", message, name, None, f"add `{name}: …`")

    def _note_limits(
        self, kind: str, held: Mapping[str, Value | None], nodes: Mapping[str, yaml.Node]
    ) -> None:
        for name, own in own_fields(kind).items():
            value = held[name]
            if own.above is not None and isinstance(value, Fraction) and value <= own.above:
                message, hint = (
                    f"`{name}` is not more than zero",
                    "an amount that was paid or is due",
                )
                self._error("out-of-range", message, name, nodes.get(name), hint)
        code, stated = self.ground.currency.code, held.get("currency")
        if stated is not None and stated != code:
            message, hint = f"`currency` is not {code}", "amounts are never converted"
            self._error("wrong-currency", message, "currency", nodes.get("currency"), hint)
        if not self.kept:
            self._note_chosen(held.get("policy"), held.get("plan"), nodes)

    def _note_long(self, id_: Value | None, nodes: Mapping[str, yaml.Node]) -> None:
        if isinstance(id_, str) and len(id_) > _LONGEST_ID:
            message = f"`id` has more than {_LONGEST_ID} characters"
            self._error("too-long", message, "id", nodes.get("id"), "give the event a shorter name")

    def _note_chosen(
        self, policy: Value | None, plan: Value | None, nodes: Mapping[str, yaml.Node]
    ) -> None:
        """Note a policy or a plan that is not there."""
        if not isinstance(policy, str):
            return
        programs = {program.id: program for program in self.ground.policies.programs}
        if policy not in programs:
            hint = nearest_or_list(policy, programs)
            node, message = nodes.get("policy"), f"there is no policy `{policy}`"
            self._error("unknown-name", message, "policy", node, hint)
        elif isinstance(plan, str) and plan not in (p.id for p in programs[policy].plans):
            hint = nearest_or_list(plan, [p.id for p in programs[policy].plans])
            message = f"`{policy}` has no plan `{plan}`"
            self._error("unknown-name", message, "plan", nodes.get("plan"), hint)

    def _loan(self, kind: str, named: Value | None, nodes: Mapping[str, yaml.Node]) -> int | None:
        loans = self.ground.loans
        if isinstance(named, str):
            if named in loans:
                return loans.index(named)
            hint = nearest_or_list(named, [loan for loan in loans if loan])
            node, message = nodes.get("loan"), f"the case has no loan `{named}`"
            self._error("unknown-name", message, "loan", node, hint)
            return None
        if len(loans) == 1:
            return 0
        if kind in OF_A_LOAN or _names_the_loan(nodes.get("facts")):
            message = f"it is not said which of the {len(loans)} loans `{kind}` is about"
            self._error("which-loan", message, "loan", None, "add `loan:` with the id of one")
        return None

    def _facts(self, kind: str, node: yaml.Node | None) -> dict[str, Value | None]:
        if node is None:
            if kind == "fact_changed":
                message, hint = "`fact_changed` needs the key `facts`", "add `facts: {path: value}`"
                self._error("missing-key", message, "facts", None, hint)
            return {}
        if not isinstance(node, yaml.Mapping):
            message, hint = "`facts` is a mapping of paths", "write `facts: {path: value}`"
            self._error("wrong-shape", message, "facts", node, hint)
            return {}
        return {key.text: self._fact(key, child) for key, child in node}

    def _fact(self, key: yaml.Scalar, node: yaml.Node) -> Value | None:
        known, path = self._dictionary.facts, f"facts.{key.text}"
        if key.text not in known:
            message = f"`{key.text}` is not a known field"
            hint = nearest_or_list(key.text, known)
            self._error("unknown-field", message, path, key, hint)
            return None
        if key.text == "loan.id":
            message, hint = "`loan.id` names the loan and does not change", "open another case"
            self._error("reserved-name", message, path, key, hint)
            return None
        return self._read(node, known[key.text], path)

    def _event(
        self,
        kind: str,
        head: Mapping[str, Value | None],
        held: Mapping[str, Value | None],
        facts: Mapping[str, Value | None],
    ) -> Event:
        fields, known = _fields(kind, self._dictionary), self._dictionary.facts
        details = {
            name: self._plain(value, fields[name].type)
            for name, value in sorted(held.items())
            if value is not None
        }
        if facts:
            said = {path: self._plain(v, known[path].type) for path, v in sorted(facts.items())}
            details["facts"] = said
        id_, on, loan = head["id"], head["on"], head["loan"]
        assert isinstance(id_, str) and isinstance(on, date)  # noqa: S101, PT018  # both are needed
        assert loan is None or isinstance(loan, str)  # noqa: S101  # a text
        return Event(id_, kind, on, int(head["sequence"] or 0), loan, details)  # type: ignore[arg-type]

    def _plain(self, value: Value | None, type_: Type) -> Plain:
        if isinstance(value, tuple):
            fields = self._dictionary.records[type_.of or ""]
            return [
                {name: self._plain(v, fields[name].type) for name, v in sorted(r.fields.items())}
                for r in value
            ]
        if isinstance(value, Fraction):
            places = self.ground.currency.exponent if type_.kind is Kind.MONEY else 0
            return decimal_text(value, places)
        return value.isoformat() if isinstance(value, date) else value

    def _minor(self, amount: Value | None) -> int | None:
        if not isinstance(amount, Fraction):
            return None
        return int(amount * 10**self.ground.currency.exponent)

    def _error(self, code: str, message: str, path: str, node: yaml.Node | None, hint: str) -> None:
        span = node.span if node is not None and node.span.file.text else None
        self.findings.error(code, message, span, hint, path=path)


def _names_the_loan(node: yaml.Node | None) -> bool:
    return isinstance(node, yaml.Mapping) and any(key.text.startswith("loan.") for key, _ in node)


def _fields(kind: str, dictionary: Dictionary) -> dict[str, FactDefinition]:
    """Return the fields of a kind: its own, and those that the vocabulary adds."""
    own = {name: _field(name, field) for name, field in own_fields(kind).items()}
    added = dictionary.events[kind].fields if kind in dictionary.events else {}
    return own | {name: attrs.evolve(field, path=name) for name, field in added.items()}


def _field(name: str, own: OwnField) -> FactDefinition:
    return FactDefinition(
        path=name,
        type=own.type,
        title={},
        min=own.min,
        max=None,
        required=own.required,
        sensitive=False,
        protected=False,
        ask=None,
        answered_by="lender",
        per="year",
        step=None,
        direction=None,
        span=_NOWHERE,
    )


_IN_QUOTES = frozenset({Kind.MONEY, Kind.NUMBER, Kind.RATE})
_LIST_KINDS = nearest_or_list("", EVENTS)
_HEAD = {
    name: _field(name, own)
    for name, own in {
        "id": OwnField(TEXT, required=True),
        "on": OwnField(DATE, required=True),
        "sequence": OwnField(INTEGER, min=0),
        "loan": OwnField(TEXT),
    }.items()
}
