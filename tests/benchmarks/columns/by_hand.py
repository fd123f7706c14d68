"""The conditions of the benchmark's policy as C, NumPy and polars would have them, written out from the policy.

They know no unknowns, reckon in doubles and check nothing: the least that the work takes.
"""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
from workload import Array

from policyengine.ir import nodes as ir
from policyengine.ir.program import Program

#: Rows that C and NumPy take at a time: what they keep of them fits the cache.
C_BLOCK, NUMPY_BLOCK = 2_048, 16_384
_C_TYPES = {"int8": "int8_t", "int32": "int32_t", "float64": "double", "bool": "uint8_t"}
Text = Callable[[str], str]


def conditions(program: Program) -> list[list[ir.Node]]:
    """Return the conditions of each plan."""
    return [[rule.test for rule in plan.require] for plan in program.plans]


def text(node: ir.Node, program: Program, atom: Text) -> str:
    """Return a condition with `&`, `|` and `^ 1`; `atom` says what stands for a comparison, in terms of `name`."""
    if isinstance(node, ir.And | ir.Or):
        joint = " & " if isinstance(node, ir.And) else " | "
        return f"({joint.join(text(each, program, atom) for each in node.operands)})"
    if isinstance(node, ir.Not):
        return f"({text(node.operand, program, atom)} ^ 1)"
    if isinstance(node, ir.Member):
        each = [f"{_name(node.value)} == {_number(option, program)}" for option in node.options]
        return f"({' | '.join(map(atom, each))})"
    if isinstance(node, ir.Compare):
        return atom(f"{_name(node.left)} {node.operator} {_number(node.right, program)}")
    return atom(_name(node))


def _name(node: ir.Node) -> str:
    if isinstance(node, ir.Derived):
        return "dti"
    assert isinstance(node, ir.Fact)
    return node.path.removeprefix("loan.")


def _number(node: ir.Node, program: Program) -> str:
    assert isinstance(node, ir.Constant)
    if isinstance(node.value, str):
        return str(program.dictionary.values_of(node.type).index(node.value))
    assert isinstance(node.value, int | Fraction)
    return str(node.value) if float(node.value).is_integer() else repr(float(node.value))


# C


