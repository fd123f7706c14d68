"""What every command about one borrower shares: its options, and the decisions that they pick."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

import attrs
import click

from policyengine.cli.reading import read_files
from policyengine.decision.decision import Assessment
from policyengine.diagnostics import Diagnostic, UsageError, nearest_or_list
from policyengine.facts.profile import Profile
from policyengine.model.literals import LiteralError, read_literal
from policyengine.model.types import DATE
from policyengine.policy_set import PolicySet
from policyengine.report.labels import view_languages
from policyengine.report.text import languages_of
from policyengine.syntax.file_text import MAX_BYTES

STDIN = "-"
F = TypeVar("F", bound=Callable[..., Any])


@attrs.frozen
class Question:
    """Which policies are asked about which borrower, of which day, and what of the answer is wanted."""

    folder: str
    profile: str
    as_of: date | None
    lang: str | None
    policy: str | None
    loan: str | None

    def policies(self) -> PolicySet:
        """Return the policies.

        Raises:
            PolicyEngineError: Something in the files is wrong, or there is no such policy.
        """
        policies = read_files(self.folder, whole=False).policies()
        if self.policy is not None and self.policy not in policies:
            raise unknown_name("policy", self.policy, policies)
        return policies

    def borrower(self) -> Profile:
        """Return the borrower.

        Raises:
            PolicyEngineError: Something in the profile is wrong.
        """
        return borrower_from(self.profile)

    def chosen(self, assessment: Assessment) -> Assessment:
        """Return the decisions under the one policy or about the one loan that is asked about.

        Raises:
            UsageError: There is no such loan, or the policy does not apply.
        """
        self._check_loan(assessment)
        policy, loan = self.policy, self.loan
        decisions = tuple(
            d for d in assessment.decisions if policy in (None, d.policy) and loan in (None, d.loan)
        )
        if policy is not None and not decisions:
            which = f"loan `{loan}`" if loan else "any loan of the profile"
            message = f"`{policy}` does not apply to {which}"
            raise UsageError([Diagnostic("which-loan", message)])
        left = () if policy else assessment.not_assessed
        not_assessed = tuple(found for found in left if loan in (None, found.loan))
        return attrs.evolve(assessment, decisions=decisions, not_assessed=not_assessed)

    def language(self, assessment: Assessment) -> str:
        """Return the language to write in: the one asked for, or the first that there is.

        Raises:
            UsageError: Not all of it can be said in the language asked for.
        """
        known = languages_of(assessment)
        if self.lang is None:
            return (*known, *view_languages())[0]
        if self.lang not in known:
            raise unknown_name("language", self.lang, known, list_all=True)
        return self.lang

    def _check_loan(self, assessment: Assessment) -> None:
        assessed = [d.loan for d in assessment.decisions]
        loans = assessed + [n.loan for n in assessment.not_assessed]
        if self.loan is not None and self.loan not in loans:
            raise unknown_name("loan", self.loan, [name for name in loans if name])


def borrower_from(path: str) -> Profile:
    """Return the borrower in a file, or from the input.

    Raises:
        PolicyEngineError: Something in the profile is wrong.
    """
    if path != STDIN:
        return Profile.from_file(path)
    return Profile.from_bytes("<input>", sys.stdin.buffer.read(MAX_BYTES + 1))


def question_options(command: F) -> F:
    """Add the options of a `Question` to a command."""
    return _with(command, (*_whose(required=True), *_OPTIONS))


def open_question_options(command: F) -> F:
    """Add the same to a command that may know the policies and the borrower from elsewhere."""
    return _with(command, (*_whose(required=False), *_OPTIONS))


def _with(command: F, options: Sequence[Callable[[F], F]]) -> F:
    for option in reversed(options):
        command = option(command)
    return command


def unknown_name(
    what: str, name: str, known: Iterable[str], *, list_all: bool = False
) -> UsageError:
    """Return the error for a name that is not among those there are."""
    hint = nearest_or_list("" if list_all else name, known)
    return UsageError([Diagnostic("unknown-name", f"there is no {what} `{name}`", hint=hint)])


def read_day(_: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Return the day that an option gives."""
    if value is None:
        return None
    try:
        return date.fromisoformat(str(read_literal(DATE, value)))
    except LiteralError as error:
        raise click.BadParameter(f"{error.message} ({error.hint})", param=param) from None


def _whose(*, required: bool) -> Sequence[Callable[[F], F]]:
    where, who = "Where the policies are.", "The borrower; - reads the input."
    return (
        click.option("--policies", "folder", required=required, metavar="DIR", help=where),
        click.option("--profile", required=required, metavar="FILE", help=who),
    )


_OPTIONS = (
    click.option(
        "--as-of",
        metavar="DATE",
        callback=read_day,
        help="The day of the decision; by default the profile's own.",
    ),
    click.option("--lang", metavar="CODE", help="The language of the texts; by default en."),
    click.option("--policy", metavar="NAME", help="This policy only."),
    click.option("--loan", metavar="ID", help="This loan only."),
)
