"""What a record says, and what it never does."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import tiny
from borrowers import EXAMPLES, FIVE, facts_of, near_thresholds, with_fact
from hypothesis import given
from hypothesis import strategies as st

import policyengine as pe
from policyengine.record import MaskingError
from policyengine.record.canonical import opened
from policyengine.record.make import _Making
from policyengine.record.mask import WITHHELD, Mask

SALT = bytes(range(32))
MR_LI = EXAMPLES["mr-li"]


def every(value: Any) -> Iterator[Any]:
    """Yield everything in a record that is no mapping or list."""
    if isinstance(value, dict):
        for each in value.values():
            yield from every(each)
    elif isinstance(value, list):
        for each in value:
            yield from every(each)
    else:
        yield value


def facts_at(policies: pe.PolicySet, profile: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the path and value of every sensitive fact of a profile, found without the library's own search."""
    dictionary = policies.dictionary
    for path in facts_of(profile):
        names = [step for step in path if isinstance(step, str)]
        value: Any = profile
        for step in path:
            value = value[step]
        top = ".".join(["loan" if names[0] == "loans" else names[0], *names[1:2]])
        fact = dictionary.facts.get(top)
        if fact is not None and fact.sensitive and not isinstance(value, (list, dict)):
            yield path, value


def spelled(value: Any) -> set[str]:
    """Return the ways to write an amount, a word or a text."""
    if isinstance(value, bool):
        return set()
    if isinstance(value, (int, Decimal)) or re.fullmatch(r"[0-9.]+", str(value)):
        plain = format(Decimal(value).normalize(), "f")
        return {plain, f"{Decimal(value):.2f}", f"{Decimal(value):,.2f}"}
    return {str(value)}


def assert_says_nothing_of(record: bytes, values: dict[Any, Any]) -> None:
    content = json.loads(record)
    content.pop("inputs")
    texts = [each for each in every(content) if isinstance(each, str)]
    numbers = {token for text in texts for token in re.findall(r"\d+(?:\.\d+)?", text)}
    hashes = {token for text in texts if re.search("[0-9a-f]{64}", text) for token in [text]}
    said = " ".join(text for text in texts if text not in hashes)
    for path, value in values.items():
        for form in spelled(value):
            if re.fullmatch(r"[0-9.,]+", form):
                telling = len(re.sub(r"\D", "", form)) >= 4 and Decimal(value) != 0
                assert not (telling and form in numbers and form in said), path
            elif len(form) > 4:
                assert form not in texts, path


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_no_example_has_a_sensitive_fact_in_its_record(lenders: pe.PolicySet, name: str) -> None:
    record = lenders.record(EXAMPLES[name], salt=SALT)
    sensitive = dict(facts_at(lenders, EXAMPLES[name]))
    assert sensitive
    assert_says_nothing_of(record, sensitive)


@given(near_thresholds())
def test_no_generated_borrower_has_one(lenders: pe.PolicySet, profile: dict[str, Any]) -> None:
    record = lenders.record(profile, salt=SALT)
    assert_says_nothing_of(record, dict(facts_at(lenders, profile)))


