"""Reads YAML into a tree of spans, with PyYAML's C parser and none of its constructors.

The parser's events are composed here, so that an alias is seen before it is expanded, a tag before it is
obeyed and a depth before it is reached. Anchors, aliases, merge keys, tags and duplicate keys are errors;
reading goes on past them, so that one run shows all of them.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from policyengine.diagnostics import Findings, Related
from policyengine.source import SourceFile, Span
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 50

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_bytes(name: str, content: bytes, findings: Findings) -> SourceFile | None:
    """Decode a file's bytes, or note why they cannot be text."""
    file = SourceFile(name, "")
    start = Span(file, 0, 0)
    if len(content) > MAX_BYTES:
        size = len(content) / 1024 / 1024
        findings.error(
            "file-too-large",
            f"the file has {size:.1f} MB, more than the {MAX_BYTES // 1024 // 1024} MB that are read",
            start,
            "a file describes one policy or one borrower; use `portfolio` for many",
        )
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.error(
            "not-text",
            f"the file is not UTF-8 text: byte {error.start + 1} cannot be read",
            start,
            "save the file as UTF-8",
        )
        return None
    return SourceFile(name, text)


def read_yaml(file: SourceFile, findings: Findings) -> Node | None:
    """Read one YAML document; return None when nothing could be read."""
    unreadable = _unreadable_character(file)
    if unreadable is not None:
        findings.error(
            "not-text",
            "the file holds a control character and is not text",
            Span(file, unreadable, unreadable + 1),
            "save the file as plain text",
        )
        return None
    try:
        return _Composer(file, findings).compose()
    except yaml.MarkedYAMLError as error:
        _note_syntax_error(error, file, findings)
    except yaml.YAMLError as error:
        findings.error("yaml-syntax", f"the file is not YAML: {error}", Span(file, 0, 0))
    except _TooDeep as error:
        findings.error(
            "too-deep",
            f"more than {MAX_DEPTH} levels of nesting",
            error.span,
            "nothing in the language needs more than ten",
        )
    return None


class _TooDeep(Exception):
    def __init__(self, span: Span) -> None:
        self.span = span
        super().__init__()


_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _unreadable_character(file: SourceFile) -> int | None:
    found = _UNREADABLE.search(file.text)
    return found.start() if found else None


class _Composer:
    """Turns the parser's events into nodes, innermost first."""

    def __init__(self, file: SourceFile, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.depth = 0
        self.events = yaml.parse(_without_json_tabs(file), Loader=_Loader)

    def compose(self) -> Node | None:
        documents: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if documents:
                    self._note_second_document(event)
                    break
                documents.append(self._node(next(self.events)))
        if not documents or _is_empty(documents[0]):
            self.findings.error("empty-file", "the file is empty", Span(self.file, 0, 0))
            return None
        return documents[0]

    def _node(self, event: Any) -> Node:
        self._refuse_magic(event)
        if isinstance(event, yaml.ScalarEvent):
            style = event.style if event.style not in (None, ":") else ""
            return Scalar(event.value, self._span(event), style)
        if isinstance(event, yaml.AliasEvent):
            return Scalar("", self._span(event))
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooDeep(self._span(event))
        node = (
            self._sequence(event)
            if isinstance(event, yaml.SequenceStartEvent)
            else self._mapping(event)
        )
        self.depth -= 1
        return node

    def _sequence(self, start: Any) -> Sequence:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event))
        return Sequence(tuple(items), self._span(start, event))

    def _mapping(self, start: Any) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event)
            value = self._node(next(self.events))
            if key is None:
                continue
            if key.text in entries:
                self._note_duplicate(key, entries[key.text][0])
                continue
            entries[key.text] = key, value
        return Mapping(tuple(entries.values()), self._span(start, event))

    def _key(self, event: Any) -> Scalar | None:
        key = self._node(event)
        if not isinstance(key, Scalar):
            self.findings.error("bad-key", "a key must be plain text", key.span)
            return None
        if key.text == "<<" and not key.quoted:
            self.findings.error(
                "merge-key",
                "merge keys are not part of the language",
                key.span,
                "write the keys out where they are used",
            )
            return None
        return key

    def _refuse_magic(self, event: Any) -> None:
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            self._note_magic("anchor", f"the alias `*{anchor}` is not part of the language", event)
        elif anchor:
            self._note_magic("anchor", f"the anchor `&{anchor}` is not part of the language", event)
        if tag:
            short = tag.replace("tag:yaml.org,2002:", "!!")
            self._note_magic("tag", f"the tag `{short}` is not part of the language", event)

    def _note_magic(self, code: str, message: str, event: Any) -> None:
        hint = (
            "write the value out, or name it under `parameters` or `derive`"
            if code == "anchor"
            else "leave it out: the place a value stands in says its type"
        )
        self.findings.error(code, message, self._first_line(event), hint)

    def _note_duplicate(self, key: Scalar, first: Scalar) -> None:
        self.findings.error(
            "duplicate-key",
            f"the key `{key.text}` is given twice",
            key.span,
            "keep one of them",
            related=(Related("first given here", first.span),),
        )

    def _note_second_document(self, event: Any) -> None:
        self.findings.error(
            "several-documents",
            "the file holds more than one YAML document",
            self._first_line(event),
            "give each document a file of its own",
        )

    def _span(self, start: Any, end: Any = None) -> Span:
        return Span(self.file, start.start_mark.index, (end or start).end_mark.index)

    def _first_line(self, event: Any) -> Span:
        start, end = event.start_mark.index, event.end_mark.index
        line_end = self.file.text.find("\n", start)
        return Span(self.file, start, min(end, line_end) if line_end > start else end)


