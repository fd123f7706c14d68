"""Places, messages and findings, which every reader of input notes in the same way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.diagnostics import (
    MAX_FINDINGS,
    Diagnostic,
    Findings,
    PolicyError,
    ProfileError,
    Severity,
    did_you_mean,
    in_order,
    nearest_or_list,
    readable,
)
from policyengine.source import SourceFile, Span


@given(st.text("ab延\n\r", max_size=40), st.data())
def test_lines_and_columns_are_those_of_an_editor(text: str, data: st.DataObject) -> None:
    file = SourceFile("a.yaml", text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = file.line_and_column(offset)
    assert file.line_start(line) + column - 1 == offset
    assert file.line(line) == text.split("\n")[line - 1].rstrip("\r")
    span = Span(file, offset, len(text))
    assert (span.line, span.column, str(span)) == (line, column, f"a.yaml:{line}:{column}")
    assert "\n" not in text[span.first_line().start : span.first_line().end]


def test_a_span_of_one_line_is_its_own_first_line() -> None:
    span = Span(SourceFile("a.yaml", "ab\nc"), 0, 2)
    assert span.first_line() is span


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`延期` is — “not” ok", "`延期` is — “not” ok"),
        ("a　b", "a　b"),
        ("a\x1b[2J\nb\x00", "a\\x1b[2J\\nb\\x00"),
        ("\ud800\u202e\u2028", "\\ud800\\u202e\\u2028"),
    ],
)
def test_a_message_stands_on_one_line_and_acts_on_no_terminal(text: str, shown: str) -> None:
    assert readable(text) == shown


@given(st.text())
def test_any_text_is_made_readable(text: str) -> None:
    shown = readable(text)
    assert shown.replace("\u3000", "").isprintable()
    shown.encode()


def test_a_long_message_is_cut() -> None:
    finding = Diagnostic("code", "x" * 10_000, hint="\x07" * 10_000, path="a\n" * 5000)
    assert len(finding.message) == len(finding.path or "") == 400
    assert finding.message.endswith("x…")
    assert (finding.hint or "").startswith("\\x07\\x07")


def test_a_diagnostic_is_written_on_one_line() -> None:
    span = Span(SourceFile("a.yaml", "\n  x"), 3, 4)
    assert str(Diagnostic("c", "m", span, "h", "p")) == "a.yaml:2:3: error[c]: m (h)"
    assert str(Diagnostic("c", "m", path="p")) == "p: error[c]: m"
    assert str(Diagnostic("c", "m", severity=Severity.WARNING)) == "warning[c]: m"


def test_errors_are_raised_together_and_in_the_order_of_the_files() -> None:
    one, two = SourceFile("1.yaml", "ab"), SourceFile("2.yaml", "ab")
    findings = Findings()
    findings.error("z", "third", Span(two, 0, 1))
    findings.error("b", "second", Span(one, 1, 2), hint="so")
    findings.error("b", "second", Span(one, 1, 2), hint="so")
    findings.error("a", "first", path="x")
    findings.warning("w", "nothing", Span(one, 0, 1))
    with pytest.raises(PolicyError) as raised:
        findings.raise_errors(PolicyError)
    assert [d.message for d in raised.value.diagnostics] == ["first", "second", "third"]
    assert (raised.value.code, raised.value.span, raised.value.hint) == ("a", None, None)
    assert len(in_order(findings.items)) == 4


def test_warnings_raise_nothing() -> None:
    findings = Findings()
    findings.warning("w", "m")
    findings.raise_errors(PolicyError)


def test_too_many_findings_are_too_many() -> None:
    findings = Findings(ProfileError)
    for index in range(MAX_FINDINGS - 1):
        findings.error("c", f"message {index}")
    with pytest.raises(ProfileError) as raised:
        findings.error("c", "the last")
    assert len(raised.value.diagnostics) == MAX_FINDINGS + 1
    assert raised.value.diagnostics[-1].code == "too-many-errors"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("max_arears", "did you mean `max_arrears`?"),
        ("loan.day_past_due", "did you mean `loan.days_past_due`?"),
        ("lown.fees", "did you mean `loan.fees`?"),
        ("loan.nothing", None),
        ("loan.max_arrears", "did you mean `max_arrears`?"),
        ("zzz", None),
        ("", None),
    ],
)
def test_the_nearest_name_is_proposed(name: str, hint: str | None) -> None:
    assert did_you_mean(name, ["max_arrears", "loan.days_past_due", "loan.fees", "loan.id"]) == hint


def test_where_nothing_is_near_a_few_names_are_listed() -> None:
    assert nearest_or_list("x", []) == "there is none to choose from"
    assert nearest_or_list("x", ["b", "a"]) == "known: `a`, `b`"
    assert nearest_or_list("x", map(str, range(10, 20))).endswith("`17` and 2 more")
    assert nearest_or_list("aa", ["ab", "aab"]) == "did you mean `aab`?"
