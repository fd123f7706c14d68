"""Suites of tests as JUnit XML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import attrs


@attrs.frozen
class Trouble:
    """Why a test did not pass: `error` where it could not be run, else `failure`; in one line, and in full."""

    kind: str
    code: str
    message: str
    text: str


@attrs.frozen
class Entry:
    """A test, and what it belongs to; `output` is what there is to read besides."""

    name: str
    of: str
    trouble: Trouble | None = None
    output: str = ""


@attrs.frozen
class Suite:
    """The tests of a file."""

    name: str
    tests: tuple[Entry, ...]

    def count(self, kind: str) -> int:
        """Return how many failures, or errors, there are."""
        return sum(test.trouble is not None and test.trouble.kind == kind for test in self.tests)


def junit(suites: Sequence[Suite]) -> str:
    """Return the report."""
    root = ET.Element("testsuites", {"name": "policyengine", **_counts(suites)})
    for suite in suites:
        below = ET.SubElement(root, "testsuite", {"name": _legal(suite.name), **_counts([suite])})
        for test in suite.tests:
            _write(test, below)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(suites: Sequence[Suite]) -> dict[str, str]:
    return {
        "tests": str(sum(len(suite.tests) for suite in suites)),
        "failures": str(sum(suite.count("failure") for suite in suites)),
        "errors": str(sum(suite.count("error") for suite in suites)),
    }


def _write(test: Entry, suite: ET.Element) -> None:
    case = ET.SubElement(
        suite, "testcase", {"name": _legal(test.name), "classname": _legal(test.of)}
    )
    if test.trouble is not None:
        said = {"type": test.trouble.code, "message": _legal(test.trouble.message)}
        ET.SubElement(case, test.trouble.kind, said).text = _legal(test.trouble.text)
    if test.output:
        ET.SubElement(case, "system-out").text = _legal(test.output)


#: What no XML 1.0 may hold, not even as a reference.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
