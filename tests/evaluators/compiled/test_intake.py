"""A raw mapping is screened at once exactly where the ordinary reading would read the same of it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from random import Random
from typing import Any

import borrowers
import generated_profiles
import pytest
import tiny

import policyengine as pe
from policyengine.evaluators.compiled.from_program import conditions_of
from policyengine.evaluators.compiled.intake import Intake, intake_of
from policyengine.evaluators.compiled.taking import NOT_AS_USUAL
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency

#: Conditions that read a fact of every type, the loans as a list, and lists within lists.
READING = """\
conditions:
  one: {that: x.flag and x.n > 1 and x.q > 0 and x.cash > 1 and x.rate > 1%, because: {en: It is so., zh: 如此。}}
  two: {that: x.days > 1 day and x.term > 1 month and x.day < x.end, because: {en: It is so., zh: 如此。}}
  three: {that: 'x.word == "a" and x.colour == "red"', because: {en: It is so., zh: 如此。}}
  four: {that: count(i in x.items where i.cash > 1 and i.day > x.day) > 0, because: {en: It is so., zh: 如此。}}
  five: {that: loan.payment > 1 and loan.due_day > 3, because: {en: It is so., zh: 如此。}}
  six: {that: sum(l.principal for l in loans) > 1, because: {en: It is so., zh: 如此。}}
  seven: {that: any(i in loan.items where any(p in i.parts where p.n > 0)), because: {en: It is so., zh: 如此。}}
"""
PLANS = """\
plans:
  all:
    title: {en: All, zh: 全部}
    require: [one, two, three, four, five, six, seven]
    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}
"""
EVALUATORS = {
    name: tiny.policies(READING, PLANS, evaluator=name)["tiny"]
    for name in ("reference", "compiled")
}
TINY = intake_of(conditions_of(EVALUATORS["compiled"].program))
LENDERS = pe.load(borrowers.FOLDER.parent, evaluator="compiled")


class Word(StrEnum):
    RED = "red"


class Shout(str):
    """A text of another class."""

    __slots__ = ()


ODD: list[Any] = [
    None, True, False, 0, 1, -1, 30, 10**9, 10**18, 10**29, 10**40, 1.5, float("nan"), Fraction(1, 2), b"a",
    Decimal("1.50"), Decimal("1.500"), Decimal("1.505"), Decimal("-0.00"), Decimal("1E+3"), Decimal("1E+18"),
    Decimal("0E-19"), Decimal("0E-30"), Decimal("1E-9"), Decimal("1E-10"), Decimal("1E+999999"), Decimal("1E-999999"),
    Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("92233720368547758.07"),
    Decimal("92233720368547758.08"), Decimal("0." + "0" * 31), Decimal(123456789012345678901234567890),
    "", " ", "unknown", "null", "~", "red", "Red", "a", "é", "\ud800", "\n", "45 days", "1 year", "12", "1.50",
    "14.452%", "CNY", "USD", "true", "2024-11-20", "20241120", "2024-W01-1", "2024-02-30", "1899-12-31", "2200-01-01",
    "2024-1-20",
    date(2024, 11, 20), date(1899, 12, 31), date(2200, 1, 1), datetime(2024, 11, 20, 9),  # noqa: DTZ001
    Word.RED, Shout("red"), [], (), [None], [{}], [{"n": 1}], [{"m": 1}], [1], {}, {"n": 1}, set(),
]  # fmt: skip


def usual(seed: int) -> dict[str, Any]:
    """Return a made-up borrower with one loan; lists within lists are empty."""
    made = generated_profiles.made(seed)
    for record in (made["x"], made["loans"][0]):
        for item in record.get("items", ()):
            item["parts"] = []
    return made | {"loans": made["loans"][:1]}


def changed(profile: dict[str, Any], random: Random) -> dict[str, Any]:
    """Return a profile with something said otherwise, left out, misspelt, or said twice."""
    found = deepcopy(profile)
    for _ in range(random.choice([0, 1, 1, 1, 2])):
        random.choice(CHANGES)(found, random)
    return found


def _records(profile: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all mappings of a profile."""
    found, queue = [], [profile]
    while queue:
        here = queue.pop()
        found.append(here)
        for each in here.values():
            members = each if isinstance(each, list) else [each]
            queue += [member for member in members if isinstance(member, dict)]
    return found


def _odd_value(profile: dict[str, Any], random: Random) -> None:
    record = random.choice([r for r in _records(profile) if r])
    record[random.choice(sorted(record))] = random.choice(ODD)


def _new_field(profile: dict[str, Any], random: Random) -> None:
    names = [*generated_profiles.X, *generated_profiles.LOAN, "due_day", "age", "loan", "currency"]
    random.choice(_records(profile))[random.choice(names)] = random.choice(ODD)


def _misspelt(profile: dict[str, Any], random: Random) -> None:
    record = random.choice([r for r in _records(profile) if r])
    name = random.choice(sorted(record))
    record[random.choice([f"{name}s", Shout(name), name.upper()])] = record.pop(name)


def _gone(profile: dict[str, Any], random: Random) -> None:
    record = random.choice([r for r in _records(profile) if r])
    record.pop(random.choice(sorted(record)))


def _loans(profile: dict[str, Any], random: Random) -> None:
    loans = profile.get("loans") or [{}]
    if random.random() < 0.5:
        profile["loan"] = profile.pop("loans", [{}])
        profile["loan"] = loans[0] if isinstance(loans, list) else loans
    else:
        profile["loans"] = random.choice([[], (), tuple(loans), [*loans, *loans], loans[0]])


