"""Policies over facts with small grids, and every place of a grid decided one by one: what a search must agree with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations, product
from typing import Any

import tiny
from hypothesis import strategies as st

import policyengine as pe
from policyengine.decision.decision import Plan, Status

#: Path to lowest, highest, step and direction.
GRIDS = {
    "loan.fees": (0, 40, 20, "down"),
    "x.cash": (0, 9, 1, "up"),
    "x.cost": (0, 8, 2, "down"),
    "x.n": (0, 5, 1, "either"),
}
_TYPES = {"loan.fees": "money", "x.cash": "money", "x.cost": "money", "x.n": "integer"}


def vocabulary() -> str:
    """Return the tiny vocabulary with the facts of the grids actionable."""
    lines = []
    for line in tiny.VOCABULARY.splitlines():
        path = line.strip().partition(":")[0]
        lines.append(_declared(path) if path in GRIDS and line.startswith("  ") else line)
    return "\n".join(lines) + "\n"


def _declared(path: str) -> str:
    low, high, step, direction = GRIDS[path]
    way = f"actionable: {{step: {step}, direction: {direction}}}"
    limits = f"type: {_TYPES[path]}, min: {low}, max: {high}"
    return f"  {path}: {{{limits}, {way}, title: {{en: {path}, zh: {path}}}}}"


VOCABULARY = vocabulary()
Given = Mapping[str, Any]


def status(policies: pe.PolicySet, facts: Given) -> Status | None:
    """Return what is decided of the plan, or None where the policy no longer applies."""
    decisions = policies.decide(tiny.profile(facts)).decisions
    return decisions[0].plan("relief").status if decisions else None


def plan(policies: pe.PolicySet, facts: Given) -> Plan:
    return tiny.decide(policies, facts).plan("relief")


def away(path: str, value: Decimal) -> Iterator[tuple[int, Decimal]]:
    """Yield the steps to each value that a fact can be brought to, and the value."""
    low, high, step, direction = GRIDS[path]
    for sign in {"up": (1,), "down": (-1,), "either": (1, -1)}[direction]:
        steps, at = 1, value + sign * step
        while low <= at <= high:
            yield steps, at
            steps, at = steps + 1, at + sign * step


def nearest_of(policies: pe.PolicySet, facts: Given, paths: tuple[str, ...]) -> int | None:
    """Return the least number of steps with which some facts, all changed, bring the plan about."""
    ways = [list(away(path, Decimal(facts[path]))) for path in paths]
    found = (
        sum(steps for steps, _ in place)
        for place in product(*ways)
        if status(policies, {**facts, **dict(zip(paths, (v for _, v in place), strict=True))})
        is Status.ALLOWED
    )
    return min(found, default=None)


def singles(policies: pe.PolicySet, facts: Given) -> dict[str, int]:
    """Return the nearest change of each fact alone that has one."""
    paths = [path for path in GRIDS if path in facts]
    found = {path: nearest_of(policies, facts, (path,)) for path in paths}
    return {path: steps for path, steps in found.items() if steps is not None}


def pair(policies: pe.PolicySet, facts: Given) -> int | None:
    """Return the nearest change of two facts."""
    paths = combinations([path for path in GRIDS if path in facts], 2)
    found = [nearest_of(policies, facts, both) for both in paths]
    return min((steps for steps in found if steps is not None), default=None)


_SMALL = st.integers(0, 9)
AMOUNTS = st.sampled_from(
    [
        "x.cash",
        "x.cost",
        "loan.fees / 10",
        "left",
        "step_by_cash",
        "step_by_cost",
        "x.cash * 2",
        "x.cash - x.cost",
        "x.cost - x.cash",
        "min(x.cash, x.cost)",
        "max(x.cash, 4)",
        "x.cash * x.n",
        "x.cash * (5 - x.n) / 2",
        "floor_to(x.cash / 3, 1)",
        "abs(x.cash - x.cost)",
        "(if x.cash > 4 then x.cost else 6)",
        "(if x.n > 2 then x.cost else x.cash)",
        "(if x.flag then x.cash else x.cost)",
        "x.cash / (x.n + 1)",
        "sum(l.fees for l in loans) / 5",
    ]
)
_COMPARED = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
_ATOMS = st.one_of(
    st.builds("{0} {1} {2}".format, AMOUNTS, _COMPARED, _SMALL),
    st.builds("{0} {1} {2}".format, AMOUNTS, _COMPARED, AMOUNTS),
    st.builds("x.n {0} {1}".format, _COMPARED, st.integers(0, 5)),
    st.builds("x.n in {{{0}, {1}}}".format, st.integers(0, 5), st.integers(0, 5)),
    st.sampled_from(["x.flag", "x.days > 3 days"]),
)
CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.builds("({0} and {1})".format, inner, inner),
        st.builds("({0} or {1})".format, inner, inner),
        st.builds("not ({0})".format, inner),
    ),
    max_leaves=3,
)
_CAPS = st.sampled_from(
    [
        "780 + 20 * x.cash",
        "700 + 40 * (x.cash - x.cost)",
        "820 + 10 * left",
        "700 + 30 * step_by_cash",
        "x.cash * 0 + 900 - 30 * unit * x.n",
        "600 + x.cash * x.n * 10",
    ]
)
_UNTIL = st.one_of(
    st.builds("plan.max_payment <= {0}".format, _CAPS),
    st.builds("plan.max_payment / max(x.cash, 1) <= {0}".format, st.integers(90, 400)),
    st.builds("plan.max_payment <= {0} and ({1})".format, _CAPS, _ATOMS),
    st.builds("(plan.extension <= 2 months or {1}) and plan.payment <= {0}".format, _CAPS, _ATOMS),
    st.just("plan.payment >= 0"),
)
_STEPS = st.sampled_from(
    [
        "- term: {up_to: +6, step: 2}",
        "- waive: {fees: 0%..100%, step: 50%}\n- capitalise: {fees: 100%}\n- term: {up_to: +3, step: 1}",
        "- term: {up_to: +4, step: 1}\n  when: x.cash > 2",
        "- term: {exactly: +3}",
    ]
)
DERIVE = """\
parameters:
  unit: {value: 1.00 CNY, assumed: true, note: one}
tables:
  step_by_cash:
    hit: first
    inputs: [x.cash]
    output: money
    rows: [["<= 2", 3], ["<= 5", 1], [any, 8]]
  step_by_cost:
    hit: first
    inputs: [x.cost]
    output: money
    rows: [["> 3", 2], [any, 5]]
derive:
  left: max(0, x.cash - x.cost)
"""


@st.composite
def policies(draw: st.DrawFn) -> str:
    """Draw the body and the plans of a policy, and what it asks for."""
    rules = draw(st.lists(CONDITIONS, max_size=2))
    require = "".join(
        f"      - {{id: r{i}, that: {tiny.quoted(rule)}, {tiny.BECAUSE}}}\n"
        for i, rule in enumerate(rules)
    )
    return DERIVE + tiny.offer(draw(_STEPS), tiny.quoted(draw(_UNTIL)), "").replace(
        "    offer:", (f"    require:\n{require}" if rules else "") + "    offer:"
    )


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a borrower on the grids, with some facts unknown."""
    found: dict[str, Any] = {
        path: draw(st.integers(0, (high - low) // step)) * step + low
        for path, (low, high, step, _) in GRIDS.items()
    }
    found |= {"x.flag": draw(st.booleans()), "x.days": draw(st.integers(0, 6))}
    for path in draw(st.lists(st.sampled_from(sorted(found)), max_size=1)):
        del found[path]
    return {**tiny.LOAN, "loan.fees": "0.00", **found}
