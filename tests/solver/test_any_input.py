"""Whatever the settings of the steps and the figures of the loan: refused at load or decided, never without end."""

from __future__ import annotations

import sys
import time
from decimal import Decimal
from typing import Any

import offering
from hypothesis import event, given, settings
from hypothesis import strategies as st
from problems import BALANCES

import policyengine as pe

#: Of the processor; measuring coverage slows Python down.
SECONDS = 30.0 if sys.gettrace() else 10.0
WORDS = ("accrues", "capitalised", "waived")
MOST = 2**63 - 1

MONTHS = st.one_of(
    st.integers(1, 40).map(str),
    st.integers(-1, 40).map(str),
    st.sampled_from(
        ["x.months", "x.months - 6 months", "x.months * 1000", "1200 months", "plan.term"]
    ),
)
SHARES = st.one_of(
    st.integers(1, 100).map(lambda n: f"{n}%"),
    st.integers(-5, 110).map(lambda n: f"{n}%"),
    st.sampled_from(["x.rate", "x.rate - 10%", "x.rate / 7", "100% * (x.cash / plan.balance)"]),
)
RATES = st.one_of(
    st.integers(-10, 2000).map(lambda n: f"{Decimal(n) / 100}%"),
    st.sampled_from(["x.rate", "x.rate - 10%", "plan.rate / 3"]),
)
AMOUNTS = st.one_of(
    st.integers(-5, 10**7).map(lambda n: str(Decimal(n) / 100)),
    st.sampled_from(["x.cash", "x.cash - 500", "30% * plan.balance", "x.cash * 100000", "0.01"]),
)
TINY = st.sampled_from(["x.rate / 1000000000", "0.0000001%", "x.rate - x.rate"])


