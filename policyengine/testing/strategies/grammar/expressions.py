"""Random expressions of every type and form, as text over the small vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import attrs

FACTS = {
    "boolean": ["x.flag", "x.other", "x.dear"],
    "integer": ["x.n", "x.m"],
    "money": ["x.cash", "x.cost", "loan.fees", "loan.payment"],
    "rate": ["x.rate", "loan.annual_rate"],
    "days": ["x.days", "x.wait", "loan.days_past_due"],
    "months": ["x.months", "x.term"],
    "date": ["x.day", "x.end"],
    "colour": ["x.colour"],
}
FIELDS = {
    "item": {
        "boolean": "flag",
        "integer": "n",
        "money": "cash",
        "rate": "rate",
        "days": "days",
        "date": "day",
        "colour": "colour",
    },
    "part": {"boolean": "flag", "integer": "n"},
    "loan": {"money": "payment", "rate": "annual_rate", "days": "days_past_due"},
}
LITERALS = {
    "integer": ["0", "1", "2", "3"],
    "money": ["0", "50", "100", "100.01"],
    "rate": ["0%", "6%", "12%"],
    "days": ["0 days", "30 days", "31 days"],
    "months": ["0 months", "3 months", "6 months"],
    "date": ["2024-10-31", "2024-11-20"],
}
PARAMETERS = {
    "integer": "p_int",
    "money": "p_cash",
    "rate": "p_rate",
    "days": "p_days",
    "months": "p_months",
    "date": "p_day",
    "boolean": "p_flag",
}
PLAN_VALUES = {
    "money": [
        "balance",
        "payment",
        "max_payment",
        "total_paid",
        "total_interest",
        "waived",
        "cost",
    ],
    "months": ["term", "extension"],
    "rate": ["rate"],
}
TABLES = ["t_unique", "t_priority", "t_collect"]
ORDERED = ("integer", "money", "rate", "days", "months", "date")
ADDABLE = ("integer", "money", "days", "months")


@attrs.frozen
class Scope:
    """What an expression may name: terms, absence, tables, the policy's own names, members of lists."""

    plan: bool = False
    known: bool = False
    tables: bool = True
    names: bool = True
    chained: bool = True
    members: tuple[tuple[str, str], ...] = ()

    def with_member(self, variable: str, record: str) -> Scope:
        return attrs.evolve(self, members=(*self.members, (variable, record)))


