"""A case: one borrower's loans, and what happens to them.

A case is a value. `record` returns the case after an event and leaves this one as it was, so that what cannot be stored
was never recorded, and nothing is half-done.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime

import attrs

from policyengine.cases.agreement import sealed
from policyengine.cases.changes import Change, View, changes_between
from policyengine.cases.event import Event
from policyengine.cases.facts_of import facts_after, facts_on
from policyengine.cases.from_mapping import Told, entry_from, kept_entry
from policyengine.cases.ground import Entry, Ground, Policies
from policyengine.cases.log import Log, place_in, told_before
from policyengine.cases.standing import Standing, standing_after
from policyengine.cases.state import CaseState, state_of
from policyengine.decision.decision import Assessment, Decision, Plan, Status
from policyengine.decision.later import Later
from policyengine.diagnostics import CaseError, Diagnostic, UsageError
from policyengine.facts.facts import Facts
from policyengine.facts.from_profile import dates_agree
from policyengine.finance.money import Currency

_NOTHING: Later[tuple[Change, ...]] = Later.known(())


@attrs.frozen(eq=False)
class Case:
    """One borrower's loans, and the log of what happened to them; made by `PolicySet.open_case`.

    Attributes:
        opened: The facts that it was opened with.
        as_of: The day as of which it stands.
    """

    opened: Facts = attrs.field(repr=False)
    as_of: date
    _ground: Ground = attrs.field(repr=False)
    _log: Log = attrs.field(repr=False)
    _standing: Standing = attrs.field(repr=False)
    _view: View = attrs.field(repr=False)
    _changes: Later[tuple[Change, ...]] = attrs.field(repr=False)

    @property
    def events(self) -> tuple[Event, ...]:
        """The log: every event once, in the order in which they count. A signing holds what it froze."""
        return tuple(entry.event for entry in self._log)

    def event(self, id_: str) -> Event | None:
        """Return an event of the log by its id; None where there is none."""
        return next((e.event for e in self._log if e.event.id == id_), None)

    @property
    def state(self) -> CaseState:
        """Where the case stands."""
        return self._view.state

    @property
    def decisions(self) -> Assessment:
        """What is decided on the facts as they now stand."""
        return self._view.decisions

    @property
    def facts(self) -> Facts:
        """The facts as they now stand."""
        return facts_on(self._standing.facts, self.as_of)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What changed with the event that was recorded last, or with the move to a later day, and why."""
        return self._changes.value

    def on(self, day: date) -> Case:
        """Return the case as it stands on a later day, if nothing else happens.

        Raises:
            UsageError: The day is before that of the case.
        """
        self._check_day(day)
        return self if day == self.as_of else self._with(self._log, self._standing, day)

    def record(
        self,
        event: Told,
        *,
        as_of: date | None = None,
        salt: bytes | None = None,
    ) -> Case:
        """Return the case with one more event; told again, it changes nothing.

        Args:
            event: What happened: an `Event`, a mapping with `id`, `kind`, `on` and what the kind holds, or one of
                `events_from_bytes`.
            as_of: The day on which it is recorded; by default that of the case. An event of a later day is refused.
            salt: For a signing, 32 random bytes of its record; drawn where none are given.

        Raises:
            CaseError: Something in the event is wrong, or it does not fit the case; it carries every finding.
            UsageError: The day is before that of the case, or the salt has another length.
        """
        day = self.as_of if as_of is None else as_of
        self._check_day(day)
        entry = entry_from(event, self._ground)
        if told_before(self._log, entry.event):
            return self.on(day) if day > self.as_of else attrs.evolve(self, changes=_NOTHING)
        place = place_in(self._log, entry.event)
        before = self._standing_before(place)
        self._check_place(entry, before, day)
        if entry.event.kind == "plan_signed":
            entry = self._signed(entry, before, salt)
        log = (*self._log[:place], entry, *self._log[place:])
        return self._with(log, standing_after(before, log[place:], self._ground), day)

    def preview(self, event: Told) -> Event:
        """Return an event as it would be kept, in one spelling; nothing is recorded.

        Raises:
            CaseError: Something in the event is wrong.
        """
        return entry_from(event, self._ground).event

    # What is wrong with an event where it stands

    def _check_day(self, day: date) -> None:
        if not isinstance(day, date) or isinstance(day, datetime):
            message = "the day of a case is a date without a time"
            raise UsageError([Diagnostic("not-a-date", message, hint="pass a `datetime.date`")])
        if day < self.as_of:
            message = f"the case stands as of {self.as_of}, which is after {day}"
            hint = "a late event is recorded on a day that is not before that of the case"
            raise UsageError([Diagnostic("out-of-range", message, path="as_of", hint=hint)])

    def _check_place(self, entry: Entry, before: Standing, day: date) -> None:
        event = entry.event
        if event.on > day:
            message = f"`{event.id}` is of {event.on}, after {day}: it has not happened yet"
            hint = "correct `on`, or record it on that day with `as_of`"
            raise CaseError([Diagnostic("from-the-future", message, path="on", hint=hint)])
        if event.on < self.opened.as_of:
            message = f"`{event.id}` is of {event.on}, before the case was opened"
            hint = f"what was so on {self.opened.as_of} stands in the profile"
            raise CaseError([Diagnostic("before-the-case", message, path="on", hint=hint)])
        self._check_dates(entry, before)
        if before.closed(entry.loan):
            what = f"loan `{event.loan}`" if event.loan else "case"
            message = f"nothing more happens to the {what}: it is settled or completed"
            hint = f"`{event.id}` is of {event.on}; correct its day, or open another case"
            raise CaseError([Diagnostic("closed-case", message, path="on", hint=hint)])

    def _check_dates(self, entry: Entry, before: Standing) -> None:
        """Refuse facts of a loan that contradict one another, which no decision could make sense of."""
        facts = facts_after(before.facts, entry.facts, entry.loan)
        if facts.loans is None or entry.loan is None or facts is before.facts:
            return
        if not dates_agree(facts.loans[entry.loan].fields):
            message = (
                "`loan.next_due` is no due date of the day of the month that `loan.due_day` says"
            )
            hint = "correct one of the two, or tell both in one event"
            raise CaseError([Diagnostic("contradictory-dates", message, path="facts", hint=hint)])

    # Signing

    def _signed(self, entry: Entry, before: Standing, salt: bytes | None) -> Entry:
        """Return a signing with all that it freezes, as it is decided on its day."""
        policies, event = self._ground.policies, entry.event
        facts = facts_on(facts_after(before.facts, entry.facts, entry.loan), event.on)
        if salt is None:
            salt = secrets.token_bytes(32)
        record = policies.recorded(facts, salt)
        decision, plan = self._allowed(entry, policies.assessed(facts))
        return attrs.evolve(entry, event=sealed(event, decision, plan, record, salt))

    def _allowed(self, entry: Entry, assessment: Assessment) -> tuple[Decision, Plan]:
        """Return the plan that is signed, where the decision of that day allows it."""
        policy, plan = entry.event.details["policy"], entry.event.details["plan"]
        loan = self._ground.loans[entry.loan or 0]
        for decision in assessment.decisions:
            if (decision.policy, decision.loan) == (policy, loan):
                found = decision.plan(str(plan))
                if found.status is Status.ALLOWED:
                    return decision, found
                names = ", ".join(f"`{reason.name}`" for reason in found.decisive)
                hint = f"it stands on {names}" if names else "see `case.decisions`"
                raise _not_allowed(entry, f"is {found.status}", hint)
        hint = "see `case.decisions` for the plans that are allowed"
        raise _not_allowed(entry, "is not open: its policy does not apply", hint)

    # The log

    def _standing_before(self, place: int) -> Standing:
        if place == len(self._log):
            return self._standing
        return standing_after(Standing(self.opened), self._log[:place], self._ground)

    def _with(self, log: Log, standing: Standing, day: date) -> Case:
        """Return the case with another log; what was decided is decided anew only where facts or the day changed."""
        same = standing.facts is self._standing.facts and day == self.as_of
        view = _view(standing, day, self._ground, self._view.assessment if same else None)
        before = self._view  # and not this case, which would keep every one before it
        changes = Later(lambda: changes_between(before, view))
        return Case(self.opened, day, self._ground, log, standing, view, changes)


