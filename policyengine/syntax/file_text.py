"""A file's bytes to text: refused where it is too large, not UTF-8, or holds what no text file holds."""

from __future__ import annotations

import re
from pathlib import Path

from policyengine.diagnostics import Findings
from policyengine.source import SourceFile, Span

MAX_BYTES = 8 * 1024 * 1024
_MEGABYTES = MAX_BYTES // 1024 // 1024

# Control characters, line ends that editors do not show as such, invisible marks and half characters.
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)"
)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_content(path: str | Path) -> bytes:
    """Return a file's bytes, and no more of a huge one than shows that it is too large."""
    with Path(path).open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def read_bytes(
    name: str, content: bytes, findings: Findings, *, confidential: bool = False
) -> SourceFile | None:
    """Decode a file's bytes, or note why they are no text."""
    if len(content) > MAX_BYTES:
        findings.error(
            "file-too-large",
            f"the file is larger than the {_MEGABYTES} MB that are read",
            Span(SourceFile(name, "", confidential), 0, 0),
            "a file describes one policy or one borrower",
        )
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _note_undecodable(name, content, error.start, findings, confidential)
        return None
    return _checked(SourceFile(name, text, confidential), findings)


def _note_undecodable(
    name: str, content: bytes, start: int, findings: Findings, confidential: bool
) -> None:
    before = _harmless(content[:start].decode("utf-8-sig", "replace"))
    file = SourceFile(name, before + "\ufffd", confidential)
    findings.error(
        "not-text",
        f"the file is not UTF-8 text: byte {start + 1} cannot be read",
        Span(file, len(before), len(before) + 1),
        _encoding_hint(content),
    )


def _encoding_hint(content: bytes) -> str:
    if content.startswith(_UTF_16):
        return "it looks like UTF-16, which some editors call Unicode: save it as UTF-8"
    try:
        looks_chinese = not _UNREADABLE.search(content.decode("gb18030"))
    except UnicodeDecodeError:
        looks_chinese = False
    return "it looks like GBK: save it as UTF-8" if looks_chinese else "save the file as UTF-8"


def _checked(file: SourceFile, findings: Findings) -> SourceFile | None:
    found = _UNREADABLE.search(file.text)
    if not found:
        return file
    character = found.group()
    message, hint = (
        ("a carriage return without a line feed", "save the file with ordinary line ends")
        if character == "\r"
        else (f"the character U+{ord(character):04X} does not belong in a text", "remove it")
    )
    # What is shown of the file must not act on a terminal.
    shown = SourceFile(file.name, _harmless(file.text), file.confidential)
    findings.error("not-text", message, Span(shown, *found.span()), hint)
    return None


def _harmless(text: str) -> str:
    return _UNREADABLE.sub("\ufffd", text)
