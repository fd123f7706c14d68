"""The decisions that are kept as golden files: each line of `report/cases/cases.yaml`, decided."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import attrs
import yaml
from borrowers import FOLDER

import policyengine as pe
from policyengine.facts.profile import Profile
from policyengine.loading import Loaded, TestsInFile, load_files
from policyengine.model.test_file import Case
from policyengine.policy_set import policy_set_from
from policyengine.report.page.render import html_page
from policyengine.testing.given import Prepared, prepared

CASES_AT = Path(__file__).parent / "report" / "cases"
CASES: dict[str, dict[str, str]] = yaml.safe_load((CASES_AT / "cases.yaml").read_text("utf-8"))
SALT = bytes(range(32))


@attrs.frozen(eq=False)
class Decided:
    """A case with what is decided about it, by the policies that it is about."""

    policies: pe.PolicySet
    profile: Profile
    as_of: date | None
    assessment: pe.Assessment

    def page(self) -> str:
        return html_page(self.assessment, dictionary=self.policies.dictionary)

    def record(self) -> bytes:
        return self.policies.record(self.profile, as_of=self.as_of, salt=SALT)


@cache
def decided(name: str) -> Decided:
    line = CASES[name]
    if "profile" in line:
        profile = Profile.from_file(FOLDER / f"{line['profile']}.yaml")
        return Decided(_policies(), profile, None, _policies().decide(profile))
    return _of_test(line["policy"], line["case"])


def _of_test(policy: str, name: str) -> Decided:
    """Return what is decided about a case of a policy's own tests, under this policy alone."""
    tests, case = _test(policy, name)
    alone = attrs.evolve(_policies(), programs=(_policies()[policy].program,))
    as_of = date.fromisoformat(case.as_of.text) if case.as_of else None
    given = _given(case, tests, alone, as_of)
    found = alone.decide(given.profile, as_of=as_of)
    meant = tuple(d for d in found.decisions if given.loan in (None, d.loan))
    return Decided(alone, given.profile, as_of, attrs.evolve(found, decisions=meant))


def _given(case: Case, tests: TestsInFile, alone: pe.PolicySet, as_of: date | None) -> Prepared:
    def applies(profile: Profile) -> tuple[str | None, ...]:
        return tuple(d.loan for d in alone.decide(profile, as_of=as_of).decisions)

    return prepared(case.given, tests, _loaded().root, applies)


def _test(policy: str, name: str) -> tuple[TestsInFile, Case]:
    (tests,) = (tests for tests in _loaded().tests if tests.form.policy.text == policy)
    (case,) = (case for case in tests.form.cases if case.name.text == name)
    return tests, case


@cache
def _loaded() -> Loaded:
    return load_files(FOLDER.parent)


@cache
def _policies() -> pe.PolicySet:
    return policy_set_from(_loaded())
