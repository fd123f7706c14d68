"""What comes of a case: met, not met, and why it could not be run."""

from __future__ import annotations

from pathlib import Path

import pytest
from relief import BORROWER, EXPECT, GIVEN, LOAN, POLICY, case, only, run, write
from relief import test_file as a_test_file

from policyengine.loading import load_files
from policyengine.report.places import Places
from policyengine.testing import run_tests
from policyengine.testing.text import case_text, report_json, report_text, summary


def test_an_expectation_that_is_met_passes(tmp_path: Path) -> None:
    report = run(tmp_path, case())
    assert report.passed, report
    assert summary(report) == "1 passed"


@pytest.mark.parametrize(
    ("expect", "what", "expected", "actual", "underlined"),
    [
        ("outcome: refuse", "outcome", "refuse", "offer", "refuse"),
        ("plans: {relief: {status: denied}}", "status", "denied", "allowed", "denied"),
        (
            "plans: {other_relief: {status: denied, reasons: []}}",
            "reasons",
            "none",
            "UNAFFORDABLE",
            "[]",
        ),
        (
            "plans: {relief: {status: allowed, reasons: [UNWILLING, TOO_LONG]}}",
            "reasons",
            "UNWILLING, TOO_LONG",
            "UNWILLING, earning, UNAFFORDABLE, UNAFFORDABLE, TOO_LONG",
            "[UNWILLING",
        ),
        (
            "plans: {other_relief: {status: denied, cites: [willing]}}",
            None,
            None,
            None,
            None,
        ),
        (
            "plans: {relief: {status: allowed, terms: {payment: 800.01}}}",
            "terms payment",
            "800.01",
            "800.00",
            "800.01",
        ),
        (
            "plans: {relief: {status: allowed, terms: {levers: {term: {months_added: 4}}}}}",
            "terms levers.term.months_added",
            "4",
            "3",
            "4",
        ),
        (
            "plans: {relief: {status: allowed, terms: {levers: {holiday: {months: 4}}}}}",
            "terms levers.holiday",
            "a mapping or a list",
            "none",
            "{months: 4}",
        ),
        (
            "plans: {other_relief: {status: denied, terms: {payment: 1}}}",
            "terms",
            "terms",
            "none, the plan is denied",
            "other_relief",
        ),
        ("plans: {relief: {status: allowed, asks: [x.n]}}", "asks", "x.n", "none", "[x.n]"),
        (
            "plans: {relief: {status: allowed, terms: {levers: {term: 3}}}}",
            "terms levers.term",
            "3",
            "months_added 3",
            "3",
        ),
        (
            "plans: {relief: {status: allowed, terms: {levers: {term: {months_added: true}}}}}",
            "terms levers.term.months_added",
            "true",
            "3",
            "true",
        ),
        (
            "plans: {relief: {status: allowed, terms: {payment: 800 months}}}",
            "terms payment",
            "800 months",
            "800.00",
            "800 months",
        ),
        ("referrals: [advice]", "referrals", "advice", "none", "[advice]"),
        ("asks: [x.cash]", "asks", "x.cash", "none", "[x.cash]"),
    ],
)
def test_what_differs_is_said_at_its_place(
    tmp_path: Path,
    expect: str,
    what: str | None,
    expected: str | None,
    actual: str | None,
    underlined: str | None,
) -> None:
    result = only(run(tmp_path, case(expect=expect)))
    if what is None:  # the plan has no rule of that name
        assert [error.code for error in result.errors] == ["unknown-name"]
        return
    (mismatch,) = result.mismatches
    assert mismatch.what.endswith(what)
    assert (mismatch.expected, mismatch.actual) == (expected, actual)
    span = mismatch.span
    assert span.file.text[span.start : span.end] == underlined


def test_the_difference_names_the_reasons_that_decided(tmp_path: Path) -> None:
    report = run(tmp_path, case(expect="plans: {other_relief: {status: allowed}}"))
    lines = [line.plain for line in case_text(only(report), Places(tmp_path, tmp_path))]
    assert lines == [
        "FAIL it works",
        "  --> tiny.test.yaml:8:38",
        "   |",
        " 8 |       plans: {other_relief: {status: allowed}}",
        "   |                                      ^^^^^^^",
        "   = plan `other_relief`, status",
        "     - expected: allowed",
        "     + actual:   denied",
        "     decided by:",
        "     ✗ affordable (UNAFFORDABLE): At most CN¥800.00 a month.",
        "       tiny.yaml:42:17",
        "",
    ]


