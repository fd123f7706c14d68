"""The engine in a process of its own: what kills it costs a rebuild and nothing else."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Sequence
from io import StringIO
from itertools import product
from typing import Any

import attrs
import pytest
import tiny
from endurance import PLANS, POLICY
from rete_here import NEEDS_RETE

from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.evaluators.rete.evaluator import ReteEvaluator
from policyengine.evaluators.rete.guard.engine import EngineError
from policyengine.evaluators.rete.guard.limits import Part
from policyengine.evaluators.rete.guard.matchers import InProcess, Matcher
from policyengine.evaluators.rete.guard.network import Network
from policyengine.evaluators.rete.guard.patterns import Against, Link, Pattern, Rule
from policyengine.evaluators.rete.worker import Worker, in_worker, serve

pytestmark = NEEDS_RETE


def on_slot(slot: int, operator: str, value: int | str) -> Pattern:
    return Pattern((Against("slot", "==", slot), Against("v", operator, value)))


BOTH = Rule((on_slot(0, ">", 3), on_slot(1, "<=", 5)))


class Hired:
    """Makes workers, and knows them all."""

    def __init__(self, patience: float = 10) -> None:
        self.workers: list[Worker] = []
        self.patience = patience

    def __call__(self, parts: Sequence[Part]) -> Matcher:
        self.workers.append(Worker(parts, self.patience))
        return self.workers[-1]


def test_a_worker_that_is_killed_in_the_middle_costs_a_rebuild() -> None:
    hired = Hired()
    network, right = Network([BOTH], 2, hired), Network([BOTH], 2)
    for step, (slot, value) in enumerate([(0, 9), (1, 0), (0, 0), (0, 5), (1, 9), (1, 1), (0, 4)]):
        if step in (2, 5):
            os.kill(hired.workers[-1].child.pid, signal.SIGKILL)
        network.replace(slot, {"v": value})
        right.replace(slot, {"v": value})
        assert network.holding == right.holding
    assert len(hired.workers) == 3
    assert list(network.failures) == ["the worker died", "the worker died"]
    network.close()
    assert [worker.child.poll() for worker in hired.workers] == [-signal.SIGKILL] * 3


def test_a_worker_that_crashes_is_an_engine_that_failed() -> None:
    """The equality stands before the inequality, which the guard would refuse: the engine reads past an array."""
    kind = (Against("kind", "==", 1),)
    links = [
        (Link("nth", "==", 0, "back"), Link("day", ">", 0, "since", more)) for more in range(1, 60)
    ]
    rules = tuple(Rule((Pattern(kind), Pattern(kind, each))) for each in links)
    sizes = [Part(tuple(range(size)), rules[:size]) for size in range(1, 60, 2)]
    worker = Worker(sizes)
    with pytest.raises(EngineError, match="the worker died"):
        put_all(worker, parts=len(sizes))
    assert worker.child.poll() == -signal.SIGSEGV


def put_all(worker: Worker, parts: int) -> None:
    for part, nth in product(range(parts), range(1, 30)):
        day = nth * 61
        fact = {"kind": 1, "day": day, "since": day - 60, "nth": nth, "back": nth - 1}
        worker.put(part, nth, fact)


def test_a_worker_that_hangs_is_given_up() -> None:
    hired = Hired(patience=0.5)
    network = Network([BOTH], 2, hired)
    network.replace(0, {"v": 9})
    os.kill(hired.workers[0].child.pid, signal.SIGSTOP)
    hired.patience = 10
    network.replace(1, {"v": 1})
    assert network.holding == {0}
    assert list(network.failures) == ["the worker died"]
    network.close()


def test_a_fork_has_a_worker_of_its_own() -> None:
    network = Network([BOTH], 2, Hired())
    network.replace(0, {"v": 9})
    child = os.fork()
    if child == 0:  # the fork: it says by its exit code whether it has matched for itself
        network.replace(1, {"v": 1})
        held, failures = network.holding, network.failures
        network.close()
        os._exit(0 if held == {0} and len(failures) == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert network.holding == frozenset()
    network.replace(1, {"v": 2})
    assert network.holding == {0}
    assert not network.failures
    network.close()


def test_an_error_in_the_worker_is_said_and_ends_it() -> None:
    worker = Worker([Part((0,), (BOTH,))])
    worker.put(0, 0, {"v": 9})
    with pytest.raises(EngineError, match="known already"):
        worker.put(0, 0, {"v": 8})  # a slot that is not free
    assert worker.child.poll() is not None
    with pytest.raises(EngineError):
        worker.take(0, 0)


def test_whole_decisions_by_a_worker_are_the_same() -> None:
    policies = tiny.policies(POLICY, PLANS)
    (program,) = policies.programs
    reference = ReferenceEvaluator()
    evaluator = ReteEvaluator(reference, matchers=in_worker)
    facts: dict[str, Any] = {"x.flag": "true", "x.n": "1", "x.m": "1", "x.cash": "100.00"}
    for more in ({}, {"x.other": "false"}, {"x.colour": "green"}, {"x.n": "7"}):
        situation = tiny.situation(policies, facts | more)
        found = evaluator.prepare(program, situation).screen()
        want = reference.prepare(program, situation).screen()
        assert (found.failed_masks, found.unknown_masks) == (want.failed_masks, want.unknown_masks)
    assert not evaluator.disagreements
    evaluator.network(program, situation.as_of).network.close()


def test_the_child_answers_line_by_line_until_an_error() -> None:
    plain = attrs.asdict(Part((7,), (BOTH,)))
    asked: list[dict[str, Any]] = [
        {"parts": [plain]},
        {"put": [0, 0, {"v": 9}]},
        {"put": [0, 1, {"v": 0}]},
    ]
    asked += [{"take": [0, 1]}, {"put": [0, 0, {"v": 1}]}, {"take": [0, 0]}]
    answers = StringIO()
    serve((json.dumps(each) for each in asked), answers, InProcess)
    assert answers.getvalue().splitlines() == [
        "{}",
        '{"matches": []}',
        '{"matches": [[7, [0, 1]]]}',
        "{}",
        '{"error": "the engine took slot 0 for known already, or for nothing"}',
    ]
