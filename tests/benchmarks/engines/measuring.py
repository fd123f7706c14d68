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
#: By the processor's clock, and by that on the wall.
_Seconds = tuple[float, float]


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
    """What a way took: seconds for one item, and how that compares with the first way in the same pass.

    Times are the processor's, of all threads of this process, which others on the same machine hardly move; `wall` is
    the middle ratio by the clock on the wall.
    """

    name: str
    seconds: float
    ratio: float
    lowest: float
    highest: float
    wall: float
    ours: bool = False


@attrs.frozen
class Clocks:
    """What the clocks say, in seconds: the processor's and that on the wall."""

    processor: Callable[[], float] = time.process_time
    wall: Callable[[], float] = time.perf_counter


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
    *,
    least: int = _ITEMS,
    clocks: Clocks = Clocks(),  # it is frozen
) -> list[Row]:
    """Time all ways in each pass, so that all share the machine's moods; medians of the passes.

    Ratios are to the first way, taken within each pass.
    """
    shares = [(way, _share(way, way.given or items, least, clocks)) for way in ways]
    taken = [[_seconds(way, share, clocks) for way, share in shares] for _ in range(passes)]
    return [_row(way, [(each[place], each[0]) for each in taken]) for place, way in enumerate(ways)]


def _share(way: Way, items: Sequence[Any], least: int, clocks: Clocks) -> Sequence[Any]:
    """Return as many items as fill a pass, after the way has warmed up."""
    few = items[:least]
    _seconds(way, few, clocks)
    return items[: max(least, int(_PASS / _seconds(way, few, clocks)[0]))]


def _seconds(way: Way, items: Sequence[Any], clocks: Clocks) -> _Seconds:
    run, wall, began = way.run, clocks.wall(), clocks.processor()
    for item in items:
        run(item)
    return (clocks.processor() - began) / len(items), (clocks.wall() - wall) / len(items)


def _row(way: Way, taken: Sequence[tuple[_Seconds, _Seconds]]) -> Row:
    ratios = [own[0] / base[0] for own, base in taken]
    walls = [own[1] / base[1] for own, base in taken]
    middle = median(own[0] for own, _ in taken)
    return Row(way.name, middle, median(ratios), min(ratios), max(ratios), median(walls), way.ours)
