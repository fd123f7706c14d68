"""The waterfall against a scan of all combinations, written apart from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import tiny
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policyengine.decision.decision import Status
from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import EqualPrincipal, Holiday, HolidayInterest, Level, Phase
from policyengine.finance.schedule import Instalment, build_schedule


@attrs.frozen
class Step:
    """A lever: its line in the policy, its values from the least on, and what one of them does."""

    line: str
    name: str
    values: tuple[Any, ...]
    words: tuple[str, ...] = ()


@attrs.frozen
class Loan:
    principal: int
    interest: int
    fees: int
    points: int  # hundredths of a per cent
    months: int
    method: str

    def facts(self, affordable: int) -> dict[str, Any]:
        return {
            "loan.principal": Decimal(self.principal).scaleb(-2),
            "loan.accrued_interest": Decimal(self.interest).scaleb(-2),
            "loan.fees": Decimal(self.fees).scaleb(-2),
            "loan.annual_rate": Decimal(self.points).scaleb(-4),
            "loan.remaining_term": self.months,
            "loan.next_due": "2024-12-15",
            "loan.method": self.method,
            "x.cash": Decimal(affordable).scaleb(-2),
        }


def holiday(low: int, more: int, interest: str, maturity: str) -> Step:
    months = f"{low}..{low + more}" if more else f"{low}"
    line = f"- holiday: {{months: {months}, interest: {interest}, maturity: {maturity}}}"
    return Step(line, "holiday", tuple(range(low, low + more + 1)), (interest, maturity))


def term(up_to: int, step: int) -> Step:
    line = f"- term: {{up_to: +{up_to}, step: {step} months}}"
    return Step(line, "term", tuple(range(0, up_to + 1, step)))


def waive(balance: str, low: int, steps: int, step: int) -> Step:
    high = low + steps * step
    line = f"- waive: {{{balance}: {low}%..{high}%, step: {step}%}}"
    return Step(line, "waive", tuple(range(low, high + 1, step)), (balance,))


def capitalise(share: int) -> Step:
    return Step(f"- capitalise: {{accrued_interest: {share}%}}", "capitalise", (share,))


STEPS = st.one_of(
    st.builds(
        holiday,
        st.integers(0, 2),
        st.integers(0, 3),
        st.sampled_from([str(each) for each in HolidayInterest]),
        st.sampled_from(["extends", "stays"]),
    ),
    st.builds(term, st.integers(0, 24), st.integers(1, 5)),
    st.builds(
        waive,
        st.sampled_from(["future_interest", "accrued_interest", "fees"]),
        st.integers(0, 40),
        st.integers(0, 4),
        st.integers(1, 15),
    ),
)
LOANS = st.builds(
    Loan,
    st.integers(1, 5_000_000),
    st.integers(0, 100_000),
    st.integers(0, 10_000),
    st.integers(0, 2_400),
    st.integers(1, 36),
    st.sampled_from(["level", "equal_principal"]),
)


def schedule(loan: Loan, steps: list[Step], chosen: list[Any]) -> tuple[Instalment, ...] | None:
    """Return what is paid with each step at the value chosen for it; None where nothing can be."""
    rest, months, rate = 0, loan.months, Fraction(loan.points, 10_000)
    treatment, waived, joined = "capitalised", Fraction(0), 0
    for step, value in zip(steps, chosen, strict=True):
        match step.name:
            case "holiday" if value:
                treatment, maturity = step.words
                rest += value
                months -= value if maturity == "stays" else 0
            case "term":
                months += value
            case "waive" if step.words == ("future_interest",):
                rate *= 1 - Fraction(value, 100)
            case "waive" if step.words == ("accrued_interest",):
                waived = Fraction(value, 100)
            case "capitalise":
                given_up = half_up(loan.interest * waived)
                joined = half_up((loan.interest - given_up) * Fraction(value, 100))
    if months < 1:
        return None
    last: Phase = Level(months) if loan.method == "level" else EqualPrincipal(months)
    phases = [Holiday(rest, HolidayInterest(treatment)), last] if rest else [last]
    try:
        return build_schedule(loan.principal + joined, rate, phases, date(2024, 12, 15))
    except FinanceError:
        return None


def half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))


def line_of_drafts(steps: list[Step]) -> Iterator[list[Any]]:
    """Yield all steps at their least, then each in turn raised to its most."""
    yield [step.values[0] for step in steps]
    for i, step in enumerate(steps):
        before, after = steps[:i], steps[i + 1 :]
        for value in step.values[1:]:
            yield [s.values[-1] for s in before] + [value] + [s.values[0] for s in after]


@st.composite
def waterfalls(draw: st.DrawFn) -> list[Step]:
    """Make one to three steps, no lever twice on one thing; what is waived cannot be capitalised after."""
    steps = draw(st.lists(STEPS, min_size=1, max_size=3))
    keys = [(s.name, s.words[:1] if s.name == "waive" else ()) for s in steps]
    assume(len(set(keys)) == len(keys))
    if draw(st.booleans()):
        steps.append(capitalise(draw(st.sampled_from([0, 50, 100]))))
    return steps


@settings(max_examples=120)
@given(steps=waterfalls(), loan=LOANS, share=st.integers(30, 130))
def test_the_first_that_fits_is_offered(steps: list[Step], loan: Loan, share: int) -> None:
    affordable = loan.principal * share // 100 // loan.months
    drafts = [schedule(loan, steps, chosen) for chosen in line_of_drafts(steps)]
    fits = [rows and max(row.payment for row in rows) <= affordable for rows in drafts]
    policies = tiny.policies(plans=tiny.offer("\n".join(step.line for step in steps)))
    (plan,) = tiny.decide(policies, loan.facts(affordable)).plans
    if not any(fits):
        assert plan.status is Status.DENIED
        return
    assert plan.status is Status.ALLOWED
    found = drafts[fits.index(True)]
    assert found
    assert plan.schedule
    assert [(row.due, int(row.payment * 100), int(row.balance * 100)) for row in plan.schedule] == [
        (row.due, row.payment, row.balance) for row in found
    ]


GRID = st.integers(1, 24)


@given(loan=LOANS, up_to=GRID, share=st.integers(30, 100))
def test_one_notch_less_does_not_fit(loan: Loan, up_to: int, share: int) -> None:
    affordable = loan.principal * share // 100 // loan.months
    policies = tiny.policies(plans=tiny.offer(f"- term: {{up_to: +{up_to}, step: 1 month}}"))
    (plan,) = tiny.decide(policies, loan.facts(affordable)).plans
    if plan.terms and plan.terms.extension_months:
        added = plan.terms.extension_months
        less = tiny.policies(plans=tiny.offer(f"- term: {{exactly: +{added - 1}}}"))
        (denied,) = tiny.decide(less, loan.facts(affordable)).plans
        assert denied.status is Status.DENIED
        assert [reason.code for reason in denied.decisive] == ["UNAFFORDABLE"]
