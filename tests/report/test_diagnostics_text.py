"""Findings as text: what is underlined, and where it is said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from policyengine.diagnostics import Diagnostic, Related, Severity
from policyengine.report.diagnostics import (
    diagnostic_text,
    diagnostics_json,
    diagnostics_text,
    summary,
)
from policyengine.report.places import Places, shown_path
from policyengine.source import SourceFile, Span

TEXT = """\
plans:
  holiday:
    thta: loan.days_past_due >= 1 day
    zh: "逾期不超过{max_arears}天"
\tcode:\tX
"""
FILE = SourceFile("aibank/loan.yaml", TEXT)


def span(part: str, file: SourceFile = FILE) -> Span:
    start = file.text.index(part)
    return Span(file, start, start + len(part))


def shown(diagnostic: Diagnostic) -> list[str]:
    return [line.plain for line in diagnostic_text(diagnostic)]


def test_the_offending_part_is_underlined() -> None:
    finding = Diagnostic(
        "unknown-key", "unknown key `thta` in a condition", span("thta"), "did you mean `that`?"
    )
    assert shown(finding) == [
        "error[unknown-key]: unknown key `thta` in a condition",
        "  --> aibank/loan.yaml:3:5",
        "   |",
        " 3 |     thta: loan.days_past_due >= 1 day",
        "   |     ^^^^",
        "   = help: did you mean `that`?",
    ]


def test_a_chinese_character_takes_two_cells() -> None:
    lines = shown(Diagnostic("unknown-name", "there is no `max_arears`", span("max_arears")))
    assert lines[1:] == [
        "  --> aibank/loan.yaml:4:16",
        "   |",
        ' 4 |     zh: "逾期不超过{max_arears}天"',
        "   |                     ^^^^^^^^^^",
    ]
    assert shown(Diagnostic("x", "y", span("不超过")))[-1] == "   |              ^^^^^^"


def test_a_place_of_many_lines_shows_the_first() -> None:
    whole = Span(FILE, FILE.text.index("holiday"), len(TEXT))
    assert shown(Diagnostic("x", "y", whole))[-2:] == [" 2 |   holiday:", "   |   ^^^^^^^^"]


def test_a_place_without_extent_is_pointed_at() -> None:
    end = Span(FILE, len(TEXT), len(TEXT))
    assert shown(Diagnostic("x", "y", end))[1:] == [
        "  --> aibank/loan.yaml:6:1",
        "   |",
        " 6 | ",
        "   | ^",
    ]


def test_a_tab_and_a_control_character_do_not_move_the_mark() -> None:
    assert shown(Diagnostic("x", "y", span("X")))[-2:] == [" 5 |  code: X", "   |        ^"]
    file = SourceFile("a.yaml", "a: \x1b[31mred")
    assert "\x1b" not in "".join(shown(Diagnostic("x", "y", span("red", file))))


def test_a_long_line_is_cut_around_the_place() -> None:
    file = SourceFile("a.json", "x" * 100_000 + "HERE" + "y" * 100_000)
    _, _, _, line, mark = shown(Diagnostic("x", "y", span("HERE", file)))
    assert len(line) < 120
    assert line[mark.index("^") : mark.rindex("^") + 1] == "HERE"
    long = Span(file, 0, len(file.text))
    assert all(len(text) < 120 for text in shown(Diagnostic("x", "y", long)))


def test_a_finding_without_a_file_shows_its_path() -> None:
    finding = Diagnostic("not-a-date", "`as_of` is not a date", path="as_of", hint="write one")
    assert shown(finding)[1:] == ["  --> as_of", "   = help: write one"]
    assert shown(Diagnostic("which-loan", "none")) == ["error[which-loan]: none"]


def test_a_place_in_no_text_is_named_only() -> None:
    nowhere = Span(SourceFile("profile", ""), 0, 0)
    assert shown(Diagnostic("x", "y", nowhere)) == ["error[x]: y", "  --> profile:1:1"]


def test_related_places_are_shown_with_what_they_are() -> None:
    related = Related("the other one", span("holiday"))
    lines = shown(Diagnostic("repeated-name", "twice", span("thta"), related=(related,)))
    assert lines[5:] == [
        "  --> aibank/loan.yaml:2:3: the other one",
        "   |",
        " 2 |   holiday:",
        "   |   -------",
    ]


def test_line_numbers_of_any_length_stand_in_one_column() -> None:
    file = SourceFile("a.yaml", "\n" * 1233 + "bad")
    lines = shown(Diagnostic("x", "y", span("bad", file), related=(Related("z", span("thta")),)))
    assert lines[3] == "1234 | bad"
    assert lines[7] == "   3 |     thta: loan.days_past_due >= 1 day"


@pytest.mark.parametrize(
    ("severities", "said"),
    [
        ("", "no findings"),
        ("e", "1 error"),
        ("eee", "3 errors"),
        ("w", "1 warning"),
        ("ewwe", "2 errors, 2 warnings"),
    ],
)
def test_the_summary_counts(severities: str, said: str) -> None:
    kinds = {"e": Severity.ERROR, "w": Severity.WARNING}
    findings = [Diagnostic("x", "y", severity=kinds[letter]) for letter in severities]
    assert summary(findings) == said
    lines = diagnostics_text(findings)
    assert [line.plain for line in lines[-1:]] == ([said] if findings else [])


def test_json_says_the_same() -> None:
    related = Related("the other one", span("holiday"))
    finding = Diagnostic("unknown-key", "unknown", span("thta"), "hint", "a.b", (related,))
    assert diagnostics_json([finding]) == [
        {
            "code": "unknown-key",
            "severity": "error",
            "message": "unknown",
            "hint": "hint",
            "file": "aibank/loan.yaml",
            "line": 3,
            "column": 5,
            "end_line": 3,
            "end_column": 9,
            "path": "a.b",
            "related": [
                {
                    "message": "the other one",
                    "file": "aibank/loan.yaml",
                    "line": 2,
                    "column": 3,
                    "end_line": 2,
                    "end_column": 10,
                }
            ],
        }
    ]
    (bare,) = diagnostics_json([Diagnostic("x", "y")])
    assert (bare["file"], bare["line"], bare["hint"]) == (None, None, None)


def test_paths_are_those_that_the_reader_can_open() -> None:
    home = Path("/home/mary")
    assert shown_path(home / "policies" / "a.yaml", home) == "policies/a.yaml"
    assert shown_path(Path("/srv/a.yaml"), home) == "/srv/a.yaml"
    places = Places(home / "policies", home)
    finding = Diagnostic("x", "y", span("thta"), related=(Related("z", span("holiday")),))
    (located,) = places.located([finding])
    assert str(located.span) == "policies/aibank/loan.yaml:3:5"
    assert str(located.related[0].span) == "policies/aibank/loan.yaml:2:3"
    assert located.span
    assert located.span.file is located.related[0].span.file
