"""Every character of a scalar's text stands where its offset says, whatever YAML did to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.diagnostics import Findings
from policyengine.source import SourceFile
from policyengine.syntax.yaml_reader import read_yaml
from policyengine.syntax.yaml_tree import Mapping, Scalar

WORDS = st.text("abcdefgxyz延期还款é<=>(){}.+-*/0123456789", min_size=1, max_size=6).map(
    lambda word: f"w{word}w"
)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=4)
BREAKS = st.sampled_from(["\n", "\r\n", "\n\n", "\r\n\r\n", "\n \n\n"])
INDENTS = st.sampled_from(["  ", "    "])


def scalar_in(source: str) -> Scalar:
    findings = Findings()
    root = read_yaml(SourceFile("a.yaml", source), findings)
    assert isinstance(root, Mapping), [str(item) for item in findings.items]
    value = root.get("延期")
    assert isinstance(value, Scalar)
    return value


def check_every_word(scalar: Scalar, words: list[str], source_of: dict[str, str]) -> None:
    """Each word of the text is found, in order, at a place of the file that holds its source."""
    position, last = 0, -1
    for word in words:
        start = scalar.text.index(word, position)
        span = scalar.part(start, start + len(word))
        assert span.file.text[span.start : span.end] == source_of.get(word, word)
        assert span.start > last
        for index in range(len(word)):
            one = scalar.part(start + index, start + index + 1)
            assert one.file.text[one.start : one.end][-1:] or word
            assert one.start >= span.start
        position, last = start + len(word), span.start


@given(LINES, BREAKS, INDENTS, st.sampled_from(["", "|", ">", "|-", ">+", "'", '"']))
def test_words_of_a_folded_scalar_keep_their_place(
    lines: list[list[str]], line_break: str, indent: str, style: str
) -> None:
    words = [word for line in lines for word in line]
    body = f"{line_break}{indent}".join(" ".join(line) for line in lines)
    if style[:1] in ("|", ">"):
        source = f"延期: {style}\n{indent}{body}\n"
    else:
        quote = style
        source = f"延期: {quote}{body}{quote}\n"
    check_every_word(scalar_in(source), words, {})


ESCAPES = {
    "\\n": "\n",
    "\\t": "\t",
    '\\"': '"',
    "\\\\": "\\",
    "\\x41": "A",
    "\\u5ef6": "延",
    "\\U0001F600": "😀",
    "\\/": "/",
    "\\_": "\u00a0",
}
PIECES = st.one_of(st.sampled_from([*ESCAPES, " ", "延", "b", "'"]), WORDS)


@given(st.lists(PIECES, min_size=1, max_size=30))
def test_each_escape_keeps_its_place(pieces: list[str]) -> None:
    pieces = ["s", *pieces, "e"]
    scalar = scalar_in('延期: "' + "".join(pieces) + '"')
    text_at, source_at = 0, scalar.span.start + 1
    for piece in pieces:
        length = 1 if piece in ESCAPES else len(piece)
        span = scalar.part(text_at, text_at + length)
        assert (span.start, span.end) == (source_at, source_at + len(piece))
        text_at, source_at = text_at + length, source_at + len(piece)


@given(st.lists(st.sampled_from(["''", "a", "延", " ", '"']), max_size=30))
def test_each_doubled_quote_keeps_its_place(pieces: list[str]) -> None:
    pieces = ["s", *pieces, "e"]
    scalar = scalar_in("延期: '" + "".join(pieces) + "'")
    source_at = scalar.span.start + 1
    for index, piece in enumerate(pieces):
        span = scalar.part(index, index + 1)
        assert (span.start, span.end) == (source_at, source_at + len(piece))
        source_at += len(piece)


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ('延期: "one \\\n  two"', "two"),
        ('延期: "one \\\r\n  two"', "two"),
        ('延期: "one\\\n  \\  two"', "two"),
        ("延期: >\n  one\n\n    two\n  three\n", "three"),
        ("延期: |2\n    one\n   two\n", "two"),
        ("延期: |-  # a remark\n  one\n  two", "two"),
        ("延期: one\n\n\n  two", "two"),
        ("延期: |\r\n  one\r\n\r\n  two\r\n", "two"),
    ],
)
def test_a_word_after_a_line_break_is_found(source: str, word: str) -> None:
    scalar = scalar_in(source)
    start = scalar.text.index(word)
    span = scalar.part(start, start + len(word))
    assert span.file.text[span.start : span.end] == word


def test_the_place_after_the_end_is_the_end() -> None:
    scalar = scalar_in("延期: 'a b'")
    assert scalar.part(3, 3).start == scalar.span.end - 1
    assert scalar.part(99, 99).start == scalar.span.end - 1
