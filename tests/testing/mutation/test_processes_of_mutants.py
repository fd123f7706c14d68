"""Jobs done by processes of their own, and what is said where one of these dies."""

from __future__ import annotations

import os
import signal

import pytest
import tiny

import policyengine as pe
from policyengine.testing.mutation.processes import done_by
from policyengine.testing.mutation.trying import Work, Worker


def doubled(worker: Worker, order: int) -> int:
    """Do something with an order."""
    assert worker.work.mutants == ()
    return 2 * order


def ended(worker: Worker, order: int) -> int:
    """End the process at one of the orders, as a system without memory does."""
    if order == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return doubled(worker, order)


@pytest.fixture(scope="module")
def work() -> Work:
    policies = tiny.policies()
    return Work(policies.programs, policies.dictionary, (), ())


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_order_is_done_once(work: Work, jobs: int) -> None:
    with done_by(work, jobs) as do:
        assert sorted(do(doubled, range(5))) == [(place, 2 * place) for place in range(5)]


def test_a_process_that_dies_ends_the_run(work: Work) -> None:
    with (
        pytest.raises(pe.PolicyEngineError, match="was ended from outside"),
        done_by(work, 2) as do,
    ):
        list(do(ended, range(5)))
