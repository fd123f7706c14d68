"""Reads the formats of other programs as those programs do, and holds them against their schemas."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import xmlschema

SCHEMAS = Path(__file__).parent / "report" / "interchange" / "schemas"
_COMMAND = re.compile(r"::(error|warning|notice) ([^\n]*?)::([^\n]*)")


@cache
def _junit() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))


@cache
def _sarif() -> jsonschema.Draft7Validator:
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())


def junit(text: str) -> ET.Element:
    """Return a report that is valid; its counts are those of its tests."""
    _junit().validate(text)
    root = ET.fromstring(text)  # noqa: S314 - it is our own
    for element in (root, *root.iter("testsuite")):
        for plural, kind in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(element.attrib[plural]) == len(list(element.iter(kind)))
    return root


def sarif(text: str) -> dict[str, Any]:
    """Return the one run of a valid log; each result names its rule."""
    log = json.loads(text)
    _sarif().validate(log)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[r["ruleIndex"]] == r["ruleId"] for r in run["results"])
    found: dict[str, Any] = run
    return found


def github(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the commands, as the runner reads them: their kind, properties and message."""
    return [_command(line) for line in text.split("\n") if line.startswith("::")]


def _command(line: str) -> tuple[str, dict[str, str], str]:
    found = _COMMAND.fullmatch(line)
    assert found, line
    properties = dict(part.split("=", 1) for part in found[2].split(","))
    plain = {
        key: _unescaped(value.replace("%3A", ":").replace("%2C", ","))
        for key, value in properties.items()
    }
    return found[1], plain, _unescaped(found[3])


def _unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
