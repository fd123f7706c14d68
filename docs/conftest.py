"""Runs every snippet of the documentation.

A page is worked through in a folder of its own, from top to bottom:

| block | what becomes of it |
| --- | --- |
| `yaml`, `json` | is parsed; one whose first key names a kind of file is loaded beside the repository's policies |
| `console` | each `$ command` is run, and what follows must be its output |
| `python` | is run, with the names of the blocks before it |
| `text` | prose or a drawing: not run |

A comment before a block says more:

| comment | what becomes of the block |
| --- | --- |
| `<!-- file: policies/a.yaml -->` | is written there; the page's own commands load it |
| `<!-- more of: policies/a.yaml -->` | is added to that file, with a blank line between |
| `<!-- from: policies/a.yaml -->` | its lines stand in that file of the repository |
| `<!-- output -->` | is what the `python` blocks since the last output printed |
| `<!-- skip: why -->` | is left alone, and the page says why |

A page starts in an empty folder, unless it holds `<!-- folder: policies -->`: a copy of that folder of the
repository; or `<!-- files of: tutorial/first-policy.md -->`: what another page writes. README.md is run in the
repository itself.

`pytest docs README.md --write-output` writes what came in place of what was expected.
"""

# ruff: noqa: INP001  # the docs are not a package

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sybil import Document, Example, Region, Sybil

from policyengine.diagnostics import Findings
from policyengine.loading import load_files
from policyengine.model.from_syntax import FORMS
from policyengine.source import SourceFile
from policyengine.syntax.yaml_reader import read_yaml
from policyengine.syntax.yaml_tree import Mapping

# Nothing is written to the folders of whoever runs the pages.
os.environ["POLICYENGINE_CACHE"] = "off"

DOCS = Path(__file__).parent
ROOT = DOCS.parent
README = ROOT / "README.md"

