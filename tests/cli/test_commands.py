"""The commands: what they write, where, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from tiny import HEAD, PLANS, folder

import policyengine as pe
from policyengine.cli import main

POLICIES = Path(__file__).parent.parent.parent / "policies"
MR_LI = POLICIES / "examples" / "mr-li.yaml"
DECIDE = ("decide", "--policies", str(POLICIES), "--profile")


def run(*arguments: str | Path, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=given)


def about(policy: str, expect: str, *, name: str = "works") -> str:
    return f"""\
tests: {policy}
language: 1
cases:
  - name: {name}
    given: {{as_of: 2024-11-20, x: {{flag: true}}, loan: {{id: L, principal: 1200.00, annual_rate: 0%,
      remaining_term: 12, next_due: 2024-12-15, method: level}}}}
    expect: {expect}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A folder with one policy that is in order."""
    at = tmp_path / "policies"
    at.mkdir()
    folder(at, HEAD + PLANS)
    return at


# check


def test_check_of_policies_in_order_is_clean(tiny: Path) -> None:
    result = run("check", tiny)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "1 policy, 0 regulations, 0 test files: no findings\n"


def test_check_of_the_lenders_finds_no_error() -> None:
    assert run("check", POLICIES).exit_code == 0


def test_check_shows_every_finding_of_every_path(tiny: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    folder(other, HEAD.replace("version:", "vresion:") + PLANS)
    (tiny / "tiny.yaml").write_text(HEAD.replace("currency:", "currensy:") + PLANS, "utf-8")
    result = run("check", tiny, other, tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "did you mean `currency`?" in result.stdout
    assert "did you mean `version`?" in result.stdout
    assert f"  --> {tiny}/tiny.yaml:6:1\n" in result.stdout
    assert "error[no-such-path]" in result.stderr


def test_check_shows_paths_that_can_be_opened_from_here(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tiny / "tiny.yaml").write_text(HEAD + "colour: red\n" + PLANS, "utf-8")
    monkeypatch.chdir(tiny.parent)
    assert "  --> policies/tiny.yaml:8:1\n" in run("check", "policies").stdout
    monkeypatch.chdir(tiny)
    assert "  --> tiny.yaml:8:1\n" in run("check", ".").stdout


def test_check_of_overlapping_paths_says_a_thing_once(tiny: Path) -> None:
    (tiny / "tiny.yaml").write_text(HEAD + "colour: red\n" + PLANS, "utf-8")
    result = run("check", tiny, tiny / "tiny.yaml", tiny)
    assert result.stdout.endswith("\n1 error\n")


def test_check_as_json_says_the_same(tiny: Path) -> None:
    (tiny / "tiny.yaml").write_text(HEAD + "colour: red\n" + PLANS, "utf-8")
    result = run("check", "--format", "json", tiny)
    assert (result.exit_code, result.stderr) == (2, "")
    (finding,) = json.loads(result.stdout)["diagnostics"]
    assert (finding["code"], finding["line"], finding["column"]) == ("unknown-key", 8, 1)
    assert finding["file"] == f"{tiny}/tiny.yaml"


def test_warnings_count_where_they_are_asked_to(tiny: Path) -> None:
    body = "parameters:\n  unused: {value: 3 months}\n"
    (tiny / "tiny.yaml").write_text(HEAD + body + PLANS, "utf-8")
    result = run("check", tiny)
    assert result.exit_code == 0
    assert "warning[" in result.stdout
    assert result.stdout.endswith("2 warnings\n")
    assert run("check", "--strict", tiny).exit_code == 1


def test_check_of_tests_finds_names_that_do_not_exist(tiny: Path) -> None:
    text = about("tiny", "{plans: {nothin: {status: denied}}}")
    (tiny / "tiny.test.yaml").write_text(text, "utf-8")
    result = run("check", tiny)
    assert result.exit_code == 2
    assert "there is no plan `nothin`" in result.stdout


def test_assumed_values_are_listed_with_their_place(tiny: Path) -> None:
    body = """\
parameters:
  cap: {value: 3 months, assumed: true, note: the article says "a few"}
  share: [{from: 2024-01-01, until: 2024-12-31, value: 30%, assumed: true}]
