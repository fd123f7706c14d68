"""Every case in every view, as it was read by a person: the text, the borrower's text, JSON, the page, the record.

`UPDATE_GOLDEN=1 pytest tests/report/cases` writes the files anew and takes away those of no case; read what changed
before you keep it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from golden_cases import CASES, CASES_AT, decided
from rich.text import Text

from policyengine.report.labels import languages_of
from policyengine.report.plain_text import plain_text
from policyengine.report.text import assessment_text

GOLDEN = CASES_AT / "golden"
#: The one page that is kept with its style and script, the same in all pages of its languages.
WHOLE = "aibank-offered"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
SHARED = re.compile(r"(?s)(<(style|script)>).*?(</\2>)|(sha256-)[^']*")
#: A payment after the third. `test_page_text.py` holds all of them against the decision.
LATER = re.compile(r'<tr><th scope="row">(?![123]<).*?</tr>\n')


@cache
def views(name: str) -> dict[str, bytes]:
    """Return the files of a case by their names."""
    return {f"{name}.{ending}": content for ending, content in _views(name)}


def _views(name: str) -> Iterator[tuple[str, bytes]]:
    found = decided(name)
    for lang in languages_of(found.assessment):
        lines = assessment_text(found.assessment, lang, dictionary=found.policies.dictionary)
        yield f"{lang}.txt", written(lines)
        yield f"borrower.{lang}.txt", written(plain_text(found.assessment, lang))
    yield "json", without_digests(found.assessment.to_json())
    page = found.page()
    yield "html", without_digests(page if name == WHOLE else shortened(page))
    yield "record.json", found.record()


def written(lines: Iterable[Text]) -> bytes:
    return "".join(line.plain.rstrip() + "\n" for line in lines).encode()


def shortened(page: str) -> str:
    return LATER.sub("", SHARED.sub(r"\1\3\4", page))


def without_digests(text: str) -> bytes:
    """Return a text that stays the same where only the form changes in which a policy is compiled."""
    return DIGEST.sub("sha256:" + "0" * 64, text).encode()


@pytest.mark.parametrize("name", CASES)
def test_a_case_reads_like_this(name: str) -> None:
    for file, content in views(name).items():
        held_against(GOLDEN / file, content)


def held_against(path: Path, content: bytes) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(content)
    assert content.decode() == path.read_text("utf-8"), path.name


def test_every_case_has_its_files_and_every_file_its_case() -> None:
    wanted = {file for name in CASES for file in views(name)}
    for path in GOLDEN.iterdir():
        if os.environ.get("UPDATE_GOLDEN") and path.name not in wanted:
            path.unlink()
    assert {path.name for path in GOLDEN.iterdir()} == wanted