def ranges(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(values, st.tuples(values, values).map(lambda ends: f"{ends[0]}..{ends[1]}"))


def mapping(**keys: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Spell some settings."""
    return st.fixed_dictionaries(keys).map(
        lambda found: ", ".join(f"{key}: '{value}'" for key, value in found.items())
    )


def either(**keys: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Spell one of several settings."""
    return st.one_of(*(mapping(**{key: values}) for key, values in keys.items()))


def with_step(
    written: st.SearchStrategy[str], steps: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    spelled = steps.map(lambda step: f", step: '{step}'")
    return st.tuples(written, st.one_of(spelled, spelled, st.just(""))).map("".join)


def up_to_or_exactly(
    values: st.SearchStrategy[str], steps: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    return st.one_of(with_step(mapping(up_to=values), steps), mapping(exactly=values))


def plus(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(["", "+"]), values).map("".join)


DAYS = st.sampled_from(
    ["as_of + 60 days", "loan.next_due + x.months", "as_of - 1 day", "2199-12-31", "1900-01-01"]
)
MATURITY = st.sampled_from(["extends", "stays"])
BALANCE = st.sampled_from(BALANCES)
RISES = mapping(rise=RATES, every=MONTHS, up_to=RATES).map(lambda rises: f"then: {{{rises}}}")
STEPPED = st.lists(SHARES, min_size=1, max_size=3).map(lambda s: "[" + ", ".join(s) + "]")
LEVERS: dict[str, st.SearchStrategy[str]] = {
    "holiday": st.one_of(
        mapping(months=ranges(MONTHS), interest=st.sampled_from(WORDS), maturity=MATURITY),
        mapping(through=DAYS, interest=st.sampled_from(WORDS), maturity=MATURITY),
    ),
    "interest_only": mapping(months=ranges(MONTHS), maturity=MATURITY),
    "term": up_to_or_exactly(plus(MONTHS), MONTHS),
    "instalments": with_step(
        st.one_of(mapping(months=ranges(MONTHS)), mapping(months=ranges(MONTHS), rate=RATES)),
        MONTHS,
    ),
    "waive": with_step(
        either(fees=ranges(SHARES), arrears=ranges(SHARES), future_interest=ranges(SHARES)),
        st.one_of(SHARES, TINY),
    ),
    "capitalise": either(fees=SHARES, arrears=SHARES),
    "defer_balance": either(fees=SHARES, arrears=SHARES),
    "rate": st.one_of(
        with_step(mapping(down_to=RATES), st.one_of(RATES, TINY)),
        mapping(exactly=RATES),
        st.tuples(mapping(exactly=RATES, fixed_for=MONTHS), RISES).map(", ".join),
    ),
    "forbear": up_to_or_exactly(AMOUNTS, AMOUNTS),
    "forgive": up_to_or_exactly(AMOUNTS, AMOUNTS),
    "repayment_plan": st.one_of(
        mapping(months=ranges(MONTHS), balance=BALANCE),
        mapping(months=ranges(MONTHS), cap=SHARES.map(lambda share: f"1 + {share}")),
    ),
    "settle": with_step(mapping(discount=ranges(SHARES)), st.one_of(SHARES, TINY)),
    "stepped": st.tuples(STEPPED, MONTHS).map(lambda s: f"shares: {s[0]}, months: {s[1]}"),
    "pay": st.one_of(
        mapping(amount=AMOUNTS),
        mapping(amount=AMOUNTS, months=ranges(MONTHS)),
        mapping(amount=AMOUNTS, months=ranges(MONTHS), unpaid_interest=st.sampled_from(WORDS)),
    ),
}
STEPS = st.sampled_from(sorted(LEVERS)).flatmap(
    lambda lever: st.tuples(
        LEVERS[lever].map(lambda written: f"- {lever}: {{{written}}}"),
        st.sampled_from(["", "", "\n  when: x.flag", "\n  when: not x.flag"]),
    ).map("".join)
)
UNTIL = st.sampled_from(
    [
        "plan.max_payment <= x.cash",
        "plan.payment >= 0",
        "plan.total_paid <= x.cash",
        "plan.max_payment <= 0.5 * loan.payment",
        "plan.cost / plan.total_interest < x.rate",
        "plan.payment_before_rounding < x.cash and plan.extension <= x.months",
    ]
)
#: Mostly amounts that a debt has.
MONEY = st.one_of(
    *[st.integers(1, 10**8)] * 12, st.sampled_from([0, 1, -1, 10**15, MOST - 1, MOST, -MOST])
).map(lambda minor: Decimal(minor).scaleb(-2))
ANNUAL = st.one_of(
    *[st.integers(0, 4000).map(lambda points: Decimal(points).scaleb(-4))] * 5,
    st.sampled_from(["0", "-0.01", "-12", "1000", "0.1234567890123456789"]).map(Decimal),
)
TERM = st.one_of(*[st.integers(1, 480)] * 5, st.sampled_from([-5, 0, 1, 1200]))
DUE = st.sampled_from(["2024-12-31", "2025-02-28", "2199-11-30"])
LOAN = st.fixed_dictionaries(
    {
        "principal": MONEY,
        "annual_rate": ANNUAL,
        "remaining_term": TERM,
        "next_due": DUE,
        "method": st.sampled_from(["level", "equal_principal"]),
        "payment": MONEY,
        **dict.fromkeys(BALANCES, MONEY),
    }
)
FACTS = st.fixed_dictionaries(
    {"cash": MONEY, "months": st.integers(-12, 1200), "rate": ANNUAL, "flag": st.booleans()}
)


def without(
    facts: st.SearchStrategy[dict[str, Any]],
) -> st.SearchStrategy[dict[str, Any]]:
    """Leave some facts out, mostly none."""
    return st.tuples(facts, st.sampled_from([None, None, None, 0, 3])).map(
        lambda pair: {
            name: None if place == pair[1] else value
            for place, (name, value) in enumerate(pair[0].items())
        }
    )


def loaded(steps: list[str], until: str, more: str) -> pe.PolicySet | None:
    """Return the policy, or None where it is refused, each finding with its place and what to do."""
    try:
        return offering.policies("\n".join(steps), until, more)
    except pe.PolicyError as error:
        event("refused")
        for finding in error.diagnostics:
            assert finding.span
            assert finding.message
            assert finding.hint or finding.code in ("type-mismatch", "unknown-name")
        return None


@settings(max_examples=400)
@given(
    steps=st.lists(STEPS, min_size=1, max_size=3),
    until=UNTIL,
    more=st.sampled_from(
        ["choose: waterfall", "choose: least_cost", "negative_amortisation: allowed"]
    ),
    loan=without(LOAN),
    facts=without(FACTS),
)
def test_any_settings_and_figures_are_refused_or_decided(
    steps: list[str], until: str, more: str, loan: dict[str, Any], facts: dict[str, Any]
) -> None:
    policies = loaded(steps, until, more)
    if policies is None:
        return
    started = time.process_time()
    plan = offering.plan(policies, facts, **loan)
    assert time.process_time() - started < SECONDS
    event(str(plan.status))
    assert plan.status in ("allowed", "denied", "undetermined")
    if plan.status == "allowed":
        assert plan.terms
        assert plan.schedule
        assert plan.schedule[-1].balance == plan.terms.forborne
    else:
        assert plan.decisive
        assert plan.terms is None
