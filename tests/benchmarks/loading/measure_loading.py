"""How loading and compiling grow with the number of policies, and with the rules of one policy.

    python tests/benchmarks/loading/measure_loading.py [--most 1000]

Policies are generated, and doubled from an eighth of the most on; then one policy has ever more plans of six
conditions. Prints the time per rule: the same in every line where it is linear. The last column is the
time per rule against that of the line before.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import argparse
import gc
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import tiny

import policyengine as pe
from policyengine.evaluators.compiled.from_program import conditions_of
from policyengine.ir.program import Program, Rule
from policyengine.testing.strategies import grammar

DAY = date(2024, 11, 20)
#: Conditions of a plan of the one large policy.
EACH = 6


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--most", type=int, default=1_000, help="policies, and rules of one")
    most = parser.parse_args().most
    sizes = [most // 8, most // 4, most // 2, most]
    print(f"Python {platform.python_version()} on {platform.machine()}\n")
    table("policies", sizes, many_policies)
    table("plans of one policy", [size // EACH for size in sizes], one_policy)


def table(what: str, sizes: list[int], write: Callable[[Path, int], None]) -> None:
    """Print the time per rule of loading and of compiling, as their number doubles."""
    print(f"{what:<20} {'rules':>7} {'load, ms a rule':>17} {'compile':>9} {'against before':>16}")
    before = None
    for size in sizes:
        rules, load, compiled = measured(size, write)
        against = f"{(load + compiled) / before:.2f}" if before else ""
        before = load + compiled
        print(
            f"{size:<20,} {rules:>7,} {load * 1e3:>17.3f} {compiled * 1e3:>9.3f} {against:>16}",
            flush=True,
        )
    print()


def measured(size: int, write: Callable[[Path, int], None]) -> tuple[int, float, float]:
    """Return the number of rules, and the seconds a rule takes to load and to compile."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), size)
        gc.collect()
        began = time.process_time()
        policies = pe.load(folder)
        loaded = time.process_time()
        for program in policies.programs:
            conditions_of(program).on(DAY)
        compiled = time.process_time()
    rules = sum(map(rules_of, policies.programs))
    return rules, (loaded - began) / rules, (compiled - loaded) / rules


def rules_of(program: Program) -> int:
    """Return how many rules a policy has."""
    plans = program.plans
    listed: list[Rule] = [r for p in plans for r in (*p.require, *p.offer.until, *p.offer.accept)]
    return len(listed) + len(program.referrals) + len(program.guarantees)


def many_policies(folder: Path, size: int) -> None:
    """Write so many generated policies into one folder, each with the regulation that binds it."""
    tiny.folder(folder, "")
    (folder / "tiny.yaml").unlink()
    (folder / "regulations").mkdir()
    for seed in range(size):
        made, rules = grammar.made(seed), f"rules-{seed}"
        body = made.policy.replace("regulations: [rules]", f"regulations: [{rules}]", 1)
        head = tiny.HEAD.replace("policy: tiny", f"policy: tiny-{seed}", 1)
        (folder / f"tiny-{seed}.yaml").write_text(head + body, "utf-8")
        for text in made.regulations.values():
            bound = text.replace("regulation: rules", f"regulation: {rules}", 1)
            (folder / "regulations" / f"{rules}.yaml").write_text(bound, "utf-8")


def one_policy(folder: Path, size: int) -> None:
    """Write one policy of so many plans, each with conditions of its own."""
    conditions, plans = ["conditions:"], ["plans:"]
    for i in range(size):
        names = [f"c_{i}_{k}" for k in range(EACH)]
        conditions += [
            f"  {name}: {{that: 'x.n > {i} or (x.m < {k} and x.flag)', {tiny.BECAUSE}}}"
            for k, name in enumerate(names)
        ]
        plans += [
            f"  plan_{i}:",
            f"    title: {{en: Plan {i}, zh: 方案{i}}}",
            f"    require: [{', '.join(names)}]",
            "    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}",
        ]
    tiny.folder(folder, tiny.HEAD + "\n".join([*conditions, *plans, ""]))


if __name__ == "__main__":
    main()
