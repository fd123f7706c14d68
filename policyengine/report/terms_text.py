"""The terms of an offer and its payments, as lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby

import attrs
from rich.cells import cell_len

from policyengine.decision.decision import Plan
from policyengine.decision.terms import Instalment, Lever, Setting, Terms
from policyengine.report import amounts
from policyengine.report.layout import padded
from policyengine.report.view import View

#: Amounts that are shown only where there is any.
_SOMETIMES = ("waived", "forborne", "forgiven", "cost")
#: Less than this is what rounding leaves.
_NOISE = 1
#: Lines that the payments take; a loan whose every payment differs would fill pages.
_STRETCHES = 6
_COLUMNS = ("period", "due", "amount", "interest", "principal", "balance")
_INDENT = 4


@attrs.frozen
class TermsText:
    """Writes the terms of one plan."""

    view: View
    plan: Plan
    terms: Terms
    currency: str

    def write(self) -> None:
        """Write the terms as rows of label and text, then the payments."""
        rows = [*self.rows(), *self._changes(), *self._payments(self.plan.schedule or ())]
        width = max(cell_len(name) for name, _ in rows) + 1
        for name, text in rows:
            self.view.page.row(name, text, indent=_INDENT, label_width=width)
        if self.view.full_schedule:
            self._write_schedule()

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield what the terms come to, each with its label."""
        terms, schedule = self.terms, self.plan.schedule or ()
        yield self._row("payment", self._payment(schedule))
        if abs(terms.max_payment - terms.payment) >= _NOISE:
            yield self._row("max_payment", self._money(terms.max_payment))
        first = next((row for row in schedule if row.payment > 0), None)
        if first is not None:
            said = self._label("on", amount=self._money(first.payment), day=self._day(first.due))
            yield self._row("first_payment", said)
        yield self._row("term", self._term(schedule))
        yield self._row("rate", self._rate(schedule))
        yield self._row("total_paid", self._total())
        yield from self._sometimes()

    def _payment(self, schedule: tuple[Instalment, ...]) -> str:
        first = self._money(self.terms.payment)
        if schedule and abs(schedule[-1].payment - self.terms.payment) >= _NOISE:
            return self._label("changing", amount=first, last=self._money(schedule[-1].payment))
        return self._label("a_month", amount=first)

    def _row(self, name: str, text: str) -> tuple[str, str]:
        return self.view.label(name), text

    def _term(self, schedule: tuple[Instalment, ...]) -> str:
        months = self.view.months(self.terms.term_months)
        if schedule:
            months = self._label("until", months=months, day=self._day(schedule[-1].due))
        if not self.terms.extension_months:
            return months
        longer = self._label("longer", months=self.view.months(self.terms.extension_months))
        return months + self._label("join") + longer

    def _rate(self, schedule: tuple[Instalment, ...]) -> str:
        """Say the annual rate, and from which day on each later one holds."""
        first = self._label("a_year", rate=amounts.rate(self.terms.annual_rate, self.view.lang))
        said = [
            self._label("rate_from", rate=rate, day=self._day(schedule[n - 1].due))
            for n, rate in _rates(self.terms.levers, self.view)
            if n > 1
        ]
        if len(said) > _STRETCHES:
            said = [*said[: _STRETCHES - 2], "…", said[-1]]
        later = self._label("list").join(said)
        return self._label("join").join([first, later] if later else [first])

    def _total(self) -> str:
        return self._label(
            "of_which",
            amount=self._money(self.terms.total_paid),
            interest=self._money(self.terms.total_interest),
        )

    def _sometimes(self) -> Iterator[tuple[str, str]]:
        for name in _SOMETIMES:
            amount: Decimal = getattr(self.terms, name)
            if abs(amount) >= (_NOISE if name == "cost" else 0) and amount:
                yield self._row(name, self._money(amount))
        yield from self._outside()
        for name, text in self.plan.figure_texts.items():
            title = self.plan.figure_titles.get(name, {})
            named = title.get(self.view.lang, name.replace("_", " "))
            yield named[:1].upper() + named[1:], self.view.text(text)

    def _outside(self) -> Iterator[tuple[str, str]]:
        name = self._label("outside")
        for balance, amount in self.terms.outside.items():
            what = self._label(balance)
            yield name, self._label("stays_owed", what=what, amount=self._money(amount))
            name = ""

    def changes(self) -> Iterator[str]:
        """Yield what each lever does, in the order in which they were used."""
        yield from levers_text(self.terms.levers, self.view, self.currency)

    def _changes(self) -> Iterator[tuple[str, str]]:
        for number, said in enumerate(self.changes()):
            yield self.view.label("changes") if number == 0 else "", said

    def _payments(self, schedule: tuple[Instalment, ...]) -> Iterator[tuple[str, str]]:
        groups = groupby(schedule, key=lambda row: row.payment)
        said = [self._stretch(amount, list(rows)) for amount, rows in groups]
        if len(said) > _STRETCHES:
            said = [*said[: _STRETCHES - 2], "…", said[-1]]
        for number, stretch in enumerate(said):
            yield self.view.label("schedule") if number == 0 else "", stretch

    def _stretch(self, amount: Decimal, rows: list[Instalment]) -> str:
        """Say one payment, or several of the same amount that follow one another."""
        first, last = rows[0], rows[-1]
        which = "one_period" if first is last else "periods"
        said = self._label(which, first=first.n, last=last.n)
        days = " – ".join(dict.fromkeys(self._day(row.due) for row in (first, last)))
        paid = self._money(amount) if amount else self._label("no_payment")
        return self._label("stretch", which=said, amount=paid, days=days)

    def _write_schedule(self) -> None:
        view, page = self.view, self.view.page
        page.blank()
        head = tuple(view.label(name) for name in _COLUMNS)
        table = [head, *(self._cells(row) for row in self.plan.schedule or ())]
        widths = [max(cell_len(row[i]) for row in table) for i in range(len(head))]
        for number, row in enumerate(table):
            cells = (padded(c, w, right=True) for c, w in zip(row, widths, strict=True))
            style = "dim" if number == 0 else ""
            page.line("  ".join(cells), indent=_INDENT, style=style)
        page.blank()

    def _cells(self, row: Instalment) -> tuple[str, ...]:
        paid = (row.payment, row.interest, row.principal, row.balance)
        plain = (amounts.plain_money(amount, self.currency, self.view.lang) for amount in paid)
        return str(row.n), row.due.isoformat(), *plain

    def _money(self, amount: Decimal) -> str:
        return amounts.money(amount, self.currency, self.view.lang)

    def _day(self, day: date) -> str:
        return amounts.day(day, self.view.lang)

    def _label(self, name: str, **values: object) -> str:
        return self.view.label(name, **values)


