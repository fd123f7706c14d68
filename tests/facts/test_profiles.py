from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policyengine as pe
from policyengine.facts.facts import Facts
from policyengine.facts.from_profile import MAX_LOANS, facts_from, shown, stated_currency
from policyengine.finance.money import currency
from policyengine.loading import load_files

BASE = Path(__file__).parents[1] / "rejected" / "base"
POLICIES = pe.load(BASE)
DICTIONARY = load_files(BASE).dictionary
LOAN: dict[str, Any] = {"id": "L-1", "principal": Decimal("38165.11"), "days_past_due": 20}


def facts(profile: pe.Profile | Mapping[str, Any], as_of: date | None = None) -> Facts:
    given_ = profile if isinstance(profile, pe.Profile) else pe.Profile.from_mapping(profile)
    return facts_from(given_, DICTIONARY, currency("CNY"), as_of)


def refused(profile: Mapping[str, Any], as_of: date | None = None) -> list[str]:
    with pytest.raises(pe.ProfileError) as error:
        facts({"as_of": date(2024, 11, 20), "loan": LOAN} | dict(profile), as_of)
    return [f"{d.path} {d.code}" for d in error.value.diagnostics]


def test_python_values_are_taken_exactly() -> None:
    found = facts(
        {
            "as_of": date(2024, 11, 20),
            "borrower": {"cooperates": True, "monthly_income": Decimal("1E+3"), "members": 3},
            "hardship": {"duration": "temporary", "expected_months": "3 months"},
            "loans": ({**LOAN, "annual_rate": "14.452%", "next_due": "2024-11-30"},),
        }
    )
    assert found.values == {
        "borrower.cooperates": True,
        "borrower.monthly_income": 1000,
        "borrower.members": 3,
        "hardship.duration": "temporary",
        "hardship.expected_months": 3,
    }
    situation = found.about(0)
    assert situation.loan_id == "L-1"
    assert situation.get("loan.annual_rate") == Fraction(14452, 100000)
    assert situation.get("loan.next_due") == date(2024, 11, 30)
    assert situation.get("borrower.members") == 3
    assert situation.get("loans") == found.loans
    assert found.about(None).get("loan.id") is None
    assert found.about(None).loan_id is None


@pytest.mark.parametrize("missing", [None, "unknown"])
def test_what_is_not_known_is_not_there(missing: str | None) -> None:
    found = facts(
        {
            "as_of": "2024-11-20",
            "borrower": None,
            "hardship": {"duration": missing, "expected_months": missing},
            "loan": {**LOAN, "past_plans": missing, "payment": missing},
        }
    )
    assert found.values == {}
    assert found.about(0).get("loan.payment") is None


@pytest.mark.parametrize("word", ["", "null", "~", "unknown"])
def test_yaml_has_four_words_for_what_is_not_known(word: str) -> None:
    text = f"as_of: 2024-11-20\ncurrency: {word}\nborrower: {word}\nloan: {{id: {word}}}\n"
    found = facts(pe.Profile.from_bytes("b.yaml", text.encode()))
    assert (found.values, found.currency) == ({}, None)
    assert found.about(0).get("loan.id") is None


def test_json_is_read_with_tabs_and_quotes() -> None:
    text = json.dumps(
        {
            "as_of": "2024-11-20",
            "currency": "CNY",
            "hardship": {"duration": "unknown"},
            "loans": [
                {"id": "贷款1", "annual_rate": "14.452%", "payment": 4500.5, "method": "level"}
            ],
        },
        indent="\t",
    )
    profile = pe.Profile.from_bytes("b.json", text.encode())
    found = facts(profile).about(0)
    assert stated_currency(profile) == "CNY"
    assert found.get("loan.id") == "贷款1"
    assert found.get("loan.annual_rate") == Fraction(14452, 100000)
    assert found.get("loan.payment") == Fraction(9001, 2)
    assert found.get("hardship.duration") is None


class Colour(Enum):
    RED = 1


