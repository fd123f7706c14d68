"""The mutation score of policies: all their mutants, run against the cases of their test files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import attrs

from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.loading import Loaded
from policyengine.policy_set import policy_set_from
from policyengine.report.diagnostics import counted
from policyengine.testing.mutation.cases import ready_cases
from policyengine.testing.mutation.making import mutants_of
from policyengine.testing.mutation.mutant import Mutant
from policyengine.testing.mutation.processes import Do, Job, done_by
from policyengine.testing.mutation.results import Fate, FileScore, Score, Tried
from policyengine.testing.mutation.telling import PARTS, ROUNDS
from policyengine.testing.mutation.trying import Looked, ReadyLaw, Work, Worker
from policyengine.testing.run import EXAMPLES, run_tests
from policyengine.testing.strategies.borrower import Borrower

#: Told how many jobs there are, and as each is done.
Progress = Callable[[int, int], None]


@attrs.frozen
class Asked:
    """What is asked of a run.

    Attributes:
        files: The names of the files whose mutants are tried; None for all policies.
        containing: What the name of a case or law, its policy or its file must contain.
        laws: Whether laws are tried too, on so many borrowers as `examples` says.
        examples: Borrowers that each law is tried on.
        jobs: Processes.
    """

    files: Collection[str] | None = None
    containing: str = ""
    laws: bool = False
    examples: int = EXAMPLES
    jobs: int = 1


def mutate(loaded: Loaded, asked: Asked | None = None, progress: Progress | None = None) -> Score:
    """Return what becomes of every mutant of some policies, the same on every run.

    Args:
        loaded: Policies and their test files, as `load_files` returns them.
        asked: Which mutants, which cases, and in how many processes.
        progress: Told the number of jobs and of those that are done, after each.

    Raises:
        PolicyError: Something is wrong in a policy.
        UsageError: There is no policy, no case, or tests fail before anything is changed.
    """
    asked = asked or Asked()
    work = _work(loaded, asked)
    run = _Run(work, asked.jobs, progress or _silent)
    stopped = False
    try:
        run.all()
    except KeyboardInterrupt:
        stopped = True
    return Score(tuple(_files(work.mutants, run.fates, loaded, asked)), stopped)


def _silent(_total: int, _done: int) -> None:
    """Say nothing."""


def _work(loaded: Loaded, asked: Asked) -> Work:
    policies = policy_set_from(loaded, evaluator="reference")
    tests = loaded if asked.laws else _without_laws(loaded)
    report = run_tests(tests, containing=asked.containing, examples=asked.examples)
    if not report.cases:
        raise UsageError([_nothing(asked.containing)])
    if report.failed or report.errors or not all(law.kept for law in report.laws):
        raise UsageError([_failing(len(report.failed))])
    tested = {file.policy for file in report.files if file.cases}
    files = _names(loaded, asked)
    return Work(
        programs=policies.programs,
        dictionary=policies.dictionary,
        mutants=tuple(
            m for m in mutants_of(policies.programs, files) if _is_tested(m, loaded, tested)
        ),
        cases=tuple(ready_cases(loaded, policies, asked.containing)),
        laws=tuple(_laws(loaded, asked)) if asked.laws else (),
    )


def _without_laws(loaded: Loaded) -> Loaded:
    """Return the same without laws: they take long, and kill nothing unless they are asked to."""
    return attrs.evolve(
        loaded,
        tests=tuple(
            attrs.evolve(tests, form=attrs.evolve(tests.form, laws=())) for tests in loaded.tests
        ),
    )


def _nothing(containing: str) -> Diagnostic:
    which = f" that contains `{containing}`" if containing else ""
    hint = "a policy's cases stand beside it in a file that ends in `.test.yaml`"
    return Diagnostic(
        "not-tested", f"there is no case{which}: nothing could kill a mutant", hint=hint
    )


def _failing(count: int) -> Diagnostic:
    which = counted(count, "failing case") if count else "tests that do not pass"
    message = f"{which} before anything is changed: a mutation score would mean nothing"
    return Diagnostic("not-tested", message, hint="run the tests without `--mutate`, and mend them")


def _names(loaded: Loaded, asked: Asked) -> Collection[str]:
    if asked.files is not None:
        return asked.files
    own = {program.span.file.name for program in loaded.programs}
    return own | {each.name.span.file.name for each in loaded.regulations}


def _is_tested(mutant: Mutant, loaded: Loaded, tested: Collection[str]) -> bool:
    """Leave out the mutants of a policy that has no case at all; it is said once."""
    policy = {p.span.file.name: p.id for p in loaded.programs}.get(mutant.span.file.name)
    return policy is None or policy in tested


def _laws(loaded: Loaded, asked: Asked) -> Iterator[ReadyLaw]:
    for tests in loaded.tests:
        policy, folder = tests.form.policy.text, str(tests.path.parent)
        for law in tests.form.laws:
            if any(asked.containing in text for text in (law.name, policy, tests.file.name)):
                yield ReadyLaw(law, policy, folder, asked.examples)


def _met_by(worker: Worker, place: int) -> frozenset[int]:
    return worker.met_by(place)


def _tried(worker: Worker, order: tuple[int, Sequence[int]]) -> Tried:
    return worker.tried(*order)


def _told_by(worker: Worker, order: Looked) -> list[tuple[Borrower, frozenset[int]]]:
    return worker.told_by(order)


def _told(worker: Worker, order: tuple[int, Sequence[tuple[str, Borrower]]]) -> str | None:
    return worker.told(*order)


@attrs.define
class _Run:
    work: Work
    jobs: int
    progress: Progress
    fates: dict[int, Tried] = attrs.field(factory=dict)
    _total: int = 0
    _done: int = 0
    _here: Worker = attrs.field(init=False)

    @_here.default
    def _worker(self) -> Worker:
        return Worker(self.work)

    def all(self) -> None:
        """Try every mutant; what is known stays where the user stops the run."""
        with done_by(self.work, self.jobs) as do:
            meets = self._meets(do)
            orders = [(index, meets[index]) for index in range(len(self.work.mutants))]
            for place, fate in self._each(do, _tried, orders):
                self.fates[place] = fate
            for round_ in range(ROUNDS):
                self._look(do, round_)

    def _meets(self, do: Do) -> dict[int, list[int]]:
        """Return for each mutant the cases that may notice it, in their order."""
        found = dict(self._each(do, _met_by, range(len(self.work.cases))))
        meets: dict[int, list[int]] = defaultdict(list)
        for place in sorted(found):
            for index in found[place]:
                meets[index].append(place)
        return meets

    def _look(self, do: Do, round_: int) -> None:
        """Look for a borrower who tells each mutant that is left, in one round of borrowers."""
        left = frozenset(i for i, tried in self.fates.items() if tried.fate is Fate.UNDECIDED)
        policies = sorted({name for index in left for name in self._concerned(index)})
        orders = [Looked(name, round_, part, left) for name in policies for part in range(PARTS)]
        found = dict(self._each(do, _told_by, orders))
        told: dict[int, list[tuple[str, Borrower]]] = defaultdict(list)
        for place, order in enumerate(orders):
            for borrower, met in found[place]:
                for index in met:
                    told[index].append((order.policy, borrower))
        wanted = sorted(told.items())
        for place, case in self._each(do, _told, wanted):
            if case is not None:
                index = wanted[place][0]
                self.fates[index] = attrs.evolve(self.fates[index], fate=Fate.SURVIVED, case=case)

    def _concerned(self, index: int) -> tuple[str, ...]:
        return self._here.concerned(index)

    def _each(self, do: Do, job: Job, orders: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        self._total += len(orders)
        self.progress(self._total, self._done)
        for place, result in do(job, orders):
            self._done += 1
            self.progress(self._total, self._done)
            yield place, result


def _files(
    mutants: Sequence[Mutant], fates: dict[int, Tried], loaded: Loaded, asked: Asked
) -> Iterator[FileScore]:
    by_file: dict[str, list[Tried]] = {name: [] for name in sorted(_names(loaded, asked))}
    for index, mutant in enumerate(mutants):
        untried = Tried(mutant.kind, mutant.span, mutant.said, Fate.NOT_TRIED)
        by_file[mutant.span.file.name].append(fates.get(index, untried))
    policies = {program.span.file.name: program.id for program in loaded.programs}
    tested = {tests.form.policy.text for tests in loaded.tests if tests.form.cases}
    for name, tried in by_file.items():
        policy = policies.get(name)
        untested = policy is not None and policy not in tested
        yield FileScore(name, tuple(tried), _untested(policy) if untested and policy else None)


def _untested(policy: str) -> Diagnostic:
    hint = "write cases in a file beside it that ends in `.test.yaml`"
    return Diagnostic(
        "not-tested", f"`{policy}` has no case: nothing could kill a mutant", hint=hint
    )