def levers_text(levers: Mapping[str, Lever], view: View, currency: str) -> Iterator[str]:
    """Say what each lever does; of a balance that one of them waives in part, the others take the rest."""
    waived: frozenset[str] = frozenset()
    for lever, settings in levers.items():
        yield lever_text(lever, settings, view, currency, waived)
        if lever == "waive":
            waived = frozenset(settings)


def lever_text(
    lever: str, settings: Lever, view: View, currency: str, waived: frozenset[str] = frozenset()
) -> str:
    """Say what a lever does, once something of the balances in `waived` was given up."""
    if lever in ("holiday", "interest_only"):
        return view.label("join").join(_pause(lever, settings, view))
    if lever == "pay":
        return view.label("join").join(_pay(settings, view, currency))
    if lever in ("waive", "capitalise", "defer_balance"):
        said = (
            _of_balance(lever, what, share, view, rest=what in waived)
            for what, share in settings.items()
        )
        return view.label("list").join(said)
    shown = {name: _shown(name, value, view, currency) for name, value in settings.items()}
    if lever == "rate" and "rates" in settings:
        return view.label("lever.rate_rising", **shown)
    if lever in _WORDED:
        return view.label(f"lever.{lever}", **shown)
    said = (f"{name} {value}" for name, value in shown.items())
    return f"{lever}{view.label('colon')}{view.label('list').join(said)}".replace("_", " ")


_WORDED = (
    "term",
    "rate",
    "instalments",
    "repayment_plan",
    "forbear",
    "forgive",
    "settle",
    "stepped",
)
_SHARES = ("annual_rate", "discount", "shares")


def _rates(levers: Mapping[str, Lever], view: View) -> Iterator[tuple[int, str]]:
    """Yield the rates of a schedule whose rate changes, each with the number of its first payment."""
    rates = levers.get("rate", {}).get("rates", ())
    for rate in rates if isinstance(rates, tuple) else ():
        assert isinstance(rate, Mapping)  # noqa: S101  # so they are made
        yield int(rate["from"]), amounts.rate(Decimal(rate["annual_rate"]), view.lang)


def _shown(name: str, value: Setting | Mapping[str, str | int], view: View, currency: str) -> str:
    """Write one setting of a lever."""
    if isinstance(value, tuple):
        return view.label("list").join(_shown(name, each, view, currency) for each in value)
    if isinstance(value, Mapping):
        return view.label("list").join(f"{key} {each}" for key, each in value.items())
    if isinstance(value, int):
        return view.months(value)
    if name in _SHARES:
        return amounts.rate(Decimal(value), view.lang)
    if name == "amount":
        return amounts.money(value, currency, view.lang)
    return view.label(value) if name == "balance" else value


def _pause(lever: str, settings: Lever, view: View) -> Iterator[str]:
    """Say what becomes of payments, interest and maturity while nothing, or only interest, is paid."""
    yield view.label(lever, months=view.months(int(str(settings["months"]))))
    if "interest" in settings:
        yield view.label(f"holiday.interest.{settings['interest']}")
    yield view.label(f"holiday.maturity.{settings['maturity']}")


def _pay(settings: Lever, view: View, currency: str) -> Iterator[str]:
    """Say what is paid, for how long, and what becomes of interest that it does not cover."""
    amount = amounts.money(str(settings["amount"]), currency, view.lang)
    if "months" not in settings:
        yield view.label("lever.pay", amount=amount)
        return
    months = view.months(int(str(settings["months"])))
    yield view.label("lever.pay.months", amount=amount, months=months)
    if "unpaid_interest" in settings:
        yield view.label(f"pay.unpaid_interest.{settings['unpaid_interest']}")
    if "then" in settings:
        then = amounts.money(str(settings["then"]), currency, view.lang)
        yield view.label("pay.then", amount=then)


def _of_balance(lever: str, what: str, share: Setting, view: View, *, rest: bool) -> str:
    part = amounts.rate(Decimal(str(share)), view.lang)
    if what == "future_interest":
        return view.label("lever.future_interest", share=part)
    name = {
        (True, False): "whole",
        (True, True): "rest",
        (False, False): "share",
        (False, True): "share_of_rest",
    }[Decimal(str(share)) == 1, rest]
    return view.label(
        f"lever.{lever}", part=view.label(f"part.{name}", share=part, what=view.label(what))
    )