CHANGES: list[Callable[[dict[str, Any], Random], None]] = [
    _odd_value, _odd_value, _odd_value, _new_field, _misspelt, _gone, _loans,
]  # fmt: skip


def answer(policy: pe.Policy, profile: Any, as_of: date | None) -> object:
    """Return what a policy says to a profile: its masks, or everything that is wrong."""
    try:
        screening = policy.screen(profile, as_of=as_of)
    except pe.PolicyEngineError as error:
        return type(error), error.diagnostics
    return screening.failed_masks, screening.unknown_masks


@pytest.mark.parametrize("part", range(4))
def test_it_says_what_the_ordinary_reading_says(part: int) -> None:
    at_once = refused = 0
    for seed in range(part * 500, part * 500 + 500):
        random = Random(seed)
        profile = changed(usual(seed), random)
        as_of: Any = random.choice([None, None, None, date(2024, 11, 9), datetime(2024, 11, 9)])  # noqa: DTZ001
        want = answer(EVALUATORS["reference"], profile, as_of)
        assert answer(EVALUATORS["compiled"], profile, as_of) == want, (seed, profile)
        at_once += taken(TINY, profile, as_of) is not None
        refused += want[0] is pe.ProfileError  # type: ignore[index]
    assert at_once > 100
    assert refused > 100


@pytest.mark.parametrize("name", sorted(borrowers.EXAMPLES))
def test_what_it_takes_of_the_examples_is_what_is_read(name: str) -> None:
    profile = typed(borrowers.EXAMPLES[name])
    for loan in profile.get("loans") or [profile["loan"]]:
        alone = {k: v for k, v in profile.items() if k not in ("loan", "loans")} | {"loans": [loan]}
        for program in LENDERS.programs:
            assert_same(intake_of(conditions_of(program)), alone)


def taken(intake: Intake, profile: Any, as_of: date | None = None) -> Any:
    try:
        return intake.read(profile, as_of)
    except NOT_AS_USUAL:
        return None


def typed(value: Any) -> Any:
    """Return a profile with rates and times as numbers, as programs give them."""
    if isinstance(value, dict):
        return {key: typed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [typed(each) for each in value]
    if isinstance(value, str) and value.endswith("%"):
        return Decimal(value.removesuffix("%")) / 100
    if isinstance(value, str) and value.endswith((" days", " months", " years")):
        number, unit = value.split()
        return int(number) * (12 if unit == "years" else 1)
    whole = isinstance(value, Decimal) and value.as_tuple().exponent == 0
    return int(value) if whole else value


def assert_same(intake: Intake, profile: dict[str, Any]) -> None:
    program = intake.conditions.program
    found = taken(intake, profile)
    if profile.get("currency") not in (None, program.currency):
        assert found is None
        return
    facts = facts_from(
        pe.Profile.from_mapping(profile), program.dictionary, currency(program.currency), None
    )
    if not program.in_force(facts.as_of):
        assert found is None
        return
    inputs = intake.conditions.layout.inputs(facts.about(0))
    assert found == (inputs.as_of, inputs.values, inputs.complete)


def test_what_is_usual_is_taken_at_once() -> None:
    assert sum(TINY.screen(usual(seed), None) is not None for seed in range(50)) > 40
    assert TINY.screen(usual(0), date(2024, 11, 9)) is not None
    for place in range(5):
        profile = typed(borrowers.single(place))
        found = [intake_of(conditions_of(p)).screen(profile, None) for p in LENDERS.programs]
        assert sum(screening is not None for screening in found) == 1


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_odd_value_is_taken_as_it_is_read_or_not_at_all(odd: Any) -> None:
    for field in (*generated_profiles.X, "items"):
        profile = {"as_of": tiny.AS_OF, "x": {field: odd}, "loan": {"id": "L"}}
        found = taken(TINY, profile)
        if found is not None:
            given = pe.Profile.from_mapping(profile)
            facts = facts_from(given, TINY.conditions.program.dictionary, currency("CNY"), None)
            inputs = TINY.conditions.layout.inputs(facts.about(0))
            assert found == (inputs.as_of, inputs.values, inputs.complete), field
            assert list(map(type, found[1])) == list(map(type, inputs.values)), field


def test_a_policy_out_of_force_is_left_to_the_ordinary_reading() -> None:
    body = "effective: {from: 2024-01-01, until: 2024-06-30}\n" + READING
    policy = tiny.policies(body, PLANS, evaluator="compiled")["tiny"]
    intake = intake_of(conditions_of(policy.program))
    days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 6, 30), date(2024, 7, 1)]
    assert [intake.screen(usual(0), day) is not None for day in days] == [False, True, True, False]
    with pytest.raises(pe.UsageError, match="applies to no loan"):
        policy.screen(usual(0))


def test_a_policy_that_does_not_apply_is_left_to_the_ordinary_reading() -> None:
    policy = tiny.policies("applies_to: x.flag\n" + READING, PLANS, evaluator="compiled")["tiny"]
    intake = intake_of(conditions_of(policy.program))
    for flag, there in ((True, True), (False, False)):
        profile = usual(0)
        profile["x"]["flag"] = flag
        assert (intake.screen(profile, None) is not None) is there


def test_a_traceback_shows_the_source() -> None:
    try:
        TINY.read({}, None)
    except NOT_AS_USUAL:
        shown = traceback.format_exc()
    assert "<tiny, intake>" in shown
    assert "profile.get('as_of')" in TINY.source
