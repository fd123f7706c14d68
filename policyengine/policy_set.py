"""The library's front door: load a folder of policies, decide about a borrower.

What only some callers need is imported where it is used, so that a start takes no longer than it must: reading policies
that are kept ready, asking, what would change a decision, records.
"""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from policyengine import __version__
from policyengine.decision.decision import Assessment, Decision, NotAssessed
from policyengine.decision.from_trace import decision_from
from policyengine.decision.screening import Screening
from policyengine.decision.trace import PlanFinding, Trace
from policyengine.decision.why import Why
from policyengine.diagnostics import (
    Diagnostic,
    PolicyError,
    ProfileError,
    UsageError,
    nearest_or_list,
)
from policyengine.evaluators.base import Evaluator, Prepared
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.explain.cited.citing import Citing
from policyengine.facts.facts import Facts, Situation
from policyengine.facts.from_profile import facts_from, stated_currency
from policyengine.facts.profile import Profile
from policyengine.finance.errors import FinanceError
from policyengine.finance.money import Currency, currency
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.program import Program

if TYPE_CHECKING:
    from policyengine.cases.case import Case
    from policyengine.cases.event import Event
    from policyengine.decision.decision import ChangeSearch
    from policyengine.explain.asking.inquiry import Inquiries
    from policyengine.loading import Loaded

if TYPE_CHECKING:
    from policyengine.portfolio.columns import Columns
    from policyengine.portfolio.iterating import Portfolio
    from policyengine.simulation.iterating import Simulation

T = TypeVar("T")
ENGINE = f"policyengine-relief {__version__}"


def _compiled() -> Evaluator:
    from policyengine.evaluators.compiled.evaluator import CompiledEvaluator

    return CompiledEvaluator(ReferenceEvaluator())


def _rete() -> Evaluator:
    from policyengine.evaluators.rete.evaluator import ReteEvaluator
    from policyengine.evaluators.rete.guard.engine import missing

    why = missing()
    if why is not None:
        raise UsageError([_no_engine(why)])
    return ReteEvaluator(_compiled())


_EVALUATORS: dict[str, Callable[[], Evaluator]] = {
    "reference": ReferenceEvaluator,
    "compiled": _compiled,
    "rete": _rete,
}


def load(path: str | Path, *, evaluator: str = "compiled") -> PolicySet:
    """Load a folder of policies, or one policy with the vocabulary and regulations around it.

    Raises:
        PolicyError: Something in the files is wrong; it carries every finding.
        UsageError: There is nothing at the path, no such evaluator, or one that cannot carry a policy.
    """
    from policyengine.loading import load_files

    return policy_set_from(load_files(path, whole=False), evaluator=evaluator)


def policy_set_from(loaded: Loaded, *, evaluator: str = "compiled") -> PolicySet:
    """Return the policies of files that were read already.

    Raises:
        PolicyError: Something in the files is wrong.
        UsageError: There is no policy among them, no such evaluator, or one that cannot carry a policy.
    """
    interpreter = evaluator_named(evaluator)
    loaded.findings.raise_errors(PolicyError)
    if not loaded.programs:
        raise UsageError(
            [Diagnostic("nothing-to-read", f"there is no policy in `{loaded.root.name}`")]
        )
    unfit = [found for found in map(interpreter.unfit, loaded.programs) if found is not None]
    if unfit:
        raise UsageError(unfit)
    return PolicySet(loaded.programs, loaded.dictionary, interpreter)


def evaluator_named(name: str) -> Evaluator:
    """Return an evaluator.

    Raises:
        UsageError: There is none of that name, or what it needs is not installed.
    """
    if name not in _EVALUATORS:
        hint = nearest_or_list(name, _EVALUATORS)
        raise UsageError([Diagnostic("unknown-name", f"no evaluator `{name}`", hint=hint)])
    return _EVALUATORS[name]()