@given(near_thresholds(), st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_no_byte(
    lenders: pe.PolicySet, profile: dict[str, Any], chance: random.Random
) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            keys = sorted(value)
            chance.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        return [shuffled(each) for each in value] if isinstance(value, list) else value

    assert lenders.record(shuffled(profile), salt=SALT) == lenders.record(profile, salt=SALT)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_record_agrees_with_the_decision(lenders: pe.PolicySet, name: str) -> None:
    record = opened(lenders.record(EXAMPLES[name], salt=SALT))
    assessment = lenders.decide(EXAMPLES[name])
    assert record["as_of"] == assessment.as_of.isoformat()
    assert record["engine"] == assessment.engine
    pairs = list(zip(record["decisions"], assessment.decisions, strict=True))
    assert pairs
    for recorded, decision in pairs:
        assert recorded["digest"] == decision.digest
        assert recorded["outcome"] == decision.outcome
        assert recorded["asks"] == list(decision.asks)
        for plan, decided in zip(recorded["plans"], decision.plans, strict=True):
            assert plan["status"] == decided.status
            assert ("terms" in plan) is (decided.terms is not None)
            if decided.terms is not None:
                assert plan["terms"]["term_months"] == decided.terms.term_months
                payment = plan["terms"]["payment"]
                assert payment in (format(decided.terms.payment, "f"), dict(WITHHELD))
            rules = {reason.rule: reason.holds for reason in decided.reasons}
            for rule in plan["rules"]:
                assert rule["holds"] in (rules[rule["rule"]], dict(WITHHELD))


def test_a_regulation_has_one_digest_in_every_policy(lenders: pe.PolicySet) -> None:
    digests: dict[str, set[str]] = {}
    for decision in opened(lenders.record(FIVE, salt=SALT))["decisions"]:
        for regulation, digest in decision["regulations"].items():
            digests.setdefault(regulation, set()).add(digest)
    assert len(digests) > 1
    assert {len(found) for found in digests.values()} == {1}
    assert len(set.union(*digests.values())) == len(digests)


def test_a_denied_plan_has_what_is_missing_for_an_offer(lenders: pe.PolicySet) -> None:
    seen = 0
    for name in sorted(EXAMPLES):
        decided = lenders.decide(EXAMPLES[name]).decisions
        record = opened(lenders.record(EXAMPLES[name], salt=SALT))
        for recorded, decision in zip(record["decisions"], decided, strict=True):
            for plan, found in zip(recorded["plans"], decision.plans, strict=True):
                assert ("shortfall" in plan) is (found.shortfall is not None)
                seen += "shortfall" in plan
                for limit, each in zip(
                    plan["shortfall"]["limits"] if found.shortfall else (),
                    found.shortfall.limits if found.shortfall else (),
                    strict=True,
                ):
                    assert (limit["step"], limit["setting"]) == (each.step, each.setting)
                    assert limit["limit"] in (each.limit, dict(WITHHELD))
                    assert limit["enough"] in (each.enough, dict(WITHHELD))
    assert seen > 2


# What stands on sensitive facts, in a small world

VOCABULARY = tiny.VOCABULARY
for _fact in (
    "x.cash: {type: money",
    "x.flag: {type: boolean",
    "x.word: {type: text",
    "x.colour: {type: enum",
):
    assert _fact in VOCABULARY
    VOCABULARY = VOCABULARY.replace(_fact, f"{_fact}, sensitive: true")
VOCABULARY = VOCABULARY.replace(
    "    cash: {type: money", "    cash: {type: money, sensitive: true"
).replace("x.items: {type: list", "x.items: {type: list, sensitive: false")


def small(require: str, derive: str = "") -> pe.PolicySet:
    body = tiny.offer("- term: {exactly: 12}", "plan.payment >= 0")
    rule = f"    require:\n      - {{id: rule, that: {tiny.quoted(require)}, {tiny.BECAUSE}}}\n"
    title = "    title: {en: Relief, zh: 纾困}\n"
    return tiny.policies(derive, body.replace(title, title + rule), vocabulary=VOCABULARY)


PROFILE = {
    "as_of": "2024-11-20",
    "x": {
        "n": 7,
        "m": 5,
        "cash": Decimal("4321.00"),
        "cost": Decimal("4321.00"),
        "flag": True,
        "word": "gangrene",
        "colour": "red",
        "days": 30,
        "items": [{"cash": Decimal("8765.43"), "n": 3}],
    },
    "loan": {
        "id": "L",
        "principal": Decimal(1200),
        "annual_rate": "0%",
        "remaining_term": 12,
        "next_due": "2024-12-15",
        "method": "level",
    },
}


def rule_of(require: str, derive: str = "") -> dict[str, Any]:
    record = opened(small(require, derive).record(PROFILE, salt=SALT))
    found: dict[str, Any] = record["decisions"][0]["plans"][0]["rules"][0]
    assert found["rule"] == "rule"
    return found


def test_a_comparison_of_open_facts_is_there_with_its_values() -> None:
    (compared,) = rule_of("x.n >= 5")["comparisons"]
    expected = {"operator": ">=", "left": 7, "right": 5, "headroom": 2, "holds": True}
    assert compared == expected


def shortfall_of(
    until: str,
    step: str = "- term: {up_to: +3, step: 1}",
    vocabulary: str = VOCABULARY,
    cash: Decimal = Decimal("4321.00"),
) -> Any:
    """What the record says is missing: 1,200 without interest over 12 months, 80.00 a month at the least."""
    policies = tiny.policies("", tiny.offer(step, tiny.quoted(until)), vocabulary=vocabulary)
    profile = with_fact(PROFILE, ("x", "cash"), cash)
    (plan,) = opened(policies.record(profile, salt=SALT))["decisions"][0]["plans"]
    assert plan["status"] == "denied"
    return plan["shortfall"]


def test_how_far_a_limit_would_have_to_move_is_there() -> None:
    found = shortfall_of("plan.payment <= 70")
    (miss,) = found.pop("misses")
    (limit,) = found.pop("limits")
    assert miss.pop("code", "") == "UNAFFORDABLE"
    sides = {"left": "80.00", "right": "70.00", "short_by": "10.00"}
    assert miss == {"rule": "until_1", "operator": "<="} | sides
    expected = {"step": "term", "setting": "months_added", "enough": 6, "limit": 3}
    assert limit.pop("looked_to") >= 6
    assert limit == expected
    assert found == {"levers": {"term": {"months_added": 3}}, "payment": "80.00"}


def test_of_what_a_rule_misses_of_a_sensitive_amount_nothing_is_there() -> None:
    (miss,) = shortfall_of("plan.payment * 100 <= x.cash")["misses"]
    assert miss["sides"] == dict(WITHHELD)
    assert not miss.keys() & {"left", "right", "short_by"}


def test_which_rule_is_missed_is_withheld_where_that_would_say_the_fact() -> None:
    found = shortfall_of('plan.payment <= 5 or x.word == "health"')
    assert found["misses"] == [dict(WITHHELD)]


def test_amounts_that_follow_from_a_sensitive_balance_are_withheld() -> None:
    vocabulary = VOCABULARY.replace("loan.principal: {", "loan.principal: {sensitive: true, ")
    found = shortfall_of("plan.payment <= 70", vocabulary=vocabulary)
    assert found["payment"] == dict(WITHHELD)
    assert found["levers"] == {"term": {"months_added": 3}}
    assert found["limits"][0]["enough"] == 6


def test_settings_that_follow_from_a_sensitive_fact_are_withheld() -> None:
    found = shortfall_of("plan.payment <= 70", "- forbear: {up_to: x.cash / 100, step: 1}")
    assert (found["levers"], found["payment"]) == (dict(WITHHELD), dict(WITHHELD))
    (limit,) = found["limits"]
    hidden = {name: dict(WITHHELD) for name in ("limit", "enough", "looked_to")}
    assert limit == {"step": "forbear", "setting": "amount", **hidden}


def test_a_nearest_payment_equal_to_a_sensitive_amount_is_withheld() -> None:
    assert shortfall_of("plan.payment <= 70", cash=Decimal("80.00"))["payment"] == dict(WITHHELD)


DERIVE = "derive:\n  surplus: x.cash - x.cost\n  deep: surplus * 2\n"


@pytest.mark.parametrize(
    "expression",
    [
        "x.cash >= 100",
        "100 <= x.cash",
        "x.cash + x.cost > 5",
        "surplus >= 0",
        "deep / 2 <= 5",
        "(if x.cash > 5 then 3 else x.n) >= 3",
        "max(x.cash, x.cost) >= 5",
        "sum(i.cash for i in x.items) >= 100",
        "count(i in x.items where i.cash > 0) >= 1",
    ],
)
def test_of_a_comparison_of_sensitive_amounts_only_its_truth_is_there(expression: str) -> None:
    rule = rule_of(expression, DERIVE)
    assert rule["holds"] is True
    (compared,) = rule["comparisons"]
    assert compared.keys() == {"operator", "holds", "sides"}
    assert (compared["holds"], compared["sides"]) == (True, dict(WITHHELD))


@pytest.mark.parametrize(
    "expression",
    [
        "x.flag",
        "not x.flag",
        "x.flag or x.n > 100",
        'x.colour == "red"',
        'x.colour in {"red", "green"}',
        'x.word == "gangrene"',
        "x.cash == 4321",
        "x.cash != 4321.00",
        "surplus == 0",
        "(if x.flag then 3 else 5) > 3",
    ],
)
def test_where_the_truth_would_say_the_fact_it_is_withheld(expression: str) -> None:
    rule = rule_of(expression, DERIVE)
    assert rule["holds"] == dict(WITHHELD)
    for compared in rule.get("comparisons", ()):
        open_side = "x.n" in expression
        assert compared["holds"] == dict(WITHHELD) or open_side


def test_an_open_amount_equal_to_a_sensitive_one_is_withheld() -> None:
    (compared,) = rule_of("x.cost >= 5")["comparisons"]
    assert compared["left"] == dict(WITHHELD)
    assert compared["right"] == "5.00"


@pytest.mark.parametrize(
    ("when", "said"),
    [("known(x.word)", True), ("x.n > 9", False), ("x.flag", WITHHELD), ("x.cash > 5", True)],
)
def test_a_referral_is_open_where_it_says_no_sensitive_fact(when: str, said: object) -> None:
    """That a fact is given is open: its commitment is there."""
    advice = f"title: {{en: Advice, zh: 建议}}, when: {tiny.quoted(when)}, {tiny.BECAUSE}"
    policies = tiny.policies(
        f"referrals:\n  advice: {{{advice}}}\n", tiny.PLANS, vocabulary=VOCABULARY
    )
    (decision,) = opened(policies.record(PROFILE, salt=SALT))["decisions"]
    (referral,) = decision["referrals"]
    assert referral["holds"] == said


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        ("4321.00", True),
        ("4321", True),
        ("-4321.0", True),
        ("a fee of 4321.00 in all", True),
        ("4321.01", False),
        ("14321.00", False),
        ("4321.00.1", True),
        (4321, False),
        (9999, True),
        (12, False),
        (None, False),
        (True, False),
        ("Gangrene of a toe", True),
        ("ai", True),
        ("maintain", False),
    ],
)
def test_a_mask_hides_what_is_equal_to_a_sensitive_value(value: Any, hidden: bool) -> None:
    mask = Mask(frozenset({4321}), frozenset({9999}), frozenset({"gangrene", "ai"}))  # type: ignore[arg-type]
    assert (mask.masked(value) == dict(WITHHELD)) is hidden
    assert mask.masked({"a": [value]}) == {"a": [mask.masked(value)]}