def in_c(
    program: Program, given: dict[str, Array], threads: int, folder: Path
) -> Callable[[], list[Array]]:
    """Return the same work in C: each comparison once for a block, into bytes, then what joins them."""
    rows, plans = len(given["income"]), conditions(program)
    source = _c_source(program, given)
    (folder / "by_hand.c").write_text(source, "utf-8")
    flags = ["-O3", "-march=native", "-mprefer-vector-width=512", "-shared", "-fPIC"]
    built = folder / "by_hand.so"
    subprocess.run(  # noqa: S603  # our own
        ["gcc", *flags, "-o", str(built), str(folder / "by_hand.c")],  # noqa: S607  # of the path
        check=True,
    )
    run = ctypes.CDLL(str(built)).run
    masks = [np.empty(rows, np.uint8) for _ in plans]
    allowed = [np.empty(rows, np.uint8) for _ in plans]
    arrays = [*given.values(), *masks, *allowed]
    pool = ThreadPoolExecutor(threads)

    def part(k: int) -> None:
        ends = (ctypes.c_long(rows * end // threads) for end in (k, k + 1))
        run(*(ctypes.c_void_p(array.ctypes.data) for array in arrays), *ends)

    def work() -> list[Array]:
        list(pool.map(part, range(threads)))
        return masks

    return work


def _c_source(program: Program, given: dict[str, Array]) -> str:
    atoms: dict[str, int] = {}

    def atom(comparison: str) -> str:
        return f"t[{atoms.setdefault(comparison, len(atoms))}][i]"

    plans = conditions(program)
    loop = "for (long i = 0; i < n; i++)"
    joined = []
    for k, plan in enumerate(plans):
        bits = " | ".join(
            f"(uint8_t)(({text(node, program, atom)} ^ 1) << {place})"
            for place, node in enumerate(plan)
        )
        joined.append(f"{loop} {{ uint8_t m = {bits}; m{k}[s + i] = m; l{k}[s + i] = m == 0; }}")
    tests = [f"{loop} t[{k}][i] = {_in_block(test)};" for test, k in atoms.items()]
    inputs = [f"const {_C_TYPES[a.dtype.name]} *restrict {name}" for name, a in given.items()]
    outputs = [f"uint8_t *restrict {of}{k}" for of in "ml" for k in range(len(plans))]
    return "\n".join([
        "#include <stdint.h>",
        f"void run({', '.join([*inputs, *outputs])}, long first, long behind) {{",
        f"static __thread uint8_t t[{len(atoms)}][{C_BLOCK}];",
        f"static __thread double dti[{C_BLOCK}];",
        f"for (long s = first; s < behind; s += {C_BLOCK}) {{",
        f"long n = behind - s < {C_BLOCK} ? behind - s : {C_BLOCK};",
        f"{loop} dti[i] = (double)debt_service[s + i] / income[s + i];",
        *tests,
        *joined,
        "}}",
    ])  # fmt: skip


def _in_block(test: str) -> str:
    name, space, rest = test.partition(" ")
    return f"{name}[i]{space}{rest}" if name == "dti" else f"{name}[s + i]{space}{rest}"


# NumPy


def in_numpy(program: Program, given: dict[str, Array], threads: int) -> Callable[[], list[Array]]:
    """Return the same work in NumPy, in blocks."""
    rows, plans = len(given["income"]), conditions(program)
    lines = ["def run(columns, masks):"]
    lines += [f"    {name} = columns[{name!r}]" for name in given]
    lines += ["    dti = debt_service / income"]
    for k, plan in enumerate(plans):
        for place, node in enumerate(plan):
            held = text(node, program, lambda test: f"({test})").replace(" ^ 1", " ^ True")
            lines += [f"    m = (~{held}).view(np.uint8)"]
            lines += [
                f"    masks[{k}][:] = m" if place == 0 else f"    masks[{k}][:] |= m << {place}"
            ]
    within: dict[str, Any] = {"np": np}
    exec("\n".join(lines), within)  # noqa: S102  # written above
    masks = [np.empty(rows, np.uint8) for _ in plans]
    pool = ThreadPoolExecutor(threads)

    def block(start: int) -> None:
        end = min(start + NUMPY_BLOCK, rows)
        columns = {name: values[start:end] for name, values in given.items()}
        within["run"](columns, [mask[start:end] for mask in masks])

    def work() -> list[Array]:
        list(pool.map(block, range(0, rows, NUMPY_BLOCK)))
        return masks

    return work


# polars


def in_polars(program: Program, given: dict[str, Array]) -> Callable[[], list[Array]]:
    """Return the same work in polars' streaming engine; enums are small whole numbers here too."""
    import polars as pl  # noqa: PLC0415  # where it is installed

    frame = pl.DataFrame(given)
    dti = pl.col("debt_service") / pl.col("income")

    def held(node: ir.Node) -> Any:
        source = text(node, program, lambda test: f"({_column(test)})").replace(" ^ 1", ".not_()")
        return eval(source, {"pl": pl, "dti": dti})  # noqa: S307  # written above

    masks = [
        reduce(
            lambda a, b: a | b,
            (
                (~held(node)).cast(pl.UInt8) * pl.lit(1 << place, dtype=pl.UInt8)
                for place, node in enumerate(plan)
            ),
        ).alias(f"m{k}")
        for k, plan in enumerate(conditions(program))
    ]
    query = frame.lazy().select(masks)

    def work() -> list[Array]:
        found = query.collect(engine="streaming")
        return [found[name].to_numpy() for name in found.columns]

    return work


def _column(test: str) -> str:
    name, space, rest = test.partition(" ")
    return test if name == "dti" else f'pl.col("{name}"){space}{rest}'