@attrs.frozen(eq=False)
class PolicySet(Mapping[str, "Policy"]):
    """Policies by name. Immutable; deciding is pure, so one set may serve many threads."""

    programs: tuple[Program, ...]
    dictionary: Dictionary
    evaluator: Evaluator
    _by_name: Mapping[str, Program] = attrs.field(init=False, repr=False)

    @_by_name.default
    def _named(self) -> dict[str, Program]:
        return {program.id: program for program in self.programs}

    def __getitem__(self, name: str) -> Policy:
        return Policy(self, self._by_name[name])

    def __iter__(self) -> Iterator[str]:
        return (program.id for program in self.programs)

    def __len__(self) -> int:
        return len(self.programs)

    def decide(
        self, profile: Profile | Mapping[str, Any], *, as_of: date | None = None
    ) -> Assessment:
        """Decide about each loan under each policy that applies to it.

        Args:
            profile: One borrower, what happened, and the loans in arrears.
            as_of: The day of the decision; by default the profile's own.

        Raises:
            ProfileError: Something in the profile is wrong; it carries every finding.
        """
        return self.assessed(self._facts(profile, as_of))

    def assessed(self, facts: Facts) -> Assessment:
        """Decide about facts that were held against the dictionary already."""
        traces, left = self._evaluated(facts)
        return Assessment(facts.as_of, ENGINE, tuple(map(self._decided, traces)), left)

    def record(
        self, profile: Profile | Mapping[str, Any], *, as_of: date | None = None, salt: bytes
    ) -> bytes:
        """Return the record of the decisions about a borrower: the same bytes whenever it is made again.

        Args:
            profile: One borrower, what happened, and the loans in arrears.
            as_of: The day of the decision; by default the profile's own.
            salt: 32 random bytes of this record alone, such as `secrets.token_bytes(32)`; keep them with the
                profile and away from the record.

        Raises:
            ProfileError: Something in the profile is wrong; it carries every finding.
            UsageError: The salt has another length.
            MaskingError: A sensitive fact would have stood in the record.
        """
        return self.recorded(self._facts(profile, as_of), salt)

    def recorded(self, facts: Facts, salt: bytes) -> bytes:
        """Return the record of the decisions about facts that were held against the dictionary already."""
        from policyengine.record.make import Considered, record_of

        traces, left = self._evaluated(facts)
        decided = tuple((trace, self._decided(trace)) for trace in traces)
        return record_of(Considered(facts, self.dictionary, ENGINE, decided, left), salt)

    def about(self, situation: Situation) -> Assessment:
        """Decide about one loan whose facts were held against the dictionary already."""
        programs = self._applicable(situation, situation.facts)
        traces = [self.evaluator.evaluate(program, situation) for program in programs]
        why = () if programs else (NotAssessed(situation.loan_id, self._why_none(situation)),)
        return Assessment(situation.as_of, ENGINE, tuple(map(self._decided, traces)), why)

    def open_case(self, profile: Profile | Mapping[str, Any], *, as_of: date | None = None) -> Case:
        """Open a case: one borrower's loans, about which events will be told.

        Args:
            profile: What is known at the beginning.
            as_of: The day from which events count; by default the profile's own.

        Raises:
            ProfileError: Something in the profile is wrong; it carries every finding.
        """
        from policyengine.cases.case import opened_case

        facts = self._facts(profile, as_of)
        code = facts.currency or self._currency(_as_profile(profile), as_of).code
        return opened_case(self, facts, currency(code))

    def reopen_case(
        self,
        profile: Profile | Mapping[str, Any],
        events: Iterable[Event],
        *,
        opened: date | None = None,
        as_of: date | None = None,
    ) -> Case:
        """Return a case as its log has it: what was signed stays as it was, whatever these policies say.

        Args:
            profile: What it was opened with.
            events: The events of its log, as `Case.events` gave them, in any order.
            opened: The day it was opened; by default the profile's own.
            as_of: The day as of which it stands; by default that of its last event.

        Raises:
            ProfileError: Something in the profile is wrong.
            CaseError: An event does not fit the case, or stands in the log twice with different content.
        """
        from policyengine.cases.case import reopened

        return reopened(self.open_case(profile, as_of=opened), events, as_of)

    def portfolio(
        self,
        rows: Any,
        *,
        as_of: date | None = None,
        currency: str | None = None,
        columns: Columns | None = None,
        workers: int = 1,
    ) -> Portfolio:
        """Decide about many loans: an iterator of Arrow record batches with their decisions.

        Args:
            rows: A Parquet, CSV or Arrow file by its name, an Arrow table, batch or reader, or a frame of pandas or
                polars. A row is one loan; docs/reference/portfolio.md names the columns.
            as_of: The day of the decisions; by default that in the column `as_of`.
            currency: The currency of rows that state none; by default that of the policies, where they have one.
            columns: What is said about columns that are no facts.
            workers: Batches that are decided at a time.

        Raises:
            PortfolioError: The rows cannot be read, or something is wrong with their columns.
            UsageError: It is nothing that rows can be read from.
        """
        from policyengine.portfolio.deciding import (
            Job,  # many rows need more than one borrower does
        )
        from policyengine.portfolio.evaluator import for_many
        from policyengine.portfolio.iterating import Portfolio
        from policyengine.portfolio.sources.opening import source_of

        source = source_of(rows)
        job = Job.over(
            source.schema,
            self.programs,
            for_many(self.evaluator),
            as_of=as_of,
            currency=currency,
            columns=columns,
        )
        return Portfolio(source, job, workers=workers)

    def simulate(  # as `portfolio` takes it, and the other version
        self,
        new: PolicySet,
        rows: Any,
        *,
        as_of: date | None = None,
        currency: str | None = None,
        columns: Columns | None = None,
        workers: int = 1,
    ) -> Simulation:
        """Compare what is decided about many loans with what another version decides: who gains and who loses.

        Args:
            new: The other version. Policies are matched by id, and plans by id.
            rows: As `portfolio` takes them.
            as_of: The day of the decisions; by default that in the column `as_of`.
            currency: The currency of rows that state none; by default that of the policies, where they have one.
            columns: What is said about columns that are no facts.
            workers: Batches that are decided at a time.

        Raises:
            PortfolioError: The rows cannot be read, or something is wrong with their columns.
            UsageError: A policy has another currency or vocabulary in the other version, or rows cannot be read from
                what was given.
        """
        from policyengine.portfolio.evaluator import for_many  # as for a portfolio
        from policyengine.portfolio.sources.opening import source_of
        from policyengine.simulation.deciding import Asked, Comparison
        from policyengine.simulation.iterating import Simulation
        from policyengine.simulation.versions import versions_of

        source = source_of(rows)
        comparison = Comparison.over(
            source.schema,
            versions_of(self.programs, new.programs),
            (self.dictionary, new.dictionary),
            (for_many(self.evaluator), for_many(new.evaluator)),
            Asked(as_of, currency, columns),
        )
        return Simulation(source, comparison, workers=workers)

    def applicable(
        self, profile: Profile | Mapping[str, Any], as_of: date | None = None
    ) -> tuple[Situation, ...]:
        """Return the loans of a profile to which any of the policies applies, or may apply."""
        facts = self._facts(profile, as_of)
        return tuple(s for s in _situations(facts) if self._applicable(s, facts))

    def _evaluated(self, facts: Facts) -> tuple[tuple[Trace, ...], tuple[NotAssessed, ...]]:
        """Return what is found under each policy that applies, and the loans to which none does."""
        traces, left = [], []
        for situation in _situations(facts):
            programs = self._applicable(situation, facts)
            traces += [self.evaluator.evaluate(program, situation) for program in programs]
            if not programs:
                left.append(NotAssessed(situation.loan_id, self._why_none(situation)))
        return tuple(traces), tuple(left)

    def ask(
        self,
        profile: Profile | Mapping[str, Any],
        *,
        as_of: date | None = None,
        plan: str | None = None,
    ) -> Inquiries:
        """Return what is still to be asked about each loan under each policy that may apply to it.

        Args:
            profile: One borrower, what happened, and the loans in arrears.
            as_of: The day of the decision; by default the profile's own.
            plan: The one plan to ask for; by default all of them.

        Raises:
            ProfileError: Something in the profile is wrong; it carries every finding.
            UsageError: No policy that may apply has the plan.
        """
        from policyengine.explain.asking.from_situation import inquiry_of
        from policyengine.explain.asking.inquiry import Inquiries

        facts = self._facts(profile, as_of)
        open_ = [
            (program, situation)
            for situation in _situations(facts)
            for program in self._applicable(situation, facts)
        ]
        known = sorted({p.id for program, _ in open_ for p in program.plans})
        if plan is not None and plan not in known:
            hint = nearest_or_list(plan, known)
            raise UsageError([Diagnostic("unknown-name", f"there is no plan `{plan}`", hint=hint)])
        return Inquiries(
            facts.as_of,
            tuple(
                inquiry_of(program, situation, self.evaluator, plan)
                for program, situation in open_
                if plan is None or any(p.id == plan for p in program.plans)
            ),
        )

    def loan_ids(
        self, profile: Profile | Mapping[str, Any], *, as_of: date | None = None
    ) -> tuple[str | None, ...]:
        """Return the ids of a profile's loans in their order; None where a loan has none."""
        return tuple(situation.loan_id for situation in _situations(self._facts(profile, as_of)))

    def _decided(self, trace: Trace) -> Decision:
        return decision_from(trace, Citing(trace), self._changes)

    def _changes(self, found: PlanFinding, trace: Trace) -> ChangeSearch:
        from policyengine.explain.changes import changes_of

        return changes_of(found, trace, self.evaluator)

    def _facts(self, profile: Profile | Mapping[str, Any], as_of: date | None) -> Facts:
        profile = _as_profile(profile)
        return facts_from(profile, self.dictionary, self._currency(profile, as_of), as_of)

    def _currency(self, profile: Profile, as_of: date | None) -> Currency:
        known = sorted({program.currency for program in self.programs})
        stated = stated_currency(profile)
        if stated is None and len(known) > 1:
            known = self._currencies_applying(profile, as_of, known)
        if stated is None and len(known) > 1:
            raise ProfileError([_currency_missing(known)])
        try:
            return currency(stated or known[0])
        except FinanceError:
            raise ProfileError([_currency_unknown(stated or known[0], known)]) from None

    def _currencies_applying(
        self, profile: Profile, as_of: date | None, known: list[str]
    ) -> list[str]:
        """Return the currencies of the policies that certainly apply, else of those that may, else any."""
        facts = facts_from(profile, self.dictionary, currency(known[0]), as_of)
        found = [
            (program.currency, self.evaluator.applies(program, situation))
            for situation in _situations(facts)
            for program in self.programs
        ]
        certain = {code for code, applies in found if applies is True}
        possible = {code for code, applies in found if applies is not False}
        return sorted(certain or possible) or known[:1]

    def _applicable(self, situation: Situation, facts: Facts) -> list[Program]:
        """Return the policies in force that apply, or might apply if more were known."""
        found = [
            program
            for program in self.programs
            if program.in_force(situation.as_of)
            and self.evaluator.applies(program, situation) is not False
        ]
        return [program for program in found if self._in_currency(program, situation, facts)]

    def _in_currency(self, program: Program, situation: Situation, facts: Facts) -> bool:
        """Leave out a policy in another currency that may not apply; refuse where it does."""
        if facts.currency is None or program.currency == facts.currency:
            return True
        if self.evaluator.applies(program, situation) is True:
            raise ProfileError([_currency_differs(program, facts.currency)])
        return False

    def _why_none(self, situation: Situation) -> Why:
        asleep = [
            program.id
            for program in self.programs
            if not program.in_force(situation.as_of)
            and self.evaluator.applies(program, situation) is True
        ]
        if asleep:
            return Why("not_in_force", policy=asleep[0], day=situation.as_of)
        return Why("no_policy")


