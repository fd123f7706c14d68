"""`policyengine case`: what it writes, as it was read by a person, and what it refuses.

`UPDATE_GOLDEN=1 pytest tests/cli/test_case_commands.py` writes the golden files anew; read what changed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from contextlib import chdir
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from policyengine.cases.event import Event
from policyengine.cases.storage import open_store
from policyengine.cli import main
from policyengine.cli.case import record as record_module
from policyengine.cli.case import timeline as timeline_module

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
POLICIES = str(ROOT / "policies" / "aibank")
PROFILE = str(ROOT / "policies" / "examples" / "mr-li.yaml")
DAY = ("--as-of", "2025-05-10")
DIGESTS = re.compile(r"sha256:[0-9a-f]{64}")
FIRST = """\
- {id: call, kind: contact, on: 2024-11-21, channel: telephone}
- {id: A-1, kind: plan_signed, on: 2024-11-25, policy: aibank.consumer-loan, plan: payment_holiday}
- {id: p1, kind: payment_made, on: 2025-02-28, amount: 4000.00}
- {id: p2, kind: payment_made, on: 2025-03-30, amount: 5329.10}
"""
#: The second is of an earlier day than the first, and so it comes late.
LATER = """\
- {id: lower, kind: fact_changed, on: 2025-05-06, facts: {borrower.monthly_income: 6000.00}}
- {id: m3, kind: payment_missed, on: 2025-05-01, instalment: 6}
"""


def case(command: str, *arguments: str, given: str | None = None) -> Result:
    where = ("--store", "cases.db", *(() if command == "verify" else ("--policies", POLICIES)))
    return CliRunner().invoke(main, ["case", command, *arguments, *where], input=given)


def record(events: str, *more: str, name: str = "C-1") -> Result:
    return case("record", name, "-", *DAY, *more, given=events)


def golden(name: str, found: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(found, "utf-8")
    assert found == path.read_text("utf-8")


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two stores of one case: as it was opened, and after all that happened."""
    folder = tmp_path_factory.mktemp("stores")
    with chdir(folder):
        assert case("open", "C-1", "--profile", PROFILE).exit_code == 0
        shutil.copy("cases.db", "opened.db")
        assert record(FIRST).exit_code == 0
        assert record(LATER).exit_code == 0
    return folder


