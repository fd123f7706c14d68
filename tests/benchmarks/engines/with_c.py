"""C as one would write it by hand for speed, spelled from the policy: gcc makes vectors of it.

Blocks of rows that stay in the nearest cache: first every comparison that occurs, once, into bytes; then for each plan
the bytes joined into bits. Nothing may be missing, ratios are doubles, nothing is checked.
"""

from __future__ import annotations

import ctypes
import platform
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from engines.conditions import DERIVED, Among, Comparison, Condition, Conditions, Flag, Group
from engines.made import Portfolio
from engines.measuring import NotInstalledError, Way

_BLOCK = 2048
_WIDE = ("-mprefer-vector-width=512",) if platform.machine() == "x86_64" else ()
FLAGS = ("-O3", "-march=native", *_WIDE, "-shared", "-fPIC")
_TYPES = {"i1": "int8_t", "i4": "int32_t", "f8": "double", "b1": "uint8_t"}
_PLACE = "at + i"


def ways(conditions: Conditions, portfolio: Portfolio, threads: int) -> list[Way]:
    """Return the way.

    Raises:
        NotInstalledError: there is no gcc.
    """
    columns = portfolio.columns
    rows = len(columns["income"])
    masks = np.empty((len(conditions.plans), rows), np.uint8)
    eligible = np.empty(masks.shape, np.bool_)
    arrays = [*columns.values(), masks, eligible]
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
    screen = _compiled(Source(conditions, portfolio).text()).screen
    pool = ThreadPoolExecutor(threads)

    def part(number: int) -> None:
        ends = (rows * number // threads, rows * (number + 1) // threads)
        screen(*pointers, *map(ctypes.c_long, (rows, *ends)))

    def run(_: None) -> tuple[NDArray[Any], NDArray[Any]]:
        list(pool.map(part, range(threads)))
        return masks, eligible

    return [Way(f"C by hand, gcc -O3, {threads} threads", run)]


def _compiled(text: str) -> Any:
    gcc = shutil.which("gcc")
    if gcc is None:
        raise NotInstalledError("`gcc` is not installed")
    with TemporaryDirectory(prefix="engines-") as folder:
        source, library = Path(folder, "screen.c"), Path(folder, "screen.so")
        source.write_text(text, "utf-8")
        subprocess.run([gcc, *FLAGS, "-o", library, source], check=True)  # noqa: S603  # the source is ours
        return ctypes.CDLL(str(library))


@attrs.frozen
class Source:
    """The text of the function. `bytes` has the comparisons that occur so far, each with its place."""

    conditions: Conditions
    portfolio: Portfolio
    bytes: dict[str, int] = attrs.field(factory=dict, init=False)

    def text(self) -> str:
        """Return the text."""
        plans = list(self._plans())
        compared = (f"held[{place}][i] = {text};" for text, place in self.bytes.items())
        blocks = [f"{DERIVED}[i] = (double)debt_service[{_PLACE}] / income[{_PLACE}];", *compared]
        loops = "\n".join(
            f"for (long i = 0; i < n; i++) {{ {each} }}" for each in [*blocks, *plans]
        )
        return f"""#include <stdint.h>
void screen({self._arguments()}) {{
  static __thread uint8_t held[{len(self.bytes)}][{_BLOCK}];
  static __thread double {DERIVED}[{_BLOCK}];
  for (long at = from; at < to; at += {_BLOCK}) {{
    long n = to - at < {_BLOCK} ? to - at : {_BLOCK};
{loops}
  }}
}}
"""

    def _arguments(self) -> str:
        given = [
            f"const {_TYPES[column.dtype.str[1:]]} *restrict {name}"
            for name, column in self.portfolio.columns.items()
        ]
        made = [
            "uint8_t *restrict fails",
            "uint8_t *restrict eligible",
            "long rows",
            "long from",
            "long to",
        ]
        return ", ".join(given + made)

    def _plans(self) -> Iterator[str]:
        for plan, found in enumerate(self.conditions.plans.values()):
            bits = (f"({self._held(test)} ^ 1) << {bit}" for bit, test in enumerate(found.values()))
            where = f"[{plan} * rows + {_PLACE}]"
            yield f"uint8_t m = {' | '.join(bits)}; fails{where} = m; eligible{where} = m == 0;"

    def _held(self, condition: Condition) -> str:
        match condition:
            case Comparison(name, sign, number):
                at = "i" if name == DERIVED else _PLACE
                return self._byte(f"{name}[{at}] {sign} {number}")
            case Among(name, options):
                places = map(self.portfolio.names[name].index, options)
                return f"({' | '.join(self._byte(f'{name}[{_PLACE}] == {p}') for p in places)})"
            case Flag(name, wanted):
                return f"{name}[{_PLACE}]" if wanted else f"({name}[{_PLACE}] ^ 1)"
            case Group(every, parts):
                return f"({(' & ' if every else ' | ').join(map(self._held, parts))})"

    def _byte(self, comparison: str) -> str:
        return f"held[{self.bytes.setdefault(comparison, len(self.bytes))}][i]"
