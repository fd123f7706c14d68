"""Boundary cases as a test file: the same bytes for the same policy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from textwrap import wrap

from policyengine.formatting.formatted import formatted
from policyengine.ir.program import Program
from policyengine.model.test_file import BOUNDARIES
from policyengine.testing.boundaries.cases import BoundaryCase
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.written import profile_yaml, value_yaml

_WIDTH = 110
_HEAD = f"""\
# Written by `policyengine test --generate-boundaries`: borrowers at each boundary of the policy, and what it decides.
# Read a case: is that what the policy should decide? Then take its line `reviewed: false` away, or write `true`; from
# then on it is kept as it is.
tests: {{policy}}
language: 1
generated: {BOUNDARIES}
profiles:
"""


def head(program: Program) -> str:
    """Return the beginning of a file: what it is."""
    return _HEAD.format(policy=program.id)


def profile_text(name: str, borrower: Borrower, program: Program) -> str:
    """Return a borrower that cases are made from."""
    lines = _indented(profile_yaml(borrower, program).splitlines(), 4)
    return _laid_out("profiles", f"  {name}:\n{lines}")


def section_head(title: str, remarks: Iterable[str] = ()) -> str:
    """Return the comment above the cases of a condition."""
    lines = [*_comment(title, "# "), *(line for each in remarks for line in _comment(each, "# - "))]
    return "\n" + _indented(lines, 2)


def case_text(case: BoundaryCase, program: Program) -> str:
    """Return a case as it stands in a file."""
    return "\n" + _laid_out("cases", _indented(_case(case, program), 2))


def _case(case: BoundaryCase, program: Program) -> Iterator[str]:
    varied = case.varied
    yield f"- name: {json.dumps(case.name, ensure_ascii=False)}"
    yield "  reviewed: false"
    if varied.as_of is not None:
        yield f"  as_of: {varied.as_of}"
    yield "  given:"
    yield f"    profile: {case.profile}"
    if varied.put:
        put = (f"{path}: {value_yaml(path, v, program)}" for path, v in sorted(varied.put.items()))
        yield f"    with: {{{', '.join(put)}}}"
    if varied.gone:
        yield f"    without: [{', '.join(sorted(varied.gone))}]"
    yield "  expect:"
    yield from ("    " + line for line in case.expected)


def _laid_out(key: str, text: str) -> str:
    """Return what stands below a key as `policyengine fmt` would leave it."""
    return formatted(f"{key}:\n{text}").removeprefix(f"{key}:\n")


def _comment(text: str, first: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent="#   ")


def _indented(lines: Iterable[str], by: int) -> str:
    return "".join(" " * by + line + "\n" for line in lines)
