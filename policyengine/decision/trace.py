"""What an evaluator found: the truth of each rule, and the terms it arrived at. No words yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

import attrs

from policyengine.decision.later import NOTHING, Later
from policyengine.decision.stage import Measure, StageKind
from policyengine.decision.terms import AsItStands, Instalment, Lever, Terms
from policyengine.decision.why import Why
from policyengine.facts.facts import Situation
from policyengine.ir.nodes import Compare, Node
from policyengine.ir.program import PlanDefinition, Program, ReferralDefinition, Rule
from policyengine.model.types import Type, Value
from policyengine.source import Span


@attrs.frozen
class Unknown:
    """A value that is not known: the facts that are missing, and what has no value at all.

    `undefined` says in words what cannot have a value, such as a division by zero.
    """

    missing: frozenset[str] = frozenset()
    undefined: frozenset[Why] = frozenset()

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false")


Result = Value | Unknown
Truth = bool | Unknown


def merged(*results: Result) -> Unknown:
    """Return one unknown for all the unknown values among several."""
    unknown = [r for r in results if isinstance(r, Unknown)]
    return Unknown(
        frozenset().union(*(u.missing for u in unknown)),
        frozenset().union(*(u.undefined for u in unknown)),
    )


@attrs.frozen(eq=False)
class ComparisonFinding:
    """A comparison with the values on both sides, and the payment that one side asked about."""

    node: Compare
    left: Result
    right: Result
    payment: Instalment | None


@attrs.frozen(eq=False)
class RuleFinding:
    """Whether a rule holds, and how to look up any value that its wording names."""

    rule: Rule
    holds: Truth
    kind: str
    value: Callable[[Node], Result]
    _parts: Later[tuple[RuleFinding, ...]]
    _comparisons: Later[tuple[ComparisonFinding, ...]]

    @property
    def parts(self) -> tuple[RuleFinding, ...]:
        """What the parts of an `any` or `all` come to."""
        return self._parts.value

    @property
    def comparisons(self) -> tuple[ComparisonFinding, ...]:
        """The comparisons that the rule makes, without those of what it names."""
        return self._comparisons.value


@attrs.frozen(eq=False)
class OneLess:
    """The terms one step less generous than those offered, and the rules that they fail."""

    levers: Mapping[str, Lever]
    payment: Decimal
    failing: tuple[RuleFinding, ...]


@attrs.frozen(eq=False)
class MissFinding:
    """A rule that fails, with a comparison that would have to hold; None for what is no comparison."""

    rule: RuleFinding
    comparison: ComparisonFinding | None


@attrs.frozen(eq=False)
class LimitFinding:
    """The limit of a step, and the least value beyond it on which terms would be found; None up to `looked_to`."""

    step: str
    setting: str
    type: Type
    limit: int | Fraction
    enough: int | Fraction | None
    looked_to: int | Fraction
    span: Span


@attrs.frozen(eq=False)
class ShortfallFinding:
    """The terms that come nearest to an offer, what they miss, and the limits that stand in the way."""

    levers: Mapping[str, Lever]
    payment: Decimal
    misses: tuple[MissFinding, ...]
    limits: tuple[LimitFinding, ...]


@attrs.frozen(eq=False)
class ComparedFinding:
    """A rule, and one of its comparisons with the values; None for what is no comparison."""

    rule: RuleFinding
    comparison: ComparisonFinding | None


@attrs.frozen(eq=False)
class TriedFinding:
    """Terms at one setting of a step, and the rules at them.

    `compared` says by how much each failing rule fails, or where none does, how much room each leaves. `why` says why
    there are no such terms.
    """

    measures: tuple[Measure, ...]
    holds: Truth
    rules: tuple[RuleFinding, ...] = ()
    compared: tuple[ComparedFinding, ...] = ()
    levers: Mapping[str, Lever] = attrs.field(factory=dict)
    payment: Decimal | None = None
    why: Why | None = None


@attrs.frozen(eq=False)
class ConditionFinding:
    """Whether a condition holds, and how to look up any value that it names."""

    node: Node
    holds: Truth
    value: Callable[[Node], Result]


@attrs.frozen(eq=False)
class StageFinding:
    """What became of one step, from what to what it was raised, and the terms that say so; no step at the start.

    `condition` is its `when`, `why` says why it could do nothing, `unknown` what is not known for it.
    """

    kind: StageKind
    step: str | None
    condition: ConditionFinding | None
    span: Span
    before: tuple[Measure, ...] = ()
    after: tuple[Measure, ...] = ()
    tried: tuple[TriedFinding, ...] = ()
    why: Why | None = None
    unknown: Unknown | None = None


@attrs.frozen(eq=False)
class SearchFinding:
    """How terms were looked for: where it ended and whether it began; `obstacle` says why it found no terms.

    `tried` counts the terms that were worked out. `ended` is where it ended as the search itself says it, for who looks
    again at the same terms; None where there was no search.
    """

    holds: Truth
    begun: bool = False
    target_met: bool = True
    tried: int = 0
    obstacle: Why | None = None
    ended: object = None
    _stages: Later[tuple[StageFinding, ...]] = attrs.field(factory=lambda: Later.known(()))

    @property
    def stages(self) -> tuple[StageFinding, ...]:
        """What became of each step."""
        return self._stages.value


@attrs.frozen(eq=False)
class LookedInto:
    """What only a reader of an offer looks at: the rules at its terms, or at the nearest, and how it was looked for.

    `obstacle` says why no schedule could be worked out at all.
    """

    rules: tuple[RuleFinding, ...]
    search: SearchFinding
    obstacle: Why | None = None
    one_less: OneLess | None = None
    _shortfall: Later[ShortfallFinding | None] = NOTHING

    @property
    def shortfall(self) -> ShortfallFinding | None:
        """What is missing for an offer, where there certainly is none."""
        return self._shortfall.value


@attrs.frozen(eq=False)
class OfferFinding:
    """The terms found; `holds` says whether an offer exists."""

    holds: Truth
    _looked: Later[LookedInto]
    _terms: Later[Terms | None] = NOTHING
    _schedule: Later[tuple[Instalment, ...] | None] = NOTHING

    @property
    def rules(self) -> tuple[RuleFinding, ...]:
        """The rules at the terms found, or at the nearest."""
        return self._looked.value.rules

    @property
    def search(self) -> SearchFinding:
        """How terms were looked for."""
        return self._looked.value.search

    @property
    def obstacle(self) -> Why | None:
        """Why no schedule could be worked out at all."""
        return self._looked.value.obstacle

    @property
    def one_less(self) -> OneLess | None:
        """The terms one step less generous than those found, where there are such."""
        return self._looked.value.one_less

    @property
    def looked(self) -> LookedInto:
        """All of that at once."""
        return self._looked.value

    @property
    def terms(self) -> Terms | None:
        """The terms found."""
        return self._terms.value

    @property
    def shortfall(self) -> ShortfallFinding | None:
        """What is missing for an offer, where there certainly is none."""
        return self._looked.value.shortfall

    @property
    def schedule(self) -> tuple[Instalment, ...] | None:
        """Their schedule."""
        return self._schedule.value


@attrs.frozen(eq=False)
class PlanFinding:
    """What was found about one plan."""

    plan: PlanDefinition
    require: tuple[RuleFinding, ...]
    _offer: Later[OfferFinding]

    @property
    def offer(self) -> OfferFinding:
        """The terms, looked for once somebody asks: a plan whose requirements fail needs none."""
        return self._offer.value

    @property
    def rules(self) -> tuple[RuleFinding, ...]:
        """All rules of the plan, in their order."""
        return (*self.require, *self.offer.rules)


@attrs.frozen(eq=False)
class ReferralFinding:
    """Whether a referral holds."""

    referral: ReferralDefinition
    finding: RuleFinding


@attrs.frozen(eq=False)
class Trace:
    """Everything an evaluator found for one loan under one policy."""

    program: Program
    situation: Situation
    applies: Truth
    _derived: Later[Mapping[str, Result]]
    plans: tuple[PlanFinding, ...]
    referrals: tuple[ReferralFinding, ...]
    as_it_stands: Later[AsItStands]

    @property
    def derived(self) -> Mapping[str, Result]:
        """The derived values by name."""
        return self._derived.value
