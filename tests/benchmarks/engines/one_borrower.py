"""One borrower under ten plans of six conditions: which plans, and for the others all conditions that fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from compare_screening import POLICIES, borrowers

import policyengine as pe
from engines import in_python, with_cel, with_durable_rules, with_rule_engine, with_zen
from engines.conditions import Answer, Conditions, Loan, conditions_of
from engines.measuring import Row, Way, compared, installed
from policyengine.evaluators.base import Prepared

Builders = list[Callable[[], list[Way]]]
_Ids = Mapping[str, tuple[str, ...]]
#: The plans that are allowed, and what fails and what is not known of the others.
Screened = tuple[tuple[str, ...], _Ids, _Ids]


def measured(passes: int) -> tuple[list[Row], list[str]]:
    """Return what each way takes, and what is left out and why; all give the same answers, or it fails."""
    compiled = pe.load(POLICIES, evaluator="compiled")["hardship"]
    given = list(borrowers(compiled.policies))
    loans = plain_loans(given)
    conditions = conditions_of(compiled.program)
    ways, skipped = installed(builders(conditions, loans[0]))
    ways[1:1] = _own(compiled, [{"as_of": "2024-11-20", "loan": loan} for loan in given])
    check(ways, loans)
    return compared(ways, loans, passes), skipped


def plain_loans(loans: Iterable[Loan]) -> list[Loan]:
    """Return borrowers as the engines read them: the loan to value is a float."""
    return [{**loan, "ltv": float(loan["ltv"])} for loan in loans]


def builders(conditions: Conditions, example: Loan) -> Builders:
    """Return what builds the ways of each engine."""
    return [
        lambda: in_python.ways(conditions),
        lambda: with_zen.ways(conditions, example),
        lambda: with_cel.ways(conditions),
        lambda: with_durable_rules.ways(conditions),
        lambda: with_rule_engine.ways(conditions),
    ]


def check(ways: list[Way], loans: list[Any]) -> None:
    """Fail where a way does not say the same as the first, for any borrower."""
    expected = [ways[0].shown(ways[0].run(loan)) for loan in loans]
    for way in ways[1:]:
        found = [way.shown(way.run(each)) for each in way.given or loans]
        assert found == expected, f"{way.name} says something else"


def _own(policy: pe.policy_set.Policy, profiles: list[Any]) -> list[Way]:
    typed = [policy.prepare(profile) for profile in profiles]
    return [
        Way("compiled, typed facts", _read, typed, ours=True, shown=_plain),
        Way(
            "compiled, raw mapping, validated",
            lambda profile: _read(policy.prepare(profile)),
            profiles,
            ours=True,
            shown=_plain,
        ),
    ]


def _read(prepared: Prepared) -> Screened:
    screening = prepared.screen()
    return screening.eligible, screening.failed, screening.unknown


def _plain(screened: Screened) -> Answer:
    """Return an answer in the form of the others, which know nothing of what is not known."""
    eligible, failed, unknown = screened
    assert not unknown
    return list(eligible), {plan: list(ids) for plan, ids in failed.items()}
