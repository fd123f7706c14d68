"""Reads YAML into a tree of spans, with PyYAML's C parser and none of its constructors.

The parser's events are composed here, so that an alias is seen before it is expanded, a tag before it is
obeyed and a depth before it is reached. Anchors, aliases, merge keys, tags and duplicate keys are errors;
reading goes on past them, so that one run shows all of them.
"""

from __future__ import annotations

from typing import Any

import attrs
import yaml

from policyengine.diagnostics import Findings, Related
from policyengine.source import SourceFile, Span
from policyengine.syntax.file_text import read_bytes
from policyengine.syntax.yaml_errors import Problem, explained
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence

__all__ = ["Document", "read_bytes", "read_document", "read_yaml"]

MAX_DEPTH = 50
#: More than any policy or borrower needs, and no more than is read within a second.
MAX_NODES = 50_000
#: How many syntax errors of one file are mended to find what else is wrong in it.
MAX_MENDED = 20

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@attrs.frozen
class Document:
    """What could be read of a file, and where it is not what the author wrote."""

    root: Node | None
    problems: tuple[Problem, ...] = ()


def read_yaml(file: SourceFile, findings: Findings) -> Node | None:
    """Read one YAML document; return None where it is none, with everything wrong noted."""
    document = read_document(file, findings)
    return None if document.problems else document.root


def _note_depth(file: SourceFile, text: str, attempt: Findings) -> None:
    """Note where nesting is too deep, as the parser that looks no further ahead finds it."""
    composer = _Composer(file, text, attempt)
    composer.events = yaml.parse(text, Loader=yaml.SafeLoader)
    try:
        composer.compose()
    except _TooMuch as error:
        attempt.error(error.code, error.message, error.span, error.hint)


def read_document(file: SourceFile, findings: Findings) -> Document:
    """Read one YAML document, past syntax errors that are confined to a line."""
    text: str | None = _without_json_tabs(file)
    problems: dict[int, Problem] = {}
    root, attempt = None, Findings(findings.kind)
    while text is not None:
        attempt = Findings(findings.kind)
        try:
            root = _Composer(file, text, attempt).compose()
            break
        except yaml.YAMLError as error:
            # The C parser of late gives up by itself on deep nesting, far ahead of what it has read out.
            if getattr(error, "problem", None) == "exceeded maximum nesting depth":
                _note_depth(file, text, attempt)
                break
            problem = explained(error, SourceFile(file.name, text))
            text = _mended(text, problem, problems, file)
        except _TooMuch as error:
            attempt.error(error.code, error.message, error.span, error.hint)
            break
    findings.items += [d for d in attempt.items if not (problems and d.code == "empty-file")]
    for problem in problems.values():
        span = Span(file, problem.start, problem.end).first_line()
        findings.error(problem.code, problem.message, span, problem.hint)
    return Document(root, tuple(problems.values()))


def _mended(
    text: str, problem: Problem, problems: dict[int, Problem], file: SourceFile
) -> str | None:
    """Remember the problem and return the text without it, or None where reading cannot go on.

    A second problem on a line, and a line that does not fit those above, may come of the mending alone.
    """
    line = file.line_and_column(problem.start)[0]
    if line in problems or (problems and problem.code == "yaml-indentation"):
        return None
    problems[line] = problem
    return problem.mended(text) if len(problems) < MAX_MENDED else None


class _TooMuch(Exception):
    """The file is deeper or longer than any that is meant."""

    def __init__(self, code: str, message: str, span: Span, hint: str) -> None:
        self.code, self.message, self.span, self.hint = code, message, span, hint
        super().__init__(message)


class _Composer:
    """Turns the parser's events into nodes, innermost first."""

    def __init__(self, file: SourceFile, text: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.depth = self.nodes = 0
        # An alias is an error; what it stands for is known so that no second error comes of it.
        self.anchored: dict[str | None, str] = {}
        self.events = yaml.parse(text, Loader=_Loader)

    def compose(self) -> Node | None:
        documents: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if documents:
                    self._note_second_document(event)
                    break
                documents.append(self._node(next(self.events)))
        if not documents or _is_empty(documents[0]):
            start, hint = Span(self.file, 0, 0), "is this the right file?"
            self.findings.error("empty-file", "the file is empty", start, hint)
            return None
        return documents[0]

    def _node(self, event: Any) -> Node:
        self._refuse_magic(event)
        self._count(event)
        if isinstance(event, yaml.ScalarEvent):
            self.anchored[event.anchor] = event.value
            style = event.style if event.style not in (None, ":") else ""
            return Scalar(event.value, self._span(event), style)
        if isinstance(event, yaml.AliasEvent):
            return Scalar(self.anchored.get(event.anchor, ""), self._span(event))
        self._descend(event)
        node = (
            self._sequence(event)
            if isinstance(event, yaml.SequenceStartEvent)
            else self._mapping(event)
        )
        self.depth -= 1
        return node

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            message = f"the file holds more than {MAX_NODES:,} values"
            hint = "a file describes one policy or one borrower"
            raise _TooMuch("file-too-large", message, self._span(event), hint)

    def _descend(self, event: Any) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} levels of nesting"
            hint = "nothing in the language needs more than ten"
            raise _TooMuch("too-deep", message, self._span(event), hint)

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
            hint = "write one word, then `: `"
            self.findings.error("bad-key", "a key is plain text", key.span.first_line(), hint)
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
        if self.file.confidential:  # a value that begins so would be repeated
            anchor, tag = anchor and "…", tag and "!…"
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
        self.findings.error(code, message, self._span(event).first_line(), hint)

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
            self._span(event).first_line(),
            "give each document a file of its own",
        )

    def _span(self, start: Any, end: Any = None) -> Span:
        return Span(self.file, start.start_mark.index, (end or start).end_mark.index)


def _without_json_tabs(file: SourceFile) -> str:
    """Allow tabs between the tokens of JSON, where they are ordinary; a raw tab in a JSON string is not."""
    return file.text.replace("\t", " ") if file.name.endswith(".json") else file.text


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text and not node.quoted