_BLOCK = re.compile(
    r"^(?:<!-- (?P<comment>[^\n]*) -->\n\n?)?"
    r"^(?P<indent> *)```(?P<kind>[a-z]*)\n(?P<body>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_FILES_OF = re.compile(r"^<!-- files of: (?P<name>\S+) -->$", re.MULTILINE)
_FOLDER = re.compile(r"^<!-- folder: (?P<name>\S+) -->$", re.MULTILINE)
_COMMANDS = ("file", "more of", "from", "output", "skip")


class Block:
    """A fenced block of a page and what the comment before it asks."""

    def __init__(self, found: re.Match[str], line: int) -> None:
        comment = found["comment"] or ""
        name, _, argument = comment.partition(":")
        known = name.strip() in _COMMANDS
        self.command = name.strip() if known else ""
        self.argument = argument.strip()
        self.kind, self.line = found["kind"], line
        self.start, self.end = found.span("body")
        margin = len(found["indent"])
        self.body = "".join(text[margin:] for text in found["body"].splitlines(keepends=True))


def _blocks_in(text: str) -> Iterator[Block]:
    for found in _BLOCK.finditer(text):
        yield Block(found, text.count("\n", 0, found.start("body")))


class Page:
    """A page and its folder. Blocks are worked through in order, whichever is asked for first."""

    def __init__(self, document: Document) -> None:
        self.path = Path(document.path)
        self.in_place = self.path == README
        self.blocks = list(_blocks_in(document.text))
        self.results: list[str | None] = []
        self.came: dict[Block, str] = {}
        self.names: dict[str, Any] = {"__name__": "page"}
        self.printed = io.StringIO()
        self.status = 0
        if self.in_place:
            self.folder = ROOT
            return
        self._temporary = TemporaryDirectory(prefix="docs-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name).resolve()
        for found in _FOLDER.finditer(document.text):
            shutil.copytree(ROOT / found["name"], self.folder / found["name"])
        for found in _FILES_OF.finditer(document.text):
            for block in _blocks_in((DOCS / found["name"]).read_text("utf-8")):
                if block.command in ("file", "more of"):
                    self._write(block)

    def write_output(self) -> None:
        """Write what came into the page."""
        text = self.path.read_text("utf-8")
        for block in reversed(self.came):
            text = text[: block.start] + self.came[block] + text[block.end :]
        self.path.write_text(text, "utf-8")

    def close(self) -> None:
        """Remove the folder."""
        if not self.in_place:
            self._temporary.cleanup()

    def result(self, number: int) -> str | None:
        """Return what is wrong with a block, or None."""
        while len(self.results) <= number:
            block = self.blocks[len(self.results)]
            with contextlib.chdir(self.folder):
                self.results.append(self._run(block))
        return self.results[number]

    def _run(self, block: Block) -> str | None:
        if block.command == "skip":
            reason = block.argument or self.in_place
            return None if reason else "say why it is skipped: <!-- skip: why -->"
        runners = {
            "yaml": self._yaml,
            "json": self._json,
            "console": self._console,
            "python": self._python,
            "text": self._text,
        }
        if block.kind in runners:
            return runners[block.kind](block)
        if self.in_place:
            return None  # how to install: `.ci/run` runs it
        return f"nothing checks a block of {block.kind or 'no kind'}: say why, <!-- skip: why -->"

    # YAML and JSON

    def _yaml(self, block: Block) -> str | None:
        findings = Findings()
        node = read_yaml(SourceFile(self.path.name, block.body), findings)
        if findings.errors:
            return "\n".join(map(str, findings.errors))
        if block.command in ("file", "more of"):
            return self._write(block)
        if block.command == "from":
            return self._quoted(block)
        first = node.entries[0][0].text if isinstance(node, Mapping) and node.entries else ""
        return _loaded(first, block.body) if first in FORMS else None

    def _write(self, block: Block) -> str | None:
        path = self.folder / block.argument
        if not path.resolve().is_relative_to(self.folder) or self.in_place:
            return f"`{block.argument}` is not in the page's own folder"
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") + "\n" if block.command == "more of" else ""
        path.write_text(before + block.body, "utf-8")
        return None

    def _quoted(self, block: Block) -> str | None:
        wanted = [line.strip() for line in block.body.splitlines()]
        given = [line.strip() for line in (ROOT / block.argument).read_text("utf-8").splitlines()]
        starts = range(len(given) - len(wanted) + 1)
        if any(given[start : start + len(wanted)] == wanted for start in starts):
            return None
        return f"these lines do not stand in {block.argument}"

    def _json(self, block: Block) -> str | None:
        try:
            json.loads(block.body)
        except ValueError as error:
            return str(error)
        return None

    # Commands

    def _console(self, block: Block) -> str | None:
        ran = [(command, said, self._output(command)) for command, said in _commands(block.body)]
        self.came[block] = "".join(_lines(f"$ {command}", actual) for command, _, actual in ran)
        for command, expected, actual in ran:
            if actual != expected:
                return _difference(f"$ {command}", expected, actual)
        return None

    def _output(self, command: str) -> str:
        keep = {k: v for k, v in os.environ.items() if k in ("HOME", "LANG", "SYSTEMROOT")}
        done = subprocess.run(  # noqa: S603  # the pages are ours
            ["bash", "-c", f"(exit {self.status}); {command}"],  # noqa: S607
            cwd=self.folder,
            env=keep
            | {
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
                "COLUMNS": "80",
                "NO_COLOR": "1",
                "TERM": "dumb",
                "PYTHONUTF8": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.status = done.returncode
        return _tidy(done.stdout.decode())

    # Python

    def _python(self, block: Block) -> str | None:
        code = compile("\n" * block.line + block.body, str(self.path), "exec")
        with contextlib.redirect_stdout(self.printed):
            exec(code, self.names)  # noqa: S102  # the pages are ours
        return None

    def _text(self, block: Block) -> str | None:
        if block.command != "output":
            return None
        actual = _tidy(self.printed.getvalue())
        self.printed = io.StringIO()
        self.came[block] = _lines(actual)
        expected = _tidy(block.body)
        return None if actual == expected else _difference("printed", expected, actual)


def _commands(body: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a block and the output that follows it."""
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    if parts[0].strip():
        yield "true", _tidy(parts[0])
    for part in parts[1:]:
        lines = part.splitlines()
        command = [lines.pop(0)]
        while command[-1].endswith("\\"):
            command.append(lines.pop(0))
        yield "\n".join(command), _tidy("\n".join(lines))


def _tidy(text: str) -> str:
    """Return text without blanks at the ends of its lines and without blank lines at its end."""
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip("\n")


def _lines(*texts: str) -> str:
    return "".join(f"{text}\n" for text in texts if text)


def _difference(what: str, expected: str, actual: str) -> str:
    return f"{what}\n--- the page\n{expected}\n--- what came\n{actual}\n---"


def _loaded(kind: str, body: str) -> str | None:
    """Load one whole file beside the repository's vocabularies and regulations."""
    with TemporaryDirectory(prefix="docs-") as name:
        folder = Path(name)
        (folder / "vocabulary").mkdir()
        beside = {"vocabulary": (), "regulation": ("vocabulary",)}
        for shared in beside.get(kind, ("vocabulary", "regulations")):
            shutil.copytree(ROOT / "policies" / shared, folder / shared, dirs_exist_ok=True)
        place = "snippet.test.yaml" if kind == "tests" else "snippet.yaml"
        (folder / place).write_text(body, "utf-8")
        errors = load_files(folder).findings.errors
    return "\n".join(map(str, errors)) or None


_pages: dict[str, Page] = {}


def _page(document: Document) -> Page:
    if document.path not in _pages:
        _pages[document.path] = Page(document)
    return _pages[document.path]


def _blocks(document: Document) -> Iterator[Region]:
    for number, found in enumerate(_BLOCK.finditer(document.text)):
        yield Region(found.start(), found.end(), number, _evaluate)


def _evaluate(example: Example) -> str | None:
    return _page(example.document).result(example.parsed)


_PATTERNS = ("docs/**/*.md", "docs/*.md", "README.md")
_SYBIL = Sybil(parsers=[_blocks], path=str(ROOT), patterns=_PATTERNS)


class _Snippets:
    """A plugin of its own: what a conftest collects itself ends at its folder, and README.md lies above."""

    pytest_collect_file = staticmethod(_SYBIL.pytest())

    @staticmethod
    def pytest_unconfigure(config: pytest.Config) -> None:
        for page in _pages.values():
            if config.getoption("--write-output"):
                page.write_output()
            page.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to write the output of commands into the pages."""
    parser.addoption("--write-output", action="store_true", help="write real output into the docs")


def pytest_configure(config: pytest.Config) -> None:
    """Collect the pages, wherever they lie."""
    if not config.pluginmanager.has_plugin("snippets"):
        config.pluginmanager.register(_Snippets(), "snippets")
