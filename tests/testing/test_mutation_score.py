"""`policyengine test --mutate`: who is killed, who survives, and the case that would kill them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
import relief
from click.testing import CliRunner, Result
from relief import LOAN, case
from tiny import HEAD

from policyengine.cli import main
from policyengine.cli.mutating import _exit_code
from policyengine.loading import load_files
from policyengine.report.places import Places
from policyengine.testing import run_tests
from policyengine.testing.mutation import Asked, Fate, Score, Tried, mutate
from policyengine.testing.mutation.text import score_text

POLICY = (
    HEAD
    + """\
plans:
  relief:
    title: {en: Relief, zh: 纾困}
    require:
      - id: late
        that: 1 day <= x.days <= 90 days
        because: {en: Up to 90 days late., zh: 逾期不超过90天。}
        code: LATE
      - id: willing
        that: x.flag or x.flag
        because: {en: The borrower must be willing., zh: 借款人须有意愿。}
    offer:
      steps:
        - capitalise: {fees: 100%}
        - term: {exactly: 12 months}
"""
)
BORROWER = f"""\
as_of: 2024-11-20
x: {{flag: true, days: 90}}
loans:
  - {LOAN.replace("principal: 12000.00", "principal: 12000.00, fees: 30.00")}
"""
ALLOWED = case(expect="plans:\n  relief: {status: allowed, terms: {payment: 1002.50}}")
UNWILLING = case(
    "profile: examples/borrower.yaml\nwith: {x.flag: false}",
    "plans:\n  relief: {status: denied}",
    "no will",
)


def write(at: Path, *cases: str) -> Path:
    relief.write(at, *(cases or (ALLOWED,)), borrower=BORROWER)
    (at / "tiny.yaml").write_text(POLICY, "utf-8")
    return at


def score(at: Path, *cases: str, jobs: int = 1) -> Score:
    return mutate(load_files(write(at, *cases)), Asked(jobs=jobs))


def mutants(found: Score) -> dict[str, Tried]:
    return {mutant.said: mutant for file in found.files for mutant in file.mutants}


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["test", *map(str, arguments)])


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Score]:
    at = tmp_path_factory.mktemp("scored")
    return at, score(at)


def test_mutants_are_killed_by_the_cases_that_notice_them(scored: tuple[Path, Score]) -> None:
    found = mutants(scored[1])
    killed = found["`1 day <= x.days <= 90 days` became `1 day <= x.days < 90 days`"]
    assert (killed.fate, killed.by) == (Fate.KILLED, "it works (tiny.test.yaml)")
    above = found["`1 day <= x.days <= 90 days` became `1 day <= x.days <= 91 days`"]
    assert (above.fate, above.reached) == (Fate.SURVIVED, 0)
    assert above.case is not None
    assert "days: 91 days" in above.case
    assert found["`x.flag` was dropped"].fate is Fate.EQUIVALENT
    assert found["`capitalise`: 100% became 101%"].fate is Fate.REFUSED
    assert found["`capitalise`: 100% became 99%"].fate is Fate.KILLED


def test_each_survivor_is_killed_by_its_case_and_the_policy_passes_it(
    scored: tuple[Path, Score],
) -> None:
    at, found = scored
    survivors = [m for m in mutants(found).values() if m.fate is Fate.SURVIVED]
    cases = [m.case.replace("- name", "  - name", 1) for m in survivors if m.case]
    assert len(cases) == len(survivors) > 3
    pasted = ["\n".join(_indented(each)) + "\n" for each in cases]
    write(at, ALLOWED, *pasted)
    assert run_tests(load_files(at)).passed
    again = mutants(mutate(load_files(at), Asked()))
    assert {m.said for m in survivors if again[m.said].fate is not Fate.KILLED} == set()
    assert all(
        again[said].fate is old.fate
        for said, old in mutants(found).items()
        if old.fate in (Fate.EQUIVALENT, Fate.REFUSED)
    )


def test_a_case_that_expects_a_figure_kills_who_changes_only_what_it_says(tmp_path: Path) -> None:
    figure = """\
    figures:
      months_late: {title: {en: Months late, zh: 逾期月数}, value: if x.days > 75 days then 3 months else late}
