"""What pytest loads of this package: test files of policies are collected, one item a case and one a law.

pytest imports this module at every start of whoever has the package installed. So it imports nothing of the package
itself, and takes up a file only where it says that it is one of ours. `policyengine.testing.collected` does the rest.
"""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from decimal import Decimal
from pathlib import Path

import pytest

_ENDING = ".test.yaml"
#: A test file names its policy, and the version of the language; one of the two may be misspelt.
_OURS = re.compile(
    rb"^(\xef\xbb\xbf)?(tests[ \t]*:[ \t]*[\"'\w]|language[ \t]*:[ \t]*\d)", re.MULTILINE
)
_EXAMPLES = 100


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to count what the cases show of policies, and to try laws on more borrowers."""
    group = parser.getgroup("policyengine", "tests of policies")
    group.addoption(
        "--policy-coverage", action="store_true", help="say what the cases never show of a policy"
    )
    group.addoption(
        "--policy-coverage-fail-under",
        metavar="PERCENT",
        type=_percentage,
        help="fail where the cases show less of the policies; says what, as --policy-coverage",
    )
    group.addoption(
        "--policy-examples",
        metavar="NUMBER",
        type=_number,
        default=_EXAMPLES,
        help=f"borrowers that each law is tried on, the same on every run (default: {_EXAMPLES})",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Count what is shown, where that is asked for."""
    least = config.getoption("policy_coverage_fail_under")
    if config.getoption("policy_coverage") or least is not None:
        from policyengine.testing.collected.covering import Covering

        config.pluginmanager.register(Covering(config, least), Covering.NAME)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a test file of a policy."""
    if not (file_path.name.endswith(_ENDING) and _is_ours(file_path)):
        return None
    from policyengine.testing.collected.items import PolicyTestFile

    return PolicyTestFile.from_parent(parent, path=file_path)


def _is_ours(path: Path) -> bool:
    """Whether a file says that it tests a policy; other tools have files of that ending too."""
    try:
        return _OURS.search(path.read_bytes()) is not None
    except OSError:
        return True  # it is said as an error of the file


def _percentage(text: str) -> Decimal:
    from policyengine.testing.coverage.counted import percentage

    try:
        return percentage(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000_000):
        message = f"`{text}` is no number of borrowers: write one from 1 to 1000000"
        raise ArgumentTypeError(message)
    return int(text)
