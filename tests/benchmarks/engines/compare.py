"""This package beside other engines and code written by hand, on the same policies and borrowers, in one run.

    python tests/benchmarks/engines/compare.py [--passes 15] [--only one-borrower] [--write docs/explanation/speed.md]

Every way gives the same answers, or the run fails. Engines that are not installed are left out, and a line says so;
`pip install -e '.[benchmarks]'` installs them all. What to compare between machines are the ratios.

`--write` puts the tables into a page, the chart and the figures beside it; `--from speed.json` takes figures kept so.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1]
sys.path[:0] = [
    str(BENCHMARKS),
    str(BENCHMARKS / "screening"),
    str(BENCHMARKS / "decisions"),
    str(BENCHMARKS.parent),
]

from engines.chart import chart  # noqa: E402  # the folders are known only now
from engines.page import markdown, written  # noqa: E402
from engines.results import Run, Table, from_json, run_of, to_json  # noqa: E402

#: What is measured: its title, the unit it is read in, and the module whose `measured` does it.
COMPARISONS = {
    "one-borrower": ("One borrower, ten plans of six conditions", "µs", "one_borrower"),
    "million": ("A million borrowers, ten plans of six conditions", "ms", "million"),
    "lenders": ("Whole decisions of the five lenders, one loan", "ms", "lenders"),
}


def main() -> None:
    """Measure, print, and write if asked to."""
    given = _arguments()
    run = from_json(given.kept.read_text("utf-8")) if given.kept else _measured(given)
    if given.kept:
        print("\n\n".join(map(markdown, run.tables)))
    if given.write:
        _write(given.write, run)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--passes", type=int, default=15, help="passes over each way")
    parser.add_argument("--only", choices=COMPARISONS, nargs="+", default=list(COMPARISONS))
    parser.add_argument("--write", type=Path, help="the page that the tables are put into")
    parser.add_argument(
        "--from", type=Path, dest="kept", help="figures that were kept, not new ones"
    )
    return parser.parse_args()


def _measured(given: argparse.Namespace) -> Run:
    return run_of(table for key in given.only for table in _tables(key, given.passes))


def _tables(key: str, passes: int) -> Iterator[Table]:
    """Yield the table of a comparison, unless what it needs is missing altogether."""
    title, unit, module = COMPARISONS[key]
    try:
        measured = import_module(f"engines.{module}").measured
    except ImportError as error:
        print(f"{title}: left out, `{error.name}` is not installed\n")
        return
    rows, skipped = measured(passes)
    table = Table(key, title, unit, tuple(rows), tuple(skipped))
    print(f"{markdown(table)}\n", flush=True)
    yield table


def _write(path: Path, run: Run) -> None:
    drawing = path.with_suffix(".svg")
    path.write_text(written(path.read_text("utf-8"), run, drawing.name), "utf-8")
    drawing.write_text(chart(run), "utf-8")
    path.with_suffix(".json").write_text(to_json(run), "utf-8")


if __name__ == "__main__":
    main()
