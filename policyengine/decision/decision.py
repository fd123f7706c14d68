"""A decision: frozen values, ready to be shown, kept and compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from policyengine.decision.cited import Cited
from policyengine.decision.later import NOTHING, Later
from policyengine.decision.terms import AsItStands, Instalment, Lever, PaymentLimit, Terms
from policyengine.decision.values import Json
from policyengine.decision.why import Why
from policyengine.decision.wording import word
from policyengine.diagnostics import Diagnostic, UsageError, nearest_or_list

if TYPE_CHECKING:
    from policyengine.decision.principal import PrincipalReasons
    from policyengine.decision.tree.branch import Branch

Text = Mapping[str, str]


class Outcome(StrEnum):
    """What the lender does next about a loan."""

    OFFER = "offer"
    REFUSE = "refuse"
    NEED_INFORMATION = "need_information"
    REFER = "refer"


class Status(StrEnum):
    """What is decided of a plan."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDETERMINED = "undetermined"


@attrs.frozen
class Comparison:
    """Two values that were compared, as written in JSON.

    `headroom` is how far the comparison is from failing, negative where it fails; None where the values are
    not amounts. `period` is the instalment that one side asks about.
    """

    left: str | int | bool | None
    operator: str
    right: str | int | bool | None
    headroom: str | int | None
    period: Instalment | None


@attrs.frozen
class Reason:
    """One rule: whether it holds (None: unknown), in words, with the values used and where it stands.

    `kind` is `applies`, `required`, `require`, `until`, `target` (aimed at, missed and not binding),
    `accept`, `guarantee`, `terms` or `referral`. `missing` and `undefined` say why it is unknown. `source` is what it
    cites as the file has it, `citation` the same as readers of each language write it. `at` is where it is written.
    """

    rule: str
    code: str | None
    kind: str
    holds: bool | None
    missing: tuple[str, ...]
    undefined: tuple[Why, ...]
    source: str | None
    origin: str
    at: str
    _text: Later[Text]
    _facts: Later[Mapping[str, Json]]
    _parameters: Later[Mapping[str, Json]]
    _comparisons: Later[tuple[Comparison, ...]]
    _citation: Later[Text]
    joint: str | None = None
    parts: tuple[Reason, ...] = ()

    @property
    def text(self) -> Text:
        """The rule in words, in each language."""
        return self._text.value

    @property
    def facts(self) -> Mapping[str, Json]:
        """The facts that it stands on, as written in JSON; null where not known."""
        return self._facts.value

    @property
    def parameters(self) -> Mapping[str, Json]:
        """The parameters and derived values that it names."""
        return self._parameters.value

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """What was compared."""
        return self._comparisons.value

    @property
    def citation(self) -> Text:
        """What it cites, as readers of each language write it."""
        return self._citation.value

    @property
    def name(self) -> str:
        """The code, or the rule's id where it has none."""
        return self.code or self.rule


@attrs.frozen
class OneLess:
    """The terms one step less generous than those offered, and the reasons they are not enough."""

    levers: Mapping[str, Lever]
    payment: Decimal
    failing: tuple[Reason, ...]


@attrs.frozen
class Miss:
    """One side of a rule that fails at the nearest terms: what it compares, and how far apart that is.

    The comparison is as it would have to hold; without one the rule fails for what is no amount.
    """

    rule: str
    code: str | None
    left: str | int | bool | None
    operator: str | None
    right: str | int | bool | None
    short_by: str | int | None
    text: Text


@attrs.frozen
class StepLimit:
    """The limit of a step, and the least value beyond it on which the plan would find terms, all else staying.

    `enough` is None where no value up to `looked_to` would do. `setting` is what is limited, by its name in the terms.
    """

    step: str
    setting: str
    limit: str | int
    enough: str | int | None
    looked_to: str | int
    at: str
    text: Text


@attrs.frozen
class Shortfall:
    """What is missing for an offer: the nearest terms, what they miss, and the limits in the way."""

    levers: Mapping[str, Lever]
    payment: Decimal
    misses: tuple[Miss, ...]
    limits: tuple[StepLimit, ...]


@attrs.frozen
class Asked:
    """A fact that is still needed, as it is asked for; without a question, its title stands alone.

    `answered_by` is `borrower`, or `lender` for what stands in the lender's own records.
    """

    path: str
    title: Text
    question: Text
    evidence: Text
    answered_by: str


@attrs.frozen
class Cite:
    """A document that rules cite by a name: that of the policy, or of a regulation that binds it.

    `cited_as` is the name that readers of each language know it by.
    """

    name: str
    origin: str
    kind: str
    title: Text
    cited_as: Text
    date: date | None
    url: str | None


@attrs.frozen
class FactChange:
    """A fact as it stands and as it would have to be, as written in JSON, and the steps between them."""

    before: str | int
    after: str | int
    steps: int