# Where masking fails


def unmasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mask, "masked", lambda _, value: value)


def test_a_record_that_would_say_a_sensitive_amount_is_never_made(
    lenders: pe.PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = with_fact(MR_LI, ("loans", 0, "payment"), Decimal("4664.55"))
    assert b"4664.55" not in lenders.record(profile, salt=SALT)
    unmasked(monkeypatch)
    with pytest.raises(MaskingError) as refused:
        lenders.record(profile, salt=SALT)
    assert "`loans[0].payment`" in str(refused.value)
    assert "/terms/" in str(refused.value)
    assert "4664" not in str(refused.value)


@pytest.mark.parametrize(
    ("leaked", "path"),
    [
        ("4321.00", "x.cash"),
        ("4321", "x.cash"),
        ("04321.000", "x.cash"),
        ("of 4321.00!", "x.cash"),
        ("8765.43", None),
        ("has Gangrene", "x.word"),
        ("red", "x.colour"),
        ("4321.5", None),
        ("54321", None),
        ("true", None),
    ],
)
@pytest.mark.parametrize("name", ["status", "anything"])
def test_the_independent_look_sees_what_the_mask_let_through(
    monkeypatch: pytest.MonkeyPatch, leaked: str, path: str | None, name: str
) -> None:
    policies, made = small("x.n >= 5"), _Making.content

    def leaking(making: _Making) -> dict[str, Any]:
        content = made(making)
        content["decisions"][0]["plans"][0]["terms"]["figures"] = {name: [{"a": leaked}]}
        return content

    if leaked == "8765.43":
        path = "x.items[0].cash"
    monkeypatch.setattr(_Making, "content", leaking)
    if path is None:
        assert policies.record(PROFILE, salt=SALT)
        return
    with pytest.raises(MaskingError, match=re.escape(f"`{path}`")) as refused:
        policies.record(PROFILE, salt=SALT)
    assert not any(value in str(refused.value) for value in ("4321", "8765", "angrene", "red`"))


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_independent_look_never_stops_an_honest_record(
    lenders: pe.PolicySet, name: str
) -> None:
    """Facts equal to amounts of the terms, to parameters and to open facts are withheld, not stumbled over."""
    profile = EXAMPLES[name]
    amounts = [
        each
        for each in every(opened(lenders.record(profile, salt=SALT))["decisions"])
        if isinstance(each, str) and re.fullmatch(r"[0-9]+\.[0-9]{2}", each)
    ]
    paths = [path for path, value in facts_at(lenders, profile) if isinstance(value, Decimal)]
    for path, amount in zip(paths * 5, sorted(set(amounts)), strict=False):
        changed = with_fact(profile, path, Decimal(amount))
        assert lenders.record(changed, salt=SALT)
