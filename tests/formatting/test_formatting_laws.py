"""Whatever the file: laid out, it says the same; laid out again, nothing moves; how it stood makes no difference."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from random import Random
from textwrap import dedent

import attrs
import pytest

from policyengine.diagnostics import PolicyError
from policyengine.formatting.formatted import formatted
from policyengine.formatting.spacing import spaced
from policyengine.syntax.expression_parser import (
    ExpressionSyntaxError,
    parse_amount,
    parse_cell,
    parse_expression,
    parse_extent,
)
from policyengine.testing.strategies import grammar

ROOT = Path(__file__).parents[2]
SEEDS = range(40)
#: Each is loaded three times.
FEWER = range(16)
_SHOWN = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"'((?:[^']|'')+)'")
_TOKEN = re.compile(r'"[^"]*"|\d{4}-\d\d-\d\d|\w+(?:\.\w+)*%?|\.\.<?|[=!<>]=|\S')


def test_the_files_of_the_project_stand_as_they_should() -> None:
    files = sorted((ROOT / "policies").rglob("*.yaml"))
    assert len(files) > 50
    for path in files:
        text = path.read_text("utf-8")
        assert formatted(text, path.name) == text, path


def test_what_the_docs_show_stands_as_it_should() -> None:
    pages = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
    found = [text for page in pages for text in _SHOWN.findall(page.read_text("utf-8"))]
    shown = [dedent(text) for text in found]
    results = [laid_out_or_code(text) for text in shown]
    assert len([result for result in results if "\n" in result]) > 50
    for text, result in zip(shown, results, strict=True):
        assert result == text or "\n" not in result


def test_a_policy_means_the_same() -> None:
    """The fingerprint of a policy is the same for the same meaning; its texts and its order are part of that."""
    changed = 0
    for seed in FEWER:
        policy = grammar.made(seed)
        for told in (policy.text, misshapen(policy.text, Random(seed))):
            text = formatted(told)
            changed += text != told
            assert digest(policy, text) == digest(policy, policy.text), seed
    assert changed > len(FEWER)


def test_how_it_stood_makes_no_difference() -> None:
    for seed in SEEDS:
        text = grammar.made(seed).text
        assert formatted(misshapen(text, Random(seed))) == formatted(text), seed


def test_laid_out_again_nothing_moves() -> None:
    for seed in SEEDS:
        text = formatted(remarked(misshapen(grammar.made(seed).text, Random(seed)), Random(seed)))
        assert formatted(text) == text, seed


def test_every_remark_stays_in_order() -> None:
    for seed in SEEDS:
        text = remarked(grammar.made(seed).text, Random(seed))
        remarks = re.findall(r"# remark \d+", text)
        assert remarks
        assert re.findall(r"# remark \d+", formatted(text)) == remarks, seed


def test_an_expression_is_spaced_whatever_its_spaces() -> None:
    texts = [text for seed in SEEDS for text in _QUOTED.findall(grammar.made(seed).text)]
    assert len(texts) > 500
    for text in texts:
        settled = spaced(text)
        assert spaced(settled) == settled
        assert spaced(respaced(text, Random(text))) == settled
        assert bare(settled) == bare(text)


def test_any_text_of_the_project_is_laid_out_or_refused_for_what_it_is() -> None:
    """Those that are wrong on purpose too: none is refused because laying it out would change it."""
    texts = [path.read_text("utf-8") for path in sorted(ROOT.glob("tests/**/*.yaml"))]
    results = [laid_out_or_code(text) for text in texts]
    assert "cannot-format" not in results
    laid_out = [result for result in results if "\n" in result]
    assert len(laid_out) > 100
    assert [formatted(text) for text in laid_out] == laid_out


def laid_out_or_code(text: str) -> str:
    """Return a text laid out, or the code of what is wrong with it."""
    try:
        return formatted(text)
    except PolicyError as error:
        return error.code


def misshapen(text: str, random: Random) -> str:
    """Return a file that was written carelessly: other indentation, spaces and blank lines, and the same tokens."""
    wider = random.choice([1, 2, 3])
    return "".join(_misshapen_line(line, wider, random) for line in text.splitlines())


def _misshapen_line(line: str, wider: int, random: Random) -> str:
    rest = line.lstrip("- ")
    marks = line[: len(line) - len(rest)]
    indentation = marks.replace(" ", " " * wider).replace("-", "-" + " " * (wider - 1))
    spaced_out = _QUOTED.sub(lambda quoted: f"'{respaced(quoted[1], random)}'", rest)
    return f"{indentation}{spaced_out}{' ' * random.randint(0, 2)}\n"


def respaced(expression: str, random: Random) -> str:
    """Return an expression with other spaces between its tokens; words keep one."""
    tokens = _TOKEN.findall(expression)
    result: str = tokens[0]
    for left, right in pairwise(tokens):
        words = re.match(r"[\w.]", left[-1]) and re.match(r"[\w.]", right[0])
        result += " " * random.randint(1 if words else 0, 3) + right
    return result


def remarked(text: str, random: Random) -> str:
    """Return a file with remarks: on lines of their own, however deep, and at the ends of lines."""
    lines: list[str] = []
    for number, line in enumerate(text.splitlines()):
        if random.random() < 0.2:
            lines.append(f"{' ' * random.randint(0, 8)}# remark {len(lines)}")
        lines.append(f"{line}  # remark {number}9" if random.random() < 0.2 else line)
        lines += [""] * random.choice([0, 0, 0, 1, 2])
    return "\n".join(lines) + "\n"


def digest(policy: grammar.Made, text: str) -> str:
    assert text.startswith(policy.text[: len(policy.text) - len(policy.policy)])
    rest = text[len(policy.text) - len(policy.policy) :]
    return attrs.evolve(policy, policy=rest).load().programs[0].digest


def bare(text: str) -> str:
    """Return what an expression, or a cell, parses to, without places."""
    for parse in (parse_expression, parse_amount, parse_extent, parse_cell):
        try:
            return re.sub(r"(start|end)=\d+", "", repr(parse(text)))
        except ExpressionSyntaxError:
            continue
    raise AssertionError(text)


@pytest.mark.parametrize(
    "text", ["f(x:1)", "f(x: 1)", "a  - -b", "-a", "{a,b}", "1..<3", "a.b at c"]
)
def test_spacing_is_settled(text: str) -> None:
    assert spaced(spaced(text)) == spaced(text)
