"""The mutation score for the terminal and as JSON.

SURVIVED policies/x.yaml:31:18: `loan.days_past_due <= 90 days` became `loan.days_past_due < 90 days`
   |
31 |     that: loan.days_past_due <= 90 days
   |                              ^^
   = the cases come to a difference, and expect nothing of it
     this case would kill it:
       - name: …
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rich.text import Text

from policyengine.report.diagnostics import (
    counted,
    diagnostic_text,
    diagnostics_json,
    place_json,
    snippet,
)
from policyengine.report.layout import Page
from policyengine.report.places import Places
from policyengine.report.view import MARKS, STYLES
from policyengine.testing.mutation.results import Fate, FileScore, Score, Tried

_INDENT = 5
#: What is said of a mutant that is shown, and how.
_SHOWN = {
    Fate.SURVIVED: ("SURVIVED", "bold red"),
    Fate.UNDECIDED: ("UNDECIDED", "bold yellow"),
}
_ASIDE = {
    Fate.EQUIVALENT: "nothing that a case can expect changes",
    Fate.REFUSED: "a policy with it would not load",
    Fate.NOT_TRIED: "since the run was stopped",
}


def score_text(
    score: Score, places: Places, *, fail_under: Fraction | None = None, width: int = 80
) -> list[Text]:
    """Return the lines of a run: for each file its score and who survives, and a summary."""
    page = Page(width)
    for file in score.files:
        _write_file(file, page, places, fail_under)
    if len(score.files) > 1:
        page.blank()
        page.write(f"all files: {_score(score.whole)}", style="bold")
    return page.lines


def _write_file(file: FileScore, page: Page, places: Places, fail_under: Fraction | None) -> None:
    if file.untested is not None:
        for error in places.located([file.untested]):
            page.lines += diagnostic_text(error)
        return
    if not file.mutants:
        return
    good = not file.count(Fate.SURVIVED) and not file.count(Fate.UNDECIDED)
    enough = good if fail_under is None else file.share is None or file.share * 100 >= fail_under
    page.line(f"{MARKS[enough]} {places.path(file.name)}: {_score(file)}", style=STYLES[enough])
    for mutant in file.mutants:
        if mutant.fate in _SHOWN:
            _write_survivor(mutant, page, places)
    aside = [mutant for mutant in file.mutants if mutant.fate in _ASIDE]
    if aside:
        page.blank()
    for fate, why in _ASIDE.items():
        found = [mutant for mutant in aside if mutant.fate is fate]
        if found:
            page.write(f"{fate}, {why}:", indent=2, style="dim")
        for mutant in found:
            span = places.span(mutant.span)
            page.write(f"{span.line}:{span.column} {mutant.said}", indent=4, style="dim")


def _score(file: FileScore) -> str:
    said = [f"{file.count(Fate.KILLED)} of {counted(file.counted, 'mutant')} killed"]
    said += [
        f"{file.count(fate)} {fate}"
        for fate in (Fate.UNDECIDED, Fate.EQUIVALENT, Fate.REFUSED, Fate.NOT_TRIED)
        if file.count(fate)
    ]
    share = "no score" if file.share is None else f"{percent(file.share)} %"
    return f"{share}, {', '.join(said)}"


def percent(share: Fraction) -> str:
    """Return a share in percent with one decimal; what falls short of a number is not written as it."""
    tenths = share.numerator * 1000 // share.denominator
    return f"{tenths // 10}.{tenths % 10}"


def _write_survivor(mutant: Tried, page: Page, places: Places) -> None:
    mark, style = _SHOWN[mutant.fate]
    page.blank()
    span = places.span(mutant.span)
    page.lines.append(Text.assemble((mark, style), f" {span}: {mutant.said}"))
    page.lines += snippet(span)
    page.write(_why(mutant), indent=3, mark="=")
    if mutant.case is not None:
        page.write("this case would kill it:", indent=_INDENT)
        for line in mutant.case.splitlines():
            page.line(line, indent=_INDENT + 2)


def _why(mutant: Tried) -> str:
    if mutant.fate is Fate.UNDECIDED:
        return "nobody was found whom it treats otherwise, and it is not shown that there is nobody"
    if not mutant.reached:
        return "no case has a borrower for whom it makes a difference"
    return (
        f"{counted(mutant.reached, 'case')} may come to it, and what {_they(mutant.reached)} stays"
    )


def _they(count: int) -> str:
    return "it expects" if count == 1 else "they expect"


# JSON


def score_json(score: Score, places: Places) -> dict[str, Any]:
    """Return the score as plain mappings; the same for the same files, however long it took."""
    return {
        "stopped": score.stopped,
        "errors": diagnostics_json(places.located(score.untested)),
        **_counts(score.whole),
        "files": [_file_json(file, places) for file in score.files if file.mutants],
    }


def _counts(file: FileScore) -> dict[str, Any]:
    score = None if file.share is None else float(percent(file.share))
    counts = {str(fate).replace(" ", "_"): file.count(fate) for fate in Fate}
    return {"score": score, "counted": file.counted, **counts}


def _file_json(file: FileScore, places: Places) -> dict[str, Any]:
    mutants = [_mutant_json(mutant, places) for mutant in file.mutants]
    return {"file": places.path(file.name), **_counts(file), "mutants": mutants}


def _mutant_json(mutant: Tried, places: Places) -> dict[str, Any]:
    return {
        "kind": str(mutant.kind),
        **place_json(places.span(mutant.span)),
        "said": mutant.said,
        "fate": str(mutant.fate).replace(" ", "_"),
        "by": mutant.by,
        "cases": mutant.reached,
        "case": mutant.case,
    }
