"""The library's front door: load a folder of policies, decide about a borrower.

What only some callers need is imported where it is used, so that a start takes no longer than it must: reading policies
that are kept ready, asking, what would change a decision, records.
"""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from policyengine import __version__
from policyengine.decision.decision import Assessment, Decision, NotAssessed
from policyengine.decision.from_trace import decision_from
from policyengine.decision.screening import Screening
from policyengine.decision.trace import PlanFinding, Trace
from policyengine.diagnostics import (
    Diagnostic,
    PolicyError,
    UsageError,
    nearest_or_list,
)
from policyengine.evaluators.applying import Applying
from policyengine.evaluators.base import Evaluator, Prepared
from policyengine.evaluators.named import evaluator_named
from policyengine.explain.cited.citing import Citing
from policyengine.facts.facts import Facts, Situation
from policyengine.facts.from_profile import facts_from
from policyengine.facts.profile import Profile
from policyengine.finance.money import currency
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

    @property
    def _applying(self) -> Applying:
        return Applying(self.programs, self.dictionary, self.evaluator)

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
        programs = self._applying.programs_for(situation)
        traces = [self.evaluator.evaluate(program, situation) for program in programs]
        why = (
            ()
            if programs
            else (NotAssessed(situation.loan_id, self._applying.why_none(situation)),)
        )
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
        code = facts.currency or self._applying.currency_of(_as_profile(profile), as_of).code
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
        return tuple(s for s in facts.situations() if self._applying.programs_for(s))

    def _evaluated(self, facts: Facts) -> tuple[tuple[Trace, ...], tuple[NotAssessed, ...]]:
        """Return what is found under each policy that applies, and the loans to which none does."""
        traces, left = [], []
        for situation in facts.situations():
            programs = self._applying.programs_for(situation)
            traces += [self.evaluator.evaluate(program, situation) for program in programs]
            if not programs:
                left.append(NotAssessed(situation.loan_id, self._applying.why_none(situation)))
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
            for situation in facts.situations()
            for program in self._applying.programs_for(situation)
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
        return tuple(situation.loan_id for situation in self._facts(profile, as_of).situations())

    def _decided(self, trace: Trace) -> Decision:
        return decision_from(trace, Citing(trace), self._changes)

    def _changes(self, found: PlanFinding, trace: Trace) -> ChangeSearch:
        from policyengine.explain.changes import changes_of

        return changes_of(found, trace, self.evaluator)

    def _facts(self, profile: Profile | Mapping[str, Any], as_of: date | None) -> Facts:
        profile = _as_profile(profile)
        return facts_from(
            profile, self.dictionary, self._applying.currency_of(profile, as_of), as_of
        )


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
