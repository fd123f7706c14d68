"""The principal reasons of a denial, ranked, for a notice; the others are kept behind them.

What ranks lower holds as much: the plan is denied on every reason here. The order is

1. rules about the borrower and the loan, which deny whatever the terms; then rules about the terms: what they aim at,
   the guarantees that they must keep, and that there are none at all;
2. in a refusal of all plans, the reasons that deny most of them;
3. the rule that is missed by most, measured against the greater of the values compared; a rule that compares no amounts
   is missed wholly;
4. the order of the policy's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import attrs

from policyengine.decision.decision import Comparison, Decision, Outcome, Plan, Reason, Status
from policyengine.diagnostics import Diagnostic, UsageError

#: Reasons that a notice gives: more are unlikely to help the reader.
MOST = 4
_ORDER = {"require": 0, "until": 1, "accept": 1, "guarantee": 2, "terms": 3}
_WHOLLY = Fraction(1)


@attrs.frozen
class PrincipalReasons:
    """The reasons of a denial in their rank, each code once: the first few, and those further behind."""

    reasons: tuple[Reason, ...] = ()
    further: tuple[Reason, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the principal reasons; a rule without a code goes by its id."""
        return tuple(reason.name for reason in self.reasons)

    @property
    def further_codes(self) -> tuple[str, ...]:
        """The codes of the reasons further behind, which hold as much."""
        return tuple(reason.name for reason in self.further)


def of_plan(plan: Plan, most: int) -> PrincipalReasons:
    """Return the principal reasons of a plan; none unless it is denied.

    Raises:
        UsageError: `most` is below one.
    """
    return _ranked([plan] if plan.status is Status.DENIED else [], most)


def of_refusal(decision: Decision, most: int) -> PrincipalReasons:
    """Return the principal reasons of a refusal; none unless all plans are refused.

    Raises:
        UsageError: `most` is below one.
    """
    return _ranked(decision.plans if decision.outcome is Outcome.REFUSE else (), most)


def _ranked(plans: Iterable[Plan], most: int) -> PrincipalReasons:
    if most < 1:
        message = f"`most` is the number of reasons, but is `{most}`"
        raise UsageError([Diagnostic("bad-argument", message, hint="ask for 1 or more")])
    by_code: dict[str, list[Reason]] = {}
    for plan in plans:
        for reason in _against(plan):
            by_code.setdefault(reason.name, []).append(reason)
    ranked = [min(reasons, key=_rank) for reasons in sorted(by_code.values(), key=_rank_of_all)]
    return PrincipalReasons(tuple(ranked[:most]), tuple(ranked[most:]))


def _against(plan: Plan) -> Iterator[Reason]:
    """Yield what denies a plan; a target that is missed binds nothing."""
    return (r for r in plan.reasons if r.holds is False and r.kind in _ORDER)


def _rank_of_all(reasons: list[Reason]) -> tuple[int, int, Fraction]:
    group, missed = min(map(_rank, reasons))
    return group, -len(reasons), missed


def _rank(reason: Reason) -> tuple[int, Fraction]:
    return _ORDER[reason.kind], -_missed_by(reason)


def _missed_by(reason: Reason) -> Fraction:
    """Return how far a rule is missed; of several, any one that is met would have been enough for `any`."""
    failing = [part for part in reason.parts if part.holds is False]
    if failing:
        of_several = min if reason.joint == "any" else max
        return of_several(map(_missed_by, failing))
    shares = [share for share in map(_share, reason.comparisons) if share is not None]
    return max(shares, default=_WHOLLY)


def _share(compared: Comparison) -> Fraction | None:
    """Return by which share a comparison fails; None where it holds or has no amounts."""
    try:
        left, right, headroom = (
            Fraction(str(v)) for v in (compared.left, compared.right, compared.headroom)
        )
    except ValueError:
        return None
    return -headroom / (max(abs(left), abs(right)) or _WHOLLY) if headroom < 0 else None