def _without_json_tabs(file: SourceFile) -> str:
    """Allow tabs between the tokens of JSON, where they are ordinary; a raw tab in a JSON string is not."""
    return file.text.replace("\t", " ") if file.name.endswith(".json") else file.text


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text and not node.quoted


class _Advice(NamedTuple):
    code: str
    message: str
    hint: str


_ADVICE = (
    (
        "mapping values are not allowed",
        _Advice(
            "yaml-colon",
            "a second `: ` on one line",
            "put the value in quotes, or on a line of its own",
        ),
    ),
    (
        "cannot start any token",
        _Advice("yaml-character", "a value cannot start with this character", "put the value in quotes"),
    ),
    (
        "could not find expected ':'",
        _Advice("yaml-colon", "a key without a `:`", "write `key: value`, with a space after the colon"),
    ),
    (
        "did not find expected <document start>",
        _Advice("yaml-syntax", "text after the end of the document", "check the indentation"),
    ),
    (
        "did not find expected key",
        _Advice("yaml-indentation", "this line does not fit the lines above", "check the indentation"),
    ),
    (
        "did not find expected '-' indicator",
        _Advice("yaml-indentation", "this line does not fit the list above", "check the indentation"),
    ),
    (
        "did not find expected ',' or ']'",
        _Advice("yaml-bracket", "a `[` that is not closed", "close it with `]`"),
    ),
    (
        "did not find expected ',' or '}'",
        _Advice("yaml-bracket", "a `{` that is not closed", "close it with `}`"),
    ),
    (
        "found unexpected end of stream",
        _Advice("yaml-quote", "a quote that is not closed", "close it with the same quote"),
    ),
)
_TAB = _Advice("yaml-tab", "a tab where spaces are expected", "indent with spaces")
_NO_SPACE = re.compile(r"^\s*(?:- )?[A-Za-z_][\w.]*:[^\s:]")


def _note_syntax_error(error: yaml.MarkedYAMLError, file: SourceFile, findings: Findings) -> None:
    mark = error.problem_mark or error.context_mark
    offset = min(mark.index, len(file.text)) if mark else 0
    offset, advice = _advice(error.problem or "", file, offset)
    findings.error(advice.code, advice.message, Span(file, offset, offset + 1), advice.hint)


def _advice(problem: str, file: SourceFile, offset: int) -> tuple[int, _Advice]:
    tab = _tab_before(file, offset)
    if tab is not None:
        return tab, _TAB
    colon = _colon_without_space(file, offset)
    if colon is not None and "expected" in problem + "mapping values":
        return colon, _Advice(
            "yaml-colon", "a `:` without a space after it", "write `key: value`, with a space"
        )
    for sign, advice in _ADVICE:
        if sign in problem:
            return offset, advice
    return offset, _Advice("yaml-syntax", f"not YAML: {problem}", "check the line and the one above")


def _tab_before(file: SourceFile, offset: int) -> int | None:
    """Find a tab in the indentation of the line of the error or the one before it."""
    number = file.line_and_column(offset)[0]
    for line in (number, number - 1):
        if line >= 1:
            text = file.line(line)
            indentation = text[: len(text) - len(text.lstrip())]
            if "\t" in indentation:
                return _line_start(file, line) + indentation.index("\t")
    return None


def _colon_without_space(file: SourceFile, offset: int) -> int | None:
    number = file.line_and_column(offset)[0]
    for line in (number, number - 1):
        if line >= 1 and (found := _NO_SPACE.match(file.line(line))):
            return _line_start(file, line) + found.end() - 2
    return None


def _line_start(file: SourceFile, line: int) -> int:
    return sum(len(row) for row in file.text.splitlines(keepends=True)[: line - 1])