derive: {both: if x.months <= cap then share else 0%}
"""
    (tiny / "tiny.yaml").write_text(HEAD + body + PLANS, "utf-8")
    text = run("check", "--assumed", tiny).stdout
    assert "2 values assumed, for the lender to set" in text
    assert f'  cap = 3 months\n    the article says "a few"\n    {tiny}/tiny.yaml:9:16\n' in text
    assert "  share = 30% from 2024-01-01 until 2024-12-31\n    no note\n" in text
    found = json.loads(run("check", "--assumed", "--format", "json", tiny).stdout)["assumed"]
    assert found[0] == {
        "file": f"{tiny}/tiny.yaml",
        "line": 9,
        "column": 16,
        "policy": "tiny",
        "name": "cap",
        "value": 3,
        "type": "months",
        "note": 'the article says "a few"',
        "from": None,
        "until": None,
    }
    assert (found[1]["value"], found[1]["until"]) == ("0.3", "2024-12-31")


def test_the_assumed_values_of_the_lenders_all_have_a_note() -> None:
    found = json.loads(run("check", "--assumed", "--format", "json", POLICIES).stdout)["assumed"]
    assert found
    assert all(item["note"] for item in found)


# test


def test_tests_of_the_lenders_pass() -> None:
    result = run("test", POLICIES)
    assert result.exit_code == 0, result.stdout
    assert " passed" in result.stdout.splitlines()[-1]


def test_tests_beside_a_policy_are_found(tiny: Path) -> None:
    (tiny / "tiny.test.yaml").write_text(about("tiny", "{outcome: offer}"), "utf-8")
    for path in (tiny, tiny / "tiny.yaml", tiny / "tiny.test.yaml"):
        result = run("test", path)
        assert result.exit_code == 0, result.output
        assert result.stdout.endswith("\n1 passed\n")


@pytest.mark.parametrize("expect", ["{outcome: refuse}", "{plans: {nothing: {status: denied}}}"])
def test_an_expectation_that_is_not_met_fails(tiny: Path, expect: str) -> None:
    (tiny / "tiny.test.yaml").write_text(about("tiny", expect), "utf-8")
    result = run("test", tiny)
    assert result.exit_code == 1
    assert "FAIL works" in result.stdout
    assert result.stdout.endswith("\n0 passed, 1 failed\n")
    found = json.loads(run("test", "--format", "json", tiny).stdout)
    assert found["passed"] is False
    assert len(found["files"][0]["cases"][0]["mismatches"]) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no test in"),
        ("tests: tiny\nlanguage: 1\ncases: []\n", "1 file without a case"),
    ],
)
def test_nothing_to_test_fails(tiny: Path, text: str | None, said: str) -> None:
    if text:
        (tiny / "tiny.test.yaml").write_text(text, "utf-8")
    result = run("test", tiny)
    assert result.exit_code == 1
    assert said in result.stdout
    assert run("test", "--format", "json", tiny).exit_code == 1


def test_a_filter_that_matches_nothing_fails(tiny: Path) -> None:
    (tiny / "tiny.test.yaml").write_text(about("tiny", "{outcome: offer}"), "utf-8")
    assert run("test", "--filter", "work", tiny).exit_code == 0
    result = run("test", "--filter", "zzz", tiny)
    assert (result.exit_code, result.stdout) == (1, f"no test in `{tiny}` contains `zzz`\n")


@pytest.mark.parametrize(
    "text",
    [
        about("tinny", "{outcome: offer}"),
        about("tiny", "{plans: {nothin: {status: denied}}}"),
        about("tiny", "{outcome: ofer}"),
        about("tiny", "{outcome: offer}").replace("flag:", "falg:"),
    ],
)
def test_what_is_not_valid_in_a_test_is_exit_2(tiny: Path, text: str) -> None:
    (tiny / "tiny.test.yaml").write_text(text, "utf-8")
    result = run("test", tiny)
    assert result.exit_code == 2
    assert "tiny.test.yaml:" in result.output
    assert "did you mean" in result.output


def test_a_policy_that_is_not_valid_runs_no_test(tiny: Path) -> None:
    (tiny / "tiny.test.yaml").write_text(about("tiny", "{outcome: offer}"), "utf-8")
    (tiny / "tiny.yaml").write_text(HEAD + "colour: red\n" + PLANS, "utf-8")
    result = run("test", tiny)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"  --> {tiny}/tiny.yaml:8:1\n" in result.stderr


# decide


def test_decide_writes_the_json_of_the_library(lenders: pe.PolicySet) -> None:
    result = run(*DECIDE, MR_LI, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == lenders.decide(pe.Profile.from_file(MR_LI)).to_json()


@pytest.mark.parametrize("example", sorted((POLICIES / "examples").glob("*.yaml")), ids=str)
def test_decide_keeps_the_contract(example: Path) -> None:
    schema = Path(__file__).parent.parent / "decision" / "decide.schema.json"
    found = json.loads(run(*DECIDE, example, "--format", "json").stdout)
    jsonschema.validate(found, json.loads(schema.read_text("utf-8")))


def test_decide_reads_the_input() -> None:
    text = MR_LI.read_bytes()
    assert run(*DECIDE, "-", given=text).stdout == run(*DECIDE, MR_LI).stdout
    result = run(*DECIDE, "-", given="borrower: {agee: 3}\n")
    assert result.exit_code == 2
    assert "  --> <input>:1:12\n" in result.stderr


def test_decide_for_one_policy_one_loan_another_day() -> None:
    five = POLICIES / "examples" / "five-lenders.yaml"
    more = ("--policy", "ccb.personal-loan", "--loan", "CCB", "--as-of", "2025-06-25")
    found = json.loads(run(*DECIDE, five, *more, "--format", "json").stdout)
    assert found["as_of"] == "2025-06-25"
    assert [d["policy"] for d in found["decisions"]] == ["ccb.personal-loan"]


def test_decide_in_a_language_with_every_payment() -> None:
    text = run(*DECIDE, MR_LI, "--lang", "zh", "--schedule").stdout
    assert text.startswith("决定日期：")
    assert "剩余本金" in text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--lang", "fr"), "unknown-name", "help: known: `en`, `zh`"),
        (("--lang", "e"), "unknown-name", "help: known: `en`, `zh`"),
        (("--policy", "aibank.consumer-laon"), "unknown-name", "`aibank.consumer-loan`"),
        (("--policy", "ccb.personal-loan"), "which-loan", "does not apply to any loan"),
        (("--loan", "L-2"), "unknown-name", "did you mean `L-1`?"),
    ],
)
def test_decide_refuses_names_that_do_not_exist(
    arguments: tuple[str, ...], code: str, said: str
) -> None:
    result = run(*DECIDE, MR_LI, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"error[{code}]" in result.stderr
    assert said in result.stderr


@pytest.mark.parametrize("command", ["decide", "ask", "explain"])
def test_a_language_that_the_policies_lack_is_not_called_unknown(command: str) -> None:
    profile = POLICIES / "examples" / "us-card-workout.yaml"
    result = run(command, "--policies", POLICIES, "--profile", profile, "--lang", "zh")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[unknown-name]: not every policy here has its texts in `zh`" in result.stderr
    assert "help: known: `en`" in result.stderr


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"{}", None),
        (b"\x00\x01\x02\xff\xfe" * 100, None),
        (b"borrower: [1\n", "yaml-bracket"),
        (b"- 1\n", "wrong-shape"),
        (b"borrower: {monthly_income: .nan}\n", None),
    ],
)
def test_a_bad_profile_is_exit_2(tmp_path: Path, content: bytes, code: str | None) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    for more in ((), ("--format", "json")):
        result = run(*DECIDE, path, *more)
        assert (result.exit_code, result.stdout) == (2, "")
        assert code is None or code in result.stderr
        assert "Traceback" not in result.stderr
    assert json.loads(result.stderr)["diagnostics"]


def test_a_profile_that_is_not_there_is_exit_2(tmp_path: Path) -> None:
    for path in (tmp_path / "nobody.yaml", tmp_path):
        result = run(*DECIDE, path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "error[cannot-open]" in result.stderr


def test_a_folder_without_policies_is_exit_2(tmp_path: Path) -> None:
    for path, code in ((tmp_path, "nothing-to-read"), (tmp_path / "no", "no-such-path")):
        for arguments in (("decide", "--policies", path, "--profile", MR_LI), ("check", path)):
            result = run(*arguments)
            assert (result.exit_code, result.stdout) == (2, "")
            assert f"error[{code}]" in result.stderr


# schema


def test_schema_of_all_and_of_one_kind() -> None:
    whole = json.loads(run("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(whole)
    for kind in ("policy", "regulation", "tests", "vocabulary"):
        found = json.loads(run("schema", kind, "--format", "json").stdout)
        jsonschema.Draft202012Validator.check_schema(found)
        assert found["$ref"] == f"#/$defs/{kind}"
        assert kind in found["$defs"]
    assert run("schema", "polcy").exit_code == 2


# the whole


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("decied",),
        ("check",),
        ("decide", "--policies", str(POLICIES)),
        ("check", "--format", "xml", str(POLICIES)),
        (*DECIDE, str(MR_LI), "--as-of", "2024-02-30"),
        (*DECIDE, str(MR_LI), "--as-of", "2024-1-5"),
    ],
)
def test_a_wrong_call_is_exit_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_help_and_version_are_clean() -> None:
    for arguments in (("--help",), ("--version",), ("decide", "-h")):
        result = run(*arguments)
        assert (result.exit_code, result.stderr) == (0, "")
    assert pe.__version__ in run("--version").stdout


def test_an_internal_error_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        income, nothing = "81" + "23.45", dict[str, str]()
        try:
            nothing[income]
        except KeyError as error:
            message = f"it broke at {income}"
            raise ZeroDivisionError(message) from error

    monkeypatch.setattr(pe.Profile, "from_file", broken)
    result = run(*DECIDE, MR_LI)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith(
        "internal error: ZeroDivisionError at policyengine/cli/deciding.py:"
    )
    assert result.stderr.count("\n") == 1
    whole = run("--traceback", *DECIDE, MR_LI).stderr
    assert "in broken\n" in whole
    assert whole.index("\nKeyError\n") < whole.index("\nZeroDivisionError\n")
    assert "8123" not in result.stderr + whole
    monkeypatch.setenv("POLICYENGINE_TRACEBACK", "1")
    assert "Traceback" in run(*DECIDE, MR_LI).stderr


def test_a_stopped_command_is_exit_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pe.Profile, "from_file", stopped)
    assert run(*DECIDE, MR_LI).exit_code == 130


# as a process


def process(*arguments: str | Path, **more: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "policyengine", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, **more)  # type: ignore[call-overload,no-any-return]  # noqa: S603  # ours


def test_a_pipe_gets_utf8_without_colour_whatever_the_locale() -> None:
    environment = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PATH": ""}
    result = process(*DECIDE, MR_LI, "--lang", "zh", env=environment)
    assert (result.returncode, result.stderr) == (0, b"")
    assert "百信银行" in result.stdout.decode("utf-8")
    assert b"\x1b" not in result.stdout


def test_a_terminal_gets_colour() -> None:
    result = process(*DECIDE, MR_LI, env={"FORCE_COLOR": "1", "TERM": "xterm", "PATH": ""})
    assert b"\x1b[" in result.stdout


def test_two_runs_write_the_same_bytes() -> None:
    first, second = (process(*DECIDE, MR_LI, "--format", "json") for _ in range(2))
    assert first.stdout == second.stdout
    assert first.stdout.startswith(b'{\n  "as_of"')


def test_a_reader_that_goes_away_changes_nothing(tiny: Path) -> None:
    (tiny / "tiny.yaml").write_text(
        HEAD + "".join(f"colour_{i}: red\n" for i in range(400)) + PLANS, "utf-8"
    )
    command = [sys.executable, "-m", "policyengine", "check", str(tiny)]
    with subprocess.Popen(  # noqa: S603  # ours
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 2