@attrs.frozen(eq=False)
class Policy:
    """One policy of a set."""

    policies: PolicySet
    program: Program

    def decide(
        self,
        profile: Profile | Mapping[str, Any],
        *,
        as_of: date | None = None,
        loan: str | None = None,
    ) -> Decision:
        """Decide about the loan that the policy applies to; `loan` picks one of several by its id.

        Raises:
            ProfileError: Something in the profile is wrong.
            UsageError: The policy applies to no loan of the profile, or to several.
        """
        return self.traced(profile, as_of=as_of, loan=loan)[0]

    def traced(
        self,
        profile: Profile | Mapping[str, Any],
        *,
        as_of: date | None = None,
        loan: str | None = None,
    ) -> tuple[Decision, Trace]:
        """Decide the same, and return what the evaluator found as well.

        Raises:
            ProfileError: Something in the profile is wrong.
            UsageError: The policy applies to no loan of the profile, or to several.
        """
        alone = attrs.evolve(self.policies, programs=(self.program,))
        traces, _ = alone._evaluated(alone._facts(profile, as_of))  # noqa: SLF001  # a set of one
        found = [trace for trace in traces if loan in (None, trace.situation.loan_id)]
        trace = self._only(found, loan)
        return alone._decided(trace), trace  # noqa: SLF001  # the same

    def prepare(
        self,
        profile: Profile | Mapping[str, Any],
        *,
        as_of: date | None = None,
        loan: str | None = None,
    ) -> Prepared:
        """Return the loan that the policy applies to, ready to be screened and decided as often as one likes.

        Raises:
            ProfileError: Something in the profile is wrong.
            UsageError: The policy applies to no loan of the profile, or to several.
        """
        alone = attrs.evolve(self.policies, programs=(self.program,))
        found = [s for s in alone.applicable(profile, as_of) if loan in (None, s.loan_id)]
        return self.policies.evaluator.prepare(self.program, self._only(found, loan))

    def screen(
        self,
        profile: Profile | Mapping[str, Any],
        *,
        as_of: date | None = None,
        loan: str | None = None,
    ) -> Screening:
        """Return whom the plans are for: which conditions fail and which are not known, without terms or texts.

        Raises:
            ProfileError: Something in the profile is wrong.
            UsageError: The policy applies to no loan of the profile, or to several.
        """
        if loan is None:
            at_once = self.policies.evaluator.screen_given(self.program, profile, as_of)
            if at_once is not None:
                return at_once
        return self.prepare(profile, as_of=as_of, loan=loan).screen()

    def _only(self, found: Sequence[T], loan: str | None) -> T:
        """Return the one there is.

        Raises:
            UsageError: There are none, or several.
        """
        if len(found) == 1:
            return found[0]
        which = f"loan `{loan}`" if loan else "loan of the profile"
        message = (
            f"`{self.program.id}` applies to no {which}"
            if not found
            else f"`{self.program.id}` applies to {len(found)} loans of the profile"
        )
        hint = "pass `loan=` with the id of one of them" if found else None
        raise UsageError([Diagnostic("which-loan", message, hint=hint)])