def opened_case(policies: Policies, facts: Facts, currency: Currency) -> Case:
    """Return a new case."""
    ids = tuple(situation.loan_id for situation in facts.situations())
    ground = Ground(policies, currency, ids)
    standing = Standing(facts)
    view = _view(standing, facts.as_of, ground, None)
    return Case(facts, facts.as_of, ground, (), standing, view, _NOTHING)


def reopened(case: Case, events: Iterable[Event], as_of: date | None) -> Case:
    """Return a case with the events of its log.

    Raises:
        CaseError: An event does not fit the case, or stands there twice with different content.
    """
    log: Log = ()
    for event in events:
        entry = kept_entry(event, case._ground)  # noqa: SLF001  # a case of this module
        if not told_before(log, entry.event):
            place = place_in(log, event)
            log = (*log[:place], entry, *log[place:])
    last = log[-1].event.on if log else case.as_of
    day = as_of or max(last, case.as_of)
    standing = standing_after(case._standing, log, case._ground)  # noqa: SLF001
    view = _view(standing, day, case._ground, None)  # noqa: SLF001
    return Case(case.opened, day, case._ground, log, standing, view, _NOTHING)  # noqa: SLF001


def _view(standing: Standing, day: date, ground: Ground, decided: Later[Assessment] | None) -> View:
    facts = facts_on(standing.facts, day)
    return View(
        decided or Later(lambda: ground.policies.assessed(facts)),
        Later(lambda: state_of(standing, day, ground)),
        facts,
    )


def _not_allowed(entry: Entry, what: str, hint: str) -> CaseError:
    event = entry.event
    named = f"`{event.details['plan']}` of `{event.details['policy']}`"
    message = f"{named} cannot be signed: on {event.on} it {what}"
    return CaseError([Diagnostic("plan-not-allowed", message, path="plan", hint=hint)])
