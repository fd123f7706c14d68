"""Steps of one offer that cannot both be taken: the later would undo or double the earlier without a word.

The rules are the same wherever they are asked: of steps without `when` as a policy loads, of the steps whose `when`
holds as an offer is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from policyengine.causes import Cause, cause
from policyengine.ir import levers as ir

#: Levers of which an offer takes one: a second says over again what the first has said.
_ONLY_ONE = {
    ir.SteppedPayments: "second_stepped",
    ir.Instalments: "second_instalments",
    ir.RepaymentPlan: "second_repayment_plan",
}
_APART = "keep one of them, or give each a `when` that excludes the other"


@attrs.frozen
class Clash:
    """Two steps, and why they cannot both be taken."""

    earlier: ir.Lever
    later: ir.Lever
    why: Cause
    hint: str


def clashes(levers: Sequence[ir.Lever]) -> Iterator[Clash]:
    """Yield each step that clashes with an earlier one, in the order of the file."""
    for place, later in enumerate(levers):
        found = (_clash(earlier, later) for earlier in levers[:place])
        yield from (clash for clash in found if clash)


def _clash(earlier: ir.Lever, later: ir.Lever) -> Clash | None:
    why = _why(earlier, later)
    if why is None:
        return None
    return Clash(earlier, later, *(why if isinstance(why, tuple) else (why, _APART)))


def _why(earlier: ir.Lever, later: ir.Lever) -> Cause | tuple[Cause, str] | None:
    if isinstance(earlier, ir.Settlement):
        return (
            cause("after_settle", step=later.name, settle=earlier.name),
            "keep one of them" if type(earlier) is type(later) else f"put `{later.name}` before it",
        )
    if type(earlier) is type(later) and type(later) in _ONLY_ONE:
        return cause(_ONLY_ONE[type(later)], step=later.name)
    return _two_treatments(earlier, later) or _overruled(earlier, later) or _agreed(earlier, later)


def _two_treatments(earlier: ir.Lever, later: ir.Lever) -> tuple[Cause, str] | None:
    """Months of one kind stand together in the schedule, so they are treated alike."""
    for key in ("interest", "maturity"):
        one, other = getattr(earlier, key, None), getattr(later, key, None)
        if _kind(earlier) is _kind(later) and one != other:
            first, second = f"{key}: {one}", f"{key}: {other}"
            return (
                cause("second_otherwise", step=later.name, now=second, before=first),
                f"write `{first}`, or give each a `when` that excludes the other",
            )
    return None


def _kind(lever: ir.Lever) -> type[ir.Lever]:
    """Return the kind of a lever; a holiday through a day is one like those of some months."""
    return ir.Holiday if isinstance(lever, ir.HolidayThrough) else type(lever)


def _agreed(earlier: ir.Lever, later: ir.Lever) -> Cause | None:
    """An amount is agreed once for some months, and once until the balance is repaid, which decides the term."""
    if _until_repaid(earlier) and _until_repaid(later):
        return cause("second_until_repaid", step=later.name)
    if isinstance(earlier, ir.AgreedPayment) and isinstance(later, ir.AgreedPayment):
        both = earlier.months is not None and later.months is not None
        return cause("second_agreed", step=later.name) if both else None
    for pay, other in ((earlier, later), (later, earlier)):
        if _until_repaid(pay) and _says_term(other):
            return cause("two_ends", step=later.name, earlier=earlier.name)
    return None


def _until_repaid(lever: ir.Lever) -> bool:
    return isinstance(lever, ir.AgreedPayment) and lever.months is None


def _says_term(lever: ir.Lever) -> bool:
    stays = getattr(lever, "maturity", None) == "stays"
    return stays or isinstance(lever, (ir.TermExtension, ir.Instalments))


def _overruled(earlier: ir.Lever, later: ir.Lever) -> Cause | None:
    if isinstance(later, ir.Instalments) and isinstance(earlier, ir.TermExtension):
        return cause("overrules_term", step=later.name, earlier=earlier.name)
    if _sets_the_rate(later) and _changes_the_rate(earlier):
        return cause("overrules_rate", step=later.name, earlier=earlier.name)
    return None


def _sets_the_rate(lever: ir.Lever) -> bool:
    return (isinstance(lever, ir.RateReduction) and lever.single) or (
        isinstance(lever, ir.Instalments) and lever.rate is not None
    )


def _changes_the_rate(lever: ir.Lever) -> bool:
    waived = dict(lever.shares) if isinstance(lever, ir.Waiver) else {}
    return (
        isinstance(lever, ir.RateReduction) or _sets_the_rate(lever) or "future_interest" in waived
    )