@pytest.mark.parametrize(
    "terms",
    [
        "{payment: 800, max_payment: '800.000', term_months: 15, annual_rate: 0%}",
        "{term_months: 15 months, total_paid: 12000.0, cost: 0}",
        "{levers: {term: {months_added: 3}}, figures: {share: 1}}",
        "{figures: {share: 100%}}",
    ],
)
def test_terms_are_compared_as_numbers(tmp_path: Path, terms: str) -> None:
    report = run(tmp_path, case(expect=f"plans: {{relief: {{status: allowed, terms: {terms}}}}}"))
    assert report.passed, only(report).mismatches


@pytest.mark.parametrize(
    "cite", ["short", "tiny#short", "law art. 1", "art. 1", "willing", "affordable"]
)
def test_a_citation_names_a_rule_or_a_part_of_a_source(tmp_path: Path, cite: str) -> None:
    expect = f"plans: {{relief: {{status: allowed, cites: [{cite}]}}}}"
    assert run(tmp_path, case(expect=expect)).passed


def test_a_code_stands_for_all_its_rules_unless_it_is_written_again(tmp_path: Path) -> None:
    once = "[UNWILLING, earning, UNAFFORDABLE, TOO_LONG]"
    twice = "[TOO_LONG, UNAFFORDABLE, earning, UNAFFORDABLE, UNWILLING]"
    thrice = "[UNWILLING, earning, TOO_LONG, UNAFFORDABLE, UNAFFORDABLE, UNAFFORDABLE]"
    cases = [
        case(expect=f"plans: {{relief: {{status: allowed, reasons: {reasons}}}}}", name=name)
        for name, reasons in (("once", once), ("twice", twice), ("thrice", thrice))
    ]
    report = run(tmp_path, *cases)
    assert [result.name for result in report.failed] == ["thrice"]


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        ("with: {x.cash: 1000.00}", "plans: {other_relief: {status: allowed}}"),
        ("with: {loan.principal: 9600.00}", "plans: {other_relief: {status: allowed}}"),
        ("with: {x.flag: true}", "referrals: [advice]"),
        ("without: [x.other]", "plans: {relief: {status: undetermined, reasons: [UNWILLING]}}"),
        (
            "without: [loan.principal]",
            "{outcome: need_information, asks: [loan.principal]}",
        ),
        ("without: [x.n]", "outcome: offer"),
    ],
)
def test_facts_may_be_changed_and_taken_away(tmp_path: Path, given: str, expect: str) -> None:
    report = run(tmp_path, case(f"{GIVEN}\n{given}", expect))
    assert report.passed, only(report)


def test_a_profile_may_stand_in_the_case(tmp_path: Path) -> None:
    inline = BORROWER.replace("as_of: 2024-11-20\n", "")
    report = run(tmp_path, case(inline).replace("    given:", "    as_of: 2024-11-20\n    given:"))
    assert report.passed, only(report)
    single = f"as_of: 2024-11-20\nx: {{cash: 1000.00}}\nloan: {LOAN}\nwith: {{loan.id: L-9}}"
    report = run(tmp_path, case(single, "plans: {other_relief: {status: allowed}}"))
    assert report.passed, only(report)


def test_a_record_that_the_profile_lacks_is_made(tmp_path: Path) -> None:
    given = f"as_of: 2024-11-20\nloans: [{LOAN}]\nwith: {{x.cash: 1000.00}}"
    report = run(tmp_path, case(given, "plans: {other_relief: {status: allowed}}"))
    assert report.passed, only(report)


TWO = BORROWER + "  - " + LOAN.replace("L-1", "L-2") + "\n"


def test_of_several_loans_the_one_named_is_meant(tmp_path: Path) -> None:
    given = f"{GIVEN}\nloan: L-2\nwith: {{loan.principal: 9600.00}}"
    cases = (case(given, "plans: {other_relief: {status: allowed}}"), case(f"{GIVEN}\nloan: L-1"))
    write(tmp_path, *cases, borrower=TWO)
    report = run_tests(load_files(tmp_path))
    assert report.passed, report


def test_of_several_loans_the_one_that_the_policy_applies_to_is_meant(tmp_path: Path) -> None:
    given = f"{GIVEN}\nwith: {{loan.principal: 9600.00}}"
    passing = case(given, "plans: {other_relief: {status: allowed}}")
    write(tmp_path, passing, borrower=TWO.replace("L-1", "other"))
    assert run_tests(load_files(tmp_path)).passed


