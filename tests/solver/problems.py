"""Random offers: loans, levers and conditions, as the oracle reads them and as a policy and a profile spell them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import attrs
from expressions import Node, Value, money, months, percent, spelled
from oracle import Loan, Problem, State, Step, exact_level, half_up

import policyengine as pe

BALANCES = ("arrears", "accrued_interest", "penalty_interest", "fees", "late_fees")
NEXT_DUE = "2024-12-31"
#: What two steps of one lever must agree on.
WORDS = ("interest", "maturity")

VOCABULARY = """\
vocabulary: solver
language: 1
languages: [en]
title: {en: Solver}
enums:
  method:
    title: {en: method}
    values: {level: {en: level}, equal_principal: {en: equal principal}}
facts:
  x.flag: {type: boolean, title: {en: flag}}
  x.cash: {type: money, title: {en: cash}}
  x.months: {type: months, title: {en: months}}
  x.rate: {type: rate, title: {en: rate}}
  loan.principal: {type: money, title: {en: principal}}
  loan.annual_rate: {type: rate, title: {en: rate}}
  loan.remaining_term: {type: months, title: {en: term}}
  loan.payment: {type: money, title: {en: payment}}
  loan.next_due: {type: date, title: {en: next due}}
  loan.due_day: {type: integer, title: {en: due day}}
  loan.method: {type: enum, of: method, title: {en: method}}
