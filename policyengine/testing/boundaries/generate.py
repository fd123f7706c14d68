"""Boundary files of policies: what is to be written, with what a person reviewed kept, and what differs from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from policyengine.diagnostics import Diagnostic, Findings, PolicyError
from policyengine.ir.program import Program
from policyengine.loading import Loaded, TestsInFile
from policyengine.model.from_syntax import form_in
from policyengine.model.test_file import TestFile
from policyengine.policy_set import PolicySet, policy_set_from
from policyengine.source import SourceFile
from policyengine.testing.boundaries.cases import Generated, generated
from policyengine.testing.boundaries.reviewed import Before, before
from policyengine.testing.boundaries.writing import (
    case_text,
    head,
    profile_text,
    section_head,
)
from policyengine.testing.results import CaseResult
from policyengine.testing.run import run_tests

ENDING = ".boundaries.test.yaml"
_KEPT = "reviewed, and no longer at a boundary that was found"


@attrs.frozen(eq=False)
class BoundaryFile:
    """A file to be written.

    Attributes:
        path: Where it belongs.
        policy: Which policy it is of.
        text: All of it.
        changed: Whether it differs from what stands there.
        cases: How many cases it has.
        kept: The names of the reviewed cases that are kept.
        outdated: Those of them that are at no boundary any more.
        differing: Those of them that are decided otherwise now.
        remarks: The boundaries that could not be shown, or not alone.
    """

    path: Path
    policy: str
    text: str
    changed: bool
    cases: int
    kept: tuple[str, ...]
    outdated: tuple[str, ...]
    differing: tuple[CaseResult, ...]
    remarks: tuple[str, ...]

    @property
    def unreviewed(self) -> int:
        """How many cases nobody has read yet."""
        return self.cases - len(self.kept)


def boundary_files(
    loaded: Loaded, out: Path | None = None, *, overwrite: bool = False
) -> tuple[BoundaryFile, ...]:
    """Return the boundary files of all policies that were loaded; nothing is written.

    Args:
        loaded: The policies.
        out: A folder for the files; by default each stands beside its policy.
        overwrite: Whether cases that a person has reviewed are written anew too.

    Raises:
        PolicyError: Something in the policies or in a file that stands there is wrong, or a policy has no boundary.
        UsageError: A file stands there that was not generated, or cannot be read, or there is no policy.
    """
    policies = policy_set_from(loaded, evaluator="reference")
    seeking = policy_set_from(loaded, evaluator="compiled")
    paths = {program.id: _path(program, loaded.root, out) for program in policies.programs}
    known = {name: before(path, name, keep=not overwrite) for name, path in paths.items()}
    return tuple(
        _file(name, path, known[name], (policies, seeking), loaded) for name, path in paths.items()
    )


def _path(program: Program, root: Path, out: Path | None) -> Path:
    """Return where the file of a policy belongs: in another folder, under the same folders as the policy."""
    policy = root / program.span.file.name
    path = policy.with_name(policy.stem + ENDING)
    if out is None:
        return path
    inside = path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
    return out / inside


def _file(
    name: str, path: Path, old: Before, policies: tuple[PolicySet, PolicySet], loaded: Loaded
) -> BoundaryFile:
    policy, seeking = (each[name] for each in policies)
    found = generated(policy, seeking)
    if not found.shown:
        message = f"no boundary of `{name}` could be shown"
        hint = "nobody was found for whom any of its conditions decides"
        raise PolicyError(
            [Diagnostic("nothing-tried", message, policy.program.span.first_line(), hint)]
        )
    composed = _Composed(found, policy.program, old)
    text = composed.text()
    return BoundaryFile(
        path=path,
        policy=name,
        text=text,
        changed=text != old.text,
        cases=len(found.cases) + len(composed.outdated),
        kept=tuple(old.cases),
        outdated=composed.outdated,
        differing=tuple(_differing(text, path, old, loaded)),
        remarks=found.remarks,
    )


@attrs.frozen(eq=False)
class _Composed:
    """The text of a file: generated cases, and those in their place that were reviewed."""

    found: Generated
    program: Program
    old: Before

    @property
    def outdated(self) -> tuple[str, ...]:
        """The reviewed cases that are none of the generated ones."""
        names = {case.name for case in self.found.cases}
        return tuple(name for name in self.old.cases if name not in names)

    def text(self) -> str:
        """Return the text."""
        renamed = self._renamed()
        parts = [head(self.program)]
        parts += [self.old.profiles[name] for name in self._held()]
        parts += [
            profile_text(renamed[name], borrower, self.program)
            for name, borrower in self.found.profiles.items()
            if renamed[name] not in self._held()
        ]
        sections = "".join(self._sections(renamed)).removeprefix("\n")
        return "".join([*parts, "cases:\n", sections])

    def _sections(self, renamed: Mapping[str, str]) -> Iterator[str]:
        for section in self.found.sections:
            yield section_head(section.title, section.remarks)
            for case in section.cases:
                kept = self.old.cases.get(case.name)
                named = attrs.evolve(case, profile=renamed[case.profile])
                yield case_text(named, self.program) if kept is None else "\n" + kept
        if self.outdated:
            yield section_head(_KEPT)
            yield from ("\n" + self.old.cases[name] for name in self.outdated)

    def _held(self) -> tuple[str, ...]:
        """Return the profiles that reviewed cases stand on: they stay as they are."""
        used = set(self.old.uses.values())
        return tuple(name for name in self.old.profiles if name in used)

    def _renamed(self) -> dict[str, str]:
        """Return the names of the generated profiles: another one where a kept profile differs."""
        renamed = {}
        for name, borrower in self.found.profiles.items():
            free, count = name, 1
            while free in self._held() and self.old.profiles[free] != profile_text(
                free, borrower, self.program
            ):
                count += 1
                free = f"{name}_{count}"
            renamed[name] = free
        return renamed


def _differing(text: str, path: Path, old: Before, loaded: Loaded) -> Iterator[CaseResult]:
    """Yield the reviewed cases that are decided otherwise now, or cannot be decided any more."""
    if not old.cases:
        return
    file = SourceFile(str(path), text)
    form, _ = form_in(file, findings := Findings(PolicyError))
    findings.raise_errors(PolicyError)
    assert isinstance(form, TestFile)  # noqa: S101  # it was written as one
    reviewed = attrs.evolve(form, cases=tuple(case for case in form.cases if case.reviewed))
    alone = attrs.evolve(loaded, tests=(TestsInFile(reviewed, file, path),))
    yield from run_tests(alone).failed
