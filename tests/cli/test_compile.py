"""`policyengine compile`."""

from __future__ import annotations

import json

from borrowers import FOLDER
from test_commands import run

POLICIES = FOLDER.parent
AIBANK = ("compile", POLICIES, "--policy", "aibank.consumer-loan", "--as-of", "2024-11-20")


def test_it_counts_what_is_compiled() -> None:
    result = run(*AIBANK)
    assert (result.exit_code, result.stdout) == (
        0,
        "aibank.consumer-loan: 11 of 11 conditions and 3 of 3 offers compiled\n",
    )


def test_the_source_can_be_read_and_is_python() -> None:
    source = run(*AIBANK, "--show").stdout
    assert source.startswith("# aibank.consumer-loan on 2024-11-20\ndef known(as_of, values):\n")
    assert "if loan_days_past_due < 1: payment_holiday |= 1  # in_arrears\n" in source
    assert "\ndef lower_instalment(as_of, values):\n" in source
    assert "\ndef lower_instalment_unknowns(as_of, values):\n" in source
    compile(source, "shown", "exec")


def test_json_has_the_same() -> None:
    (found,) = json.loads(run(*AIBANK, "--show", "--format", "json").stdout)
    assert (found["conditions"], found["left"], found["as_of"]) == (11, [], "2024-11-20")
    assert (found["offers"], found["offers_left"]) == (3, [])
    assert found["digest"].startswith("sha256:")
    compile(found["source"], "shown", "exec")


def test_every_policy_is_compiled_whole() -> None:
    found = json.loads(run("compile", POLICIES, "--format", "json").stdout)
    assert len(found) == 16
    assert all(each["left"] == [] for each in found)


def test_offers_that_no_source_is_written_for_are_named() -> None:
    found = json.loads(run("compile", POLICIES, "--format", "json").stdout)
    assert {each["policy"] for each in found if each["offers_left"]} == {"us.hamp"}
    result = run("compile", POLICIES, "--policy", "us.hamp").stdout
    assert "0 of 1 offer compiled; left to the reference evaluator: modification\n" in result


def test_what_is_wrong_is_said() -> None:
    result = run("compile", POLICIES, "--policy", "aibank.consumer-lone")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no policy `aibank.consumer-lone`" in result.stderr
    assert "aibank.consumer-loan" in result.stderr
    assert run("compile", POLICIES, "--as-of", "soon").exit_code == 2
    assert run("compile", POLICIES / "nowhere").exit_code == 2


def test_what_is_said_of_rows_needs_rows() -> None:
    result = run(*AIBANK, "--keep", "loan.id")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "`--keep` says something of rows, and there are none" in result.stderr
