"""The search for the terms of an offer as source, along the line of a waterfall.

    def offer(as_of, values):
        ...                      facts, and what stands on no terms
        def at(...):             the schedule of a draft, and which rules of `until` fail
        def offered(...):        the terms found, held against the guarantees
        ...                      drafts along the line; the first that meets `until` is the offer

`return None` leaves the offer to the reference: something has no value there, or is too rare to be carried here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import attrs

from policyengine.evaluators.compiled.known import Known
from policyengine.evaluators.compiled.naming import inside
from policyengine.evaluators.compiled.offers.analysis import Offer, Step
from policyengine.evaluators.compiled.offers.drafts import PARTS, Draft
from policyengine.evaluators.compiled.offers.effort import LONGEST, may_take_long, most_tried
from policyengine.evaluators.compiled.offers.reach import is_total
from policyengine.evaluators.compiled.offers.settings import Levers, Settings
from policyengine.evaluators.compiled.offers.terms import Bounds, Measured, bounds_of
from policyengine.evaluators.compiled.unknowns import Unknowns
from policyengine.evaluators.compiled.writing import NotWritten, Writing
from policyengine.ir import levers as ir
from policyengine.ir.nodes import Derived
from policyengine.ir.program import Rule
from policyengine.plans.traits import follows_terms

#: Settings that are looked at one after the other before bisection pays.
_FEW = 12


@attrs.define(eq=False)
class Solver:
    """Writes the search for one offer into a function."""

    offer: Offer
    writing: Writing
    known: Known
    levers: Levers
    unknowns: Unknowns | None = None
    bounds: Bounds = attrs.field(factory=Bounds)
    takes: dict[int, str] = attrs.field(factory=dict)
    candidates: list[Draft] = attrs.field(factory=list)
    counted: bool = False

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write the lines of a block; what it names of derived values is not in sight behind it."""
        derived = dict(self.known.writing.derived)
        with self.writing.block(head):
            yield
        self.known.writing.derived.clear()
        self.known.writing.derived.update(derived)

    def write(self) -> None:
        """Write the body of the function.

        Raises:
            NotWritten: The offer is left to the other evaluator.
        """
        if self.offer.plan.offer.choose != "waterfall" or not self.offer.steps:
            raise NotWritten
        lines = self.writing.lines
        self.counted = may_take_long(self.offer)
        start = self._position()
        if self.unknowns is None:
            self._derived()
            self.bounds = bounds_of(self.offer, self.known)
        self._conditions_of_levers()
        mark, derived = len(lines.written), dict(self.writing.derived)
        self._line(start)
        search = lines.written[mark:]
        del lines.written[mark:]
        self.levers.memo.clear()
        self.writing.derived.clear()
        self.writing.derived.update(derived)
        varying = self._varying(start)
        self._at(start, varying)
        self._offered(start, varying)
        lines.written += [self._with_arguments(line, varying) for line in search]

    # The loan as it stands

    def _position(self) -> Draft:
        name, offer = self.writing.name_of, self.offer
        principal, rate = name("loan.principal"), name("loan.annual_rate")
        term, method = name("loan.remaining_term"), name("loan.method")
        tests = [f"{principal} < 0", f"{rate} < 0"]
        tests += [
            f"{name(f'loan.{each}')} < 0" for each in sorted(offer.balances - {"future_interest"})
        ]
        if self.levers.term_may_miss:
            self.levers.leave(f"{term} is not None and not 0 <= {term} <= {LONGEST}")
        else:
            tests.append(f"not 0 <= {term} <= {LONGEST}")
        self.levers.leave(" or ".join(tests))
        num, den = "num", "den"
        self.writing.lines.add(f"{num}, {den} = monthly({rate})")
        left = {each: name(f"loan.{each}") for each in offer.balances - {"future_interest"}}
        if "None" in left.values():
            raise NotWritten
        return Draft(principal, num, den, term, method, left)

    def _derived(self) -> None:
        """Write what is derived, without terms, and certainly has a value, before all functions that name it."""
        program, day = self.offer.program, self.offer.day
        for node in sorted(
            (n for n in self.offer.nodes() if isinstance(n, Derived)), key=lambda n: n.key
        ):
            if is_total(node, program, day):
                self.known.written(node)

    def _conditions_of_levers(self) -> None:
        for place, step in enumerate(self.offer.steps):
            if step.lever.when is not None:
                self.takes[place] = self.levers.named("takes", self.known.truth(step.lever.when))
        for earlier, later in self.offer.clashes:
            both = [self.takes[k] for k in (earlier, later) if k in self.takes]
            self._denied(" and ".join(both) or "True")
        if len(self.takes) == len(self.offer.steps):
            self._denied(" and ".join(f"not {name}" for name in self.takes.values()))

    def _denied(self, condition: str) -> None:
        self.writing.lines.add(f"if {condition}: return {self.nothing}")

    @property
    def nothing(self) -> str:
        """What is returned where no terms can be worked out, whatever the settings."""
        return f"False, False, {1 << len(self.offer.rules)}, 0, None, None, None"

    # The line

    def _line(self, start: Draft) -> None:
        """Write the drafts along the line, from the least concession to the greatest."""
        lines = self.writing.lines
        self._unusable(start)
        lines.add("last = again = ()")
        if self.counted:
            lines.add("tried = 0")
        most = start
        self._consider(self._least(start, 0), (0, "0"))
        for place, step in enumerate(self.offer.steps):
            settings = self.levers.settings(step.lever, most)
            if settings.certain != 1 and step.searched:
                self._segment(place, step, settings, most)
            most = self._applied(place, settings, self._end(settings), most)
        lines.add("if again:")
        lines.add("    last = at(*again)")
        lines.add("    if not last: return None")
        lines.add("if not last:")
        lines.add(f"    return {self.nothing}")
        lines.add("return offered(last[-1], last, False)")

    @staticmethod
    def _end(settings: Settings) -> str:
        certain = settings.certain
        return f"{settings.count} - 1" if certain is None else str(max(certain - 1, 0))

    def _unusable(self, start: Draft) -> None:
        """Deny where no lever can do anything to the loan as it stands."""
        counts = []
        for place, step in enumerate(self.offer.steps):
            settings = self.levers.settings(step.lever, start)
            usable = (
                settings.certain != 0 if settings.certain is not None else f"{settings.count} > 0"
            )
            takes = self.takes.get(place)
            if usable is True and takes is None:
                return
            if usable is not False:
                counts.append(
                    " and ".join(str(x) for x in (takes, usable) if x not in (None, True))
                )
        self._denied(" and ".join(f"not ({count})" for count in counts) or "True")

    def _least(self, draft: Draft, first: int) -> Draft:
        """Return a draft with the levers from a place on at their least."""
        for place in range(first, len(self.offer.steps)):
            settings = self.levers.settings(self.offer.steps[place].lever, draft)
            draft = self._applied(place, settings, "0", draft)
        return draft

    def _applied(self, place: int, settings: Settings, at: str, draft: Draft) -> Draft:
        """Return a draft with a lever at a place; as it is where the lever is left out or can do nothing."""
        if settings.certain == 0:
            return draft
        tests = [self.takes[place]] if place in self.takes else []
        tests += [f"{settings.count} > 0"] if settings.certain is None else []
        if not tests:
            return settings.at(at, draft)
        return self._where(" and ".join(tests), settings, at, draft)

    def _where(self, condition: str, settings: Settings, at: str, draft: Draft) -> Draft:
        with self.block(f"if {condition}:"):
            self.writing.lines.add("pass")
            found = settings.at(at, draft)
            changed = [n for n in found.parts() if found.part(n) != draft.part(n)]
            with_interest = attrs.evolve(draft, holiday_interest=found.holiday_interest)
            if found.kind != with_interest.kind:
                raise NotWritten
            names = {n: self.writing.names.new(n.removeprefix("left.")) for n in changed}
            for name in changed:
                self.writing.lines.add(f"{names[name]} = {found.part(name)}")
        with self.block("else:"):
            self.writing.lines.add("pass")
            for name in changed:
                self.writing.lines.add(f"{names[name]} = {draft.part(name)}")
        kept = attrs.evolve(draft, holiday_interest=found.holiday_interest)
        return kept.with_parts(names)

    def _segment(self, place: int, step: Step, settings: Settings, before: Draft) -> None:
        """Write the drafts in which a lever is raised from its second setting to its last."""
        lines = self.writing.lines
        with self._guarded(place):
            first = self._first(place, step, settings, before)
            if self.counted:
                lines.add(f"tried += {first}")
            with self.block(f"for place in range({first}, {settings.count}):"):
                if self.counted:
                    lines.add("tried += 1")
                    lines.add(f"if tried > {self._most_tried()}: return None")
                draft = self._least(settings.at("place", before), place + 1)
                self._consider(draft, (place, "place"))
            if first != "1":  # of those that were passed over some might be worked out
                lines.add("if found == (): return None")

    def _most_tried(self) -> int:
        return most_tried(self.offer)

    @contextmanager
    def _guarded(self, place: int) -> Iterator[None]:
        if place not in self.takes:
            yield
            return
        with self.block(f"if {self.takes[place]}:"):
            yield

    def _first(self, place: int, step: Step, settings: Settings, before: Draft) -> str:
        """Write which setting is the first that the payment alone does not exclude; the last one is always there."""
        if not self.bounds.most or not self._straight(place, step):
            return "1"
        if isinstance(step.lever, (ir.TermExtension, ir.Instalments)):
            return self._first_by_months(place, settings, before)
        few = settings.certain is not None and settings.certain <= _FEW
        return "1" if few or not step.falls else self._first_by_bisection(place, settings, before)

    def _straight(self, place: int, step: Step) -> bool:
        """Whether later levers do the same whatever the setting."""
        if any(isinstance(each, _NO_CLOSED_FORM) for each in self.offer.levers):
            return False
        later = [each.lever for each in self.offer.steps[place + 1 :]]
        months = (ir.Instalments, ir.TermExtension, ir.Settlement, ir.RepaymentPlan)
        return not any(follows_terms(each) or isinstance(each, months) for each in later) and (
            step.falls or isinstance(step.lever, ir.Instalments)
        )

    def _first_by_months(self, place: int, settings: Settings, before: Draft) -> str:
        """The closed form says how many months are enough."""
        lines, at = self.writing.lines, self.writing.names.new("first")
        lines.add(f"{at} = 1")
        plain = before.method is None or isinstance(self.offer.steps[place].lever, ir.Instalments)
        method = "True" if plain else f"{before.method} != 'equal_principal'"
        with self.block(f"if {method} and {settings.count} > 2:"):
            one, two = (self._least(settings.at(k, before), place + 1) for k in ("1", "2"))
            if (
                one.on_top != "0"
                or one.settled is not None
                or (one.holiday, one.interest_only) != (two.holiday, two.interest_only)
            ):
                lines.add("pass")
                return at
            owed = self._resumed(one)
            least = self.levers.named("months", _less(one.months, one.interest_only))
            wide = self.levers.named("wide", f"{inside(two.months)} - {inside(one.months)}")
            high = f"{least} + ({settings.count} - 2) * {wide}"
            with self.block(f"if {owed} > 0 and {least} > 0:"):
                enough = self.levers.named(
                    "enough",
                    f"least_months({owed}, {one.num}, {one.den}, {self.bounds.most}, {least}, {high})",
                )
                lines.add(f"{at} = min(1 - (({least} - {enough}) // {wide}), {settings.count} - 1)")
        return at

    def _first_by_bisection(self, place: int, settings: Settings, before: Draft) -> str:
        lines, names = self.writing.lines, self.writing.names
        low, high, middle = (names.new(n) for n in ("first", "high", "middle"))
        lines.add(f"{low}, {high} = 1, {settings.count} - 1")
        with self.block(f"while {low} < {high}:"):
            lines.add(f"{middle} = ({low} + {high}) // 2")
            draft = self._least(settings.at(middle, before), place + 1)
            if draft.on_top != "0" or draft.settled is not None:
                raise NotWritten
            owed = self._resumed(draft)
            months = self.levers.named("months", _less(draft.months, draft.interest_only))
            arguments = f"{owed}, {draft.num}, {draft.den}, {months}"
            payment = f"level_payment({arguments})"
            if draft.method is not None:
                equal = f"{draft.method} == 'equal_principal'"
                payment = f"equal_payment({arguments}) if {equal} else {payment}"
            self.levers.leave(f"{owed} <= 0 or {months} < 1")
            with self.block(f"if ({payment}) > {self.bounds.most}:"):
                lines.add(f"{low} = {middle} + 1")
            with self.block("else:"):
                lines.add(f"{high} = {middle}")
        return low

    def _resumed(self, draft: Draft) -> str:
        """Return what is owed once regular payments begin."""
        owed = _less(draft.bearing, draft.forborne)
        if draft.holiday == "0" or draft.holiday_interest == "waived":
            return self.levers.named("owed", owed)
        arguments = f"{draft.num}, {draft.den}, {draft.holiday}, {draft.holiday_interest!r}"
        return self.levers.named("owed", f"rested({owed}, {arguments})")

    def _consider(self, draft: Draft, choice: tuple[int, str]) -> None:
        """Write the terms of a draft, and that they are the offer where they meet the rules.

        Of a draft whose payment alone is too high no schedule is worked out, until it turns out to be the last one.
        """
        self.candidates.append(draft)
        place, at = choice
        add = self.writing.lines.add
        index = len(self.candidates) - 1
        add(f"found = at(({place}, {at}), False, <{index}>)")
        with self.block("if found:"):
            add("if not found[0]: return offered(found[-1], found, True)")
            add("last, again = found, ()")
        add("elif found is None: return None")
        add(f"elif found is False: again = ({place}, {at}), True, <{index}>")

    # Functions within

    def _varying(self, start: Draft) -> list[str]:
        """Return the parts that differ between the drafts."""
        return [
            name
            for name in PARTS
            if len({each.part(name) for each in self.candidates} | {start.part(name)}) > 1
        ]

    def _with_arguments(self, line: str, varying: Sequence[str]) -> str:
        found = _PLACEHOLDER.search(line)
        if found is None:
            return line
        draft = self.candidates[int(found[1])]
        arguments = "".join(f", {draft.part(name)}" for name in varying)
        return line[: found.start()] + arguments + line[found.end() :]

    def _inner(self, varying: Sequence[str]) -> Draft:
        """Return the draft as the functions within see it."""
        names = {name: self.writing.names.new(name.removeprefix("left.")) for name in varying}
        first = self.candidates[0]
        for each in self.candidates[1:]:
            if each.kind != first.kind:
                raise NotWritten
        return first.with_parts(names)

    def _at(self, start: Draft, varying: Sequence[str]) -> None:
        """Write the function that works out a schedule."""
        draft = self._inner(varying)
        arguments = "".join(f", {draft.part(name)}" for name in varying)
        with self.block(f"def at(choice, sure{arguments}):"):
            measured = Measured(self.offer, self.levers, draft, start, self.unknowns is not None)
            measured.schedule(self.bounds)
            self._rules("until", self.offer.plan.offer.until, 0, measured)
            kept = ", ".join(
                ["until", *self._open("until"), *measured.kept, *(draft.part(n) for n in varying)]
            )
            self.writing.lines.add(f"return {kept}, choice")

    def _offered(self, start: Draft, varying: Sequence[str]) -> None:
        """Write the function that holds terms against what is enough, and the guarantees."""
        draft, lines = self._inner(varying), self.writing.lines
        until, accept = self.offer.plan.offer.until, self.offer.plan.offer.accept
        with self.block("def offered(choice, found, met):"):
            measured = Measured(self.offer, self.levers, draft, start, self.unknowns is not None)
            failed = ["failed", *self._open("failed")]
            kept = ", ".join([*failed, *measured.kept, *(draft.part(n) for n in varying)])
            lines.add(f"{kept}, _ = found")
            if self.unknowns:
                lines.add(f"if met and failed_open: return None, True, {self._ending}")
            with self.block("if not met:"):
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
                with self.block(f"if {self.known.truth(rule.applies)}:"):
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


#: With these, no closed form says what the regular payment is.
_NO_CLOSED_FORM = (ir.SteppedPayments, ir.AgreedPayment)
#: Stands for the parts of a draft, until it is known which of them differ.
_PLACEHOLDER = re.compile(r", <(\d+)>")


def _bits(rules: Sequence[Rule], first: int) -> Iterator[tuple[int, Rule]]:
    return ((1 << (first + place), rule) for place, rule in enumerate(rules))


def _less(left: str, right: str) -> str:
    return left if right == "0" else f"{left} - {inside(right)}"