class Duration(StrEnum):
    TEMPORARY = "temporary"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (8000.5, "a binary fraction cannot hold every amount"),
        (float("nan"), "a binary fraction cannot hold every amount"),
        (float("inf"), "a binary fraction cannot hold every amount"),
        (Fraction(1, 3), "a binary fraction cannot hold every amount"),
        pytest.param(10**5000, "the number has more than 40 digits", id="5,000 digits"),
        (Decimal("1E+999999999"), "the number has more than 40 digits"),
        (Decimal("1E-999999999"), "the number has more than 40 digits"),
        ("\ud800", "the text holds half of a character"),
        (b"8000", "neither a number"),
        (bytearray(b"8000"), "neither a number"),
        ({1, 2}, "neither a number"),
        (datetime(2024, 1, 1), "neither a number"),  # noqa: DTZ001  # any is refused
        (Colour.RED, "neither a number"),
        (object(), "neither a number"),
    ],
)
def test_a_python_value_that_is_not_exact_is_refused_without_being_shown(
    value: object, said: str
) -> None:
    with pytest.raises(pe.ProfileError) as error:
        pe.Profile.from_mapping({"borrower": {"monthly_income": value}})
    (found,) = error.value.diagnostics
    assert (found.code, found.path) == ("inexact-value", "borrower.monthly_income")
    assert said in found.message
    assert "8000" not in str(error.value)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (Decimal("NaN"), "not-an-amount"),
        (Decimal("sNaN"), "not-an-amount"),
        (Decimal("-Infinity"), "not-an-amount"),
        (True, "not-an-amount"),
        ("8000", "quoted-value"),
        ("", "empty-value"),
        (Decimal("0.001"), "too-many-decimals"),
        (10**30, "not-an-amount"),
        (10**17, "out-of-range"),
        (-1, "out-of-range"),
        ([], "wrong-shape"),
    ],
)
def test_a_value_that_is_no_amount_is_refused(value: object, code: str) -> None:
    assert refused({"borrower": {"monthly_income": value}}) == [f"borrower.monthly_income {code}"]


@pytest.mark.parametrize("key", [1, None, b"as_of", ("a",), "\ud800"])
def test_a_key_is_text(key: object) -> None:
    with pytest.raises(pe.ProfileError) as error:
        pe.Profile.from_mapping({"borrower": {key: 1}})
    assert (error.value.code, error.value.diagnostics[0].path) == ("bad-key", "borrower")


def test_text_of_another_class_is_text() -> None:
    found = facts(
        {"as_of": "2024-11-20", "hardship": {"duration": Duration.TEMPORARY}, "loan": LOAN}
    )
    assert type(found.values["hardship.duration"]) is str


@pytest.mark.parametrize("profile", [[], "borrower", None, 3])
def test_a_profile_is_a_mapping(profile: Any) -> None:
    with pytest.raises(pe.ProfileError) as error:
        pe.Profile.from_mapping(profile)
    assert error.value.code == "wrong-shape"


def test_a_profile_within_itself_is_too_deep() -> None:
    endless: dict[str, Any] = {}
    endless["borrower"] = endless
    with pytest.raises(pe.ProfileError) as error:
        pe.Profile.from_mapping(endless)
    assert [d.code for d in error.value.diagnostics] == ["too-deep"]


def test_lists_that_share_their_members_do_not_multiply() -> None:
    shared: list[Any] = [0] * 10
    for _ in range(20):
        shared = [shared] * 10
    with pytest.raises(pe.ProfileError) as error:
        pe.Profile.from_mapping({"loans": shared})
    assert [d.code for d in error.value.diagnostics] == ["too-deep"]


def test_the_day_may_be_passed() -> None:
    assert facts({"loan": LOAN}, date(2024, 1, 2)).as_of == date(2024, 1, 2)
    both = {"as_of": date(2023, 1, 1), "loan": LOAN}
    assert facts(both, date(2024, 1, 2)).as_of == date(2024, 1, 2)
    assert refused({"as_of": "soon"}, date(2024, 1, 2)) == ["as_of not-a-date"]


@pytest.mark.parametrize("day", ["2024-01-02", 20240102, datetime(2024, 1, 2)])  # noqa: DTZ001
def test_a_day_that_is_no_date_is_refused(day: Any) -> None:
    assert refused({}, day) == ["as_of not-a-date"]


