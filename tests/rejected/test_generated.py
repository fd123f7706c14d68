"""Inputs that are too large or too odd to keep as files."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import pytest

import policyengine as pe

BASE = Path(__file__).parent / "base"
POLICY = (BASE / "lender" / "base.yaml").read_text("utf-8")
#: Of the processor; measuring coverage slows Python down.
SECONDS = 8.0 if sys.gettrace() else 3.0

HEAD = "policy: base\nlanguage: 1\n"
DEEP_FLOW = HEAD + "derive: " + "[" * 3000 + "]" * 3000
DEEP_BLOCK = HEAD + "derive:\n" + "\n".join(" " * depth + "a:" for depth in range(1, 3001))
DEEP_LIST = HEAD + "derive:\n  " + "- " * 3000 + "a"
DEEP_MAPPING = HEAD + "derive: " + "{a: " * 3000 + "1" + "}" * 3000
BOMB = (
    HEAD
    + "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(8)
    )
)
CONDITION = "loan.days_past_due >= 1 day"


def policy_with(expression: str) -> bytes:
    assert CONDITION in POLICY
    return POLICY.replace(CONDITION, f'"{expression}"').encode()


POLICIES: dict[str, tuple[bytes, str, str]] = {
    "3,000 levels in flow": (DEEP_FLOW.encode(), "too-deep", "3:58"),
    "3,000 levels in blocks": (DEEP_BLOCK.encode(), "too-deep", "53:51"),
    "3,000 lists in one line": (DEEP_LIST.encode(), "too-deep", "4:101"),
    "3,000 mappings in one line": (DEEP_MAPPING.encode(), "too-deep", "3:205"),
    "an alias bomb": (BOMB.encode(), "anchor", "3:4"),
    "10 MB": (b"# " + b"x" * 10_000_000, "file-too-large", "1:1"),
    "100,000 keys": (
        b"derive:\n" + b"".join(b" k%d: 1\n" % i for i in range(100_000)),
        "file-too-large",
        "25000:10",
    ),
    "100,000 equal keys": (b"a: 1\n" * 100_000, "duplicate-key", "2:1"),
    "100,000 aliases on a line": (b"a: [" + b"*a ," * 100_000 + b"]", "anchor", "1:5"),
    "one scalar of 4 MB": (HEAD.encode() + b"version: " + b"x y " * 1_000_000, "too-long", "3:10"),
    "a quoted scalar of 4 MB": (
        HEAD.encode() + b'version: "' + b"\\x61" * 1_000_000 + b'"',
        "too-long",
        "3:10",
    ),
    "8 MB of line ends": (b"\n" * 8_000_000, "empty-file", "1:1"),
    "brackets in an expression": (policy_with("(" * 3000), "expression-syntax", "14:56"),
    "signs in an expression": (policy_with("-" * 3000 + "1 > 0"), "expression-syntax", "14:76"),
    "negations in an expression": (
        policy_with("not " * 900 + "true"),
        "expression-syntax",
        "14:260",
    ),
    "a sum in an expression": (policy_with("1+" * 1900 + "1 > 0"), "expression-syntax", "14:16"),
    "a long expression": (policy_with("1 + " * 2000 + "1 > 0"), "expression-syntax", "14:16"),
    "a long number": (policy_with("9" * 3900 + " > 0"), "expression-syntax", "14:16"),
    "underscores": (policy_with("1_" * 1900), "expression-syntax", "14:16"),
    "binary": (bytes(range(256)), "not-text", "2:118"),
    "random bytes": (random.Random(2).randbytes(4096), "not-text", "1:2"),
    "UTF-16": ("policy: 延期".encode("utf-16"), "not-text", "1:1"),
    "GBK": ("policy: 延期".encode("gbk"), "not-text", "1:9"),
    "a NUL": (b"policy: base\0", "not-text", "1:13"),
    "an escape sequence": (b"policy: \x1b[2J", "not-text", "1:9"),
    "a line separator": ("policy: a\u2028b".encode(), "not-text", "1:10"),
    "old Macintosh line ends": (b"policy: base\rlanguage: 1\r", "not-text", "1:13"),
    "nothing": (b"", "empty-file", "1:1"),
    "white space": (b"  \n\n", "empty-file", "1:1"),
    "half a document": (b"---\n...\n", "empty-file", "1:1"),
    "a YAML version to come": (b"%YAML 3.0\n---\na: 1\n", "yaml-syntax", "1:1"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_is_refused_within_a_second(name: str, tmp_path: Path) -> None:
    content, code, at = POLICIES[name]
    for file in BASE.rglob("*.yaml"):
        if file.parent.name in ("vocabulary", "regulations"):
            copy = tmp_path / file.relative_to(BASE)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(file.read_bytes())
    (tmp_path / "case.yaml").write_bytes(content)
    started = time.process_time()
    with pytest.raises(pe.PolicyError) as refused:
        pe.load(tmp_path / "case.yaml")
    assert time.process_time() - started < SECONDS
    assert (code, f"case.yaml:{at}") in {(d.code, str(d.span)) for d in refused.value.diagnostics}


PROFILES: dict[str, tuple[bytes, str]] = {
    "10 MB": (b"borrower: " + b"x" * 10_000_000, "file-too-large"),
    "binary": (bytes(range(255, -1, -1)), "not-text"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not-text"),
    "3,000 levels": (b"[" * 3000, "too-deep"),
    "3,000 levels of JSON": (b'{"a":' * 3000, "too-deep"),
    "an alias bomb": (BOMB.encode(), "anchor"),
    "100,000 fields": (
        b"borrower:\n" + b"".join(b" k%d: 1\n" % i for i in range(100_000)),
        "file-too-large",
    ),
    "10,000 unknown fields": (
        b"borrower:\n" + b"".join(b" k%d: 1\n" % i for i in range(10_000)),
        "too-many-errors",
    ),
    "1,000 loans": (
        b"as_of: 2024-11-20\nloans:\n" + b"".join(b"- {id: L%d}\n" % i for i in range(1000)),
        "file-too-large",
    ),
    "a field name of 1,000 characters": (b"borrower: {" + b"k" * 1000 + b": 1}", "unknown-field"),
    "a number of 1 MB": (b"loan: {principal: " + b"9" * 1_000_000 + b"}", "not-an-amount"),
    "a text of 4 MB": (b"loan: {method: " + b"x y " * 1_000_000 + b"}", "unknown-value"),
}


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_refused_within_a_second(name: str) -> None:
    content, code = PROFILES[name]
    policies = pe.load(BASE)
    started = time.process_time()
    with pytest.raises(pe.ProfileError) as refused:
        policies.decide(pe.Profile.from_bytes("borrower.yaml", content))
    assert time.process_time() - started < SECONDS
    assert code in {d.code for d in refused.value.diagnostics}
    assert all(len(d.message) <= 400 and d.message.isprintable() for d in refused.value.diagnostics)


def test_6_mb_of_an_honest_profile_are_read_within_a_second() -> None:
    text = (
        BASE / "examples" / "borrower.yaml"
    ).read_bytes() + b"# a remark of the collections agent\n" * 170_000
    policies = pe.load(BASE)
    started = time.process_time()
    policies.decide(pe.Profile.from_bytes("borrower.yaml", text))
    assert time.process_time() - started < SECONDS
