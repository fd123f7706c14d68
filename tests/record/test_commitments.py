"""Commitments: standard, apart from one another, and binding."""

from __future__ import annotations

import hashlib
import hmac
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from borrowers import EXAMPLES, facts_of, with_fact, without
from hypothesis import given
from hypothesis import strategies as st

import policyengine as pe
from policyengine.record.canonical import opened
from policyengine.record.commitments import commitment, exact_decimal, key_of

SALT = bytes(range(32))
MR_LI = EXAMPLES["mr-li"]


def inputs(policies: pe.PolicySet, profile: dict[str, Any], salt: bytes = SALT) -> dict[str, str]:
    found: dict[str, str] = opened(policies.record(profile, salt=salt))["inputs"]
    return found


def test_a_key_is_that_of_hkdf_expand() -> None:
    """RFC 5869, test case 1, to the first 32 bytes: the label stands where `info` does."""
    secret = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    info = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9")
    expanded = hmac.new(secret, info + b"\x01", hashlib.sha256).hexdigest()
    assert expanded == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    by_hand = hmac.new(secret, b"policyengine.record/2 input x.n\x01", hashlib.sha256).digest()
    assert key_of(secret, "input x.n") == by_hand


def test_a_commitment_is_the_hmac_of_the_value() -> None:
    by_hand = hmac.new(key_of(SALT, "input a"), b'"8000.5"', hashlib.sha256).hexdigest()
    assert commitment(SALT, "input a", "8000.5") == by_hand


def test_whoever_holds_salt_and_profile_verifies_each_fact(lenders: pe.PolicySet) -> None:
    found = inputs(lenders, MR_LI)
    key = key_of(SALT, "input borrower.monthly_income")
    income = hmac.new(key, b'"8000"', hashlib.sha256).hexdigest()
    assert found["borrower.monthly_income"] == income


def test_equal_values_of_two_facts_do_not_show(lenders: pe.PolicySet) -> None:
    for profile in EXAMPLES.values():
        found = inputs(lenders, profile)
        assert len(set(found.values())) == len(found)


def test_another_salt_leaves_no_commitment_as_it_was(lenders: pe.PolicySet) -> None:
    one, other = inputs(lenders, MR_LI), inputs(lenders, MR_LI, bytes(32))
    assert one.keys() == other.keys()
    assert set(one.values()).isdisjoint(other.values())


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_salt_of_another_length_is_refused(lenders: pe.PolicySet, length: int) -> None:
    with pytest.raises(pe.UsageError) as refused:
        lenders.record(MR_LI, salt=bytes(length))
    assert refused.value.code == "bad-salt"


def test_a_salt_in_text_is_refused(lenders: pe.PolicySet) -> None:
    with pytest.raises(pe.UsageError):
        lenders.record(MR_LI, salt="0" * 32)  # type: ignore[arg-type]


def test_what_is_not_known_has_no_commitment(lenders: pe.PolicySet) -> None:
    whole = inputs(lenders, MR_LI)
    for path in facts_of(MR_LI):
        if path[-1] not in ("lender", "product", "lender_type"):
            less = inputs(lenders, without(MR_LI, path))
            assert less.keys() < whole.keys()
            assert less.items() < whole.items()


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 10**9, places=2))
def test_two_profiles_have_two_commitments(
    lenders: pe.PolicySet, one: object, other: object
) -> None:
    path = ("borrower", "monthly_income")
    first, second = (inputs(lenders, with_fact(MR_LI, path, value)) for value in (one, other))
    name = "borrower.monthly_income"
    assert (first[name] == second[name]) is (one == other)
    assert first | {name: ""} == second | {name: ""}


@given(st.integers(), st.integers(0, 30))
def test_an_exact_decimal_is_exact_and_short(digits: int, places: int) -> None:
    value = Fraction(digits, 10**places)
    written = exact_decimal(value)
    assert Fraction(written) == value
    assert "." not in written or written[-1] != "0"
    assert written.lstrip("-").split(".")[0] in ("0", written.lstrip("-").split(".")[0].lstrip("0"))


def test_a_rate_is_committed_to_with_all_its_digits(lenders: pe.PolicySet) -> None:
    path = ("loans", 0, "annual_rate")
    rates = ("0.1400000000000001", "0.1400000000000002")
    one, other = (inputs(lenders, with_fact(MR_LI, path, Decimal(rate))) for rate in rates)
    assert one["loans[0].annual_rate"] != other["loans[0].annual_rate"]
