"""`policyengine test --generate-boundaries`: write the cases at the boundaries of policies, for review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.text import Text

from policyengine.cli import exit_codes, output
from policyengine.cli.reading import read_files
from policyengine.cli.writing import check_folder, make_folder, write_files
from policyengine.diagnostics import PolicyEngineError
from policyengine.report.diagnostics import counted
from policyengine.report.layout import Page
from policyengine.report.places import Places, shown_path
from policyengine.testing.boundaries import BoundaryFile, boundary_files
from policyengine.testing.text import case_json, case_text


def generate_boundaries(paths: tuple[str, ...], out: Path | None, *, overwrite: bool) -> int:
    """Write the boundary files of the policies at some paths, all or none, and return the exit code.

    Raises:
        PolicyEngineError: Something is wrong in the policies, or a file cannot be written.
    """
    if out is not None:
        check_folder(out)
    found: dict[Path, tuple[BoundaryFile, Places]] = {}
    for path in dict.fromkeys(paths):
        files = read_files(path)
        try:
            each = boundary_files(files.loaded, out, overwrite=overwrite)
        except PolicyEngineError as error:  # it is said with the paths of the user
            raise type(error)(files.places.located(error.diagnostics)) from None
        found |= {file.path: (file, files.places) for file in each}
    for file_path in found:
        make_folder(file_path.parent)
    write_files({at: file.text for at, (file, _) in found.items() if file.changed})
    _say(tuple(found.values()))
    differing = any(file.differing for file, _ in found.values())
    return exit_codes.FINDINGS if differing else exit_codes.CLEAN


def _say(found: tuple[tuple[BoundaryFile, Places], ...]) -> None:
    if output.wants_json():
        output.write_json({"files": [_json(file, places) for file, places in found]})
    else:
        for file, places in found:
            output.write_text(_text(file, places))


def _text(file: BoundaryFile, places: Places) -> list[Text]:
    page = Page(output.width())
    done = "written" if file.changed else "unchanged"
    said = f"{_shown(file)}: {done}, {counted(file.cases, 'case')}, {file.unreviewed} not reviewed"
    page.line(said)
    for line in _kept(file):
        page.write(line, indent=2)
    if file.remarks:
        said = f"{counted(len(file.remarks), 'remark')} in it, on boundaries that were not shown, or not alone"
        page.write(said, indent=2)
    for case in file.differing:
        page.lines += case_text(case, places, width=output.width())
    return page.lines


def _kept(file: BoundaryFile) -> Iterator[str]:
    if file.kept:
        yield f"{counted(len(file.kept), 'reviewed case')} kept"
    for name in file.outdated:
        yield f"no longer at a boundary that was found: {name}"
    if file.differing:
        yield f"{counted(len(file.differing), 'reviewed case')} decided otherwise now:"


def _json(file: BoundaryFile, places: Places) -> dict[str, Any]:
    return {
        "file": _shown(file),
        "policy": file.policy,
        "written": file.changed,
        "cases": file.cases,
        "unreviewed": file.unreviewed,
        "kept": list(file.kept),
        "outdated": list(file.outdated),
        "differing": [case_json(case, places) for case in file.differing],
        "remarks": list(file.remarks),
    }


def _shown(file: BoundaryFile) -> str:
    return shown_path(file.path.resolve(), Path.cwd())