def _as_profile(profile: Profile | Mapping[str, Any]) -> Profile:
    return profile if isinstance(profile, Profile) else Profile.from_mapping(profile)


def _situations(facts: Facts) -> list[Situation]:
    return [facts.about(index) for index in range(len(facts.loans or ()))]


def _no_engine(why: str) -> Diagnostic:
    return Diagnostic(
        "no-engine",
        f"the evaluator `rete` needs durable-rules, which does not import here: {why}",
        hint="it builds on Python 3.11 and 3.12, with a C compiler; `compiled` decides the same without it",
    )


def _currency_missing(known: list[str]) -> Diagnostic:
    return Diagnostic(
        "missing-currency",
        "the profile states no currency and the policies use several",
        path="currency",
        hint="add `currency:` with one of " + ", ".join(f"`{code}`" for code in known),
    )


def _currency_unknown(code: str, known: list[str]) -> Diagnostic:
    return Diagnostic(
        "unknown-value",
        f"`{code}` is not a currency",
        path="currency",
        hint="write one of " + ", ".join(f"`{c}`" for c in known),
    )


def _currency_differs(program: Program, stated: str) -> Diagnostic:
    return Diagnostic(
        "wrong-currency",
        f"the profile is in {stated} and `{program.id}` in {program.currency}",
        path="currency",
        hint="amounts are never converted: give them in the policy's currency",
    )
