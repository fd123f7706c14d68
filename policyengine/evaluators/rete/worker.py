"""The engine in a process of its own: what kills it costs a rebuild and nothing else.

    parent ── one line of JSON for each change ──► child: rulesets, nothing else
           ◄── one line for each answer ──────────

Run as `python -m policyengine.evaluators.rete.worker`, the child holds the rulesets of one network to the end of its
input. It needs a system on which pipes can be waited for, which Windows is not.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any

import attrs

from policyengine.evaluators.rete.guard.engine import EngineError
from policyengine.evaluators.rete.guard.limits import Part
from policyengine.evaluators.rete.guard.matchers import InProcess, Matcher
from policyengine.evaluators.rete.guard.patterns import Against, Fact, Link, Pattern, Rule
from policyengine.evaluators.rete.guard.spelling import Match

#: Seconds after which a child that does not answer is taken for one that hangs. An answer takes microseconds.
PATIENCE = 10.0
#: Seconds that a child has to start.
STARTING = 60.0


@attrs.frozen(eq=False)
class Worker:
    """The rulesets of a network in a child of their own. It is started when it is made.

    Raises:
        EngineError: From any call: the child failed, died, or does not answer; it is gone then.
    """

    parts: Sequence[Part]
    patience: float = PATIENCE
    owner: int = attrs.field(factory=os.getpid, init=False)
    child: subprocess.Popen[str] = attrs.field(init=False)

    @child.default
    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603  # this interpreter, this module
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )

    def __attrs_post_init__(self) -> None:
        self._asked({"parts": [attrs.asdict(part) for part in self.parts]}, STARTING)

    def put(self, part: int, slot: int, fact: Fact) -> Sequence[Match]:
        """Assert the fact of a free slot in one of the rulesets; return the matches that it completes."""
        answer = self._asked({"put": [part, slot, dict(fact)]})
        return [(rule, frozenset(slots)) for rule, slots in answer["matches"]]

    def take(self, part: int, slot: int) -> None:
        """Retract the fact of a slot from one of the rulesets."""
        self._asked({"take": [part, slot]})

    def close(self) -> None:
        """End the child; a fork of the process that started it only lets go of it."""
        if os.getpid() == self.owner:
            self.child.kill()
            self.child.wait()
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not read by the child any more
                    pipe.close()

    def _asked(self, question: dict[str, Any], patience: float | None = None) -> dict[str, Any]:
        if os.getpid() != self.owner:
            raise EngineError("the worker is another process's, of which this is a fork")
        try:
            answer = self._answer(json.dumps(question), patience or self.patience)
        except (OSError, ValueError) as error:
            self.close()
            raise EngineError("the worker died") from error
        if "error" in answer:
            self.close()
            raise EngineError(answer["error"])
        return answer

    def _answer(self, question: str, patience: float) -> dict[str, Any]:
        asks, answers = self.child.stdin, self.child.stdout
        assert asks is not None and answers is not None  # noqa: S101, PT018  # both are pipes
        asks.write(question + "\n")
        asks.flush()
        if not select.select([answers], [], [], patience)[0]:
            raise TimeoutError
        answer: dict[str, Any] = json.loads(answers.readline())
        return answer


def in_worker(parts: Sequence[Part]) -> Matcher:
    """Return the rulesets of a network in a process of their own: pass it as `matchers`."""
    return Worker(parts)


# The child


def serve(questions: Iterable[str], answers: IO[str], matchers: Callable[..., Matcher]) -> None:
    """Answer line by line until the questions end. An error is answered too, and is the last answer."""
    asked = iter(questions)
    matcher = matchers([_part_from_plain(part) for part in json.loads(next(asked))["parts"]])
    _say(answers, {})
    for question in asked:
        try:
            _say(answers, _done(matcher, json.loads(question)))
        except EngineError as error:
            _say(answers, {"error": str(error)})
            return


def _done(matcher: Matcher, question: dict[str, Any]) -> dict[str, Any]:
    if "take" in question:
        matcher.take(*question["take"])
        return {}
    return {"matches": [[rule, sorted(slots)] for rule, slots in matcher.put(*question["put"])]}


def _say(answers: IO[str], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


# Rulesets from plain JSON


def _part_from_plain(plain: dict[str, Any]) -> Part:
    return Part(tuple(plain["numbers"]), tuple(_rule_from_plain(each) for each in plain["rules"]))


def _rule_from_plain(plain: dict[str, Any]) -> Rule:
    return Rule(tuple(_pattern_from_plain(each) for each in plain["patterns"]))


def _pattern_from_plain(plain: dict[str, Any]) -> Pattern:
    tests = tuple(Against(**each) for each in plain["tests"])
    return Pattern(tests, tuple(Link(**each) for each in plain["links"]))


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout, InProcess)