"""
    derive = "derive:\n  late: if x.days > 59 days then 2 months else 1 month\n"
    expected = "plans:\n  relief: {status: allowed, terms: {figures: {months_late: 2}}}"
    given = "profile: examples/borrower.yaml\nwith: {x.days: 60}"
    write(tmp_path, case(given, expected))
    policy = POLICY.replace("plans:\n", derive + "plans:\n", 1) + figure
    policy = policy.replace("days <= 90 days", "days <= 90 days and late > 0 months")
    (tmp_path / "tiny.yaml").write_text(policy, "utf-8")
    found = mutants(mutate(load_files(tmp_path)))
    assert found["`x.days > 59 days` became `x.days > 60 days`"].fate is Fate.KILLED
    assert not any("75 days" in said for said in found)  # a figure decides nothing by itself


def _indented(text: str) -> list[str]:
    first, *rest = text.splitlines()
    return [first, *("  " + line for line in rest)]


def test_laws_kill_what_no_case_does_where_that_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path)
    tests = tmp_path / "tiny.test.yaml"
    tests.write_text(tests.read_text("utf-8") + "laws:\n  - never_by_accident\n", "utf-8")
    loaded, lost = load_files(tmp_path), "`x.flag` became true where it is not known"
    asked = mutants(mutate(loaded, Asked(laws=True, examples=100)))
    assert mutants(mutate(loaded))[lost].fate is Fate.SURVIVED
    assert (asked[lost].fate, asked[lost].by) == (Fate.KILLED, "never_by_accident (tiny)")


def test_processes_change_nothing(tmp_path: Path, scored: tuple[Path, Score]) -> None:
    there = score(tmp_path, jobs=2)
    assert [(m.said, m.fate, m.by, m.case) for m in there.whole.mutants] == [
        (m.said, m.fate, m.by, m.case) for m in scored[1].whole.mutants
    ]


def test_the_command_shows_survivors_and_fails_under_a_score(tmp_path: Path) -> None:
    write(tmp_path, ALLOWED, UNWILLING)
    plain = command(tmp_path, "--mutate", "--jobs", "1")
    assert plain.exit_code == 0, plain.output
    shown = plain.stdout
    assert "mutants killed" in shown
    assert "SURVIVED " in shown
    assert "this case would kill it:" in shown
    assert "- name: " in shown
    result = command(tmp_path, "--mutate", "--jobs", "1", "--fail-under", "95", "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    (path,) = found["paths"]
    assert not found["passed"]
    assert path["score"] < 95
    assert path["counted"] == path["killed"] + path["survived"] + path["undecided"]
    assert {m["fate"] for m in path["files"][0]["mutants"]} <= {
        "killed",
        "survived",
        "undecided",
        "equivalent",
        "refused",
    }


FAILING = case(expect="outcome: refuse\n", name="wrong")


@pytest.mark.parametrize(
    ("cases", "options", "message"),
    [
        ([FAILING], ["--mutate"], "1 failing case before anything is changed"),
        (
            [ALLOWED],
            ["--mutate", "--filter", "nothing"],
            "there is no case that contains `nothing`",
        ),
        ([ALLOWED], ["--jobs", "2"], "`--jobs` needs `--mutate`"),
        ([ALLOWED], ["--mutate", "--policy-coverage"], "`--policy-coverage` is not to be had with"),
        ([ALLOWED], ["--mutate", "--format", "junit"], "`--format junit` is not to be had with"),
        ([ALLOWED], ["--mutate", "--fail-under", "101"], "write a number from 0 to 100"),
    ],
)
def test_what_gives_no_score_is_said(
    tmp_path: Path, cases: list[str], options: list[str], message: str
) -> None:
    write(tmp_path, *cases)
    result = command(tmp_path, *options)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_policy_that_does_not_load_has_no_score(tmp_path: Path) -> None:
    write(tmp_path)
    broken = (tmp_path / "tiny.yaml").read_text("utf-8").replace("x.days <=", "x.dyas <=")
    (tmp_path / "tiny.yaml").write_text(broken, "utf-8")
    result = command(tmp_path, "--mutate")
    assert result.exit_code == 2
    assert "x.dyas" in result.stderr


def test_a_policy_without_a_case_is_said_and_the_others_are_scored(tmp_path: Path) -> None:
    write(tmp_path)
    other = (tmp_path / "tiny.yaml").read_text("utf-8").replace("policy: tiny", "policy: other")
    (tmp_path / "other.yaml").write_text(other, "utf-8")
    found = mutate(load_files(tmp_path))
    (untested,) = found.untested
    assert "`other` has no case" in untested.message
    assert not found.reaches(found.whole.share or 0)  # type: ignore[arg-type]  # a share is there


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_is_stopped_says_what_is_known(tmp_path: Path, jobs: int) -> None:
    def stop(_total: int, done: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    loaded = load_files(write(tmp_path))
    found = mutate(loaded, Asked(jobs=jobs), stop)
    assert found.stopped
    assert not found.reaches(Fraction(0))
    assert 0 < found.whole.count(Fate.NOT_TRIED) < len(found.whole.mutants)
    assert _exit_code([found], None) == 130
    shown = "\n".join(line.plain for line in score_text(found, Places(loaded.root)))
    assert "the run was stopped" in shown


def test_a_case_to_which_the_policy_does_not_apply_kills_who_would_decide_it(
    tmp_path: Path,
) -> None:
    elsewhere = case(
        "profile: examples/borrower.yaml\nwith: {x.other: false}", "applies: false", "elsewhere"
    )
    write(tmp_path, ALLOWED, elsewhere)
    text = POLICY.replace("plans:\n", "applies_to: x.other or x.n == 7\nplans:\n", 1)
    (tmp_path / "tiny.yaml").write_text(text, "utf-8")
    borrower = BORROWER.replace("x: {", "x: {other: true, n: 6, ")
    (tmp_path / "examples" / "borrower.yaml").write_text(borrower, "utf-8")
    found = mutants(mutate(load_files(tmp_path), Asked()))
    killed = found["`x.n == 7` became `x.n != 7`"]
    assert (killed.fate, killed.by) == (Fate.KILLED, "elsewhere (tiny.test.yaml)")
