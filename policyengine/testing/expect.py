"""Holds a decision against what a case expects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingOf
from fractions import Fraction
from typing import Any

import attrs

from policyengine.decision.decision import Decision, Plan, Reason, Referral
from policyengine.model.literals import LiteralError, read_literal
from policyengine.model.test_file import Case, ExpectedPlan
from policyengine.model.types import MONTHS, RATE, Type
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar
from policyengine.testing.names import is_cited
from policyengine.testing.places import key_before, value_after
from policyengine.testing.results import Mismatch

_NOTHING = "none"


def mismatches(case: Case, decision: Decision) -> tuple[Mismatch, ...]:
    """Return every expectation of a case that the decision does not meet."""
    return tuple(_mismatches(case, decision))


def unmentioned(case: Case, decision: Decision) -> tuple[str, ...]:
    """Return the plans that a case says nothing about."""
    return tuple(plan.plan for plan in decision.plans if plan.plan not in case.expect.plans)


def _mismatches(case: Case, decision: Decision) -> Iterator[Mismatch]:
    expect = case.expect
    if expect.outcome is not None and expect.outcome != decision.outcome:
        because = tuple(reason for plan in decision.plans for reason in plan.decisive)
        span = value_after("outcome", expect.span)
        yield Mismatch("outcome", expect.outcome, str(decision.outcome), span, because)
    for name, expected in expect.plans.items():
        span = key_before(name, expected.span, expect.span)
        yield from _Expectation(expected, decision.plan(name), span).mismatches()
    yield from _referrals(case, decision)
    if expect.asks is not None:
        yield from _lists("asks", expect.asks, decision.asks, value_after("asks", expect.span), ())


def _referrals(case: Case, decision: Decision) -> Iterator[Mismatch]:
    expect = case.expect
    expected = {
        "referrals": (expect.referrals, True),
        "unknown_referrals": (expect.unknown_referrals, None),
    }
    for key, (names, truth) in expected.items():
        if names is not None:
            found = tuple(r.referral for r in decision.referrals if r.holds is truth)
            differ = {name.text for name in names} ^ set(found)
            because = tuple(_reason(r) for r in decision.referrals if r.referral in differ)
            yield from _lists(key, names, found, value_after(key, expect.span), because)


def _reason(referral: Referral) -> Reason:
    return referral.reason


@attrs.frozen
class _Expectation:
    """One plan, and what must come of it."""

    expected: ExpectedPlan
    plan: Plan
    key: Span

    def mismatches(self) -> Iterator[Mismatch]:
        expected, plan = self.expected, self.plan
        if expected.status != plan.status:
            span = value_after("status", expected.span)
            yield self._mismatch("status", expected.status, plan.status, span, plan.decisive)
        if expected.reasons is not None:
            yield from self._reasons(expected.reasons)
        for cite in expected.cites:
            yield from self._cite(cite)
        yield from self._terms()
        if expected.asks is not None:
            span = value_after("asks", expected.span)
            yield from _lists(self._what("asks"), expected.asks, plan.asks, span, plan.decisive)

    def _reasons(self, names: tuple[Scalar, ...]) -> Iterator[Mismatch]:
        actual = tuple(reason.name for reason in self.plan.decisive)
        if same_names([name.text for name in names], actual):
            return
        span = value_after("reasons", self.expected.span)
        yield self._mismatch("reasons", _listed(names), _joined(actual), span, self.plan.decisive)

    def _cite(self, cite: Scalar) -> Iterator[Mismatch]:
        reasons = tuple(_with_parts(self.plan.reasons))
        if not any(is_cited(cite.text, r.rule, r.origin, r.source) for r in reasons):
            actual = _joined(dict.fromkeys(_citation(reason) for reason in reasons))
            yield self._mismatch("cites", cite.text, actual, cite.span, self.plan.decisive)

    def _terms(self) -> Iterator[Mismatch]:
        if not self.expected.terms:
            return
        if self.plan.terms is None:
            actual = f"none, the plan is {self.plan.status}"
            yield self._mismatch("terms", "terms", actual, self.key, self.plan.decisive)
            return
        actual_terms = attrs.asdict(self.plan.terms, recurse=False)
        for name, node in self.expected.terms.items():
            yield from self._term(name, node, actual_terms[name])

    def _term(self, name: str, node: Node, actual: Any) -> Iterator[Mismatch]:
        if isinstance(node, Mapping) and isinstance(actual, MappingOf):
            for key, child in node:
                yield from self._term(f"{name}.{key.text}", child, actual.get(key.text))
        elif not _is_value(node, actual):
            written = node.text if isinstance(node, Scalar) else "a mapping or a list"
            yield self._mismatch(f"terms {name}", written, _written(actual), node.span, ())

    def _mismatch(
        self, what: str, expected: str, actual: str, span: Span, because: tuple[Reason, ...]
    ) -> Mismatch:
        return Mismatch(self._what(what), expected, str(actual), span, because)

    def _what(self, what: str) -> str:
        return f"plan `{self.plan.plan}`, {what}"


def same_names(expected: list[str], actual: Iterable[str]) -> bool:
    """Whether the names are the same in any order; one that stands several times is counted."""
    wanted, found = Counter(expected), Counter(actual)
    repeated = all(found[name] == n for name, n in wanted.items() if n > 1)
    return wanted.keys() == found.keys() and repeated


def _lists(
    what: str,
    expected: tuple[Scalar, ...],
    actual: tuple[str, ...],
    span: Span,
    because: tuple[Reason, ...],
) -> Iterator[Mismatch]:
    if {name.text for name in expected} != set(actual):
        yield Mismatch(what, _listed(expected), _joined(actual), span, because)


def _with_parts(reasons: Iterable[Reason]) -> Iterator[Reason]:
    for reason in reasons:
        yield reason
        yield from _with_parts(reason.parts)


def _citation(reason: Reason) -> str:
    return f"{reason.origin}#{reason.rule}" if reason.kind == "guarantee" else reason.rule


def _listed(names: Iterable[Scalar]) -> str:
    return _joined(name.text for name in names)


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names) or _NOTHING


def _written(actual: Any) -> str:
    if actual is None:
        return _NOTHING
    if isinstance(actual, MappingOf):
        return _joined(f"{name} {_written(value)}" for name, value in actual.items())
    return str(actual).lower() if isinstance(actual, bool) else str(actual)


# Values


def _is_value(node: Node, actual: Any) -> bool:
    """Whether a text denotes a value: numbers are compared as numbers, whatever their decimals."""
    if not isinstance(node, Scalar) or isinstance(actual, MappingOf):
        return False
    if isinstance(actual, bool) or actual is None:
        return node.text == {True: "true", False: "false", None: "null"}[actual]
    number = _number(str(actual))
    if number is None:
        return node.text == str(actual)
    counted = _months(node.text) if isinstance(actual, int) else None
    return number in (counted, _number(node.text))


def _number(text: str) -> Fraction | None:
    """Read a number or a rate."""
    return _read(RATE, text)


def _months(text: str) -> Fraction | None:
    """Read a number of months."""
    return _read(MONTHS, text)


def _read(type_: Type, text: str) -> Fraction | None:
    try:
        return Fraction(read_literal(type_, text))  # type: ignore[arg-type]  # both are numbers
    except LiteralError:
        return None
