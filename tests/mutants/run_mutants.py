"""Mutants of the engine itself: one place of the source is changed at a time, and some test has to notice.

    python tests/mutants/run_mutants.py finance 60 [--seed 0]     a room, and how many places, drawn at random

cosmic-ray changes the source and runs the tests; it works in a copy of the project, so that an interrupted run leaves
nothing changed. Of all tests those run that are about the room, the quickest first, and the first failure ends them. A
survivor is printed as a diff: either a test is missing, or nothing can tell the difference.

mutmut is quicker, but leaves functions with decorators alone, and the reference evaluator consists of them.
"""

from __future__ import annotations

import argparse
import ast
import os
import shlex
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from shutil import copytree, ignore_patterns

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.testing import run_tests
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import MutationSpec, TestOutcome

ROOT = Path(__file__).parents[2]
#: A room, and the tests that are about it, the quickest first. Those of other evaluators and of processes take long.
ROOMS = {
    "finance": ("finance", ["finance", "plans", "solver/test_published.py"]),
    "ir": (
        "ir",
        [
            "ir",
            "language",
            "rejected",
            "corpus",
            "lint",
            "report/test_who_answers.py",
            "solver/test_steps.py",
            "plans",
            "decision",
        ],
    ),
    "reference": (
        "evaluators/reference",
        [
            "evaluators/test_reference.py",
            "language",
            "plans",
            "corpus",
            "evaluators/test_probe.py",
            "solver/test_steps.py",
            "evaluators/compiled/offers/test_compiled_offers.py",
        ],
    ),
}
NOT = "rete or processes"
#: Seconds after which tests count as having noticed: they take under a minute.
LIMIT = 600
#: Slips that a person could make. A sum turned into a shift of bits is noticed by anything and would flatter.
SLIPS = {
    "core/NumberReplacer",
    "core/AddNot",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceContinueWithBreak",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ZeroIterationForLoop",
    *(
        f"core/ReplaceComparisonOperator_{one}_{other}"
        for pair in (("Lt", "LtE"), ("Gt", "GtE"), ("Eq", "NotEq"), ("Is", "IsNot"))
        for one, other in (pair, pair[::-1])
    ),
    *(
        f"core/ReplaceBinaryOperator_{one}_{other}"
        for pair in (("Add", "Sub"), ("Mul", "Div"), ("Mul", "FloorDiv"), ("Div", "FloorDiv"))
        for one, other in (pair, pair[::-1])
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(_copied(Path(folder)))
        os.environ["PYTHONPATH"] = str(Path.cwd())
        return _run(asked.room, asked.count, asked.seed)


def _copied(folder: Path) -> Path:
    for name in ("policyengine", "policies", "tests", "docs"):
        copytree(ROOT / name, folder / name, ignore=ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def _run(room: str, count: int, seed: int) -> int:
    where, tests = ROOMS[room]
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", f"not ({NOT})"]
    paths = [f"tests/{name}" for name in tests]
    command = shlex.join([sys.executable, "-m", "pytest", *options, *paths])
    every = sorted(_places(Path("policyengine") / where), key=_at)
    chosen = Random(seed).sample(every, min(count, len(every)))
    sys.stdout.write(f"{room}: {len(chosen)} of {len(every)} places, {command}\n")
    outcome, said = run_tests(command, LIMIT)
    if outcome is not TestOutcome.SURVIVED:
        sys.exit(f"the tests fail before anything is changed:\n{said}")
    outcomes, started = Counter[TestOutcome](), time.monotonic()
    for mutation in chosen:
        result = mutate_and_test([mutation], command, LIMIT)
        assert result.test_outcome is not None, result.output
        outcomes[result.test_outcome] += 1
        if result.test_outcome is not TestOutcome.KILLED:
            sys.stdout.write(f"{result.diff or result.output}\n")
        sys.stdout.flush()
    found = ", ".join(f"{many} {outcome.value}" for outcome, many in outcomes.items())
    sys.stdout.write(f"{room}: {found}, {time.monotonic() - started:.0f} s\n")
    return 0


def _places(folder: Path) -> Iterator[MutationSpec]:
    """Yield every change that can be made in a room, but for those in annotations: nobody evaluates them."""
    files = sorted(folder.rglob("*.py"))
    database = WorkDB(":memory:", WorkDB.Mode.create)
    init(files, database, {})
    idle = {str(file): set(_annotated(ast.parse(file.read_text()))) for file in files}
    for item in database.work_items:
        for mutation in item.mutations:
            line, _ = mutation.start_pos
            if mutation.operator_name in SLIPS and line not in idle[str(mutation.module_path)]:
                yield mutation


def _annotated(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of annotations and of names for types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            last = node.body[0].lineno
            first = node.args.args[0].lineno if node.args.args else node.lineno
            yield from range(min(first, node.lineno), max(last, node.lineno + 1))
        elif isinstance(node, ast.AnnAssign) and _names_a_type(node):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _names_a_type(node: ast.AnnAssign) -> bool:
    return node.value is None or "TypeAlias" in ast.unparse(node.annotation)


def _at(mutation: MutationSpec) -> tuple[str, str, int]:
    return str(mutation.module_path), mutation.operator_name, mutation.occurrence


if __name__ == "__main__":
    sys.exit(main())