@pytest.mark.parametrize(
    ("profile", "findings"),
    [
        ({"as_of": None}, ["as_of missing-date"]),
        ({"as_of": [1]}, ["as_of wrong-shape"]),
        ({"as_of": "1899-12-31"}, ["as_of out-of-range"]),
        ({"loan": None}, ["loans no-loans"]),
        ({"loan": None, "loans": None}, ["loan contradictory-keys"]),
        ({"loan": 3}, ["loan wrong-shape"]),
        ({"loan": {"past_plans": [3]}}, ["loan.past_plans[0] wrong-shape"]),
        ({"loan": {"past_plans": [{"started": "x"}]}}, ["loan.past_plans[0].started not-a-date"]),
        ({"borrower": {"members": 21}}, ["borrower.members out-of-range"]),
        ({"borrower": 3}, ["borrower wrong-shape"]),
        ({"borrower": {"diagnosis": ""}}, ["borrower.diagnosis empty-value"]),
        ({"hardship": {"duration": ""}}, ["hardship.duration empty-value"]),
        ({"bank": {}}, ["bank unknown-field"]),
        ({"currency": ["CNY"]}, ["currency wrong-shape"]),
    ],
)
def test_what_is_wrong_is_named_by_its_path(
    profile: Mapping[str, Any], findings: list[str]
) -> None:
    given_ = {"as_of": "2024-11-20", "loan": LOAN} | dict(profile)
    if "loans" in profile:
        given_["loan"] = None
    with pytest.raises(pe.ProfileError) as error:
        facts(given_)
    assert [f"{d.path} {d.code}" for d in error.value.diagnostics] == findings
    assert all(d.span is None for d in error.value.diagnostics)


def test_loans_have_names_of_their_own_and_an_end() -> None:
    many = {"as_of": "2024-11-20", "loans": [{"id": f"L{i}"} for i in range(MAX_LOANS)]}
    assert len(facts(many).loans or ()) == MAX_LOANS
    with pytest.raises(pe.ProfileError) as error:
        facts({**many, "loans": [*many["loans"], {}]})
    assert error.value.code == "file-too-large"
    with pytest.raises(pe.ProfileError) as error:
        facts({**many, "loans": [{"id": "A"}, {}, {"id": "A"}]})
    assert [f"{d.path} {d.code}" for d in error.value.diagnostics] == ["loans[2].id repeated-name"]


SECRET = st.text("0123456789abcxyz延", min_size=3, max_size=12).map(lambda text: f"Q{text}")


@given(st.sampled_from(["borrower.monthly_income"]), SECRET)
def test_a_sensitive_value_is_never_repeated(path: str, secret: str) -> None:
    record, field = path.split(".")
    with pytest.raises(pe.ProfileError) as error:
        facts({"as_of": "2024-11-20", record: {field: secret}, "loan": LOAN})
    assert secret not in str(error.value)
    assert path in str(error.value)


def test_the_lines_of_a_profile_are_confidential() -> None:
    with pytest.raises(pe.ProfileError) as error:
        facts(pe.Profile.from_bytes("b.yaml", b"borrower: {monthly_incme: 8000}\n"))
    assert error.value.span is not None
    assert error.value.span.file.confidential
    with pytest.raises(pe.ProfileError) as error:
        pe.Profile.from_bytes("b.yaml", b"\xff")
    assert error.value.span is not None
    assert error.value.span.file.confidential


def test_a_file_that_cannot_be_opened_is_a_wrong_call(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.yaml", tmp_path, "nul\0"):
        with pytest.raises(pe.UsageError) as error:
            pe.Profile.from_file(path)
        assert error.value.code == "cannot-open"
        assert error.value.hint == "check the path"


def test_a_limit_is_shown_as_it_is_written() -> None:
    assert [shown(value) for value in (Fraction(3), Fraction(1, 2), 20)] == ["3", "0.5", "20"]


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.decimals(),
        st.text(max_size=8),
        st.dates(),
        st.sampled_from(["unknown", "2024-11-20", "temporary", "0.9"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "principal", "past_plans", "started", "borrower", "loan", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["as_of", "currency", "borrower", "hardship", "loan", "loans"]), JSON
    )
)
def test_any_mapping_is_decided_or_refused(profile: dict[str, Any]) -> None:
    try:
        POLICIES.decide(profile)
    except pe.ProfileError as error:
        assert error.diagnostics  # noqa: PT017  # either way is right
        str(error).encode()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_profile_or_refused(content: bytes) -> None:
    try:
        pe.Profile.from_bytes("b.yaml", content)
    except pe.ProfileError as error:
        assert str(error).isprintable() or "\n" in str(error)  # noqa: PT017  # either way is right


@given(st.text(max_size=80), st.integers(0, 400))
def test_any_change_of_a_profile_is_decided_or_refused(text: str, at: int) -> None:
    profile = (BASE / "examples" / "borrower.yaml").read_text("utf-8")
    changed = profile[:at] + text + profile[at + len(text) // 2 :]
    try:
        POLICIES.decide(pe.Profile.from_bytes("b.yaml", changed.encode("utf-8", "surrogatepass")))
    except pe.ProfileError as error:
        str(error).encode()
