"""Which policies of a set apply to a loan, and the currency that its amounts are in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from policyengine.decision.why import Why
from policyengine.diagnostics import Diagnostic, ProfileError
from policyengine.evaluators.base import Evaluator
from policyengine.facts.facts import Situation
from policyengine.facts.from_profile import facts_from, stated_currency
from policyengine.facts.profile import Profile
from policyengine.finance.errors import FinanceError
from policyengine.finance.money import Currency, currency
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.program import Program


@attrs.frozen(eq=False)
class Applying:
    """Policies that are held against loans."""

    programs: Sequence[Program]
    dictionary: Dictionary
    evaluator: Evaluator

    def programs_for(self, situation: Situation) -> list[Program]:
        """Return the policies in force that apply, or might apply if more were known.

        Raises:
            ProfileError: One that certainly applies is in another currency than the profile.
        """
        found = [
            program
            for program in self.programs
            if program.in_force(situation.as_of)
            and self.evaluator.applies(program, situation) is not False
        ]
        return [program for program in found if self._in_currency(program, situation)]

    def why_none(self, situation: Situation) -> Why:
        """Return why no policy applies to a loan."""
        asleep = [
            program.id
            for program in self.programs
            if not program.in_force(situation.as_of)
            and self.evaluator.applies(program, situation) is True
        ]
        if asleep:
            return Why("not_in_force", policy=asleep[0], day=situation.as_of)
        return Why("no_policy")

    def currency_of(self, profile: Profile, as_of: date | None) -> Currency:
        """Return the currency of a profile: the one it states, else that of the policies, if they tell it.

        Raises:
            ProfileError: It states none and the policies use several, or one that is none.
        """
        known = sorted({program.currency for program in self.programs})
        stated = stated_currency(profile)
        if stated is None and len(known) > 1:
            known = self._currencies_applying(profile, as_of, known)
        if stated is None and len(known) > 1:
            raise ProfileError([_currency_missing(known)])
        try:
            return currency(stated or known[0])
        except FinanceError:
            raise ProfileError([_currency_unknown(stated or known[0], known)]) from None

    def _in_currency(self, program: Program, situation: Situation) -> bool:
        """Leave out a policy in another currency that may not apply; refuse where it does."""
        facts = situation.facts
        if facts.currency is None or program.currency == facts.currency:
            return True
        if self.evaluator.applies(program, situation) is True:
            raise ProfileError([_currency_differs(program, facts.currency)])
        return False

    def _currencies_applying(
        self, profile: Profile, as_of: date | None, known: list[str]
    ) -> list[str]:
        """Return the currencies of the policies that certainly apply, else of those that may, else any."""
        facts = facts_from(profile, self.dictionary, currency(known[0]), as_of)
        found = [
            (program.currency, self.evaluator.applies(program, situation))
            for situation in facts.situations()
            for program in self.programs
        ]
        certain = {code for code, applies in found if applies is True}
        possible = {code for code, applies in found if applies is not False}
        return sorted(certain or possible) or known[:1]


def _currency_missing(known: list[str]) -> Diagnostic:
    return Diagnostic(
        "missing-currency",
        "the profile states no currency and the policies use several",
        path="currency",
        hint="add `currency:` with one of " + ", ".join(f"`{code}`" for code in known),
    )


def _currency_unknown(code: str, known: list[str]) -> Diagnostic:
    return Diagnostic(
        "unknown-value",
        f"`{code}` is not a currency",
        path="currency",
        hint="write one of " + ", ".join(f"`{c}`" for c in known),
    )


def _currency_differs(program: Program, stated: str) -> Diagnostic:
    return Diagnostic(
        "wrong-currency",
        f"the profile is in {stated} and `{program.id}` in {program.currency}",
        path="currency",
        hint="amounts are never converted: give them in the policy's currency",
    )
