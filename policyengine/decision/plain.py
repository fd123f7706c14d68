"""A plan and a decision in plain language, for the borrower: short sentences, nothing to cite, no names of rules.

What can be had, what it costs a month and until when, what is owed at the end; why not, in the policy's words, and what
would change it; what is still needed, and whom to turn to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

import attrs
from babel.dates import format_date
from babel.numbers import format_currency, format_percent

from policyengine.decision import writing
from policyengine.decision.decision import Asked, Decision, Outcome, Plan, Referral, Status
from policyengine.decision.plain_words import plain
from policyengine.decision.principal import PrincipalReasons
from policyengine.decision.terms import Instalment, Terms
from policyengine.model.types import BORROWER

#: More stretches of equal payments than this are told by their least and their greatest.
_STRETCHES = 6


@attrs.frozen
class Line:
    """One sentence; `level` says how far it stands in: a title of the plan is 0, its sentences are 1."""

    text: str
    level: int = 0
    is_title: bool = False


def plan_lines(plan: Plan, lang: str, *, questions: bool = True) -> Iterator[Line]:
    """Yield what the borrower reads of one plan."""
    yield Line(plan.title[lang], is_title=True)
    yield Line(plain(lang, plan.status), 1)
    if plan.provisional:
        yield Line(plain(lang, "provisional"), 1)
    if plan.terms is not None and plan.schedule:
        said = _Terms(plan.terms, plan.schedule, plan.currency, lang)
        yield from (Line(text, 1) for text in said.sentences())
    yield from _reasons(plan.principal_reasons(), lang, 1)
    yield from _changes(list(_would_change(plan, lang)), lang, 1)
    if questions:
        yield from _questions(plan.questions, lang, 1)


def decision_lines(decision: Decision, lang: str) -> Iterator[Line]:
    """Yield what the borrower reads of one decision: what can be had first."""
    name = plain(lang, "loan", loan=decision.loan) if decision.loan else plain(lang, "one_loan")
    yield Line(name, is_title=True)
    yield Line(plain(lang, _outcome(decision)))
    if decision.outcome is Outcome.REFUSE and len(decision.plans) == 1:
        yield from _reasons(decision.principal_reasons(), lang, 0)
        yield Line(plain(lang, "considered", plan=decision.plans[0].title[lang]))
        yield from _changes(list(_would_change(decision.plans[0], lang)), lang, 0)
    else:
        for plan in sorted(decision.plans, key=lambda plan: _FIRST[plan.status]):
            yield from (
                attrs.evolve(line, level=line.level + 1)
                for line in plan_lines(plan, lang, questions=False)
            )
    yield from _referrals(decision.referrals, lang)
    yield from _questions(decision.questions, lang, 0)


_FIRST = {Status.ALLOWED: 0, Status.UNDETERMINED: 1, Status.DENIED: 2}


def _outcome(decision: Decision) -> str:
    if decision.outcome is Outcome.OFFER and len(decision.allowed) == 1:
        return "offer_one"
    if decision.outcome is Outcome.NEED_INFORMATION and not _of_borrower(decision.questions):
        return "nothing_to_ask"
    return decision.outcome


def _reasons(found: PrincipalReasons, lang: str, level: int) -> Iterator[Line]:
    """Yield the main reasons, numbered, and those behind them, numbered on."""
    if not found.reasons:
        return
    alone = len(found.reasons) == 1 and not found.further
    yield Line(plain(lang, "main_one" if alone else "main"), level)
    for n, reason in enumerate((*found.reasons, *found.further), start=1):
        if n == len(found.reasons) + 1:
            yield Line(plain(lang, "further"), level)
        text = reason.text[lang]
        yield Line(text if alone else plain(lang, "numbered", n=n, text=text), level + 1)


def _changes(texts: Sequence[str], lang: str, level: int) -> Iterator[Line]:
    if texts:
        yield Line(plain(lang, "would_change"), level)
    yield from (Line(text, level + 1) for text in texts)


def _would_change(plan: Plan, lang: str) -> Iterator[str]:
    """Yield each nearest change; or that none helps, without the names of the rules that stay unmet."""
    search = plan.change_search
    if search is None:
        return
    if search.unmet:
        yield plain(lang, "nothing_changes")
        return
    texts = (*(change.text[lang] for change in search.found), search.text[lang])
    yield from (text for text in texts if text)


def _questions(asked: Sequence[Asked], lang: str, level: int) -> Iterator[Line]:
    """Yield what the borrower is asked; of what stands in the lender's records only that it is looked up."""
    own = _of_borrower(asked)
    if own:
        yield Line(plain(lang, "asks"), level, is_title=level == 0)
    for found in own:
        yield Line(found.question.get(lang) or found.title.get(lang, found.path), level + 1)
        if found.evidence.get(lang):
            yield Line(plain(lang, "evidence", evidence=found.evidence[lang]), level + 2)
    if len(own) < len(asked):
        yield Line(plain(lang, "rest_looked_up" if own else "looked_up"), level)


