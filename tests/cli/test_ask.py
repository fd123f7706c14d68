"""`policyengine ask`: a list, or a talk that ends with the decision."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import policyengine as pe
from policyengine.cli import main

POLICIES = Path(__file__).parent.parent.parent / "policies"
EXAMPLE = (POLICIES / "examples" / "mr-li.yaml").read_text("utf-8")


@pytest.fixture
def borrower(tmp_path: Path) -> Path:
    """Mr Li, of whom neither his expenses nor how long it will last is known."""
    at = tmp_path / "borrower.yaml"
    lines = EXAMPLE.replace("duration: temporary, ", "").splitlines()
    at.write_text("\n".join(line for line in lines if "essential_expenses" not in line), "utf-8")
    return at


def ask(profile: Path, *more: str, given: str | None = None) -> Result:
    arguments = ["ask", "--policies", str(POLICIES), "--profile", str(profile), *more]
    return CliRunner().invoke(main, arguments, input=given)


def test_without_a_terminal_the_questions_are_listed(borrower: Path) -> None:
    result = ask(borrower)
    assert result.exit_code == 0
    assert "1. Is this a passing difficulty or a lasting one?" in result.stdout
    assert "Evidence: bank statements or bills" in result.stdout


def test_the_questions_in_chinese(borrower: Path) -> None:
    assert "证明材料：" in ask(borrower, "--lang", "zh").stdout


def test_json_is_the_same_as_the_library_gives(borrower: Path) -> None:
    found = json.loads(ask(borrower, "--format", "json").stdout)
    policies = pe.load(POLICIES)
    assert found == json.loads(policies.ask(pe.Profile.from_file(borrower)).to_json())
    (inquiry,) = found["inquiries"]
    assert [q["path"] for q in inquiry["questions"]] == [
        "hardship.duration",
        "borrower.essential_expenses",
    ]


def test_a_talk_repeats_what_is_wrong_and_ends_with_the_decision(
    borrower: Path, tmp_path: Path
) -> None:
    out = tmp_path / "completed.json"
    given = "soon\n?\ntemporary\n-1\n4200.00\n"
    result = ask(borrower, "--interactive", "--out", str(out), given=given)
    assert result.exit_code == 0, result.stderr
    assert "`soon` is not a value of duration" in result.stdout
    assert "One of: temporary, permanent" in result.stdout
    assert "is less than 0" in result.stdout
    assert "Nothing is left to ask." in result.stdout
    assert "Plans that can be offered" in result.stdout
    completed = pe.load(POLICIES).decide(pe.Profile.from_file(out))
    (decision,) = completed.decisions
    assert decision.plan("payment_holiday").status is pe.Status.ALLOWED


def test_an_answer_that_refuses_ends_the_talk(borrower: Path) -> None:
    result = ask(borrower, "--interactive", "--plan", "payment_holiday", given="permanent\n")
    assert result.exit_code == 0
    talk, _, decision = result.stdout.partition("Decision as of")
    assert "How much do you spend" not in talk
    assert decision


def test_what_is_not_known_is_passed_over(borrower: Path) -> None:
    result = ask(borrower, "--interactive", given="\n\n")
    assert result.exit_code == 0
    talk = result.stdout.partition("Decision as of")[0]
    assert talk.count("Is this a passing difficulty") == 1
    assert "More must be known" in result.stdout


def test_q_stops(borrower: Path, tmp_path: Path) -> None:
    out = tmp_path / "completed.json"
    assert ask(borrower, "--interactive", "--out", str(out), given="q\n").exit_code == 0
    assert pe.Profile.from_file(out)


def test_input_that_ends_in_the_middle_writes_nothing(borrower: Path, tmp_path: Path) -> None:
    out = tmp_path / "completed.json"
    result = ask(borrower, "--interactive", "--out", str(out), given="temporary\n")
    assert result.exit_code == 2
    assert "the input ended in the middle of the questions" in result.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["borrower.yaml"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--plan", "holiday"], "there is no plan `holiday`"),
        (["--lang", "fr"], "there is no language `fr`"),
        (["--policy", "aibank"], "there is no policy `aibank`"),
        (["--loan", "L-9"], "there is no loan `L-9`"),
        (["--out", "x.json"], "nothing is asked here"),
        (["--interactive", "--out", "nowhere/x.json"], "`nowhere/x.json`"),
    ],
)
def test_what_is_wrong_is_said(borrower: Path, arguments: list[str], message: str) -> None:
    result = ask(borrower, *arguments, given="q\n")
    assert result.exit_code == 2
    assert message in result.stderr
