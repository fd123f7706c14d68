"""Terms held against rules, as source: the functions that a search calls.

at         the schedule of a draft, and which rules of `until` fail
offered    the terms found, held against what is enough and the guarantees
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from policyengine.evaluators.compiled.known import Known
from policyengine.evaluators.compiled.offers.analysis import Offer
from policyengine.evaluators.compiled.offers.drafts import Draft
from policyengine.evaluators.compiled.offers.ground import Ground
from policyengine.evaluators.compiled.offers.terms import Bounds, Measured
from policyengine.evaluators.compiled.unknowns import Unknowns
from policyengine.evaluators.compiled.writing import NotWritten, Writing
from policyengine.ir.program import Rule


@attrs.frozen(eq=False)
class Judging:
    """Writes the rules of an offer into a function; where not all is known, `unknowns` writes them."""

    offer: Offer
    writing: Writing
    known: Known
    levers: Ground
    unknowns: Unknowns | None

    def at(self, start: Draft, draft: Draft, varying: Sequence[str], bounds: Bounds) -> None:
        """Write the function that works out a schedule."""
        arguments = "".join(f", {draft.part(name)}" for name in varying)
        with self.levers.block(f"def at(choice, sure{arguments}):"):
            measured = Measured(self.offer, self.levers, draft, start, self.unknowns is not None)
            measured.schedule(bounds)
            self._rules("until", self.offer.plan.offer.until, 0, measured)
            kept = ", ".join(
                ["until", *self._open("until"), *measured.kept, *(draft.part(n) for n in varying)]
            )
            self.writing.lines.add(f"return {kept}, choice")

    def offered(self, start: Draft, draft: Draft, varying: Sequence[str]) -> None:
        """Write the function that holds terms against what is enough, and the guarantees."""
        lines = self.writing.lines
        until, accept = self.offer.plan.offer.until, self.offer.plan.offer.accept
        with self.levers.block("def offered(choice, found, met):"):
            measured = Measured(self.offer, self.levers, draft, start, self.unknowns is not None)
            failed = ["failed", *self._open("failed")]
            kept = ", ".join([*failed, *measured.kept, *(draft.part(n) for n in varying)])
            lines.add(f"{kept}, _ = found")
            if self.unknowns:
                lines.add(f"if met and failed_open: return None, True, {self._ending}")
            with self.levers.block("if not met:"):
                if accept:
                    self._rules("enough", accept, len(until), measured)
                    self._join("enough", "False")
                else:
                    lines.add(f"return False, False, {self._ending}")
            if self.offer.guarantees:
                self._guarantees(len(until) + len(accept), measured)
                self._join("withheld", "met")
            open_ = "failed_open" if self.unknowns else "0"
            lines.add(
                f"return True, met, failed, {open_}, choice, WholeTerms{measured.terms()}, tuple(rows)"
            )

    @property
    def _ending(self) -> str:
        """What is returned of terms that are not offered, behind what is known of them."""
        return f"failed, {'failed_open' if self.unknowns else '0'}, choice, None, None"

    def _open(self, mask: str) -> list[str]:
        """Return the name of what is not known besides what fails, where something may not be."""
        return [f"{mask}_open"] if self.unknowns else []

    def _join(self, mask: str, met: str) -> None:
        """Write that rules bind the terms: nothing is offered where one fails or is not known to hold."""
        add = self.writing.lines.add
        add(f"failed |= {mask}")
        if self.unknowns:
            add(f"failed_open |= {mask}_open")
        add(f"if {mask}: return False, {met}, {self._ending}")
        if self.unknowns:
            add(f"if {mask}_open: return None, {met}, {self._ending}")

    def _guarantees(self, first: int, measured: Measured) -> None:
        if self.unknowns:
            self._rules("withheld", self.offer.guarantees, first, measured)
            return
        self.writing.lines.add("withheld = 0")
        with self.writing.in_terms(measured.of_terms):
            for bit, rule in _bits(self.offer.guarantees, first):
                if rule.applies is None:
                    self._rule(rule, f"withheld |= {bit}")
                    continue
                with self.levers.block(f"if {self.known.truth(rule.applies)}:"):
                    self._rule(rule, f"withheld |= {bit}")

    def _rules(self, mask: str, rules: Sequence[Rule], first: int, measured: Measured) -> None:
        names = [mask, *self._open(mask)]
        self.writing.lines.add(f"{' = '.join(names)} = 0")
        with self.writing.in_terms(measured.of_terms):
            for bit, rule in _bits(rules, first):
                if self.unknowns:
                    self._three_valued(rule, f"|= {bit}", names)
                elif rule.applies is None:
                    self._rule(rule, f"{mask} |= {bit}")
                else:
                    raise NotWritten

    def _three_valued(self, rule: Rule, adds: str, names: Sequence[str]) -> None:
        assert self.unknowns is not None  # noqa: S101  # it is asked before
        truth = self.unknowns.holds(rule)
        self.writing.lines.add(f"if {truth} is False: {names[0]} {adds}  # {rule.id}")
        self.writing.lines.add(f"elif {truth} is None: {names[1]} {adds}")

    def _rule(self, rule: Rule, fails: str) -> None:
        """Write a rule; whether it applies was asked before."""
        self.writing.lines.add(f"if {self.known.negation(rule.test)}: {fails}  # {rule.id}")


def _bits(rules: Sequence[Rule], first: int) -> Iterator[tuple[int, Rule]]:
    return ((1 << (first + place), rule) for place, rule in enumerate(rules))