def _of_borrower(asked: Sequence[Asked]) -> list[Asked]:
    return [found for found in asked if found.answered_by == BORROWER]


def _referrals(referrals: Sequence[Referral], lang: str) -> Iterator[Line]:
    held = [referral for referral in referrals if referral.holds]
    if held:
        yield Line(plain(lang, "referrals"), is_title=True)
    for referral in held:
        yield Line(referral.title[lang] + plain(lang, "colon") + referral.reason.text[lang], 1)


@attrs.frozen
class _Terms:
    """The terms of an offer as sentences."""

    terms: Terms
    schedule: Sequence[Instalment]
    currency: str
    lang: str

    def sentences(self) -> Iterator[str]:
        yield from self._payments()
        yield self._say(
            "in_all",
            amount=self._money(self.terms.total_paid),
            interest=self._money(self.terms.total_interest),
        )
        rises = "rates" in self.terms.levers.get("rate", {})
        rate = format_percent(self.terms.annual_rate, "#,##0.####%", locale=self.lang)
        yield self._say("rate_at_first" if rises else "rate", rate=rate)
        if self.terms.extension_months:
            yield self._say("longer", months=writing.months(self.terms.extension_months, self.lang))
        for name in ("waived", "forgiven"):
            amount: Decimal = getattr(self.terms, name)
            if amount:
                yield self._say(name, amount=self._money(amount))
        yield from self._owed()

    def _payments(self) -> Iterator[str]:
        """Yield each stretch of equal payments; a last one that only takes up what rounding left is said apart."""
        *regular, last = self.schedule
        rounded = bool(regular) and 0 < abs(last.payment - regular[-1].payment) < 1
        rows = (
            [*regular, attrs.evolve(last, payment=regular[-1].payment)]
            if rounded
            else self.schedule
        )
        stretches = [list(same) for _, same in groupby(rows, key=lambda row: row.payment)]
        if len(stretches) > _STRETCHES:
            paid = [row.payment for row in self.schedule]
            yield self._stretch("pay_varying", self.schedule, max(paid), min(paid))
            return
        for same in stretches:
            name = "pay" if same[0].payment else "pay_nothing"
            once = "_once" if len(same) == 1 else ""
            yield self._stretch(name + once, same, same[0].payment, same[0].payment)
        if rounded:
            yield self._say("last_payment", amount=self._money(last.payment))

    def _stretch(self, name: str, rows: Sequence[Instalment], most: Decimal, least: Decimal) -> str:
        first, last = self._day(rows[0].due), self._day(rows[-1].due)
        return self._say(
            name, first=first, last=last, amount=self._money(most), least=self._money(least)
        )

    def _owed(self) -> Iterator[str]:
        last = self.schedule[-1]
        if self.terms.forborne:
            yield self._say(
                "owed_at_end", amount=self._money(self.terms.forborne), last=self._day(last.due)
            )
        else:
            yield self._say("nothing_owed")
        for balance, amount in self.terms.outside.items():
            yield self._say("outside", amount=self._money(amount), what=self._say(balance))

    def _say(self, name: str, **values: object) -> str:
        return plain(self.lang, name, **values)

    def _money(self, amount: Decimal) -> str:
        return format_currency(amount, self.currency, locale=self.lang)

    def _day(self, day: date) -> str:
        return format_date(day, "long", locale=self.lang)