@attrs.define
class Expressions:
    """Makes expressions; `use_names` is off while the names themselves are made."""

    random: Random
    use_names: bool = True

    def of(self, kind: str, depth: int, scope: Scope) -> str:
        """Return an expression of a type, so deep at most."""
        if depth <= 0 or self.random.random() < 0.12:
            return self._leaf(kind, scope)
        forms = [*_FORMS.get(kind, ()), *_ALL]
        if kind == "boolean" and scope.known:
            forms += [E_.whether_known] * 5
        return self.random.choice(forms)(self, kind, depth - 1, scope)

    def pick(self, *options: str) -> str:
        return self.random.choice(options)

    def _leaf(self, kind: str, scope: Scope) -> str:
        options = list(FACTS[kind]) * 2
        for variable, record in scope.members:
            if kind in FIELDS[record]:
                options += [f"{variable}.{FIELDS[record][kind]}"] * 6
        if scope.names and self.use_names and kind in PARAMETERS:
            options += [PARAMETERS[kind], f"d_{kind}"]
            if kind in ("integer", "money", "months"):
                options.append(f"({PARAMETERS[kind]} at {self.pick('x.day', 'x.end')})")
            if kind == "boolean" and scope.chained:
                options.append("e_boolean")
        if kind == "date":
            options.append("as_of")
        if scope.plan and kind in PLAN_VALUES:
            options += [f"plan.{name}" for name in PLAN_VALUES[kind]] * 2
            if kind == "money":
                options.append(f"plan.max_payment_before({self.pick('x.months', '2 months')})")
        return self.random.choice(options)

    def literal(self, kind: str) -> str:
        return self.random.choice(LITERALS[kind])

    # Booleans

    def compare(self, _kind: str, depth: int, scope: Scope) -> str:
        kind = self.random.choice(ORDERED)
        left = self.of(kind, depth, scope)
        right = self.literal(kind) if self.random.random() < 0.5 else self.of(kind, depth, scope)
        return f"({left} {self.pick('==', '!=', '<', '<=', '>', '>=', '<=', '>=')} {right})"

    def within(self, _kind: str, depth: int, scope: Scope) -> str:
        kind = self.random.choice(ORDERED)
        low, high = sorted([0, -1], key=lambda _: self.random.random())
        ends = LITERALS[kind][low], LITERALS[kind][high]
        return f"({self.of(kind, depth, scope)} {self.pick('in', 'not in')} {ends[0]}..{self.pick('', '<')}{ends[1]})"

    def one_of(self, _kind: str, depth: int, scope: Scope) -> str:
        if self.random.random() < 0.5:
            return f"({self.of('integer', depth, scope)} {self.pick('in', 'not in')} {{0, 2, 3}})"
        return f'({self._leaf("colour", scope)} {self.pick("in", "not in")} {{"red", "green"}})'

    def same_colour(self, _kind: str, _depth: int, scope: Scope) -> str:
        colour = self.pick('"red"', '"green"', "x.colour")
        return f"({self._leaf('colour', scope)} {self.pick('==', '!=')} {colour})"

    def negation(self, _kind: str, depth: int, scope: Scope) -> str:
        return f"(not {self.of('boolean', depth, scope)})"

    def joined(self, _kind: str, depth: int, scope: Scope) -> str:
        parts = [self.of("boolean", depth, scope) for _ in range(self.random.choice([2, 2, 3]))]
        return "(" + f" {self.pick('and', 'or')} ".join(parts) + ")"

    def whether_known(self, _kind: str, _depth: int, _scope: Scope) -> str:
        return f"known({self.pick('x.flag', 'x.n', 'x.cash', 'loan.fees', 'x.items')})"

    def quantified(self, _kind: str, depth: int, scope: Scope) -> str:
        variable, record, members = self._list(scope)
        condition = self.of("boolean", min(depth, 1), scope.with_member(variable, record))
        return f"{self.pick('any', 'all')}({variable} in {members} where {condition})"

    def _list(self, scope: Scope) -> tuple[str, str, str]:
        """Return a variable, a record and a list of such records."""
        lists = [("item", "x.items"), ("item", "loan.items"), ("loan", "loans")]
        for variable, record in scope.members:
            if record == "item":
                lists += [("part", f"{variable}.parts")] * 3
            if record == "loan":
                lists += [("item", f"{variable}.items")] * 3
        record, members = self.random.choice(lists)
        return f"m{len(scope.members)}", record, members

    def tabled(self, _kind: str, depth: int, scope: Scope) -> str:
        return f"({self.lookup('integer', depth, scope)} {self.pick('==', '<=', '>')} {self.literal('integer')})"

    # Numbers

    def sum_of(self, kind: str, depth: int, scope: Scope) -> str:
        one, other = self.of(kind, depth, scope), self.of(kind, depth, scope)
        return f"({one} {self.pick('+', '-')} {other})"

    def with_literal(self, kind: str, depth: int, scope: Scope) -> str:
        return f"({self.of(kind, depth, scope)} {self.pick('+', '-')} {self.literal(kind)})"

    def size(self, kind: str, depth: int, scope: Scope) -> str:
        return f"{self.pick('abs(', '(-')}{self.of(kind, depth, scope)})"

    def count(self, _kind: str, depth: int, scope: Scope) -> str:
        variable, record, members = self._list(scope)
        if self.random.random() < 0.3:
            return f"count({variable} in {members})"
        condition = self.of("boolean", min(depth, 1), scope.with_member(variable, record))
        return f"count({variable} in {members} where {condition})"

    def aggregate(self, kind: str, depth: int, scope: Scope) -> str:
        variable, record, members = self._list(scope)
        if kind not in FIELDS[record]:
            return self._leaf(kind, scope)
        inner = scope.with_member(variable, record)
        how = self.pick("min", "max", "latest" if kind == "date" else "sum")
        where = (
            f" where {self.of('boolean', min(depth, 1), inner)}"
            if self.random.random() < 0.5
            else ""
        )
        return f"{how}({variable}.{FIELDS[record][kind]} for {variable} in {members}{where})"

    def lookup(self, kind: str, depth: int, scope: Scope) -> str:
        if not (scope.tables and scope.names and self.use_names):
            return self._leaf(kind, scope)
        if self.random.random() < 0.5:
            return self.random.choice(TABLES)
        return f"t_first(v = {self.of('integer', depth, scope)})"

    def product(self, kind: str, depth: int, scope: Scope) -> str:
        factor = self.pick("2", "50%", "x.rate", "x.q")
        return f"({factor} * {self.of(kind, depth, scope)})"

    def quotient(self, kind: str, depth: int, scope: Scope) -> str:
        return f"({self.of(kind, depth, scope)} / {self.of('integer', depth, scope)})"

    def rounded(self, kind: str, depth: int, scope: Scope) -> str:
        how = self.pick("round_to", "floor_to", "ceil_to")
        return f"{how}({self.of(kind, depth, scope)}, {self.pick('10', '0.5', 'x.cost')})"

    def instalment(self, _kind: str, depth: int, scope: Scope) -> str:
        money, rate = self.of("money", depth, scope), self._leaf("rate", scope)
        return f"payment({money}, {rate}, {self.pick('12 months', 'x.term')})"

    def to_repay(self, _kind: str, depth: int, scope: Scope) -> str:
        money, rate = self.of("money", depth, scope), self._leaf("rate", scope)
        return f"months_to_repay({money}, {rate}, {self.of('money', 0, scope)})"

    def between(self, kind: str, depth: int, scope: Scope) -> str:
        return f"{kind}_between({self.of('date', depth, scope)}, {self.of('date', depth, scope)})"

    def shifted(self, _kind: str, depth: int, scope: Scope) -> str:
        amount = self.of(self.pick("days", "months"), depth, scope)
        return f"({self.of('date', depth, scope)} {self.pick('+', '-')} {amount})"

    # All types

    def choice(self, kind: str, depth: int, scope: Scope) -> str:
        then = self.of(kind, depth, scope)
        otherwise = then if self.random.random() < 0.15 else self.of(kind, depth, scope)
        return f"(if {self.of('boolean', depth, scope)} then {then} else {otherwise})"

    def extreme(self, kind: str, depth: int, scope: Scope) -> str:
        if kind not in ORDERED:
            return self._leaf(kind, scope)
        return f"{self.pick('min', 'max')}({self.of(kind, depth, scope)}, {self.of(kind, depth, scope)})"


Form = Callable[[Expressions, str, int, Scope], str]
E_ = Expressions
_ALL: tuple[Form, ...] = (E_.choice, E_.extreme)
_ADDED: tuple[Form, ...] = (E_.sum_of, E_.with_literal, E_.size, E_.aggregate)
_FORMS: dict[str, tuple[Form, ...]] = {
    "boolean": (
        *(E_.compare, E_.compare, E_.compare, E_.joined, E_.joined, E_.quantified, E_.quantified),
        *(E_.within, E_.one_of, E_.same_colour, E_.negation, E_.tabled),
    ),
    "integer": (*_ADDED, E_.count, E_.count, E_.lookup, E_.lookup),
    "money": (*_ADDED, E_.product, E_.quotient, E_.rounded, E_.instalment),
    "rate": (E_.aggregate,),
    "days": (*_ADDED, E_.between),
    "months": (*(E_.sum_of, E_.with_literal, E_.size), E_.between, E_.to_repay),
    "date": (E_.aggregate, E_.shifted, E_.shifted),
}
