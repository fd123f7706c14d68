"""Borrowers as text: a profile, or a case that can be pasted into a test file.

A remark may stand beside a fact, such as that any other value would have done as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from policyengine.facts.from_profile import MISSING
from policyengine.ir.dictionary import FactDefinition
from policyengine.ir.program import Program
from policyengine.model.types import Kind, Value
from policyengine.testing.strategies.borrower import LOAN_ID, Borrower

_NO_REMARKS: Mapping[str, str] = {}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
#: Words that YAML readers, or a profile, take for something else than text.
_TAKEN = {*MISSING, "true", "false", "yes", "no", "on", "off", "y", "n"}


def profile_yaml(
    borrower: Borrower, program: Program, remarks: Mapping[str, str] = _NO_REMARKS
) -> str:
    """Return a borrower as a profile; `remarks` stand beside facts by path."""
    lines = [f"as_of: {borrower.as_of}", *_Writer(program, remarks).records(borrower)]
    return "\n".join(lines) + "\n"


def case_yaml(
    name: str,
    borrower: Borrower,
    program: Program,
    statuses: Mapping[str, str],
    remarks: Mapping[str, str] = _NO_REMARKS,
) -> str:
    """Return a case of a test file: the borrower, and the status that is expected of some plans."""
    lines = [f"- name: {_text(name)}", f"  as_of: {borrower.as_of}", "  given:"]
    if borrower.others:
        lines.append(f"    loan: {LOAN_ID}")
    lines += ["    " + line for line in _Writer(program, remarks).records(borrower)]
    lines += ["  expect:", "    plans:"]
    lines += [f"      {plan}: {{status: {status}}}" for plan, status in statuses.items()]
    return "\n".join(lines) + "\n"


def value_yaml(path: str, value: Value, program: Program) -> str:
    """Return the value of a fact on one line, lists with their members."""
    return _Writer(program, _NO_REMARKS).value(program.dictionary.facts[path], value)


@attrs.frozen
class _Writer:
    program: Program
    remarks: Mapping[str, str]

    def records(self, borrower: Borrower) -> Iterator[str]:
        paths = sorted(p for p in borrower.facts if not p.startswith("loan."))
        for record in dict.fromkeys(path.partition(".")[0] for path in paths):
            yield f"{record}:"
            for path in paths:
                if path.startswith(f"{record}."):
                    yield "  " + self._line(path, borrower.facts[path])
        loan = sorted(p for p in borrower.facts if p.startswith("loan."))
        loan.sort(key=lambda path: path != "loan.id")
        lines = [self._line(path, borrower.facts[path]) for path in loan]
        yield "loans:"
        yield from _item(lines)
        for other in borrower.others:
            yield from _item([self._line(f"loan.{name}", v, "") for name, v in other.items()])

    def _line(self, path: str, value: Value, remark: str | None = None) -> str:
        fact = self.program.dictionary.facts[path]
        said = self.remarks.get(path, "") if remark is None else remark
        return f"{path.partition('.')[2]}: {self.value(fact, value)}" + (
            f"   # {said}" if said else ""
        )

    def value(self, fact: FactDefinition, value: Value) -> str:
        """Return a value on one line."""
        if isinstance(value, tuple):
            fields = self.program.dictionary.records[fact.type.of or ""]
            members = (self._member(fields, member.fields) for member in value)
            return f"[{', '.join(members)}]"
        return written(fact.type.kind, value, self.program.scale)

    def _member(self, fields: Mapping[str, FactDefinition], known: Mapping[str, Value]) -> str:
        inner = (f"{name}: {self.value(fields[name], value)}" for name, value in known.items())
        return f"{{{', '.join(inner)}}}"


def _item(lines: list[str]) -> Iterator[str]:
    for place, line in enumerate(lines or ["{}"]):
        yield ("    " if place else "  - ") + line


def written(kind: Kind, value: Value, scale: int) -> str:
    """Return a value as a policy author writes it; `scale` is the number of minor units in a major one."""
    if isinstance(value, bool):
        return str(value).lower()
    if kind in (Kind.DAYS, Kind.MONTHS):
        return f"{value} {str(kind)[:-1] if value == 1 else kind}"
    if isinstance(value, Fraction) or kind in (Kind.MONEY, Kind.RATE, Kind.NUMBER):
        return _number(kind, Fraction(value), scale)  # type: ignore[arg-type]  # a number
    if isinstance(value, (int, date)):
        return str(value)
    return _text(str(value))


def _number(kind: Kind, value: Fraction, scale: int) -> str:
    if kind is Kind.MONEY:
        decimals = len(str(scale)) - 1
        return f"{_decimal(value):.{decimals}f}"
    shown = _decimal(value * 100 if kind is Kind.RATE else value)
    return f"{shown.normalize():f}" + ("%" if kind is Kind.RATE else "")


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _TAKEN
    return text if plain else json.dumps(text, ensure_ascii=False)
