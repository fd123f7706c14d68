from __future__ import annotations

import pytest

from policyengine.diagnostics import Findings, PolicyError
from policyengine.source import SourceFile
from policyengine.syntax.file_text import read_bytes
from policyengine.syntax.yaml_reader import MAX_MENDED, read_document, read_yaml
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence, kind


def read(text: str, name: str = "a.yaml") -> tuple[Node | None, list[str]]:
    findings = Findings()
    root = read_yaml(SourceFile(name, text), findings)
    return root, [f"{d.span.line}:{d.span.column} {d.code}" for d in findings.items if d.span]


def value(text: str) -> Scalar:
    root, findings = read(f"key: {text}")
    assert isinstance(root, Mapping), findings
    found = root.get("key")
    assert isinstance(found, Scalar)
    return found


@pytest.mark.parametrize(
    "text", ["NO", "ON", "010", "1:30", "3.10", ".nan", "1e3", "1_000", "null", "~", "2024-01-01"]
)
def test_a_scalar_is_the_text_that_was_written(text: str) -> None:
    scalar = value(text)
    assert (scalar.text, scalar.quoted) == (text, False)


@pytest.mark.parametrize(
    ("text", "style"), [("a", ""), ("'a'", "'"), ('"a"', '"'), ("|-\n  a", "|"), (">-\n  a", ">")]
)
def test_the_style_is_kept(text: str, style: str) -> None:
    assert (value(text).text, value(text).style) == ("a", style)


def test_the_order_of_the_file_is_kept_and_keys_have_places() -> None:
    root, findings = read("b: 1\na: [x, {y: z}]\n")
    assert isinstance(root, Mapping)
    assert findings == []
    assert [key.text for key, _ in root] == ["b", "a"]
    key = root.key("a")
    assert key is not None
    assert (key.span.line, key.span.column, str(key.span)) == (2, 1, "a.yaml:2:1")
    assert root.get("c") is None
    assert root.key("c") is None
    assert kind(root) == "a mapping"


def test_kinds_have_names() -> None:
    root, _ = read("[a, '', [b]]")
    assert isinstance(root, Sequence)
    assert [kind(item) for item in root.items] == ["text", "nothing", "a list"]


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("a: b: c\nd: 1", ["1:5 yaml-colon"]),
        ("a:\n\tb: 1\n", ["2:1 yaml-tab"]),
        ("a: 1\n\tb: 2\n\tc: 3\n", ["2:1 yaml-tab", "3:1 yaml-tab"]),
        ("a: 1\nb:c\nd: 2\n", ["2:2 yaml-colon"]),
        ("a:b\nc: 1", ["1:2 yaml-colon"]),
        ("'k':b\n", ["1:4 yaml-colon"]),
        ("- a: 1\n  b:c\n  d: 1\n", ["2:4 yaml-colon"]),
        ("foo\nb: 1\n", ["2:1 yaml-indentation"]),
        ("b: 1\nfoo\nc: 1\n", ["2:1 yaml-colon"]),
        ("a: @x\n", ["1:4 yaml-character"]),
        ("a: `x`\nb: %x\n", ["1:4 yaml-character", "2:4 yaml-character"]),
        ("a: >x\nb: |y\n", ["1:4 yaml-character", "2:4 yaml-character"]),
        ("a: *\n", ["1:4 yaml-character"]),
        ("a: ]", ["1:4 yaml-character"]),
        ("a: [1, 2\nb: 3\n", ["1:4 yaml-bracket"]),
        ("a: {x: 1\nb: 3\n", ["1:4 yaml-bracket"]),
        ("a: [x: y: z]", ["1:9 yaml-colon"]),
        ('a: ["b" c, d]', ["1:9 yaml-bracket"]),
        ('a: "x\nb: 3\n', ["1:4 yaml-quote"]),
        ("a:\n  b: 1\n c: 2\n", ["3:2 yaml-indentation"]),
        ("a: 1\n  b: 2\n", ["2:3 yaml-indentation"]),
        ("- a\nb: 1\n", ["2:1 yaml-indentation"]),
        ("  a: 1\nb: 2\n", ["2:1 yaml-indentation"]),
        ("k: - a", ["1:4 yaml-indentation"]),
        ('a: "b" == c', ["1:8 yaml-quote"]),
        ("a: {b} c", ["1:8 yaml-quote"]),
        ('a: "\\q"', ["1:5 yaml-escape"]),
        ('a: "\\ud800"', ["1:7 yaml-escape"]),
        ('a: "\\uzz"', ["1:7 yaml-escape"]),
        ("!<x", ["1:4 yaml-syntax"]),
        ("a: 1\na: 2\n", ["2:1 duplicate-key"]),
        ("? [a]\n: 1\n", ["1:3 bad-key"]),
        ("a: &x 1\nb: *x\n", ["1:4 anchor", "2:4 anchor"]),
        ("a: &x [1]\nb: *x\n", ["1:4 anchor", "2:4 anchor"]),
        ("<<: {a: 1}\n", ["1:1 merge-key"]),
        ("'<<': 1\n", []),
        ("a: !!int 1\n", ["1:4 tag"]),
        ("a: ! 1\n", ["1:4 tag"]),
        ("a: 1\n---\nb: 1\n", ["2:1 several-documents"]),
        ("", ["1:1 empty-file"]),
        ("---\n", ["1:1 empty-file"]),
        ("''", []),
        # A line that does not fit may come of the mending alone; it shows in the next run.
        ("a: b: c\n x: 1\n", ["1:5 yaml-colon"]),
        # A second problem of one line too.
        ("a: b: c: `\nd: e: f\n", ["1:5 yaml-colon"]),
    ],
)
def test_what_is_wrong_is_found_where_it_is(text: str, findings: list[str]) -> None:
    assert read(text)[1] == findings


