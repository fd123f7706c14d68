"""Tests that stand elsewhere than beside their policy: `tests:` says which it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from relief import write

from policyengine.cli import main


@pytest.mark.parametrize(
    "place", ["another.test.yaml", "checks/tiny.test.yaml", "checks/deep/a.test.yaml"]
)
@pytest.mark.parametrize("named", ["tiny", '"tiny"', "tiny   # the lender"])
def test_a_test_file_alone_finds_the_policy_it_names(
    tmp_path: Path, place: str, named: str
) -> None:
    write(tmp_path)
    text = (
        (tmp_path / "tiny.test.yaml").read_text("utf-8").replace("tests: tiny", f"tests: {named}")
    )
    (tmp_path / "tiny.test.yaml").unlink()
    at = tmp_path / place
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text(text.replace("examples/", f"{tmp_path}/examples/"), "utf-8")
    for path in (at, at.parent):
        result = CliRunner().invoke(main, ["test", str(path)])
        assert result.exit_code == 0, result.output
        assert "1 of 1 case passed" in result.stdout


def test_a_name_that_no_file_has_is_still_an_error(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "other.test.yaml").write_text("tests: tinny\nlanguage: 1\ncases: []\n", "utf-8")
    result = CliRunner().invoke(main, ["test", str(tmp_path / "other.test.yaml")])
    assert result.exit_code == 2
    assert "there is no policy" in result.output


def test_the_folder_that_one_stands_in_is_a_path_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["test", "."]).exit_code == 0
