"""What closed forms say of terms is never more than their schedule says: nothing that would do is passed over."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policyengine.finance.errors import FinanceError
from policyengine.finance.rounding import round_to_integer
from policyengine.plans.bounds import cost_bound, least_given_up
from policyengine.plans.draft import Draft
from policyengine.plans.glance import Glance
from policyengine.plans.position import BALANCES, Position
from policyengine.plans.prospect import Prospect

Change = Callable[[Draft], Draft]
SCALE = 100
MONTHS = st.integers(0, 12)
SHARES = st.integers(0, 100).map(lambda percent: Fraction(percent, 100))
NAMES = st.sampled_from(BALANCES)
MATURITIES = st.sampled_from(["extends", "stays"])
UNPAID = st.sampled_from([None, "accrues", "capitalised", "waived"])
INTEREST = st.sampled_from(["accrues", "capitalised", "waived"])

POSITIONS = st.builds(
    Position,
    principal=st.one_of(st.integers(1, 500), st.integers(1, 10**9)),
    balances=st.fixed_dictionaries({name: st.integers(0, 10**7) for name in BALANCES}),
    annual_rate=st.integers(0, 3600).map(lambda points: Fraction(points, 10_000)),
    remaining_term=st.integers(1, 120),
    next_due=st.just(date(2024, 12, 31)),
    due_day=st.none(),
    method=st.sampled_from(["level", "level", "equal_principal"]),
    outside=st.just({}),
)


def amount_of(draft: Draft, share: int) -> int:
    """Return some percent of the principal, spread over the term."""
    return draft.position.principal * share // (100 * (draft.position.remaining_term or 1))


CHANGES: dict[str, st.SearchStrategy[Change]] = {
    "holiday": st.tuples(MONTHS, INTEREST, MATURITIES).map(lambda a: lambda d: d.with_holiday(*a)),
    "interest_only": st.tuples(MONTHS, MATURITIES).map(
        lambda a: lambda d: d.with_interest_only(*a)
    ),
    "term": MONTHS.map(lambda n: lambda d: d.with_months_added(n)),
    "rate": SHARES.map(lambda share: lambda d: d.with_rate(d.rate * share)),
    "waive": st.tuples(NAMES, SHARES).map(lambda a: lambda d: d.with_waiver(*a)),
    "capitalise": st.tuples(NAMES, SHARES).map(lambda a: lambda d: d.with_capitalised(*a)),
    "defer": st.tuples(NAMES, SHARES).map(lambda a: lambda d: d.with_deferred(*a)),
    "forbear": SHARES.map(
        lambda share: lambda d: d.with_forborne(int((d.bearing - d.forborne) * share), str)
    ),
    "forgive": SHARES.map(
        lambda share: lambda d: d.with_forgiven(int((d.bearing - d.forborne) * share), str)
    ),
    "repayment_plan": st.tuples(NAMES, st.integers(1, 6)).map(
        lambda a: lambda d: d.with_repayment_plan(*a)
    ),
    "stepped": st.tuples(st.lists(SHARES, min_size=1, max_size=2), st.integers(1, 3)).map(
        lambda a: lambda d: d.with_steps(tuple(a[0]), a[1])
    ),
    "settle": SHARES.map(lambda share: lambda d: d.settled(share)),
    "pay": st.tuples(MONTHS, st.integers(0, 400), UNPAID).map(
        lambda a: lambda d: d.with_payments(a[0], amount_of(d, a[1]), "", a[2])
    ),
    "pay_until_repaid": st.integers(50, 400).map(
        lambda share: lambda d: d.with_payments_until_repaid(amount_of(d, share), "")
    ),
}
NAMES_OF_CHANGES = st.lists(st.sampled_from(sorted(CHANGES)), max_size=3)


@st.composite
def drafts(draw: st.DrawFn, first: str | None = None) -> Prospect:
    """Make terms that can be worked out; the change that is named is among them. What closes the debt comes last."""
    draft = Draft.from_position(draw(POSITIONS))
    names = [*draw(NAMES_OF_CHANGES), *([first] if first else [])]
    try:
        for name in sorted(names, key="settle".__eq__):
            draft = draw(CHANGES[name])(draft)
        return Prospect.from_draft(draft, SCALE, negative_amortisation=True)
    except FinanceError:
        assume(False)
        raise AssertionError from None


TERMS = st.one_of(drafts(), drafts("pay"), drafts("pay_until_repaid"), drafts("holiday"))


@settings(max_examples=400)
@given(prospect=TERMS)
def test_terms_cost_no_less_than_their_bound(prospect: Prospect) -> None:
    for bound in (cost_bound(prospect.draft), least_given_up(prospect.draft)):
        assert bound is None or bound <= prospect.cost


@settings(max_examples=400)
@given(prospect=TERMS)
def test_a_glance_sees_the_regular_payment_and_no_more_than_the_largest(prospect: Prospect) -> None:
    glance = Glance.from_draft(prospect.draft, SCALE)
    if glance is None:
        return
    for name in ("payment", "max_payment", "payment_before_rounding"):
        seen, found = glance.value(name), prospect.value(name)
        assert found is not None
        assert seen <= found
        if name != "max_payment" and not prospect.draft.on_top:
            assert seen == found


def test_the_closed_forms_are_not_silent() -> None:
    """Of terms with an agreed amount a glance sees the payment, and the bound is what is given up."""
    position = Position(
        10**6, {"fees": 5000}, Fraction(12, 100), 24, date(2024, 12, 31), None, "level", {}
    )
    start = Draft.from_position(position)
    paying = start.with_payments(6, 20_000, "200.00", "waived")
    glance = Glance.from_draft(paying, SCALE)
    assert glance
    # 10,000.00 bears 100.00 a month, so 200.00 repays 100.00 and, as the balance falls, a little more each month.
    owed = Prospect.from_draft(paying, SCALE, negative_amortisation=False).rows[5].balance
    assert owed == 938_480
    assert glance.value("payment") == Fraction(57_230, 100)
    assert round_to_integer(glance.exact) == 57_230
    assert Glance.from_draft(start.with_payments(6, 10**7, "", None), SCALE) is None
    assert Glance.from_draft(start.with_payments_until_repaid(20_000, ""), SCALE) is None
    assert cost_bound(paying) is None
    forgiven = paying.with_forgiven(100_000, str).with_waiver("fees", Fraction(1))
    assert least_given_up(forgiven) == 105_000 - 50  # halves of a unit at 1% a month