def test_syntax_errors_and_all_others_are_found_in_one_run() -> None:
    lines = ["a: b: c", "k: 1", "d:e", "k: 2", "f: `", "g: &x 1", "\tt: 1"]
    root, findings = read("\n".join(lines))
    assert root is None
    assert sorted(findings) == [
        "1:5 yaml-colon",
        "3:2 yaml-colon",
        "4:1 duplicate-key",
        "5:4 yaml-character",
        "6:4 anchor",
        "7:1 yaml-tab",
    ]


def test_reading_gives_up_after_many_syntax_errors() -> None:
    findings = Findings()
    document = read_document(SourceFile("a.yaml", "a: b: c\n" * 100), findings)
    assert len(document.problems) == MAX_MENDED


def test_tabs_are_ordinary_in_json() -> None:
    text = '\t{\n\t"a":\t1}'
    assert read(text, "a.json")[1] == []
    assert "1:1 yaml-tab" in read(text, "a.yaml")[1]


def test_an_alias_of_a_scalar_causes_no_second_error() -> None:
    findings = Findings()
    document = read_document(SourceFile("a.yaml", "a: &x one\nb: *x\n"), findings)
    assert isinstance(document.root, Mapping)
    alias = document.root.get("b")
    assert isinstance(alias, Scalar)
    assert alias.text == "one"


def test_more_findings_than_anybody_reads_end_the_run() -> None:
    findings = Findings()
    with pytest.raises(PolicyError) as stopped:
        read_yaml(SourceFile("a.yaml", "a: 1\n" * 2000), findings)
    assert stopped.value.diagnostics[-1].code == "too-many-errors"


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    file = read_bytes("a.yaml", "\ufeff延期: 1".encode(), Findings())
    assert file is not None
    assert file.text == "延期: 1"


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("延期: 1".encode("gbk"), "it looks like GBK: save it as UTF-8"),
        ("延期".encode("utf-16-le"), "save the file as UTF-8"),
        (
            "\ufeff延期".encode("utf-16-le"),
            "it looks like UTF-16, which some editors call Unicode: save it as UTF-8",
        ),
        (b"\xff\x00", "save the file as UTF-8"),
    ],
)
def test_the_hint_names_the_encoding_that_it_looks_like(content: bytes, hint: str) -> None:
    findings = Findings()
    assert read_bytes("a.yaml", content, findings) is None
    assert findings.items[0].hint == hint


def test_the_byte_that_cannot_be_read_has_a_place_and_the_rest_is_not_shown() -> None:
    findings = Findings()
    read_bytes("a.yaml", "policy: 延\nb\x1b: ".encode() + b"\xff\xfe secret", findings)
    span = findings.items[0].span
    assert span is not None
    assert str(span) == "a.yaml:2:5"
    assert span.file.line(2) == "b\ufffd: \ufffd"