@pytest.mark.parametrize(
    ("given", "code", "message", "hint", "underlined"),
    [
        (
            f"{GIVEN}\nwith: {{loan.principal: 9600.00}}",
            "which-loan",
            "`loan.principal` may be that of 2 loans",
            "add `loan:` with the id of one of them",
            "9600.00",
        ),
        (GIVEN, "which-loan", "`tiny` applies to 2 loans of the profile", None, None),
        (
            f"{GIVEN}\nloan: L-3",
            "unknown-name",
            "the profile has no loan `L-3`",
            "did you mean `L-2`?",
            "L-3",
        ),
    ],
)
def test_a_loan_that_is_not_clear_is_an_error(
    tmp_path: Path, given: str, code: str, message: str, hint: str | None, underlined: str | None
) -> None:
    write(tmp_path, case(given), borrower=TWO)
    (error,) = only(run_tests(load_files(tmp_path))).errors
    assert (error.code, error.message) == (code, message)
    assert hint is None or error.hint == hint
    assert error.span
    assert (
        underlined is None or error.span.file.text[error.span.start : error.span.end] == underlined
    )


@pytest.mark.parametrize(
    ("given", "expect", "message", "hint", "underlined"),
    [
        (GIVEN, "plans: {releif: {status: denied}}", "plan `releif`", "`relief`", "releif"),
        (
            GIVEN,
            "plans: {relief: {status: denied, reasons: [UNWILING]}}",
            "reason `UNWILING`",
            "`UNWILLING`",
            "UNWILING",
        ),
        (
            GIVEN,
            "plans: {relief: {status: denied, cites: [shrot]}}",
            "rule or source `shrot`",
            "`short`",
            "shrot",
        ),
        (
            GIVEN,
            "plans: {relief: {status: allowed, terms: {paymnet: 1}}}",
            "term `paymnet`",
            "`payment`",
            "paymnet",
        ),
        (
            GIVEN,
            "plans: {relief: {status: allowed, terms: {levers: {terms: {months: 1}}}}}",
            "lever `terms`",
            "`term`",
            "terms",
        ),
        (
            GIVEN,
            "plans: {relief: {status: allowed, terms: {figures: {shares: 1}}}}",
            "figure `shares`",
            "`share`",
            "shares",
        ),
        (GIVEN, "plans: {relief: {status: denied, asks: [x.cahs]}}", "`x.cahs`", "cash", "x.cahs"),
        (GIVEN, "referrals: [advise]", "referral `advise`", "`advice`", "advise"),
        (GIVEN, "asks: [x.cahs]", "fact `x.cahs`", "`x.cash`", "x.cahs"),
        (f"{GIVEN}\nwith: {{x.cahs: 1.00}}", "asks: []", "fact `x.cahs`", "`x.cash`", "x.cahs"),
        (f"{GIVEN}\nwithout: [x.cahs]", "asks: []", "fact `x.cahs`", "`x.cash`", "x.cahs"),
    ],
)
def test_a_name_that_does_not_exist_is_an_error_at_its_place(
    tmp_path: Path, given: str, expect: str, message: str, hint: str, underlined: str
) -> None:
    report = run(tmp_path, case(given, expect))
    (error,) = report.errors
    assert error.code == "unknown-name"
    assert message in error.message
    assert hint in (error.hint or "")
    assert error.span
    assert error.span.file.text[error.span.start : error.span.end] == underlined


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("profile: examples/nobody.yaml", "cannot-open"),
        ("profile: .", "cannot-open"),
        ("loan: L-1", "missing-key"),
        (f"{GIVEN}\nx: {{cash: 1.00}}", "contradictory-keys"),
        (f"{GIVEN}\nwith: {{x.cash: -}}", "not-an-amount"),
        (f"{GIVEN}\nwith: {{x.cash: [1]}}", "wrong-shape"),
        ("as_of: 2024-11-20\nx: 3\nloans: []\nwith: {x.cash: 1.00}", "no-loans"),
    ],
)
def test_a_bad_profile_fails_its_case_and_the_rest_still_runs(
    tmp_path: Path, given: str, code: str
) -> None:
    report = run(tmp_path, case(given, name="bad"), case())
    assert [result.name for result in report.failed] == ["bad"]
    assert code in [error.code for error in report.errors]
    assert all(error.span for error in report.errors)
    assert summary(report) == "1 passed, 1 could not be run"


