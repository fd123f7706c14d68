"""Expectations that no policy can meet together: within a case, between two cases, and between two laws."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from policyengine.diagnostics import Diagnostic, Related
from policyengine.model.laws import WrittenLaw
from policyengine.model.test_file import Case, TestFile
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence
from policyengine.testing.places import key_before, value_after


def contradictions(tests: TestFile) -> Iterator[Diagnostic]:
    """Yield a finding for each expectation that another one contradicts."""
    for case in tests.cases:
        yield from _within(case)
    for one, other in combinations(tests.cases, 2):
        if _given(one) == _given(other):
            yield from _between(one, other)
    for first, second in combinations(tests.laws, 2):
        yield from _opposite(first, second)


def _within(case: Case) -> Iterator[Diagnostic]:
    """An outcome is `offer` exactly where a plan is allowed."""
    outcome, plans = case.expect.outcome, case.expect.plans
    allowed = next((name for name, plan in plans.items() if plan.status == "allowed"), None)
    if allowed and outcome not in (None, "offer"):
        message = f"the outcome cannot be `{outcome}` where the plan `{allowed}` is allowed"
        span = value_after("outcome", case.expect.span)
        yield _found(message, span, key_before(allowed, plans[allowed].span, case.expect.span))


def _between(one: Case, other: Case) -> Iterator[Diagnostic]:
    first, second = one.expect, other.expect
    if None not in (first.outcome, second.outcome) and first.outcome != second.outcome:
        message = f"`{one.name.text}` expects the outcome `{first.outcome}` of the same borrower"
        yield _found(message, value_after("outcome", second.span), one.name.span)
    for name in first.plans.keys() & second.plans.keys():
        status = first.plans[name].status
        if status != second.plans[name].status:
            message = f"`{one.name.text}` expects `{name}` to be {status} for the same borrower"
            yield _found(message, value_after("status", second.plans[name].span), one.name.span)


def _opposite(first: WrittenLaw, second: WrittenLaw) -> Iterator[Diagnostic]:
    about = [tuple(name.text for name in law.facts) for law in (first, second)]
    if {first.name, second.name} != {"monotone"} or about[0] != about[1]:
        return
    if first.direction != second.direction and _overlap(first, second):
        message = f"more of `{about[0][0]}` is said both to help and to harm"
        yield _found(message, second.span, first.span, "where it does neither, write `indifferent`")


def _overlap(first: WrittenLaw, second: WrittenLaw) -> bool:
    one, other = ({plan.text for plan in law.plans} for law in (first, second))
    return not one or not other or bool(one & other)


def _found(message: str, span: Span, other: Span, hint: str = "keep one of the two") -> Diagnostic:
    related = (Related("the other one", other),)
    return Diagnostic("contradictory-expectations", message, span, hint, related=related)


def _given(case: Case) -> object:
    """Return what a case gives, by what is written: the same words give the same borrower."""
    given = case.given
    return (
        case.as_of and case.as_of.text,
        given.profile and given.profile.text,
        given.loan and given.loan.text,
        sorted((path, _plain(node)) for path, node in given.changed.items()),
        sorted(name.text for name in given.without),
        given.inline and _plain(given.inline),
    )


def _plain(node: Node) -> str:
    if isinstance(node, Scalar):
        return repr(node.text)
    if isinstance(node, Mapping):
        return repr(sorted((key.text, _plain(value)) for key, value in node))
    assert isinstance(node, Sequence)  # noqa: S101  # there is no fourth kind
    return repr([_plain(item) for item in node.items])
