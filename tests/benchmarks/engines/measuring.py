"""Ways to do the same work, timed in turns within one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib import import_module, metadata
from statistics import median
from typing import Any

import attrs

#: What a pass of one way takes at least, in seconds, and how many items it has at least, if there are so many: enough
#: that the first ones stand for all.
_PASS, _ITEMS = 0.1, 100


class NotInstalledError(Exception):
    """An engine is not there: the comparison goes on without it."""


def engine(module: str, distribution: str) -> Any:
    """Import an engine. Its annotations are of no use here, so it is untyped.

    Raises:
        NotInstalledError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise NotInstalledError(f"`{distribution}` is not installed") from error


def version(distribution: str) -> str | None:
    """Return the version of a distribution that is installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


@attrs.frozen
class Way:
    """One way to do the work for one item, and what it is given if not the same as the others.

    `shown` turns what `run` returns into the answer that all must give; that is not measured.
    """

    name: str
    run: Callable[[Any], Any]
    given: Sequence[Any] | None = None
    ours: bool = False
    shown: Callable[[Any], Any] = lambda answer: answer


@attrs.frozen
class Row:
    """What a way took: seconds for one item, and how that compares with the first way in the same pass."""

    name: str
    seconds: float
    ratio: float
    lowest: float
    highest: float
    ours: bool = False


def installed(builders: Sequence[Callable[[], list[Way]]]) -> tuple[list[Way], list[str]]:
    """Return the ways of all engines that are installed, and a word on each of the others."""
    ways, skipped = list[Way](), list[str]()
    for build in builders:
        try:
            ways += build()
        except NotInstalledError as error:
            skipped.append(str(error))
    return ways, skipped


def compared(
    ways: Sequence[Way],
    items: Sequence[Any],
    passes: int,
    clock: Callable[[], float] = time.process_time,
    *,
    least: int = _ITEMS,
) -> list[Row]:
    """Time all ways in each pass, so that all share the machine's moods; medians of the passes.

    Ratios are to the first way, taken within each pass. The clock is the processor's, of all threads of this process,
    unless another is given: others on the same machine hardly move it.
    """
    shares = [(way, _share(way, way.given or items, clock, least)) for way in ways]
    taken = [[_seconds(way, share, clock) for way, share in shares] for _ in range(passes)]
    return [_row(way, [(each[place], each[0]) for each in taken]) for place, way in enumerate(ways)]


def _share(way: Way, items: Sequence[Any], clock: Callable[[], float], least: int) -> Sequence[Any]:
    """Return as many items as fill a pass, after the way has warmed up."""
    few = items[:least]
    _seconds(way, few, clock)
    return items[: max(least, int(_PASS / _seconds(way, few, clock)))]


def _seconds(way: Way, items: Sequence[Any], clock: Callable[[], float]) -> float:
    run, began = way.run, clock()
    for item in items:
        run(item)
    return (clock() - began) / len(items)


def _row(way: Way, taken: Sequence[tuple[float, float]]) -> Row:
    ratios = [seconds / base for seconds, base in taken]
    middle = median(seconds for seconds, _ in taken)
    return Row(way.name, middle, median(ratios), min(ratios), max(ratios), way.ours)
