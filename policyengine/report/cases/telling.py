"""What is said of a case and of each step of it, in one language: for a table and for lines alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import attrs

from policyengine.cases.changes import Change
from policyengine.cases.duty import Duty
from policyengine.cases.event import Event
from policyengine.cases.history import Step
from policyengine.cases.state import AgreementState
from policyengine.decision.decision import Decision
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.program import Program
from policyengine.report import amounts
from policyengine.report.cases.words import WORDS, word

Text = Mapping[str, str]
#: What must be so of a rule to decide a plan's status.
_DECIDES = {"allowed": "true", "denied": "false", "undetermined": "unknown"}


@attrs.frozen
class Told:
    """What is said of one step.

    Attributes:
        day: The day.
        title: What happened.
        lines: What changed, and why.
        duties: What the lender does next; None where it is as at the step before.
    """

    day: str
    title: str
    lines: tuple[str, ...]
    duties: tuple[str, ...] | None


@attrs.frozen(eq=False)
class Telling:
    """Tells of a case in one language, by the titles that policies and vocabularies give."""

    lang: str
    programs: Sequence[Program]
    dictionary: Dictionary

    def steps(self, steps: Iterable[Step]) -> Iterator[Told]:
        """Yield what is said of each step."""
        before: tuple[str, ...] = ()
        for number, step in enumerate(steps):
            duties = tuple(map(self.duty, step.case.state.duties))
            lines = (*self._meanwhile(step), *self._lines(step, number))
            shown = duties if duties != before or self._is_last(step, number) else None
            yield Told(self.day(step.day), self._title(step, number), lines, shown)
            before = duties

    def one(self, step: Step) -> Told:
        """Return what is said of a step alone."""
        duties = tuple(map(self.duty, step.case.state.duties))
        lines = (*self._meanwhile(step), *self._lines(step, 1))
        return Told(self.day(step.day), self._title(step, 1), lines, duties)

    def word(self, name: str, **values: object) -> str:
        """Return a word or a sentence."""
        return word(self.lang, name, **values)

    def day(self, day: date) -> str:
        """Write a day."""
        return amounts.day(day, self.lang)

    def text(self, text: Text) -> str:
        """Return a text in the language, or in the first that it has."""
        return text.get(self.lang) or next(iter(text.values()), "")

    # Events

    def event(self, event: Event) -> str:
        """Return what an event is called."""
        known = self.dictionary.events.get(event.kind)
        title = self.text(known.title) if known and known.title else event.kind.replace("_", " ")
        return self.word("with", event=title, id=event.id)

    def _title(self, step: Step, number: int) -> str:
        if step.event is None:
            return self.word("now" if number else "opened")
        said = self.event(step.event)
        late = step.late_after
        return f"{said} · {self.word('late', event=late)}" if late else said

    @staticmethod
    def _is_last(step: Step, number: int) -> bool:
        return step.event is None and number > 0

    # What changed

    def _lines(self, step: Step, number: int) -> Iterator[str]:
        if not number:
            yield from (self.decision(each) for each in step.case.decisions.decisions)
        elif self._is_last(step, number):
            yield from (self.agreement(each) for each in step.case.state.agreements)
        yield from self._changed(step.changes)
        if step.case.state.closed and number:
            yield self.word("closed")

    def _meanwhile(self, step: Step) -> Iterator[str]:
        for line in self._changed(step.meanwhile):
            yield self.word("meanwhile", text=line)

    def _changed(self, changes: Sequence[Change]) -> Iterator[str]:
        for change in changes:
            if change.what == "outcome":
                yield self._of(change, "outcome", policy=self._loan(change.loan, change.text))
            elif change.what == "plan":
                yield self._plan(change, changes)
            elif change.what == "referral" and "true" in (change.before, change.after):
                name = "referral" if change.after == "true" else "referral.gone"
                title = self._referral(change)
                yield self._joined(self.word(name, referral=title), self.text(change.text))
            elif change.what == "agreement":
                yield self._agreement(change)

    def _plan(self, change: Change, changes: Sequence[Change]) -> str:
        """Say what became of a plan, by the rules that did it; where none did, by those that decide."""
        decides = _DECIDES.get(change.after or "")
        rules = (
            each.text
            for each in changes
            if (each.what, each.after) == ("rule", decides)
            and (each.policy, each.loan) == (change.policy, change.loan)
            and each.name.startswith(f"{change.name}.")
        )
        why = [self.text(each) for each in rules] or [self.text(change.text)]
        return self._joined(self._of(change, "plan", plan=self._plan_title(change)), *why)

    def _agreement(self, change: Change) -> str:
        if change.before is None:
            return self._of(change, "agreement", agreement=change.name, plan=self.text(change.text))
        said = self.word(
            "agreement.changed",
            agreement=change.name,
            before=self._state(change.before),
            after=self._state(change.after),
        )
        return said if change.after == "replaced" else self._joined(said, self.text(change.text))

    def _joined(self, *sentences: str) -> str:
        return self.word("between").join(each for each in sentences if each)

    def _of(self, change: Change, name: str, **values: str) -> str:
        changed = f"{name}.changed"
        named = changed if change.before is not None and changed in WORDS[self.lang] else name
        before, after = self._state(change.before), self._state(change.after)
        return self.word(named, before=before, after=after, **values)

    def _state(self, name: str | None) -> str:
        return self.word(name or "none")

    def _loan(self, loan: str | None, text: Text) -> str:
        return f"{loan} · {self.text(text)}" if loan else self.text(text)

    def _plan_title(self, change: Change) -> str:
        plans = [p for each in self._programs(change.policy) for p in each.plans]
        found = next((self.text(p.title) for p in plans if p.id == change.name), change.name)
        return f"{change.loan} · {found}" if change.loan else found

    def _referral(self, change: Change) -> str:
        known = [r for each in self._programs(change.policy) for r in each.referrals]
        return next((self.text(r.title) for r in known if r.id == change.name), change.name)

    def _programs(self, policy: str) -> Iterator[Program]:
        return (each for each in self.programs if each.id == policy)

    # Where it stands

    def decision(self, decision: Decision) -> str:
        """Say the outcome of a decision, and which plans can be offered."""
        said = self.word(
            "outcome",
            policy=self._loan(decision.loan, decision.title),
            after=self.word(decision.outcome),
        )
        plans = self.word("list").join(self.text(plan.title) for plan in decision.allowed)
        return f"{said}{self.word('colon')}{plans}" if plans else said

    def agreement(self, found: AgreementState) -> str:
        """Say how an agreement is kept."""
        signed = found.agreement
        state = self._state("replaced" if found.replaced else found.state or "signed")
        since = self.word("since", state=state, day=self.day(found.entered))
        sums = {
            name: amounts.money(getattr(found, name), signed.currency, self.lang)
            for name in ("due", "paid", "overdue")
        }
        said = self.word(
            "agreement", agreement=signed.id, plan=self.text(signed.title), after=since
        )
        return f"{said}{self.word('semicolon')}{self.word('sums', **sums)}"

    def why(self, found: AgreementState) -> str | None:
        """Say why an agreement came into its state; None at the start."""
        if found.transition is None:
            return None
        cited = self.text(found.transition.citation) if found.transition.citation else ""
        said = self.text(found.transition.text)
        return f"{said} [{cited}]" if cited else said

    def duty(self, duty: Duty) -> str:
        """Say what the lender is to do, and why."""
        return f"{self.text(duty.title)}{self.word('colon')}{self.text(duty.reason.text)}"
