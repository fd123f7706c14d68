"""Expectations that no policy can meet together: within a case, between two cases, and between two laws.

Two cases are compared where they give the same borrower, in one file or in two of the same policy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

from policyengine.diagnostics import Diagnostic, PolicyEngineError, Related
from policyengine.loading import TestsInFile
from policyengine.model.laws import WrittenLaw
from policyengine.model.test_file import Case
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence
from policyengine.testing.given import prepared
from policyengine.testing.places import key_before, value_after


def contradictions(tests: TestsInFile, before: Iterable[TestsInFile] = ()) -> Iterator[Diagnostic]:
    """Yield a finding for each expectation that another one contradicts.

    Args:
        tests: The file that is looked at.
        before: Other files of the same policy.
    """
    known: dict[str, list[Case]] = defaultdict(list)
    for file in before:
        for case in file.form.cases:
            known[_given(case, file)].append(case)
    for case in tests.form.cases:
        yield from _within(case)
        given = _given(case, tests)
        for one in known[given]:
            yield from _between(one, case)
        known[given].append(case)
    for first, second in combinations(tests.form.laws, 2):
        yield from _opposite(first, second)


def _within(case: Case) -> Iterator[Diagnostic]:
    """An outcome is `offer` exactly where a plan is allowed; a policy that does not apply decides nothing."""
    outcome, plans = case.expect.outcome, case.expect.plans
    if case.expect.applies is False and (outcome or plans):
        message = "nothing is decided where the policy does not apply"
        yield Diagnostic(
            "contradictory-expectations",
            message,
            value_after("applies", case.expect.span),
            "expect nothing else, or take `applies: false` away",
        )
    allowed = next((name for name, plan in plans.items() if plan.status == "allowed"), None)
    if allowed and outcome not in (None, "offer"):
        message = f"the outcome cannot be `{outcome}` where the plan `{allowed}` is allowed"
        span = value_after("outcome", case.expect.span)
        yield _found(message, span, key_before(allowed, plans[allowed].span, case.expect.span))


def _between(one: Case, other: Case) -> Iterator[Diagnostic]:
    first, second = one.expect, other.expect
    if False in (first.applies, second.applies) and first.applies != second.applies:
        message = (
            f"`{one.name.text}` says otherwise whether the policy applies to the same borrower"
        )
        yield _found(message, other.name.span, one.name.span)
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


def _given(case: Case, tests: TestsInFile) -> str:
    """Return what a case gives, by what is written: the same words give the same borrower."""
    given = case.given
    day = case.as_of.text if case.as_of else None
    loan = given.loan.text if given.loan else None
    if given.profile is None or given.profile.text in tests.form.profiles:
        try:
            tree = prepared(given, tests, Path(), lambda _: ()).profile.root
            return repr((day or _day(tree), loan, _plain(tree, without=("as_of",))))
        except PolicyEngineError:  # it is refused where it is run
            return repr(case.span)
    path = (tests.path.parent / given.profile.text).resolve()
    changed = sorted((path, _plain(node)) for path, node in given.changed.items())
    return repr((day, loan, str(path), changed, sorted(name.text for name in given.without)))


def _day(profile: Mapping) -> str | None:
    found = profile.get("as_of")
    return found.text if isinstance(found, Scalar) else None


def _plain(node: Node, without: tuple[str, ...] = ()) -> str:
    if isinstance(node, Scalar):
        return repr(node.text)
    if isinstance(node, Mapping):
        return repr(sorted((k.text, _plain(value)) for k, value in node if k.text not in without))
    assert isinstance(node, Sequence)  # noqa: S101  # there is no fourth kind
    return repr([_plain(item) for item in node.items])