@pytest.fixture
def opened(stores: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store in which there is one case."""
    shutil.copy(stores / "opened.db", tmp_path / "cases.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kept(stores: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, with all that happened."""
    shutil.copy(stores / "cases.db", tmp_path / "cases.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# What is written


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_text_of_an_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.chdir(tmp_path)
    done = case("open", "C-1", "--profile", PROFILE, "--lang", lang)
    assert (done.exit_code, done.stderr) == (0, "")
    golden(f"case-open.{lang}.txt", done.stdout)


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_text_of_what_was_recorded(lang: str) -> None:
    assert record(FIRST).exit_code == 0
    done = record(LATER + FIRST[: FIRST.index("\n") + 1], "--lang", lang)
    assert (done.exit_code, done.stderr) == (0, "")
    golden(f"case-record.{lang}.txt", done.stdout)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", ["show", "timeline"])
def test_the_text(command: str, lang: str) -> None:
    done = case(command, "C-1", *DAY, "--lang", lang)
    assert (done.exit_code, done.stderr) == (0, "")
    golden(f"case-{command}.{lang}.txt", done.stdout)


@pytest.mark.usefixtures("kept")
def test_the_timeline_is_a_table_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        class stdout:  # noqa: N801  # stands for `sys.stdout`
            isatty = staticmethod(lambda: True)

    monkeypatch.setattr(timeline_module, "sys", Terminal)
    monkeypatch.setenv("COLUMNS", "110")
    done = case("timeline", "C-1", *DAY)
    assert (done.exit_code, done.stderr) == (0, "")
    golden("case-timeline.table.txt", done.stdout)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("command", ["show", "timeline"])
def test_the_json(command: str) -> None:
    done = case(command, "C-1", *DAY, "--format", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    for decision in found.get("decisions", ()):
        decision["plans"] = [
            plan["status"] for plan in decision["plans"]
        ]  # they have golden files of their own
        decision["referrals"] = [each["referral"] for each in decision["referrals"]]
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    golden(f"case-{command}.json", DIGESTS.sub("sha256:" + "0" * 64, text))


@pytest.mark.usefixtures("opened")
def test_the_json_of_what_was_recorded() -> None:
    assert record(FIRST).exit_code == 0
    found = json.loads(record(LATER + FIRST, "--format", "json").stdout)
    assert [(each["event"], each["new"]) for each in found["recorded"]] == [
        *(("lower", True), ("m3", True)),
        *((name, False) for name in ("call", "A-1", "p1", "p2")),
    ]
    assert (found["case"], found["events"]) == ("C-1", 6)
    assert [duty["duty"] for duty in found["duties"]] == ["reassess"]
    assert [change["what"] for change in found["recorded"][1]["changes"]] == [
        "agreement",
        "duty",
        "duty",
    ]
    assert found["digest"] == json.loads(case("verify", "C-1", "--format", "json").stdout)["digest"]


def test_events_may_be_in_a_file_of_json(opened: Path) -> None:
    event = {"id": "p", "kind": "payment_made", "on": "2024-12-01", "amount": "120.00"}
    (opened / "event.json").write_text(json.dumps(event))
    done = case("record", "C-1", "event.json", *DAY)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "payment made (p): recorded" in done.stdout


@pytest.mark.usefixtures("opened")
def test_the_same_events_again_change_nothing() -> None:
    assert record(FIRST).exit_code == 0
    before = case("verify", "C-1").stdout
    again = record(FIRST)
    assert again.exit_code == 0
    assert again.stdout.count("had been recorded before") == 4
    assert case("verify", "C-1").stdout == before


@pytest.mark.usefixtures("opened")
def test_the_order_in_which_events_came_changes_nothing_but_what_is_late() -> None:
    assert case("open", "C-2", "--profile", PROFILE).exit_code == 0
    lines = (FIRST + LATER).splitlines(keepends=True)
    assert record("".join(lines)).exit_code == 0
    late = [lines[0], lines[1], *reversed(lines[2:])]  # what was signed is signed first
    assert record("".join(late), name="C-2").exit_code == 0
    one, other = (
        json.loads(case("timeline", name, *DAY, "--format", "json").stdout)["steps"]
        for name in ("C-1", "C-2")
    )
    assert [step.pop("late_after") for step in one] != [step.pop("late_after") for step in other]
    assert one == other


# A log that is verified


@pytest.mark.usefixtures("kept")
def test_a_log_verifies_and_a_digest_that_was_kept_is_found() -> None:
    done = case("verify", "C-1")
    assert done.exit_code == 0
    first, digest = done.stdout.splitlines()
    assert first == "C-1: the opening and 6 events verify"
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert case("verify", "C-1", "--digest", digest).exit_code == 0
    done = case("verify", "C-1", "--digest", "0" * 64)
    assert done.exit_code == 1
    assert "has no entry with the digest that was kept elsewhere" in done.stdout


def test_a_changed_log_is_a_finding_and_is_not_shown(kept: Path) -> None:
    connection = sqlite3.connect(kept / "cases.db")
    with connection:
        connection.execute("UPDATE policyengine_entry SET personal = salt WHERE number = 3")
        connection.execute("DELETE FROM policyengine_entry WHERE number = 5")
    connection.close()
    done = case("verify", "C-1", "--format", "json")
    assert (done.exit_code, done.stderr) == (1, "")
    found = [each["message"] for each in json.loads(done.stdout)["diagnostics"]]
    assert found == [
        "entry 3 of case `C-1` was altered: its personal content is another",
        "entry 5 of case `C-1` is missing",
    ]
    for command in ("show", "timeline"):
        shown = case(command, "C-1")
        assert (shown.exit_code, shown.stdout) == (2, "")
        assert "error[changed-log]: entry 3 of case `C-1` was altered" in shown.stderr


def test_an_erased_case_verifies_and_is_not_shown(kept: Path) -> None:
    before = case("verify", "C-1").stdout.splitlines()
    with open_store(kept / "cases.db") as store:
        store.erase("C-1")
    assert case("verify", "C-1").stdout.splitlines() == [
        before[0],
        "what is personal was erased",
        before[1],
    ]
    done = case("show", "C-1")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "error[erased-case]" in done.stderr


# Policies that changed


def test_other_policies_are_named_and_what_was_signed_stays(kept: Path) -> None:
    before: Any = json.loads(case("show", "C-1", *DAY, "--format", "json").stdout)
    copy = kept / "policies"
    for folder in ("vocabulary", "regulations", "aibank"):
        (copy / folder).mkdir(parents=True)
        for file in (ROOT / "policies" / folder).glob("*.yaml"):
            text = file.read_text("utf-8").replace(
                "holiday_cap: {value: 3 months", "holiday_cap: {value: 1 month"
            )
            (copy / folder / file.name).write_text(text, "utf-8")
    arguments = ["case", "show", "C-1", "--store", "cases.db", "--policies", str(copy), *DAY]
    after = json.loads(CliRunner().invoke(main, [*arguments, "--format", "json"]).stdout)
    assert (before["other_policies"], after["other_policies"]) == ([], ["aibank.consumer-loan"])
    assert before["agreements"] == after["agreements"]
    text = CliRunner().invoke(main, arguments).stdout
    assert "These policies are other than when the case was opened: aibank.consumer-loan" in text


# What is refused


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("events", "code"),
    [
        ("{id: x, kind: payment_mde, on: 2025-01-02}", "unknown-name"),
        ("{id: x, kind: payment_made, on: 2025-06-01, amount: 10.00}", "from-the-future"),
        ("{id: x, kind: payment_made, on: 2025-01-02, amount: 0.00}", "out-of-range"),
        (
            "{id: x, kind: payment_made, on: 2025-01-02, amount: 1.00, currency: USD}",
            "wrong-currency",
        ),
        ("{id: x, kind: contact, on: 2024-01-02}", "before-the-case"),
        ("[1, 2]", "wrong-shape"),
        ("{a: [}", "yaml-character"),
        ("", "empty-file"),
    ],
)
def test_events_that_are_refused_leave_nothing(events: str, code: str) -> None:
    good = "- {id: good, kind: contact, on: 2024-11-22}\n"
    done = record(good + f"- {events}" if code[0] not in "wye" else events, "--format", "json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert json.loads(done.stderr)["diagnostics"][0]["code"] == code
    assert case("verify", "C-1").stdout.startswith("C-1: the opening and 0 events verify")


@pytest.mark.usefixtures("kept")
def test_a_corrected_event_under_an_old_id_is_refused() -> None:
    done = record("{id: p1, kind: payment_made, on: 2025-02-28, amount: 4999.00}")
    assert done.exit_code == 2
    assert "error[differing-event]" in done.stderr
    assert "4999" not in done.stderr
    assert "4000" not in done.stderr


@pytest.mark.usefixtures("opened")
def test_without_a_day_it_is_today_and_what_is_later_is_refused() -> None:
    done = case("record", "C-1", "-", given="{id: x, kind: contact, on: 2199-01-01}")
    assert done.exit_code == 2
    assert "error[from-the-future]" in done.stderr
    assert case("record", "C-1", "-", given="{id: x, kind: contact, on: 2024-12-01}").exit_code == 0


def test_who_was_not_first_is_told_and_records_again(
    opened: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = record_module._recorded  # noqa: SLF001  # looks inside

    def slow(*arguments: Any) -> Any:
        found = list(checked(*arguments))
        with open_store(opened / "cases.db") as other:
            other.append("C-1", [Event("first", "contact", date(2024, 12, 1))], expected=0)
        return found

    monkeypatch.setattr(record_module, "_recorded", slow)
    done = record("{id: second, kind: contact, on: 2024-12-02}", "--format", "json")
    assert (done.exit_code, done.stdout) == (2, "")
    found = json.loads(done.stderr)["diagnostics"][0]
    assert (found["code"], found["message"]) == (
        "conflict",
        "case `C-1` has come to entry 1 by now, not 0",
    )
    monkeypatch.undo()
    monkeypatch.chdir(opened)
    assert record("{id: second, kind: contact, on: 2024-12-02}").exit_code == 0
    assert case("verify", "C-1").stdout.startswith("C-1: the opening and 2 events verify")


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "C-11"), "unknown-name"),
        (("timeline", "C-1", "--lang", "xx"), "unknown-name"),
        (("show", "C-1", "--as-of", "2024-01-01"), "out-of-range"),
        (("record", "C-1", "nowhere.yaml"), "cannot-open"),
        (("open", "C-1", "--profile", PROFILE, "--as-of", "2024-11-21"), "already-there"),
        (("open", "", "--profile", PROFILE), "bad-name"),
    ],
)
def test_a_call_that_is_refused(arguments: tuple[str, ...], code: str) -> None:
    done = case(*arguments, "--format", "json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert json.loads(done.stderr)["diagnostics"][0]["code"] == code


@pytest.mark.parametrize("command", ["show", "timeline", "verify", "record"])
def test_a_store_that_is_not_there_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    events = ("-",) if command == "record" else ()
    done = case(command, "C-1", *events, given=FIRST)
    assert done.exit_code == 2
    assert "there is no store `cases.db`" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_error_repeats_no_fact_of_the_borrower(opened: Path) -> None:
    wrong_fact = (
        "{id: x, kind: fact_changed, on: 2025-01-02, facts: {borrower.monthly_income: 61x23.45}}"
    )
    for wrong in (
        wrong_fact,
        wrong_fact.replace("61x23.45", "-6123.45"),
        wrong_fact.replace("income", "incme"),
    ):
        done = record(wrong)
        assert done.exit_code == 2
        assert "6123.45" not in done.stderr
        assert "61x23" not in done.stderr
    assert opened.joinpath("cases.db").exists()
