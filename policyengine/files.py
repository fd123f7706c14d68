"""Which files belong to policies at a path: those asked for, and the vocabularies and regulations around them."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator
from pathlib import Path

from policyengine.diagnostics import Diagnostic, UsageError

SUFFIXES = (".yaml", ".yml")
TESTS = ".test.yaml"
#: A folder of this name holds profiles, which are no part of the policies.
EXAMPLES = "examples"


def root_of(path: Path) -> Path:
    """Return the folder that holds the vocabularies: names in messages are relative to it.

    Raises:
        UsageError: There is nothing at the path.
    """
    if not path.exists():
        raise UsageError(
            [Diagnostic("no-such-path", f"there is no `{path}`", hint="check the path")]
        )
    folder = path if path.is_dir() else path.parent
    here = folder.resolve()
    for candidate in (here, *here.parents):
        if (candidate / "vocabulary").is_dir():
            return candidate
    return here


def files_at(path: Path, root: Path, *, whole: bool = True) -> list[Path]:
    """Return what was asked for, and the vocabularies and regulations that it may name.

    `whole` looks for the policies that tests name as well.

    Raises:
        UsageError: There is nothing to read at the path.
    """
    asked = {path.resolve()} if path.is_file() else set(yaml_in(path.resolve()))
    if not asked:
        raise UsageError(
            [
                Diagnostic(
                    "nothing-to-read",
                    f"there is no policy in `{path}`",
                    hint="policies are files that end in `.yaml`",
                )
            ]
        )
    beside = {policy for p in asked if is_tests(p) and (policy := policy_of(p))}
    shared = [p for name in ("vocabulary", "regulations") for p in yaml_in(root / name)]
    known = {*asked, *shared, *beside}
    return sorted({*known, *(_tested(known, root) if whole else ())})


def _tested(known: set[Path], root: Path) -> Iterator[Path]:
    """Yield the policies that tests name and that are not among the files, wherever below the root they stand."""
    names = {name for path in known if is_tests(path) for name in _named(_TESTS, path)}
    missing = names.difference(*(_named(_POLICY, p) for p in known if not is_tests(p)))
    if missing:
        others = set(yaml_in(root)) - known
        yield from (
            p for p in others if not is_tests(p) and missing.intersection(_named(_POLICY, p))
        )


#: The line that says which policy a file is, or which it tests. Whoever reads the files says what is wrong in them.
_POLICY, _TESTS = (
    re.compile(rb"^" + key + rb"[ \t]*:[ \t]*[\"']?([A-Za-z0-9_.-]+)", re.MULTILINE)
    for key in (b"policy", b"tests")
)


def _named(line: re.Pattern[bytes], path: Path) -> set[bytes]:
    try:
        return set(line.findall(path.read_bytes()))
    except OSError:
        return set()


def name_of(path: Path, root: Path) -> str:
    """Return what messages call a file."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def is_tests(path: Path) -> bool:
    """Whether a file holds tests."""
    return path.name.endswith(TESTS)


def policy_of(tests: Path) -> Path | None:
    """Return the policy beside a test file: `loan.yaml` of `loan.test.yaml` and of `loan.boundaries.test.yaml`."""
    words = tests.name.removesuffix(TESTS).split(".")
    names = (".".join(words[:count]) + ".yaml" for count in range(len(words), 0, -1))
    return next((path for name in names if (path := tests.with_name(name)).is_file()), None)


def tests_of(policy: Path) -> tuple[Path, ...]:
    """Return the test files beside a policy."""
    beside = sorted(policy.parent.glob(f"{glob.escape(policy.stem)}*{TESTS}"))
    return tuple(path for path in beside if path.is_file() and policy_of(path) == policy)


def yaml_in(folder: Path, *, examples: bool = False) -> Iterator[Path]:
    """Yield the YAML files in a folder, but for those in hidden folders, and those among the examples unless asked."""
    left_out = () if examples else (EXAMPLES,)
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in left_out]
        here = Path(at)
        for name in names:
            if name.endswith(SUFFIXES) and not name.startswith("."):
                path = here / name
                if path.is_file():
                    yield path