def test_a_date_that_is_none_is_an_error(tmp_path: Path) -> None:
    bad = case().replace("    given:", "    as_of: 2024-02-30\n    given:")
    (error,) = run(tmp_path, bad).errors
    assert error.code == "not-a-date"


def test_a_policy_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, tests=a_test_file().replace("tests: tiny", "tests: tinny"))
    (error,) = run_tests(load_files(tmp_path)).errors
    assert str(error.span) == "tiny.test.yaml:1:8"
    assert error.hint == "did you mean `tiny`?"


def test_a_plan_that_is_not_mentioned_is_reported(tmp_path: Path) -> None:
    report = run(tmp_path, case(expect="outcome: offer"))
    assert only(report).unmentioned == ("relief", "other_relief")
    shown = "\n".join(line.plain for line in report_text(report, Places(tmp_path, tmp_path)))
    assert "note: `it works` does not mention `relief`, `other_relief`" in shown


def test_a_file_without_a_case_fails(tmp_path: Path) -> None:
    write(tmp_path, tests="tests: tiny\nlanguage: 1\ncases: []\n")
    report = run_tests(load_files(tmp_path))
    assert not report.passed
    assert len(report.empty) == 1


def test_only_cases_that_contain_the_text_are_run(tmp_path: Path) -> None:
    cases = (case(name="one"), case(name="two"))
    assert [c.name for c in run(tmp_path, *cases, containing="tw").cases] == ["two"]
    assert len(run(tmp_path, *cases, containing="tiny.test").cases) == 2
    assert not run(tmp_path, *cases, containing="three").passed


def test_the_report_as_json_says_the_same(tmp_path: Path) -> None:
    report = run(tmp_path, case(expect="outcome: refuse"), case(expect=EXPECT))
    found = report_json(report, Places(tmp_path, tmp_path))
    (file,) = found["files"]
    assert (found["passed"], file["file"]) == (False, "tiny.test.yaml")
    failed, passed = file["cases"]
    assert (failed["passed"], passed["passed"]) == (False, True)
    (mismatch,) = failed["mismatches"]
    assert (mismatch["expected"], mismatch["actual"]) == ("refuse", "offer")
    assert (mismatch["line"], mismatch["column"]) == (8, 16)
    assert {
        "rule": "affordable",
        "code": "UNAFFORDABLE",
        "holds": False,
        "at": "tiny.yaml:42:17",
    } in mismatch["because"]


@pytest.mark.parametrize(
    ("expect", "expected", "actual"),
    [
        (
            "plans: {other_relief: {status: denied, cites: [tiny#short]}}",
            "tiny#short",
            "affordable",
        ),
        (
            "plans: {relief: {status: allowed, terms: {levers: {term: [3]}}}}",
            "a mapping or a list",
            "months_added 3",
        ),
    ],
)
def test_what_is_not_there_is_said(tmp_path: Path, expect: str, expected: str, actual: str) -> None:
    (mismatch,) = only(run(tmp_path, case(expect=expect))).mismatches
    assert (mismatch.expected, mismatch.actual) == (expected, actual)


def test_the_sum_of_a_run_with_a_file_that_no_case_was_chosen_of(tmp_path: Path) -> None:
    write(tmp_path, case(name="one"))
    (tmp_path / "more.test.yaml").write_text(a_test_file(case(name="two")), "utf-8")
    report = run_tests(load_files(tmp_path), containing="two")
    lines = [line.plain for line in report_text(report, Places(tmp_path, tmp_path))]
    assert lines[0] == "✓ more.test.yaml: 1 of 1 case passed"
    assert lines[-1] == "1 passed"


def test_the_code_of_what_is_accepted_may_be_expected(tmp_path: Path) -> None:
    accept = """\
      accept:
        - {id: enough, that: plan.payment <= 900, because: {en: Enough., zh: 足够。}, code: TOO_MUCH}
    figures"""
    write(tmp_path, case(expect="plans: {relief: {status: denied, reasons: [TOO_MUCH]}}"))
    (tmp_path / "tiny.yaml").write_text(POLICY.replace("    figures", accept, 1), "utf-8")
    report = run_tests(load_files(tmp_path))
    assert not report.errors
    differing = {mismatch.what for mismatch in only(report).mismatches}
    assert differing == {"plan `relief`, status", "plan `relief`, reasons"}