""" + "".join(f"  loan.{name}: {{type: money, title: {{en: {name}}}}}\n" for name in BALANCES)

HEAD = """\
policy: solver
language: 1
version: 2024-01-01
title: {en: Solver}
languages: [en]
currency: CNY
vocabulary: solver
"""


# Making problems


def made(seed: int) -> Problem:
    """Return the problem of a seed."""
    return _Maker(Random(seed)).problem()


def rising(seed: int) -> Problem:
    """Return the problem of a seed with a rate that rises later."""
    maker = _Maker(Random(seed))
    return maker.with_rises(maker.problem())


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random

    def problem(self) -> Problem:
        self.loan = self._loan()
        regular = exact_level(
            self.loan.principal, self.loan.annual_rate / 12, self.loan.remaining_term
        )
        self.regular = half_up(regular)
        self.facts = self._facts()
        self.grows = self._chance(0.2)
        count = self.random.choice([1, 2, 2, 2, 3, 3, 4])
        # So many settings that brute force can still try them all.
        size = (60 if count < 3 else 24) if self.loan.remaining_term <= 60 else 12
        steps = _without_clashes([self._step(size) for _ in range(count)])
        return Problem(
            loan=self.loan,
            facts=self.facts,
            steps=steps,
            until=tuple(self._rule() for _ in range(self.random.choice([1, 1, 1, 2, 3]))),
            accept=(self._rule(),) if self._chance(0.25) else (),
            choose="waterfall",
            negative_amortisation=self.grows,
        )

    def with_rises(self, problem: Problem) -> Problem:
        steps = list(problem.steps[:2])
        step = Step("rate", self._rate(0) | self._rises())
        steps.insert(self.random.randint(0, len(steps)), step)
        return attrs.evolve(problem, steps=_without_clashes(steps))

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _loan(self) -> Loan:
        random = self.random
        digits = random.randint(0, 11)
        principal = random.choice([10**digits, random.randint(1, 10 ** (digits + 1) - 1)])
        rate = random.choice(
            [Fraction(0), Fraction(36, 100), Fraction(random.randint(1, 3600), 10_000)]
        )
        term = random.choice([1, 2, 3, *[random.randint(1, 36)] * 6, random.randint(1, 480)])
        balances = {name: self._amount(principal // 5) for name in BALANCES}
        method = "equal_principal" if self._chance(0.15) else "level"
        return Loan(principal, rate, term, method, balances)

    def _amount(self, most: int) -> int:
        return self.random.choice([0, self.random.randint(0, max(most, 1))])

    def _facts(self) -> dict[str, Value]:
        """Return the facts that conditions and levers read; some are left out."""
        random = self.random
        found: dict[str, Value] = {
            "x.flag": self._chance(0.5),
            "x.cash": Fraction(self._near(self.regular), 100),
            "x.months": random.randint(0, 12),
            "x.rate": Fraction(random.randint(0, 3600), 10_000),
            "loan.payment": Fraction(self.regular, 100),
        }
        known = {name: fact for name, fact in found.items() if not self._chance(0.06)}
        principal, arrears = self.loan.principal, self.loan.balances["arrears"]
        return known | {
            "loan.principal": Fraction(principal, 100),
            "loan.arrears": Fraction(arrears, 100),
        }

    def _near(self, amount: int) -> int:
        return max(amount * self.random.randint(20, 125) // 100, 0)

    # Steps

    def _step(self, size: int) -> Step:
        levers: dict[str, Callable[[int], Mapping[str, Any]]] = {
            "holiday": self._holiday,
            "interest_only": self._interest_only,
            "term": self._term,
            "rate": self._rate,
            "instalments": self._instalments,
            "waive": self._waive,
            "capitalise": self._balance_shares,
            "defer_balance": self._balance_shares,
            "forbear": self._amounts,
            "forgive": self._amounts,
            "repayment_plan": self._repayment_plan,
            "settle": self._settle,
            "stepped": self._stepped,
            "pay": self._pay,
        }
        weights = [3, 2, 5, 4, 1, 3, 3, 2, 3, 3, 2, 1, 1, 3]
        lever = self.random.choices(list(levers), weights)[0]
        when = None
        if self._chance(0.08):
            when = self.random.choice(
                [("fact", "x.flag"), ("is", "true", True), ("is", "false", False)]
            )
        return Step(lever, levers[lever](size), when)

    def _ends(self, most: int, least: int = 0) -> tuple[Node, Node]:
        low = max(self.random.choice([0, 1, 1, 2]), least)
        high: Node = months(low + self.random.randint(0, most))
        if self._chance(0.1):
            high = ("fact", "x.months")
        return months(low), high

    def _holiday(self, _size: int) -> dict[str, Any]:
        day = date(2024, 12, 31) + timedelta(days=self.random.randint(-40, 200))
        when = {"through": day} if self._chance(0.25) else {"months": self._ends(4)}
        return when | {
            "interest": self.random.choice(["accrues", "capitalised", "waived"]),
            "maturity": self.random.choice(["extends", "stays"]),
        }

    def _interest_only(self, _size: int) -> dict[str, Any]:
        return {"months": self._ends(4), "maturity": self.random.choice(["extends", "stays"])}

    def _term(self, size: int) -> dict[str, Any]:
        random, term = self.random, self.loan.remaining_term
        if self._chance(0.15):
            return {"exactly": months(random.randint(0, 2 * term + 2))}
        step = random.choice([1, 1, 2, 3, 5])
        reach = step * random.randint(0, size // 6) + random.randint(0, step - 1)
        if self._chance(0.5):
            more: Node = months(reach)
            if self._chance(0.15):
                more = ("if", self._rule(), months(reach), months(reach // 2))
            return {"more": more, "step": step}
        return {"up_to": months(max(term + reach - 2, 0)), "step": step}

    def _rate(self, _size: int) -> dict[str, Any]:
        random, present = self.random, self.loan.annual_rate
        lower = Fraction(
            random.randint(0, 10_000) * (present.numerator * 10_000 // present.denominator), 10**8
        )
        floor = percent(Fraction(int(lower * 10_000), 10_000))
        rises = self._rises() if self._chance(0.35) else {}
        if self._chance(0.12):
            return {"exactly": ("if", self._rule(), floor, percent(present))} | rises
        if self._chance(0.2):
            return {"exactly": random.choice([floor, ("fact", "x.rate")])} | rises
        return {
            "down_to": floor,
            "step": percent(Fraction(random.choice([50, 125, 200, 333]), 10_000)),
        } | rises

    def _rises(self) -> dict[str, Any]:
        """Rises that begin within a holiday, within the term or after it, to a cap on either side of the rate."""
        random, term = self.random, self.loan.remaining_term
        fixed_for = random.choice([1, 2, 3, random.randint(1, term + 6)])
        cap: Node = percent(Fraction(random.randint(0, 4500), 10_000))
        if self._chance(0.2):
            cap = random.choice([("fact", "x.rate"), ("plan", "rate")])
        rise = random.choice([0, 25, 100, 100, 333])
        every = random.choice([1, 2, 6, 12, 12])
        then = {"rise": percent(Fraction(rise, 10_000)), "every": months(every), "up_to": cap}
        return {"fixed_for": months(fixed_for), "then": then}

    def _instalments(self, size: int) -> dict[str, Any]:
        low, step = self.random.randint(1, 24), self.random.choice([1, 3, 6])
        ends = (months(low), months(low + step * self.random.randint(0, size // 6)))
        rate = {"rate": percent(Fraction(self.random.randint(0, 3600), 10_000))}
        return {"months": ends, "step": step} | (rate if self._chance(0.4) else {})

    def _some(self) -> list[str]:
        return self.random.sample(BALANCES, self.random.choice([1, 1, 2]))

    def _share(self) -> Fraction:
        return Fraction(self.random.choice([0, 10, 25, 50, 100, 100]), 100)

    def _waive(self, _size: int) -> dict[str, Any]:
        names = self._some()
        if self._chance(0.4):
            names = [*names[1:], "future_interest"]
        shares = {name: (Fraction(0), self._share()) for name in names}
        return {
            "shares": shares,
            "step": percent(self.random.choice([Fraction(1, 5), Fraction(1, 4)])),
        }

    def _balance_shares(self, _size: int) -> dict[str, Any]:
        return {"shares": {name: self._share() for name in self._some()}}

    def _amounts(self, size: int) -> dict[str, Any]:
        principal = self.loan.principal
        cap: Node = money(principal * self.random.randint(0, 60) // 100)
        if self._chance(0.35):
            cap = ("*", percent(Fraction(self.random.randint(0, 60), 100)), ("plan", "balance"))
        elif self._chance(0.1):
            cap = ("fact", "x.cash")
        if self._chance(0.2):
            return {"exactly": cap}
        return {
            "up_to": cap,
            "step": money(max(principal * 6 // (10 * size), 1) + self._amount(principal // 5)),
        }

    def _repayment_plan(self, _size: int) -> dict[str, Any]:
        cap = {"cap": Fraction(self.random.randint(101, 300), 100)} if self._chance(0.5) else {}
        return {"balance": self.random.choice(BALANCES), "months": self._ends(6, least=1)} | cap

    def _settle(self, _size: int) -> dict[str, Any]:
        low, high = sorted(min(self._share(), Fraction(9, 10)) for _ in range(2))
        return {"discount": (low, high), "step": percent(Fraction(1, 10))}

    def _stepped(self, _size: int) -> dict[str, Any]:
        count = self.random.choice([1, 2, 3])
        shares = sorted(Fraction(each, 100) for each in self.random.sample(range(1, 101), count))
        return {"shares": tuple(shares), "months": self.random.randint(1, 3)}

    def _pay(self, _size: int) -> dict[str, Any]:
        """An amount near the regular payment; now and then a multiple of it, or nothing."""
        random = self.random
        amount: Node = money(random.choice([0, 1, 3]) * self.regular)
        if self._chance(0.8):
            amount = money(self.regular * random.randint(20, 130) // 100)
        if self._chance(0.15):
            amount = ("*", percent(Fraction(random.randint(50, 120), 100)), ("plan", "payment"))
        elif self._chance(0.1):
            amount = ("-", ("fact", "x.cash"), money(self._near(self.regular)))
        if self._chance(0.4):
            return {"amount": amount}
        unpaid = random.choice([{}, {"unpaid_interest": random.choice(["accrues", "waived"])}])
        if self.grows and self._chance(0.3):
            unpaid = {"unpaid_interest": "capitalised"}
        return {"amount": amount, "months": self._ends(6)} | unpaid

    # Rules

    def _rule(self) -> Node:
        random = self.random
        kind = random.random()
        if kind < 0.6:
            return self._bound()
        if kind < 0.7:
            return ("and", self._bound(), self._bound())
        if kind < 0.78:
            return ("or", self._bound(), ("fact", "x.flag"))
        if kind < 0.84:
            return ("or", self._bound(), self._bound())
        if kind < 0.9:
            return ("not", self._bound())
        if kind < 0.94:
            return ("and", self._bound(), ("fact", "x.flag"))
        return self._other()

    def _cash(self) -> Node:
        random = self.random
        if self._chance(0.2):
            return ("fact", "x.cash")
        if self._chance(0.2):
            return ("*", percent(Fraction(random.randint(20, 120), 100)), ("fact", "loan.payment"))
        return money(self._near(self.regular))

    def _bound(self) -> Node:
        """A bound on a payment, in one of the ways to say so."""
        random = self.random
        name = random.choice(
            ["payment", "payment", "max_payment", "max_payment", "payment_before_rounding"]
        )
        payment: Node = ("plan", name)
        if self._chance(0.15):
            payment = (
                "plan",
                random.choice(["max_payment_before", "max_payment_after"]),
                random.randint(0, 12),
            )
        elif self._chance(0.08):
            payment = ("plan", "first_payment")
        cash, symbol = self._cash(), random.choice(["<=", "<"])
        form = random.random()
        if form < 0.5:
            return (symbol, payment, cash)
        if form < 0.65:
            return (">=", cash, payment)
        if form < 0.75:
            return (">=", ("-", cash, payment), money(self._amount(self.regular // 10)))
        if form < 0.83:
            return (symbol, ("/", payment, ("fact", "loan.payment")), ("is", "0.8", Fraction(4, 5)))
        if form < 0.9:
            return (symbol, (random.choice(["min", "max"]), payment, ("plan", "payment")), cash)
        if form < 0.95:
            return (symbol, ("+", payment, ("plan", "payment")), ("+", ("plan", "payment"), cash))
        return (
            symbol,
            payment,
            ("*", percent(Fraction(random.randint(1, 40), 100)), ("plan", "balance")),
        )

    def _other(self) -> Node:
        """A rule about something else than a payment."""
        random, loan = self.random, self.loan
        principal: Node = ("fact", "loan.principal")
        share = percent(Fraction(random.randint(0, 60), 100))
        return random.choice(
            [
                (">=", ("plan", random.choice(["payment", "max_payment"])), self._cash()),
                ("<=", ("plan", "extension"), months(random.randint(0, 24))),
                (">=", ("plan", "term"), months(random.randint(1, 2 * loan.remaining_term))),
                (
                    "<=",
                    ("plan", "total_paid"),
                    ("*", percent(Fraction(random.randint(80, 150), 100)), principal),
                ),
                ("<=", ("plan", "total_interest"), ("*", share, principal)),
                (">=", ("plan", "forgiven"), ("*", share, principal)),
                ("<=", ("plan", "forborne"), ("*", share, principal)),
                (">=", ("plan", "waived"), ("*", share, ("fact", "loan.arrears"))),
                ("<=", ("plan", "cost"), ("*", share, principal)),
                ("<=", ("plan", "rate"), ("fact", "x.rate")),
                ("<=", ("plan", "final_balance"), ("*", share, ("plan", "balance"))),
            ]
        )


def _without_clashes(steps: list[Step]) -> tuple[Step, ...]:
    """Leave out each step that would overrule an earlier one; `settle` is the last."""
    kept: list[Step] = []
    for step in sorted(steps, key=lambda step: step.lever == "settle"):
        if not any(_clash(earlier, step) for earlier in kept):
            kept.append(step)
    return tuple(kept)


def _clash(earlier: Step, later: Step) -> bool:
    same = earlier.lever == later.lever
    pays = [
        step for step in (earlier, later) if step.lever == "pay" and "months" not in step.settings
    ]
    if same and later.lever == "pay" and len(pays) != 1:
        return True
    if len(pays) == 1 and any(map(_says_term, (earlier, later))):
        return True
    if same and later.lever in ("settle", "stepped", "instalments", "repayment_plan"):
        return True
    if same and any(earlier.settings.get(key) != later.settings.get(key) for key in WORDS):
        return True
    if later.lever == "instalments" and earlier.lever == "term":
        return True
    sets = "exactly" in later.settings if later.lever == "rate" else "rate" in later.settings
    waived = "future_interest" in earlier.settings.get("shares", ())
    return sets and (earlier.lever == "rate" or "rate" in earlier.settings or waived)


def _says_term(step: Step) -> bool:
    return step.lever in ("term", "instalments") or step.settings.get("maturity") == "stays"


# Spelling problems


def policy(problem: Problem) -> str:
    """Return the policy of a problem: one plan, `relief`."""
    lines = [HEAD + "plans:", "  relief:", "    title: {en: Relief}", "    offer:", "      steps:"]
    for step in problem.steps:
        lines.append(f"        - {step.lever}: {{{', '.join(_settings(step))}}}")
        if step.when:
            lines.append(f"          when: {spelled(step.when)}")
    for key, rules in (("until", problem.until), ("accept", problem.accept)):
        if rules:
            lines += [f"      {key}:", *(f"        - {_quoted(rule)}" for rule in rules)]
    lines.append(f"      choose: {problem.choose}")
    if problem.negative_amortisation:
        lines.append("      negative_amortisation: allowed")
    return "\n".join(lines) + "\n"


def _quoted(rule: Node) -> str:
    return f"'{spelled(rule)}'"


def _settings(step: Step) -> list[str]:
    found = []
    for key, setting in step.settings.items():
        if isinstance(setting, dict):
            found += _parts(key, setting)
        elif key == "shares":
            found.append(f"shares: [{', '.join(spelled(percent(share)) for share in setting)}]")
        elif key == "discount":
            found.append(f"discount: {_shares(setting)}")
        elif key == "more":
            found.append(f"up_to: '+{spelled(setting)}'")
        elif key == "months" and isinstance(setting, tuple):
            low, high = (spelled(end) for end in setting)
            found.append(f"months: '{low}..{high}'")
        elif key == "cap":
            found.append(f"cap: {spelled(percent(setting))}")
        elif isinstance(setting, tuple):
            found.append(f"{key}: '{spelled(setting)}'")
        else:
            found.append(
                f"{key}: {setting} months" if key in ("step", "months") else f"{key}: {setting}"
            )
    return found


def _parts(key: str, parts: dict[str, Any]) -> list[str]:
    """Spell shares of balances, or how a rate rises."""
    if key == "shares":
        return [f"{name}: {_shares(share)}" for name, share in parts.items()]
    spelled_parts = ", ".join(f"{name}: '{spelled(each)}'" for name, each in parts.items())
    return [f"{key}: {{{spelled_parts}}}"]


def _shares(share: Fraction | tuple[Fraction, Fraction]) -> str:
    if isinstance(share, Fraction):
        return spelled(percent(share))
    low, high = (spelled(percent(end)) for end in share)
    return f"{low}..{high}"


def profile(problem: Problem) -> dict[str, Any]:
    """Return the borrower of a problem."""
    loan = problem.loan
    found: dict[str, Any] = {
        "principal": _cents(loan.principal),
        "annual_rate": _decimal(loan.annual_rate),
        "remaining_term": loan.remaining_term,
        "next_due": NEXT_DUE,
        "method": loan.method,
    } | {name: _cents(amount) for name, amount in loan.balances.items()}
    given: dict[str, dict[str, Any]] = {"x": {}, "loan": found}
    for path, fact in problem.facts.items():
        record, _, field = path.partition(".")
        given[record][field] = _decimal(fact) if isinstance(fact, Fraction) else fact
    return {"as_of": "2024-11-20", "loans": [given.pop("loan")]} | given


def _cents(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2)


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def loaded(text: str, regulations: Mapping[str, str] | None = None) -> pe.PolicySet:
    """Return the only policy of a text, with regulations by name."""
    with tempfile.TemporaryDirectory() as at:
        texts = {"vocabulary/solver.yaml": VOCABULARY, "solver.yaml": text}
        texts |= {f"regulations/{name}.yaml": each for name, each in (regulations or {}).items()}
        for name, each in texts.items():
            path = Path(at) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(each, "utf-8")
        return pe.load(at)


def decided(problem: Problem) -> pe.Decision:
    """Return what the engine decides about a problem."""
    (decision,) = loaded(policy(problem)).decide(profile(problem)).decisions
    return decision


__all__ = ["State", "decided", "loaded", "made", "policy", "profile", "rising"]
