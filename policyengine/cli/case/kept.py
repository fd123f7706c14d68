"""What every command about a kept case shares: its options, and the case as it is in its store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import attrs
import click

from policyengine.cases.case import Case
from policyengine.cases.event import Event
from policyengine.cases.kept_log import Log
from policyengine.cases.storage import open_store
from policyengine.cli.deciding import read_day, unknown_name
from policyengine.cli.reading import read_policies
from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.facts.profile import Profile
from policyengine.policy_set import PolicySet
from policyengine.report.cases.telling import Telling
from policyengine.report.labels import view_languages

if TYPE_CHECKING:
    from policyengine.cases.storage.store import Store

F = TypeVar("F", bound=Callable[..., object])

name_argument = click.argument("name", metavar="CASE")
store_option = click.option(
    "--store",
    "at",
    required=True,
    metavar="FILE|URL",
    help="Where the cases are: a file, or postgresql://user@host/database.",
)
policies_option = click.option(
    "--policies", "folder", required=True, metavar="DIR", help="Where the policies are."
)
lang_option = click.option(
    "--lang", metavar="CODE", help="The language of the texts; by default en."
)


def as_of_option(help_: str) -> Callable[[F], F]:
    """Return the option of the day, with what it means here."""
    return click.option("--as-of", metavar="DATE", callback=read_day, help=help_)


@attrs.frozen(eq=False)
class KeptCase:
    """A case as it is in its store, under the policies as they now are.

    Attributes:
        name: The case's name.
        case: The case.
        log: What is kept of it.
        policies: The policies.
    """

    name: str
    case: Case
    log: Log
    policies: PolicySet

    @classmethod
    def read(cls, store: Store, name: str, folder: str, as_of: date | None) -> KeptCase:
        """Read a case from its store: as it stands, or as it stood on a day, by what is known now.

        Raises:
            PolicyEngineError: The policies are wrong, there is no such case, or its log was changed.
        """
        policies, log = read_policies(folder), store.read(name)
        profile = Profile.from_bytes(f"the profile of {name}", log.opening.profile.encode())
        opened = log.opening.as_of
        if as_of is not None and as_of < opened:
            raise UsageError([_before_the_case(name, opened, as_of)])
        known = [event for event in log.events if as_of is None or event.on <= as_of]
        case = policies.reopen_case(profile, known, opened=opened, as_of=as_of)
        return cls(name, case, log, policies)

    @property
    def told(self) -> tuple[Event, ...]:
        """The events in the order in which they were heard."""
        return self.log.events

    @property
    def other_policies(self) -> list[str]:
        """The policies that are not what they were when the case was opened, or were not there."""
        then = self.log.opening.policies
        now = digests_of(self.policies)
        return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))

    def telling(self, lang: str | None) -> Telling:
        """Return what tells of the case in a language: the one asked for, or the first that there is."""
        return telling_of(self.policies, lang)


def read_kept(at: str, name: str, folder: str, as_of: date | None) -> KeptCase:
    """Read a case from a store that must be there.

    Raises:
        PolicyEngineError: The store cannot be reached, or the case not read.
    """
    with open_store(at, create=False) as store:
        return KeptCase.read(store, name, folder, as_of)


def _before_the_case(name: str, opened: date, as_of: date) -> Diagnostic:
    message = f"case `{name}` was opened on {opened}, after {as_of}"
    return Diagnostic("out-of-range", message, path="as_of", hint="name a later day")


def digests_of(policies: PolicySet) -> dict[str, str]:
    """Return the digest of each policy by its id."""
    return {program.id: program.digest for program in policies.programs}


def telling_of(policies: PolicySet, lang: str | None) -> Telling:
    """Return what tells of cases under policies in a language.

    Raises:
        UsageError: There are no texts in the language asked for.
    """
    known = [
        each for each in view_languages() if all(each in p.languages for p in policies.programs)
    ]
    if lang is not None and lang not in known:
        raise unknown_name("language", lang, known, list_all=True)
    chosen = lang or (*known, *view_languages())[0]
    return Telling(chosen, policies.programs, policies.dictionary)