@attrs.frozen
class Change:
    """Facts that would have to change together for a plan to have another status.

    `proven` says that nothing nearer does: no change of the same facts, and for two facts no change of one or two
    others. The distance is the number of `steps` in all.
    """

    changes: Mapping[str, FactChange]
    status: Status
    proven: bool
    text: Text

    @property
    def steps(self) -> int:
        """The steps of all facts together."""
        return sum(change.steps for change in self.changes.values())


@attrs.frozen
class Searched:
    """Facts that were moved together: every change of fewer than `steps` steps in all was excluded, or all were.

    `to` is the furthest value of each that a profile may hold.
    """

    to: Mapping[str, str | int]
    steps: int
    all: bool


@attrs.frozen
class ChangeSearch:
    """What would change a denied plan: the nearest change of each single fact, else the nearest of two facts.

    `unmet` are rules that no fact to act on can meet, whichever are changed and however far.
    """

    found: tuple[Change, ...]
    searched: tuple[Searched, ...]
    unmet: tuple[str, ...]
    text: Text


@attrs.frozen
class Plan:
    """One kind of relief: allowed with its terms, denied or undetermined, and every reason."""

    plan: str
    status: Status
    title: Text
    asks: tuple[str, ...]
    follow_up: str | None
    figure_titles: Mapping[str, Text]
    currency: str
    _questions: Later[tuple[Asked, ...]]
    _terms: Later[Terms | None]
    _figure_texts: Later[Mapping[str, Text]]
    _schedule: Later[tuple[Instalment, ...] | None]
    _reasons: Later[tuple[Reason, ...]]
    _provisional: Later[bool]
    _one_less: Later[OneLess | None]
    _shortfall: Later[Shortfall | None]
    _payment_limits: Later[tuple[PaymentLimit, ...]]
    _tree: Later[Branch]
    _cited: Later[Cited]
    _changes: Later[ChangeSearch | None] = NOTHING

    @property
    def questions(self) -> tuple[Asked, ...]:
        """The facts of `asks`, as they are asked for."""
        return self._questions.value

    @property
    def terms(self) -> Terms | None:
        """What the borrower would owe and pay; None unless the plan is allowed."""
        return self._terms.value

    @property
    def figure_texts(self) -> Mapping[str, Text]:
        """The policy's own figures of the terms, as they are written in each language."""
        return self._figure_texts.value

    @property
    def schedule(self) -> tuple[Instalment, ...] | None:
        """Every payment; None unless the plan is allowed."""
        return self._schedule.value

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every rule of the plan, in words."""
        return self._reasons.value

    @property
    def provisional(self) -> bool:
        """Whether the plan is undetermined and its reasons name payments or other terms: these may still change."""
        return self._provisional.value

    @property
    def one_less(self) -> OneLess | None:
        """The terms one step less generous; None where there are none or the plan is not allowed."""
        return self._one_less.value

    @property
    def shortfall(self) -> Shortfall | None:
        """What is missing for an offer; None where the plan is not denied or some terms would fit."""
        return self._shortfall.value

    @property
    def cited(self) -> Cited:
        """The facts that the status rests on, and of an allowed plan the terms."""
        return self._cited.value

    @property
    def payment_limits(self) -> tuple[PaymentLimit, ...]:
        """What the rules allow to be paid in a period at most; none unless the plan is allowed."""
        return self._payment_limits.value

    @property
    def would_change(self) -> tuple[Change, ...]:
        """The nearest changes with which a denied plan could be offered; none where nothing honest helps."""
        return self.change_search.found if self.change_search else ()

    @property
    def change_search(self) -> ChangeSearch | None:
        """How the nearest changes were looked for, and why there are none; None where the plan is not denied."""
        return self._changes.value

    @property
    def decisive(self) -> tuple[Reason, ...]:
        """The reasons that made the status: the failing, the unknown, or for an allowed plan all.

        A target that was missed where less is enough makes no status.
        """
        if self.status is Status.ALLOWED:
            return self.reasons
        wanted = False if self.status is Status.DENIED else None
        return tuple(r for r in self.reasons if r.holds is wanted and r.kind != "target")

    def principal_reasons(self, most: int = 4) -> PrincipalReasons:
        """Return the reasons of a denial in their rank, at most so many, and those further behind.

        Raises:
            UsageError: `most` is below one.
        """
        from policyengine.decision.principal import of_plan  # noqa: PLC0415  # it knows this module

        return of_plan(self, most)

    @property
    def justification(self) -> Justification:
        """The reasons as text, and the tree of all that they stand on."""
        return Justification(self)


#: How much of a justification is said, and to whom.
PROFILES = ("reasons", "full", "plain")


@attrs.frozen
class Justification:
    """The reasons of a plan, to be read."""

    plan: Plan

    @property
    def tree(self) -> Branch:
        """What the status stands on: rules, their parts, and every fact and parameter with its value."""
        return self.plan._tree.value  # noqa: SLF001  # the plan's other half

    def render(self, lang: str = "en", profile: str = "reasons") -> str:
        """Return the reasons as text, in a language of the policy.

        Args:
            lang: The language.
            profile: `reasons` for one line each; `full` for the file, with the code and the place of each rule;
                `plain` for the borrower, in short sentences without either.

        Raises:
            UsageError: The policy has no texts in the language, or there is no such profile.
        """
        check_known("language", lang, self.plan.title)
        check_known("profile", profile, PROFILES)
        if profile == "plain":
            from policyengine.decision.plain import plan_lines  # noqa: PLC0415  # it knows this module

            return "\n".join("  " * line.level + line.text for line in plan_lines(self.plan, lang))
        full = profile == "full"
        head = f"{self.plan.title[lang]}{word(lang, 'colon')}{word(lang, self.plan.status)}"
        provisional = ["  " + word(lang, "provisional")] if self.plan.provisional else []
        lines = (_line(reason, lang, 1, full=full) for reason in self.plan.reasons)
        return "\n".join([head, *provisional, *lines])


def check_known(what: str, name: str, known: Iterable[str]) -> None:
    """Refuse a name that is not among those there are.

    Raises:
        UsageError: It is not; the error lists them.
    """
    names = tuple(known)
    if name not in names:
        hint = nearest_or_list("", names)
        raise UsageError([Diagnostic("unknown-name", f"there is no {what} `{name}`", hint=hint)])


_MARKS = {True: "✓", False: "✗", None: "?"}


def _line(reason: Reason, lang: str, depth: int, *, full: bool = False) -> str:
    source = f" [{reason.citation[lang]}]" if reason.citation else ""
    cited = f" ({reason.name}, {reason.at})" if full else ""
    own = f"{'  ' * depth}{_MARKS[reason.holds]} {reason.text[lang]}{source}{cited}"
    parts = [_line(part, lang, depth + 1, full=full) for part in reason.parts if part.text]
    return "\n".join([own, *parts])


@attrs.frozen
class Referral:
    """Something to do or somebody to turn to; `holds` is None where that is not known."""

    referral: str
    title: Text
    holds: bool | None
    instead_of_refusal: bool
    _reason: Later[Reason]
    _cited: Later[Cited]

    @property
    def reason(self) -> Reason:
        """The rule that says when, in words."""
        return self._reason.value

    @property
    def cited(self) -> Cited:
        """The facts that it rests on whether the referral holds."""
        return self._cited.value


@attrs.frozen
class Decision:
    """What one policy says about one loan."""

    policy: str
    version: str
    title: Text
    currency: str
    digest: str
    loan: str | None
    outcome: Outcome
    plans: tuple[Plan, ...]
    referrals: tuple[Referral, ...]
    asks: tuple[str, ...]
    sources: tuple[Cite, ...]
    _questions: Later[tuple[Asked, ...]]
    _derived: Later[Mapping[str, Json]]
    _cited: Later[Cited]
    _as_it_stands: Later[AsItStands]

    @property
    def cited(self) -> Cited:
        """The facts that the outcome rests on."""
        return self._cited.value

    @property
    def questions(self) -> tuple[Asked, ...]:
        """The facts of `asks`, as they are asked for."""
        return self._questions.value

    @property
    def derived(self) -> Mapping[str, Json]:
        """The values that the policy derives from the facts, as written in JSON."""
        return self._derived.value

    @property
    def as_it_stands(self) -> AsItStands:
        """What would be paid if nothing about the loan were changed."""
        return self._as_it_stands.value

    @property
    def allowed(self) -> tuple[Plan, ...]:
        """The plans that can be offered, in the order of the policy."""
        return tuple(plan for plan in self.plans if plan.status is Status.ALLOWED)

    def principal_reasons(self, most: int = 4) -> PrincipalReasons:
        """Return the reasons of a refusal in their rank, at most so many, and those further behind.

        Raises:
            UsageError: `most` is below one.
        """
        from policyengine.decision.principal import of_refusal  # noqa: PLC0415  # it knows this module

        return of_refusal(self, most)

    def plan(self, name: str) -> Plan:
        """Return a plan by its name.

        Raises:
            KeyError: The policy has no such plan.
        """
        found = next((plan for plan in self.plans if plan.plan == name), None)
        if found is None:
            raise KeyError(name)
        return found


@attrs.frozen
class NotAssessed:
    """A loan that no policy decided, and why."""

    loan: str | None
    reason: Why


@attrs.frozen
class Assessment:
    """The decisions about all of a borrower's loans, by loan and then by policy."""

    as_of: date
    engine: str
    decisions: tuple[Decision, ...]
    not_assessed: tuple[NotAssessed, ...] = ()

    def to_json(self) -> str:
        """Return the JSON of the command line, the same bytes for the same input."""
        from policyengine.decision.to_json import to_json  # noqa: PLC0415  # it knows this module

        return to_json(self)
