"""Holds a profile against the dictionary: known fields, right types, right units, within their limits."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from datetime import date
from fractions import Fraction

import attrs

from policyengine.diagnostics import Findings, ProfileError, did_you_mean, nearest_or_list
from policyengine.facts.facts import Facts
from policyengine.facts.profile import Profile
from policyengine.finance.money import Currency
from policyengine.ir.dictionary import Dictionary, FactDefinition
from policyengine.model.literals import LiteralError, a_kind, read_literal
from policyengine.model.types import DATE, Kind, Record, Type, Value
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence, kind

_MISSING = ("", "null", "~", "unknown")


def facts_from(
    profile: Profile, dictionary: Dictionary, currency: Currency, as_of: date | None
) -> Facts:
    """Return the facts of a profile.

    Args:
        profile: What was given.
        dictionary: The facts there are.
        currency: The currency that amounts are in; its minor unit limits their decimals.
        as_of: The day of the decision; None takes the profile's own.

    Raises:
        ProfileError: Something is wrong in the profile; it carries every finding.
    """
    reading = _Reading(dictionary, currency, Findings())
    facts = reading.profile(profile.root, as_of)
    reading.findings.raise_errors(ProfileError)
    return facts


def stated_currency(profile: Profile) -> str | None:
    """Return the currency that a profile states, or None."""
    node = profile.root.get("currency")
    return node.text if isinstance(node, Scalar) and not _missing(node) else None


@attrs.frozen
class _Reading:
    dictionary: Dictionary
    currency: Currency
    findings: Findings

    def profile(self, root: Mapping, as_of: date | None) -> Facts:
        self._note_unknown_keys(root)
        values: dict[str, Value] = {}
        for key, node in root:
            if key.text in self._records():
                values |= self._record(key.text, node)
        return Facts(
            as_of=self._as_of(root, as_of),
            currency=self._stated(root),
            values=values,
            loans=self._loans(root),
        )

    def _records(self) -> set[str]:
        return {path.split(".")[0] for path in self.dictionary.facts} - {"loan"}

    def _note_unknown_keys(self, root: Mapping) -> None:
        known = [*self._records(), "loans", "loan", "as_of", "currency"]
        for key, _ in root:
            if key.text not in known:
                self._error(
                    "unknown-field",
                    f"`{key.text}` is not a part of a profile",
                    key.text,
                    key.span,
                    nearest_or_list(key.text, known),
                )

    def _as_of(self, root: Mapping, as_of: date | None) -> date:
        node = root.get("as_of")
        stated = self._value(DATE, node, "as_of") if node and not _missing(node) else None
        if as_of is not None:
            return as_of
        if isinstance(stated, date):
            return stated
        if node is None or _missing(node):
            self._error(
                "missing-date",
                "the day of the decision is not given",
                "as_of",
                None,
                "write `as_of: 2024-11-20` in the profile, or pass the date",
            )
        return date.min

    def _stated(self, root: Mapping) -> str | None:
        node = root.get("currency")
        return node.text if isinstance(node, Scalar) and not _missing(node) else None

    def _loans(self, root: Mapping) -> tuple[Record, ...] | None:
        many, single = root.get("loans"), root.get("loan")
        if many is not None and single is not None:
            key = root.key("loan")
            self._error(
                "contradictory-keys",
                "`loan` and `loans` exclude one another",
                "loan",
                key.span if key else None,
                "list every loan under `loans`",
            )
            return None
        if single is not None and not _missing(single):
            return (self._loan(single, "loan"),)
        if many is None or _missing(many):
            self._error(
                "no-loans",
                "the profile lists no loan to assess",
                "loans",
                root.span,
                "add `loans:` with at least one loan",
            )
            return None
        if not isinstance(many, Sequence):
            self._wrong_shape("a list of loans", many, "loans")
            return None
        return self._listed(many)

    def _listed(self, many: Sequence) -> tuple[Record, ...]:
        if not many.items:
            self._error(
                "no-loans", "the list of loans is empty", "loans", many.span, "add a loan"
            )
        loans = tuple(self._loan(node, f"loans[{i}]") for i, node in enumerate(many.items))
        seen: dict[Value, int] = {}
        for index, loan in enumerate(loans):
            id_ = loan.fields.get("id")
            if id_ is not None and seen.setdefault(id_, index) != index:
                self._error(
                    "repeated-name",
                    f"the loans {seen[id_] + 1} and {index + 1} have one and the same `id`",
                    f"loans[{index}].id",
                    many.items[index].span,
                    "give each loan an id of its own",
                )
        return loans

    def _loan(self, node: Node, path: str) -> Record:
        return Record(self._fields("loan", node, path))

    def _record(self, record: str, node: Node) -> dict[str, Value]:
        if _missing(node):
            return {}
        fields = {
            path.split(".")[1]: fact
            for path, fact in self.dictionary.facts.items()
            if path.split(".")[0] == record
        }
        found = self._fields_of(fields, node, record)
        return {f"{record}.{name}": value for name, value in found.items()}

    def _fields(self, record: str, node: Node, path: str) -> dict[str, Value]:
        return self._fields_of(self.dictionary.records.get(record, {}), node, path)

    def _fields_of(
        self, known: MappingOf[str, FactDefinition], node: Node, path: str
    ) -> dict[str, Value]:
        if not isinstance(node, Mapping):
            self._wrong_shape("fields and their values", node, path)
            return {}
        found: dict[str, Value] = {}
        for key, child in node:
            below = f"{path}.{key.text}"
            if key.text not in known:
                self._error(
                    "unknown-field",
                    f"`{below}` is not a known field",
                    below,
                    key.span,
                    did_you_mean(key.text, known),
                )
            elif not _missing(child):
                value = self._fact(known[key.text], child, below)
                if value is not None:
                    found[key.text] = value
        return found

    def _fact(self, fact: FactDefinition, node: Node, path: str) -> Value | None:
        if fact.type.kind is Kind.LIST:
            return self._list(fact, node, path)
        value = self._value(fact.type, node, path)
        if value is None:
            return None
        self._note_limits(fact, value, node, path)
        return value

    def _list(self, fact: FactDefinition, node: Node, path: str) -> Value | None:
        if not isinstance(node, Sequence):
            self._wrong_shape("a list", node, path)
            return None
        return tuple(
            Record(self._fields(fact.type.of or "", item, f"{path}[{i}]"))
            for i, item in enumerate(node.items)
        )

    def _value(self, type_: Type, node: Node, path: str) -> Value | None:
        if not isinstance(node, Scalar):
            self._wrong_shape(a_kind(type_), node, path)
            return None
        try:
            value = read_literal(
                type_,
                node.text,
                quoted=node.quoted and _reads_as_plain(node.text),
                currency=self.currency.code,
                enum_values=self.dictionary.values_of(type_),
            )
        except LiteralError as error:
            message = f"`{path}`: {error.message}"
            self._error(error.code, message, path, node.span, error.hint)
            return None
        return value if self._has_minor_units(type_, value, node, path) else None

    def _has_minor_units(self, type_: Type, value: Value, node: Scalar, path: str) -> bool:
        scale = 10**self.currency.exponent
        if type_.kind is Kind.MONEY and isinstance(value, Fraction) and (value * scale) % 1:
            self._error(
                "too-many-decimals",
                f"`{path}`: `{node.text}` has more decimals than {self.currency.code} has",
                path,
                node.span,
                f"write at most {self.currency.exponent} decimals",
            )
            return False
        return True

    def _note_limits(self, fact: FactDefinition, value: Value, node: Node, path: str) -> None:
        low, high = fact.min, fact.max
        if low is not None and value < low:  # type: ignore[operator]
            self._error(
                "out-of-range",
                f"`{path}` is less than {shown(low)}",
                path,
                node.span,
                f"the vocabulary allows {shown(low)} or more",
            )
        if high is not None and value > high:  # type: ignore[operator]
            self._error(
                "out-of-range",
                f"`{path}` is more than {shown(high)}",
                path,
                node.span,
                f"the vocabulary allows {shown(high)} or less",
            )

    def _wrong_shape(self, what: str, node: Node, path: str) -> None:
        self._error(
            "wrong-shape", f"`{path}`: {what} is expected, not {kind(node)}", path, node.span
        )

    def _error(
        self, code: str, message: str, path: str, span: Span | None, hint: str | None = None
    ) -> None:
        place = span if span is not None and span.file.text else None
        self.findings.error(code, message, place, hint, path=path)


def shown(value: Value) -> str:
    """Return a limit as a reader would write it."""
    if isinstance(value, Fraction):
        return str(value) if value.denominator == 1 else str(float(value))
    return str(value)


def _reads_as_plain(text: str) -> bool:
    """Whether quoted text would be a number or a truth value without its quotes."""
    bare = text.replace(".", "", 1).lstrip("+-")
    return bare.isdigit() or text in ("true", "false") or not text


def _missing(node: Node) -> bool:
    """Whether a node says that a value is not known."""
    return isinstance(node, Scalar) and not node.quoted and node.text in _MISSING
