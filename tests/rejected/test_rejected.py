"""Every file in these folders is refused, with exactly the findings that its `.expected.yaml` lists."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import attrs
import pytest
import yaml
from click.testing import CliRunner

import policyengine as pe
from policyengine.cli.app import main
from policyengine.cli.exit_codes import INVALID

HERE = Path(__file__).parent
BASE = HERE / "base"
#: Where a case stands in for a file of the base.
PLACES = {"policy": "lender", "regulation": "regulations", "vocabulary": "vocabulary"}
CASES = sorted(
    path
    for kind in (*PLACES, "profile")
    for path in (HERE / kind).iterdir()
    if not path.name.endswith(".expected.yaml")
)
#: Of the processor; measuring coverage slows Python down.
SECONDS = 8.0 if sys.gettrace() else 3.0
Change = Callable[[str], str]
VARIANTS: dict[str, Change] = {
    "as written": lambda text: text,
    "with CRLF": lambda text: text.replace("\n", "\r\n"),
    "with a BOM": lambda text: "\ufeff" + text,
}


@attrs.frozen
class Finding:
    """What an author sees of a diagnostic."""

    at: str
    marks: str
    code: str
    says: str
    hint: str

    @classmethod
    def of(cls, found: pe.Diagnostic) -> Finding:
        span = found.span
        at = f"{span.line}:{span.column}" if span else ""
        marked = span.file.text[span.start : span.end] if span else ""
        return cls(at, marked, found.code, found.message, found.hint or "")

    def fits(self, expected: dict[str, str]) -> bool:
        """Whether the finding is the expected one; of the message and the hint a part is enough."""
        return (
            self.at == expected.get("at", "")
            and self.code == expected["code"]
            and " ".join(self.marks.split()) == " ".join(expected.get("marks", "").split())
            and expected["says"] in self.says
            and (expected["hint"] in self.hint if "hint" in expected else not self.hint)
        )


def expected_of(case: Path) -> list[dict[str, str]]:
    text = case.with_name(f"{case.stem}.expected.yaml").read_text("utf-8")
    found: list[dict[str, str]] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # text only
    return found


def findings_of(root: Path, kind: str, content: bytes, name: str) -> tuple[pe.Diagnostic, ...]:
    """Return what a case is refused for; the file stands in for the base's of its kind."""
    if kind == "profile":
        with pytest.raises(pe.ProfileError) as refused:
            pe.load(BASE).decide(pe.Profile.from_bytes(name, content))
        return refused.value.diagnostics
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    (root / PLACES[kind] / "base.yaml").write_bytes(content)
    with pytest.raises(pe.PolicyError) as refused_policy:
        pe.load(root)
    return refused_policy.value.diagnostics


def differences(found: Iterable[Finding], expected: list[dict[str, str]]) -> list[str]:
    rest, missing = list(found), []
    for item in expected:
        fitting = next((f for f in rest if f.fits(item)), None)
        if fitting is None:
            missing.append(f"expected: {item}")
        else:
            rest.remove(fitting)
    return missing + [f"found: {f}" for f in rest]


def test_the_base_is_accepted() -> None:
    assessment = pe.load(BASE).decide(pe.Profile.from_file(BASE / "examples" / "borrower.yaml"))
    assert [str(decision.outcome) for decision in assessment.decisions] == ["offer"]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_the_file_is_refused_for_what_is_wrong_in_it(
    case: Path, variant: str, tmp_path: Path
) -> None:
    text = VARIANTS[variant](case.read_text("utf-8"))
    started = time.process_time()
    found = findings_of(tmp_path, case.parent.name, text.encode(), case.name)
    assert time.process_time() - started < SECONDS
    assert differences(map(Finding.of, found), expected_of(case)) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_the_command_line_ends_with_2_and_says_the_same(case: Path, tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    kind = case.parent.name
    if kind == "profile":
        asked = ["decide", "--policies", str(tmp_path), "--profile", str(case), "--format", "json"]
    else:
        (tmp_path / PLACES[kind] / "base.yaml").write_bytes(case.read_bytes())
        asked = ["check", str(tmp_path), "--format", "json"]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == INVALID, result.output
    codes = sorted(d["code"] for d in json.loads(result.output)["diagnostics"])
    assert codes == sorted(item["code"] for item in expected_of(case))


def test_no_expectation_stands_without_its_case() -> None:
    expected = {path.name for path in HERE.glob("*/*.expected.yaml")}
    assert expected == {f"{case.stem}.expected.yaml" for case in CASES}
