"""Runs the jobs of some work here, or in processes of their own, and says what came of each as it comes.

A process starts anew and is sent the work once: mutants share what does not change, and so do their copies.
"""

from __future__ import annotations

import multiprocessing
import pickle  # to and from processes that were started here
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.pool import IMapIterator
from typing import Any

from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.testing.mutation.trying import Work, Worker

#: Given a worker and an order, does one job.
Job = Callable[[Worker, Any], Any]
#: Does a job for each of some orders; yields the place of the order and the result, in no order.
Do = Callable[[Job, Sequence[Any]], Iterator[tuple[int, Any]]]
#: Between two looks whether all processes are alive.
_SECONDS = 1
_here: list[Worker] = []


@contextmanager
def done_by(work: Work, jobs: int) -> Iterator[Do]:
    """Give what does jobs; its processes end with the block.

    Raises:
        UsageError: A process ended before it was done.
    """
    if jobs == 1:
        worker = Worker(work)
        yield lambda job, orders: ((place, job(worker, each)) for place, each in enumerate(orders))
        return
    context = multiprocessing.get_context("spawn")
    sent = pickle.dumps(work, protocol=5)
    with _deaf():
        pool = context.Pool(jobs, _begin, (sent,))
    begun = _children()
    try:
        yield lambda job, orders: _done(
            pool.imap_unordered(_do, [(job, place, each) for place, each in enumerate(orders)]),
            begun,
        )
    finally:
        pool.terminate()
        pool.join()


def _done(found: IMapIterator[tuple[int, Any]], begun: frozenset[int | None]) -> Iterator[Any]:
    """Yield what is done; a pool puts another process in the place of one that died, and what that did never comes."""
    while True:
        try:
            yield found.next(timeout=_SECONDS)
        except StopIteration:
            return
        except multiprocessing.TimeoutError:
            if not begun <= _children():
                raise UsageError([_died()]) from None


def _children() -> frozenset[int | None]:
    return frozenset(each.pid for each in multiprocessing.active_children())


def _died() -> Diagnostic:
    message = "a process that tried mutants was ended from outside"
    hint = "if memory ran out, take fewer with `--jobs`"
    return Diagnostic("stopped", message, hint=hint)


@contextmanager
def _deaf() -> Iterator[None]:
    """Let processes begin that do not hear Ctrl-C: who started them does, and ends them."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _begin(sent: bytes) -> None:
    """Take the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _here.append(Worker(pickle.loads(sent)))  # noqa: S301  # from the process that started this one


def _do(order: tuple[Job, int, Any]) -> tuple[int, Any]:
    job, place, each = order
    return place, job(_here[0], each)
