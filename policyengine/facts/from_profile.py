"""Holds a profile against the dictionary: known fields, right types, right units, within their limits."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from datetime import date, datetime
from fractions import Fraction

import attrs

from policyengine.diagnostics import Findings, ProfileError, nearest_or_list
from policyengine.facts.facts import Facts
from policyengine.facts.profile import Profile
from policyengine.finance.calendar import due_dates
from policyengine.finance.errors import FinanceError
from policyengine.finance.money import Currency
from policyengine.ir.dictionary import Dictionary, FactDefinition
from policyengine.model.literals import LiteralError, a_kind, read_literal
from policyengine.model.types import DATE, Kind, Record, Type, Value
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence, kind

MISSING = ("", "null", "~", "unknown")
#: What one borrower can have; each loan is weighed against all others.
MAX_LOANS = 500
#: Amounts are added up in 64 bits of the currency's minor unit.
MOST_MINOR_UNITS = 2**63 - 1
#: Dates outside are slips of the pen, and instalments after them could not be dated.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_ONE_BORROWER = "a profile describes one borrower"


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
    reading = _Reading(dictionary, currency, Findings(ProfileError))
    facts = reading.profile(profile.root, as_of)
    reading.findings.raise_errors(ProfileError)
    return facts


def value_from(
    node: Node, fact: FactDefinition, path: str, dictionary: Dictionary, currency: Currency
) -> Value | None:
    """Return one fact as a profile would have it; None where it is not known.

    Raises:
        ProfileError: It is wrong; the error carries every finding.
    """
    reading = _Reading(dictionary, currency, Findings(ProfileError))
    value = None if _missing(node, fact.type) else reading.fact(fact, node, path, within=False)
    reading.findings.raise_errors(ProfileError)
    return value


def dates_agree(loan: MappingOf[str, Value]) -> bool:
    """Whether the next payment of a loan can fall due on its agreed day of the month, as far as both are known."""
    due, day = loan.get("next_due"), loan.get("due_day")
    if not isinstance(due, date) or not isinstance(day, int):
        return True
    try:
        due_dates(due, 1, day)
    except FinanceError:
        return False
    return True


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
        stated = None if node is None or _missing(node) else self._value(DATE, node, "as_of")
        if as_of is not None:
            return self._passed(as_of)
        if node is None or _missing(node):
            self._error(
                "missing-date",
                "the day of the decision is not given",
                "as_of",
                root.span.first_line(),
                "write `as_of: 2024-11-20` in the profile, or pass the date",
            )
        return stated if isinstance(stated, date) else date.min

    def _passed(self, as_of: date) -> date:
        if not isinstance(as_of, date) or isinstance(as_of, datetime):
            message = "the day of the decision is a date without a time"
            self._error("not-a-date", message, "as_of", None, "pass a `datetime.date`")
        return as_of

    def _stated(self, root: Mapping) -> str | None:
        node = root.get("currency")
        if node is None or _missing(node):
            return None
        if not isinstance(node, Scalar):
            self._wrong_shape("a currency code such as `CNY`", node, "currency")
            return None
        return node.text

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
                root.span.first_line(),
                "add `loans:` with at least one loan",
            )
            return None
        if not isinstance(many, Sequence):
            self._wrong_shape("a list of loans", many, "loans")
            return None
        return self._listed(many)

    def _listed(self, many: Sequence) -> tuple[Record, ...]:
        if not many.items:
            self._error("no-loans", "the list of loans is empty", "loans", many.span, "add a loan")
        if len(many.items) > MAX_LOANS:
            message = f"more than {MAX_LOANS} loans"
            self._error("file-too-large", message, "loans", many.span.first_line(), _ONE_BORROWER)
            return ()
        loans = tuple(self._loan(node, f"loans[{i}]") for i, node in enumerate(many.items))
        seen: dict[Value, int] = {}
        for index, loan in enumerate(loans):
            id_ = loan.fields.get("id")
            if id_ is not None and seen.setdefault(id_, index) != index:
                self._error(
                    "repeated-name",
                    f"the loans {seen[id_] + 1} and {index + 1} have one and the same `id`",
                    f"loans[{index}].id",
                    many.items[index].span.first_line(),
                    "give each loan an id of its own",
                )
        return loans

    def _loan(self, node: Node, path: str) -> Record:
        fields = self._fields("loan", node, path)
        self._note_other_day(fields, node, path)
        return Record(fields)

    def _note_other_day(self, fields: dict[str, Value], node: Node, path: str) -> None:
        """Note an agreed day of the month on which the next payment cannot fall due."""
        if not dates_agree(fields):
            self._error(
                "contradictory-dates",
                f"`{path}.next_due` is no due date of the day of the month that `{path}.due_day` says",
                f"{path}.due_day",
                node.span,
                "correct one of the two, or leave out `due_day`",
            )

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

    def _fields(
        self, record: str, node: Node, path: str, sensitive: bool = False
    ) -> dict[str, Value]:
        return self._fields_of(self.dictionary.records.get(record, {}), node, path, sensitive)

    def _fields_of(
        self,
        known: MappingOf[str, FactDefinition],
        node: Node,
        path: str,
        sensitive: bool = False,
    ) -> dict[str, Value]:
        if not isinstance(node, Mapping):
            self._wrong_shape("a mapping of fields", node, path)
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
                    nearest_or_list(key.text, known),
                )
            elif not _missing(child, known[key.text].type):
                value = self.fact(known[key.text], child, below, sensitive)
                if value is not None:
                    found[key.text] = value
        return found

    def fact(self, fact: FactDefinition, node: Node, path: str, within: bool) -> Value | None:
        """Read a fact; `within` says that it belongs to a list that is sensitive as a whole."""
        if fact.type.kind is Kind.LIST:
            return self._list(fact, node, path, fact.sensitive or within)
        value = self._value(fact.type, node, path, fact.sensitive or within)
        if value is not None:
            self._note_limits(fact, value, node, path)
        return value

    def _list(self, fact: FactDefinition, node: Node, path: str, sensitive: bool) -> Value | None:
        if not isinstance(node, Sequence):
            self._wrong_shape("a list", node, path)
            return None
        return tuple(
            Record(self._fields(fact.type.of or "", item, f"{path}[{i}]", sensitive))
            for i, item in enumerate(node.items)
        )

    def _value(self, type_: Type, node: Node, path: str, sensitive: bool = False) -> Value | None:
        """Read a value; what is wrong with a sensitive one is said without repeating it."""
        if not isinstance(node, Scalar):
            self._wrong_shape(a_kind(type_), node, path)
            return None
        if not node.text.strip():
            hint = "leave it out, or write `null`, where it is not known"
            self._error("empty-value", f"`{path}` is empty", path, node.span, hint)
            return None
        try:
            value = self._literal(type_, node)
        except LiteralError as error:
            said = error.masked if sensitive else error.message
            what_to_do = error.masked_hint if sensitive else error.hint
            self._error(error.code, f"`{path}`: {said}", path, node.span, what_to_do)
            return None
        if isinstance(value, date) and not FIRST_DAY <= value <= LAST_DAY:
            message = f"`{path}` lies outside {FIRST_DAY} to {LAST_DAY}"
            self._error("out-of-range", message, path, node.span, "check the year")
            return None
        if type_.kind is Kind.MONEY and isinstance(value, Fraction):
            return self._amount(value, node, path)
        return value

    def _literal(self, type_: Type, node: Scalar) -> Value:
        return read_literal(
            type_,
            node.text,
            quoted=node.quoted and _reads_as_plain(node.text),
            currency=self.currency.code,
            enum_values=self.dictionary.values_of(type_),
        )

    def _amount(self, value: Fraction, node: Scalar, path: str) -> Fraction | None:
        minor, code = value * 10**self.currency.exponent, self.currency.code
        if minor % 1:
            message = f"`{path}` has more decimals than {code} has"
            hint = f"write at most {self.currency.exponent} decimals"
            self._error("too-many-decimals", message, path, node.span, hint)
            return None
        if abs(minor) > MOST_MINOR_UNITS:
            message = f"`{path}` is larger than any amount that is reckoned with"
            self._error("out-of-range", message, path, node.span, "check the number of digits")
            return None
        return value

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
        message = f"`{path}`: {what} is expected, not {kind(node)}"
        self._error("wrong-shape", message, path, node.span.first_line())

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
    return bare.isdigit() or text in ("true", "false")


def _missing(node: Node, type_: Type | None = None) -> bool:
    """Whether a node says that a value is not known: JSON has `unknown` in quotes only."""
    if not isinstance(node, Scalar):
        return False
    if node.quoted:
        return node.text == "unknown" and type_ is not None and type_.kind is not Kind.TEXT
    return node.text in MISSING
