"""Notes and suites in the formats of other programs: valid, and the same when read back, whatever stands in them."""

from __future__ import annotations

import exchanged
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policyengine.report.interchange.github import github
from policyengine.report.interchange.junit import Entry, Suite, Trouble, junit
from policyengine.report.interchange.note import Level, Note, Place
from policyengine.report.interchange.sarif import sarif

#: What a file can hold: all but halves of characters.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "a::b",
        "100%",
        "%0A",
        "x,y=z",
        "<&>\"'",
        "]]>",
        "\r\n",
        "\0\x1b[31m",
        "纾困",
        "\u2028",
        "::error ::",
    ]
)
NUMBER = st.integers(1, 10_000)
PLACES = st.builds(Place, TEXT.filter(bool), NUMBER, NUMBER, NUMBER, NUMBER, TEXT)
NOTES = st.builds(
    Note, st.sampled_from(Level), TEXT, TEXT, TEXT, st.none() | PLACES, st.tuples(PLACES)
)
AWKWARD = Place("a b/ü,c:d%.yaml", 1, 2, 1, 3)


@given(st.lists(NOTES, max_size=3))
@example([Note(Level.ERROR, "code", "a,b: c", "one\ntwo\r\n::error::three % %0A", AWKWARD)])
def test_github_reads_what_was_noted(notes: list[Note]) -> None:
    found = exchanged.github(github(notes))
    kinds = {"error": "error", "warning": "warning", "note": "notice"}
    assert [(kind, said) for kind, _, said in found] == [
        (kinds[note.level], note.message) for note in notes
    ]
    for (_, properties, _), note in zip(found, notes, strict=True):
        assert properties["title"] == note.title
        if note.place:
            assert (properties["file"], properties["line"]) == (
                note.place.file,
                str(note.place.line),
            )
            assert ("col" in properties) == (note.place.line == note.place.end_line)


@given(st.lists(NOTES, max_size=3))
@example([Note(Level.NOTE, "code", "code", "text", AWKWARD, (AWKWARD,))])
def test_sarif_is_valid(notes: list[Note]) -> None:
    run = exchanged.sarif(sarif(notes, version="1.2.3", exit_code=1))
    assert [result["level"] for result in run["results"]] == [str(note.level) for note in notes]
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("policies/a.yaml", "policies/a.yaml"),
        ("with space/100%.yaml", "with%20space/100%25.yaml"),
        ("/root/a.yaml", "file:///root/a.yaml"),
        ("中.yaml", "%E4%B8%AD.yaml"),
    ],
)
def test_a_file_is_called_by_its_uri(name: str, uri: str) -> None:
    note = Note(Level.ERROR, "code", "code", "text", Place(name, 1, 1, 1, 2))
    (result,) = exchanged.sarif(sarif([note], version="1.2.3", exit_code=0))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


TROUBLES = st.none() | st.builds(
    Trouble, st.sampled_from(["failure", "error"]), st.just("code"), TEXT, TEXT
)
SUITES = st.builds(Suite, TEXT, st.tuples(st.builds(Entry, TEXT, TEXT, TROUBLES, TEXT)))


@given(st.lists(SUITES, max_size=3))
def test_junit_is_valid(suites: list[Suite]) -> None:
    root = exchanged.junit(junit(suites))
    assert len(root.findall("testsuite")) == len(suites)
