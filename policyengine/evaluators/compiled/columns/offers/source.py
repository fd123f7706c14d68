"""The whole function of one plan: what is decided of each row, and the terms, from what its requirements come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from policyengine.decision.columns import BITS, NONE, TERMS
from policyengine.decision.decided import rules_of
from policyengine.evaluators.compiled.columns.expressions import Expressions
from policyengine.evaluators.compiled.columns.from_program import BLOCK
from policyengine.evaluators.compiled.columns.logic import NO
from policyengine.evaluators.compiled.columns.offers.draft import Draft
from policyengine.evaluators.compiled.columns.offers.limits import write_limit
from policyengine.evaluators.compiled.columns.offers.line import (
    ALLOWED,
    DENIED,
    EXACT,
    UNDETERMINED,
    Bits,
    Line,
    offered_of,
)
from policyengine.evaluators.compiled.columns.offers.named import Named
from policyengine.evaluators.compiled.columns.offers.position import Position
from policyengine.evaluators.compiled.columns.offers.reached import Reached
from policyengine.evaluators.compiled.columns.shapes import Shapes, names_of
from policyengine.evaluators.compiled.columns.sight import sight_of
from policyengine.evaluators.compiled.columns.writing import Rows
from policyengine.evaluators.compiled.layout import Layout, layout_from
from policyengine.evaluators.compiled.naming import Lines, Names
from policyengine.evaluators.compiled.numbers import FINE
from policyengine.evaluators.compiled.offers.analysis import Offer, facts_of
from policyengine.evaluators.compiled.writing import NotWritten
from policyengine.finance.whole.bounds import REPAID
from policyengine.finance.whole.worth import NO_COST
from policyengine.ir.nodes import Derived, Fact, PlanValue
from policyengine.ir.program import Rule
from policyengine.ir.reach import reached
from policyengine.model.types import Kind

#: What the function takes and writes besides the columns that it reads.
ARGUMENTS = (
    *("start", "stop", "as_of", "words", "elsewhere", "complete", "fails_here", "unsure_here"),
    *("failed", "unknown", "status", "terms_out", "exact"),
)
_LOCALS = (
    *(f"last_{place}" for place in range(64)),
    "last",
    *("np", "b", "n", "i", "row", "flag", "min", "max", "abs", "float", "range"),
    *("months_between", "months_after", "days_after", "share_of", "Terms", "repayment", "rested"),
    *("least_months", "cost_of", "owed", "deferred", "waived", "holiday", "interest_only", "rate"),
    *("months", "treatment", "taken", "months_off", "months_alone", "place", "terms", "found"),
    *("code", "cost", "choice", "searching", "offered", "jumping", "least", "most", "balance"),
    *("reached", "limit", "asked", "fails", "unsure", "missed", "open_", "principal", "method"),
    *("annual_rate", "remaining_term", "next_due"),
)


@attrs.frozen(eq=False)
class OfferSource:
    """The source of a function `offer`, and the texts that it names."""

    text: str
    words: tuple[str, ...]


def layout_of(offers: Sequence[Offer]) -> Layout:
    """Return what the offers of a program read."""
    program = offers[0].program
    nodes = (node for offer in offers for node in offer.nodes())
    besides = frozenset().union(*map(facts_of, offers))
    return layout_from(nodes, program.dictionary, program.scale, besides)


def offer_source(offer: Offer, layout: Layout, day: date, shapes: Shapes) -> OfferSource:
    """Return the source of an offer on a day, for columns of some shapes.

    Raises:
        NotWritten: Columns do not carry it.
    """
    plan = offer.plan.offer
    if plan.choose != "waterfall" or offer.clashes or len(_rules(offer)) > BITS:
        raise NotWritten
    balances = (f"{left}{name}" for name in offer.balances for left in ("", "left_"))
    names = Names({*ARGUMENTS, *_LOCALS, *balances})
    sight = sight_of(offer.program, layout, day, shapes, names)
    rows = Rows(names, Lines(depth=3))
    written = _Row(offer, rows, Expressions(sight, rows))
    written.write(day)
    arguments = [*ARGUMENTS, *(sight.arrays[name] for name in names_of(shapes))]
    head = Lines([f"def offer({', '.join(arguments)}):"])
    for place, word in enumerate(sight.words.values()):
        head.add(f"{word} = words[{place}]")
    head.add(f"for b in range(start, stop, {BLOCK}):")
    head.depth += 1
    head.add(f"n = min({BLOCK}, stop - b)")
    for source, name in rows.slices.items():
        head.add(f"{name} = {source}")
    head.add("for i in range(n):")
    return OfferSource(f"{head.text}\n{rows.lines.text}", tuple(sight.words))


def _rules(offer: Offer) -> tuple[Rule | None, ...]:
    return rules_of(offer.plan, offer.program)


@attrs.frozen(eq=False)
class _Row:
    """Writes what is done with one row."""

    offer: Offer
    rows: Rows
    expressions: Expressions

    def write(self, day: date) -> None:
        draft = Draft(self.offer.program, day, self.rows.lines)
        settings = draft.settings(self.offer.plan.offer.levers)
        if any(lever.when is not None for lever in self.offer.levers):
            raise NotWritten
        self._skip()
        position = Position(self.offer, self.expressions)
        known = position.write()
        reached = Reached(settings, position.known, self.expressions.logic)
        empty = [setting.empty for setting in settings if setting.empty != NO]
        if len(empty) == len(settings):  # why there are no terms is for others to say
            position.outside.append(" & ".join(empty))
        elif empty:
            unsure = " | ".join(empty)
            position.outside.extend(f"{gone} & ({unsure})" for gone in reached.missing)
        self._check(position, [*known, *reached.from_the_start])
        named = Named(self.offer, self.expressions, FINE)
        self._hoist(named)
        limited = write_limit(self.offer, self.expressions)
        until, accept, kept = self._bits()
        line = Line(self.offer, position, draft, named, self.rows, until, accept, reached)
        line.write(settings, limited=limited)
        self._end(line, kept)

    def _bits(self) -> tuple[Bits, Bits, Bits]:
        """Return the rules behind the requirements with their bits: target, what is enough, guarantees."""
        plan, first, found = self.offer.plan, len(self.offer.plan.require), []
        for rules in (plan.offer.until, plan.offer.accept, self.offer.guarantees):
            found.append([(1 << (first + place), rule) for place, rule in enumerate(rules)])
            first += len(rules)
        return found[0], found[1], found[2]

    @property
    def _terms_at_all(self) -> int:
        return 1 << (len(_rules(self.offer)) - 1)

    def _skip(self) -> None:
        """Leave rows to which the policy does not apply, and those of which a requirement fails."""
        self._add("row, flag = b + i, False")
        self._block("if exact[row]:", "continue")
        self._block("if elsewhere[row] != 0:", f"status[row] = {NONE}", "continue")
        self._add("failed[row] = fails_here[row]")
        self._add("unknown[row] = unsure_here[row]")
        self._block("if fails_here[row] != 0:", f"status[row] = {DENIED}", "continue")

    def _check(self, position: Position, known: Sequence[str]) -> None:
        """Leave rows whose figures are beyond what is sure here, and those of which terms are not known."""
        if position.outside:
            self._block(f"if {' | '.join(position.outside)}:", "exact[row] = True", "continue")
        together = self.expressions.logic.all_of(known)
        self._without_terms(f"if not {together}:")

    def _without_terms(self, heading: str) -> None:
        """Leave rows of which it is not known whether there are terms; without them no target is known."""
        bits = sum(bit for bit, _ in self._bits()[0]) | self._terms_at_all
        self._block(
            heading,
            f"unknown[row] |= np.uint64({bits})",
            f"status[row] = {UNDETERMINED}",
            "continue",
        )

    def _hoist(self, named: Named) -> None:
        """Write what the rules read that names no terms, once for all choices."""
        tests = [node for rule in self.offer.rules for node in rule.conditions]
        for node in reached(tests, self.offer.program):
            if isinstance(node, (Derived, Fact)) and node.type.kind is not Kind.LIST:
                self.expressions.value(node)
        parts = (part for test in tests for part in test.walk())
        named.begin([p.arguments[0] for p in parts if isinstance(p, PlanValue) and p.arguments])

    def _end(self, line: Line, kept: Bits) -> None:
        """Write what holds at the terms where the search ended, and the terms themselves."""
        self._block(f"if offered == {EXACT}:", "exact[row] = True", "continue")
        if line.reached.guarded:
            self._without_terms("if choice > furthest:")
        self._block(
            f"if code != {REPAID}:",
            f"failed[row] |= np.uint64({self._terms_at_all})",
            f"status[row] = {DENIED}",
            "continue",
        )
        self._add("missed, open_ = fails, unsure")
        with self.rows.inner(f"if offered == {ALLOWED}:"):
            line.rules(kept)
            self._add(offered_of("fails", "unsure"))
            self._add("missed, open_ = missed | fails, open_ | unsure")
            self._block(
                f"if (offered == {ALLOWED}) & ((unsure_here[row] != 0) | (not complete[row])):",
                f"offered = {UNDETERMINED}",
            )
        if self.rows.flags:
            self._block("if flag:", "exact[row] = True", "continue")
        with self.rows.inner(f"if offered == {ALLOWED}:"):
            self._terms(line)
        self._add("failed[row] |= np.uint64(missed)")
        self._add("unknown[row] |= np.uint64(open_)")
        self._add("status[row] = offered")

    def _terms(self, line: Line) -> None:
        if "cost" not in self.offer.named:
            line.cost()
            self._block(f"if cost == {NO_COST}:", "exact[row] = True", "continue")
        unit = line.draft.denominator // FINE
        sources = {
            "payment": "found.payment",
            "max_payment": "found.highest",
            "term_months": "found.term",
            "annual_rate": "rate" if unit == 1 else f"(2 * rate + {unit}) // {2 * unit}",
            "total_paid": "found.paid",
            "total_interest": "found.interest",
            "waived": "waived",
            "forborne": "deferred",
            "cost": "cost",
        }
        for place, name in enumerate(TERMS):
            if name in sources:
                self._add(f"terms_out[{place}, row] = {sources[name]}")

    def _add(self, line: str) -> None:
        self.rows.lines.add(line)

    def _block(self, heading: str, *lines: str) -> None:
        self._add(heading)
        for line in lines:
            self._add(f"    {line}")
