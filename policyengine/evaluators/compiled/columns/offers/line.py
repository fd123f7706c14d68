"""The search along a plan's line of choices, as a loop within the row.

The choices of a waterfall are numbered along its line: 0 has every lever at its least, then each in turn is raised to
its most. `choice` runs up until terms meet the target. Where none do it runs down from the last to the last that can be
worked out: what is said of a plan without an offer is said of those.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from policyengine.decision.columns import STATUSES
from policyengine.decision.decision import Status
from policyengine.evaluators.compiled.columns.logic import NO, YES
from policyengine.evaluators.compiled.columns.offers.draft import Draft, Setting
from policyengine.evaluators.compiled.columns.offers.named import Named
from policyengine.evaluators.compiled.columns.offers.position import Position
from policyengine.evaluators.compiled.columns.offers.reached import Reached
from policyengine.evaluators.compiled.columns.writing import Rows
from policyengine.evaluators.compiled.numbers import FINE
from policyengine.evaluators.compiled.offers.analysis import Offer
from policyengine.finance.whole.bounds import (
    MOST_AMOUNT,
    MOST_MONTHS,
    NO_LIMIT,
    REPAID,
    UNDECIDED,
)
from policyengine.finance.whole.level import NOT_TOLD
from policyengine.finance.whole.repayment import LEVEL
from policyengine.finance.whole.worth import NO_COST
from policyengine.ir.program import Rule
from policyengine.plans.ladder import MAX_MONTHS

#: What a choice costs a search at most besides the months of its schedule, and a search besides its choices.
_EACH, _BESIDES = 40, 12_000
ALLOWED, DENIED, UNDETERMINED = (
    STATUSES.index(each) for each in (Status.ALLOWED, Status.DENIED, Status.UNDETERMINED)
)
#: What a row is marked with of which another evaluator decides.
EXACT = len(STATUSES)

#: Rules with their bits.
Bits = Sequence[tuple[int, Rule]]


@attrs.frozen(eq=False)
class Line:
    """Writes the search: `offered`, `found` and `terms`, and the bits of what `fails` and is `unsure` there."""

    offer: Offer
    position: Position
    draft: Draft
    named: Named
    rows: Rows
    until: Bits
    accept: Bits
    reached: Reached

    def write(self, settings: Sequence[Setting], *, limited: bool) -> None:
        """Write the loop; `limited` says that `limit` bounds the regular payment.

        Raises:
            NotWritten: The search could become too long, or a rule is left to another evaluator.
        """
        searched = [setting for setting in settings if setting.searched]
        jumps = limited and len(searched) == 1 and searched[0].adds == 1
        add = self.rows.lines.add
        for place, setting in enumerate(searched):
            add(f"last_{place} = {setting.last}")
        add(f"last = {' + '.join(f'last_{place}' for place in range(len(searched))) or '0'}")
        for line in self.reached.furthest():
            add(line)
        most = (MAX_MONTHS - _BESIDES) // (MOST_MONTHS + _EACH) - 1
        self._block(f"if last > {most}:", "exact[row] = True", "continue")
        add(f"choice, searching, offered, code = 0, True, {DENIED}, {REPAID}")
        if jumps:
            add("jumping = True")
        with self.rows.inner("while True:"):
            if self.reached.guarded:
                self._block("if choice > furthest:", "break")
            add("if choice > last:")
            add("    searching, choice = False, last")
            self._draft(settings)
            if jumps:
                self._jump()
            self._work_out(limited=limited)
            self._judge()

    def _draft(self, settings: Sequence[Setting]) -> None:
        """Write the terms of a choice."""
        self.draft.begin(self.position.balances)
        before: list[str] = []
        for setting in settings:
            place = "0"
            if setting.searched:
                most, place = f"last_{len(before)}", "place"
                less = " - ".join(["choice", *before])
                self.rows.lines.add(f"place = min(max({less}, 0), {most})")
                before.append(most)
            setting.write(place)
        self.rows.lines.add(
            f"terms = Terms(owed, deferred, rate, {self.draft.monthly}, holiday, treatment, interest_only,"
            " months - interest_only, method)"
        )
        self.named.denominator = self.draft.denominator

    def _jump(self) -> None:
        """Pass over the choices whose level payment is above the limit, by the closed form of the months."""
        self._block(
            "if jumping:",
            "jumping, least, most = False, max(terms.months, 1), terms.months + last",
            f"if (limit < {NO_LIMIT}) & (method == {LEVEL}) & (terms.owed > 0) & (most >= least):",
            "    balance = rested(terms)",
            f"    if (balance <= {MOST_AMOUNT}) & (most <= {MOST_MONTHS}):",
            "        reached = least_months(balance, rate, terms.denominator, limit, least, most)",
            f"        if reached == {NOT_TOLD}:",
            f"            offered = {EXACT}",
            "            break",
            "        choice = reached - terms.months",
            "        continue",
        )

    def _work_out(self, *, limited: bool) -> None:
        held = f"limit if searching else {NO_LIMIT}" if limited else str(NO_LIMIT)
        self.rows.lines.add(f"found = repayment(terms, {self.named.asked}, {held})")
        self.rows.lines.add("code = found.code")
        self._block(f"if code == {UNDECIDED}:", f"offered = {EXACT}", "break")
        self._block(
            f"if code != {REPAID}:",
            "choice += 1 if searching else -1",
            "if choice < 0:",
            "    break",
            "continue",
        )
        if "cost" in self.offer.named:
            self.cost()
            self._block(f"if cost == {NO_COST}:", f"offered = {EXACT}", "break")

    def cost(self) -> None:
        """Write the cost of the terms."""
        contract = f"annual_rate, {12 * FINE}"
        self.rows.lines.add(f"cost = cost_of(owed + deferred + waived, terms, found, {contract})")

    def _judge(self) -> None:
        add = self.rows.lines.add
        self.rules(self.until)
        with self.rows.inner("if fails != 0:"):
            more = (
                "(choice < last) | (furthest <= last)" if self.reached.guarded else "choice < last"
            )
            self._block(f"if searching & ({more}):", "choice += 1", "continue")
            add(f"offered = {DENIED}")
            if self.accept:
                add("missed, open_ = fails, unsure")
                self.rules(self.accept)
                add(offered_of("fails", "unsure"))
                add("fails, unsure = fails | missed, unsure | open_")
            add("break")
        add(offered_of("fails", "unsure"))
        add("break")

    def rules(self, bits: Bits) -> None:
        """Write which rules fail, and of which that is not known.

        Raises:
            NotWritten: One of them is left to another evaluator.
        """
        writer = self.named.in_sight()
        fails, unsure = [], []
        for bit, rule in bits:
            truth = writer.truth(rule.test)
            if rule.applies is not None:
                applies = writer.truth(rule.applies)
                truth = writer.logic.disjunction([writer.logic.negation(applies), truth])
            fails.append((bit, writer.logic.false(truth)))
            unsure.append((bit, writer.logic.negated(truth.known)))
        self.rows.lines.add(f"fails, unsure = {_mask(fails)}, {_mask(unsure)}")

    def _block(self, heading: str, *lines: str) -> None:
        self.rows.lines.add(heading)
        for line in lines:
            self.rows.lines.add(f"    {line}")


def offered_of(fails: str, unsure: str) -> str:
    """Return the source of whether there is an offer, from what fails and what is not known."""
    return f"offered = {DENIED} if {fails} != 0 else {UNDETERMINED} if {unsure} != 0 else {ALLOWED}"


def _mask(bits: Sequence[tuple[int, str]]) -> str:
    """Return the source of the bits whose sources are true."""
    certain = sum(bit for bit, source in bits if source == YES)
    parts = [f"({bit} if {source} else 0)" for bit, source in bits if source not in (YES, NO)]
    return " | ".join([*([str(certain)] if certain or not parts else []), *parts])
