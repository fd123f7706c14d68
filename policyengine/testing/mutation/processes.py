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
from typing import Any

from policyengine.testing.mutation.trying import Work, Worker

#: Given a worker and an order, does one job.
Job = Callable[[Worker, Any], Any]
#: Does a job for each of some orders; yields the place of the order and the result, in no order.
Do = Callable[[Job, Sequence[Any]], Iterator[tuple[int, Any]]]
_here: list[Worker] = []


@contextmanager
def done_by(work: Work, jobs: int) -> Iterator[Do]:
    """Give what does jobs; its processes end with the block."""
    if jobs == 1:
        worker = Worker(work)
        yield lambda job, orders: ((place, job(worker, each)) for place, each in enumerate(orders))
        return
    context = multiprocessing.get_context("spawn")
    sent = pickle.dumps(work, protocol=5)
    with _deaf():
        pool = context.Pool(jobs, _begin, (sent,))
    try:
        yield lambda job, orders: pool.imap_unordered(
            _do, [(job, place, each) for place, each in enumerate(orders)]
        )
    finally:
        pool.terminate()
        pool.join()


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
