"""From what was found about a borrower to the bytes of the record."""

from __future__ import annotations

from typing import Any

import attrs

from policyengine.decision.comparing import comparison_from
from policyengine.decision.decision import (
    Decision,
    Miss,
    NotAssessed,
    OneLess,
    Plan,
    Shortfall,
    Status,
    StepLimit,
)
from policyengine.decision.reasons import plainly
from policyengine.decision.to_json import instalment_mapping, terms_mapping
from policyengine.decision.trace import (
    ComparisonFinding,
    LimitFinding,
    MissFinding,
    PlanFinding,
    ReferralFinding,
    RuleFinding,
    ShortfallFinding,
    Trace,
    Truth,
    merged,
)
from policyengine.facts.facts import Facts
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.fingerprint import regulation_fingerprint, vocabulary_fingerprint
from policyengine.ir.program import Program
from policyengine.model.types import Kind
from policyengine.record.canonical import FORMAT, sealed
from policyengine.record.commitments import SEAL, checked, commitment, committed, seal_of
from policyengine.record.leak import refuse_leaks
from policyengine.record.mask import WITHHELD, Mask
from policyengine.record.sensitive import Sensitivity, is_sensitive, sensitivity


@attrs.frozen(eq=False)
class Considered:
    """The facts of a borrower, and what was found about each loan under each policy that applies."""

    facts: Facts
    dictionary: Dictionary
    engine: str
    decided: tuple[tuple[Trace, Decision], ...]
    not_assessed: tuple[NotAssessed, ...]


def record_of(considered: Considered, salt: bytes) -> bytes:
    """Return the record of what was considered, under a salt of 32 random bytes.

    Raises:
        UsageError: The salt has another length.
        MaskingError: A sensitive fact would have stood in the record.
    """
    making = _Making(considered, checked(salt), Mask.of(considered.facts, considered.dictionary))
    content = making.content()
    record = sealed(content | {SEAL: seal_of(content, salt)})
    refuse_leaks(record, considered.facts, considered.dictionary)
    return record


@attrs.frozen(eq=False)
class _Making:
    considered: Considered
    salt: bytes
    mask: Mask

    def content(self) -> dict[str, Any]:
        found = self.considered
        return {
            "format": FORMAT,
            "engine": found.engine,
            "as_of": found.facts.as_of.isoformat(),
            "salt": commitment(self.salt, "salt", ""),
            "inputs": committed(found.facts, self.salt),
            "decisions": [
                self._decision(trace, decision, f"decision {place}")
                for place, (trace, decision) in enumerate(found.decided)
            ],
            "not_assessed": [
                {"loan": self._loan(left.loan), "reason": str(left.reason)}
                for left in found.not_assessed
            ],
        }

    def _decision(self, trace: Trace, decision: Decision, label: str) -> dict[str, Any]:
        program = trace.program
        plans = zip(trace.plans, decision.plans, strict=True)
        return {
            "loan": self._loan(decision.loan),
            "policy": decision.policy,
            "version": decision.version,
            "digest": decision.digest,
            **_rests_on(program),
            "currency": decision.currency,
            "applies": self._applies(trace),
            "outcome": str(decision.outcome),
            "asks": list(decision.asks),
            "commitment": commitment(self.salt, label, _derived(decision)),
            "plans": [self._plan(found, plan, trace, label) for found, plan in plans],
            "referrals": [_referral(found, program) for found in trace.referrals],
        }

    def _loan(self, loan: str | None) -> Any:
        hidden = is_sensitive("loan.id", self.considered.dictionary) and loan is not None
        return dict(WITHHELD) if hidden else loan

    def _applies(self, trace: Trace) -> Any:
        node = trace.program.applies_to
        told = node is not None and sensitivity(trace.program).told_by_truth_of(node)
        return dict(WITHHELD) if told else plainly(trace.applies)

    def _plan(self, found: PlanFinding, plan: Plan, trace: Trace, label: str) -> dict[str, Any]:
        content: dict[str, Any] = {
            "plan": plan.plan,
            "status": str(plan.status),
            "asks": list(plan.asks),
            "rules": [self._rule(rule, trace.program) for rule in found.rules],
            "commitment": commitment(
                self.salt, f"{label} plan {plan.plan}", _in_full(found, plan, trace)
            ),
        }
        if plan.follow_up:
            content["follow_up"] = plan.follow_up
        return content | self._offered(found, plan, trace.program)

    def _offered(self, found: PlanFinding, plan: Plan, program: Program) -> dict[str, Any]:
        """Return the terms, and why no less would have done; of a denied plan what is missing for an offer."""
        content: dict[str, Any] = {}
        if plan.terms:
            content["terms"] = self.mask.masked(_terms(found, plan, program))
        if plan.one_less:
            content |= {
                "one_less": self.mask.masked(_less(plan.one_less)),
                "one_less_fails": [reason.rule for reason in plan.one_less.failing],
            }
        if found.offer.shortfall and plan.shortfall:
            content["shortfall"] = self._shortfall(found.offer.shortfall, plan.shortfall, program)
        return content

    def _shortfall(
        self, found: ShortfallFinding, seen: Shortfall, program: Program
    ) -> dict[str, Any]:
        """Return the nearest terms, what they miss, and how far each limit would have to move."""
        nearest = _without_sensitive_terms(_less(seen), sensitivity(program))
        misses = zip(found.misses, seen.misses, strict=True)
        limits = zip(found.limits, seen.limits, strict=True)
        return {
            **self.mask.masked(_safe(nearest)),
            "misses": [self._miss(*miss, program) for miss in misses],
            "limits": [self._limit(*limit, program) for limit in limits],
        }

    def _miss(self, found: MissFinding, seen: Miss, program: Program) -> dict[str, Any]:
        """Return what one rule misses; nothing where that it fails would say a sensitive fact."""
        known, compared = sensitivity(program), found.comparison
        if known.told_by(found.rule.rule):
            return dict(WITHHELD)
        named: dict[str, Any] = {"rule": seen.rule} | ({"code": seen.code} if seen.code else {})
        if compared is None:
            return named
        named["operator"] = seen.operator or ""
        if known.marks(compared.node):
            return named | {"sides": dict(WITHHELD)}
        sides: dict[str, Any] = self.mask.masked(_safe(_sides_of(seen)))
        return named | sides

    def _limit(self, found: LimitFinding, seen: StepLimit, program: Program) -> dict[str, Any]:
        """Return the limit of a step, and the value that would be enough; null where none up to the last would."""
        hidden = sensitivity(program).marks_terms(found.type.kind)
        values = {name: WITHHELD if hidden else each for name, each in _values_of(seen).items()}
        shown: dict[str, Any] = self.mask.masked(_safe(values))
        return {"step": seen.step, "setting": seen.setting} | shown

    def _rule(self, found: RuleFinding, program: Program) -> dict[str, Any]:
        rule, known = found.rule, sensitivity(program)
        told = known.told_by(rule)
        content = _named(found) | {"holds": dict(WITHHELD) if told else plainly(found.holds)}
        unknown = merged(found.holds)
        if not told and unknown.missing:
            content["missing"] = sorted(unknown.missing)
        if not told and unknown.undefined:
            content["undefined"] = True
        compared = [self._comparison(each, known, found, program) for each in found.comparisons]
        parts = [self._rule(part, program) for part in found.parts]
        said = {"joint": rule.joint, "comparisons": compared, "parts": parts}
        return content | {name: each for name, each in said.items() if each}

    def _comparison(
        self, found: ComparisonFinding, known: Sensitivity, rule: RuleFinding, program: Program
    ) -> dict[str, Any]:
        """Return a comparison; of one that stands on sensitive facts its truth alone, if that does not say them."""
        node = found.node
        truth = plainly(rule.value(node))  # type: ignore[arg-type]  # a comparison
        holds = dict(WITHHELD) if known.told_by_truth_of(node) else truth
        if known.marks(node):
            return {"operator": node.operator, "holds": holds, "sides": dict(WITHHELD)}
        seen = comparison_from(found, program)
        sides = {"left": seen.left, "right": seen.right}
        sides |= {} if seen.headroom is None else {"headroom": seen.headroom}
        return {"operator": node.operator, "holds": holds, **self.mask.masked(_safe(sides))}


def _rests_on(program: Program) -> dict[str, Any]:
    """Return the digests of what the policy's own digest covers too: to see which of them moved on."""
    return {
        "vocabulary": {program.vocabulary: vocabulary_fingerprint(program)},
        "regulations": {
            name: regulation_fingerprint(program, name) for name in program.regulations
        },
    }


def _named(found: RuleFinding) -> dict[str, Any]:
    rule = found.rule
    said = {"code": rule.code, "source": rule.source, "origin": rule.origin}
    kept = {name: each for name, each in said.items() if each}
    return {"rule": rule.id, "kind": found.kind} | kept


def _referral(found: ReferralFinding, program: Program) -> dict[str, Any]:
    referral = found.referral
    told = sensitivity(program).told_by(referral.rule)
    holds = plainly(found.finding.holds)
    return {
        "referral": referral.id,
        "holds": dict(WITHHELD) if told else holds,
        "instead_of_refusal": referral.instead_of_refusal,
    }


def _terms(found: PlanFinding, plan: Plan, program: Program) -> dict[str, Any]:
    """Return the terms without sensitive amounts that stay owed, and without the policy's figures of any."""
    assert plan.terms is not None  # noqa: S101  # the caller asked
    content, known = terms_mapping(plan.terms), sensitivity(program)
    for name in content["outside"]:
        if is_sensitive(f"loan.{name}", program.dictionary):
            content["outside"][name] = WITHHELD
    for name in content["figures"]:
        if known.marks(found.plan.figures[name].node):
            content["figures"][name] = WITHHELD
    return content


def _less(terms: OneLess | Shortfall) -> dict[str, Any]:
    return {
        "levers": {name: dict(lever) for name, lever in terms.levers.items()},
        "payment": format(terms.payment, "f"),
    }


def _without_sensitive_terms(terms: dict[str, Any], known: Sensitivity) -> dict[str, Any]:
    """Withhold amounts that follow from sensitive balances; and the settings where these follow from such facts."""
    if known.marks_terms(Kind.MONTHS):
        return dict.fromkeys(terms, WITHHELD)
    if not known.marks_terms(Kind.MONEY):
        return terms
    levers = {
        name: {key: WITHHELD if key in _AMOUNTS else each for key, each in lever.items()}
        for name, lever in terms["levers"].items()
    }
    return {"levers": levers, "payment": WITHHELD}


#: Settings of levers that are amounts.
_AMOUNTS = ("amount", "then")


def _sides_of(miss: Miss) -> dict[str, Any]:
    apart = {} if miss.short_by is None else {"short_by": miss.short_by}
    return {"left": miss.left, "right": miss.right, **apart}


def _values_of(limit: StepLimit) -> dict[str, Any]:
    return {"limit": limit.limit, "enough": limit.enough, "looked_to": limit.looked_to}


# In full: what is committed to, and said to nobody


def _derived(decision: Decision) -> Any:
    return _safe(dict(decision.derived))


def _in_full(found: PlanFinding, plan: Plan, trace: Trace) -> Any:
    """Return everything that a plan's decision says besides texts and places, in a fixed order."""
    allowed = plan.status is Status.ALLOWED
    return _safe(
        {
            "rules": [_rule_in_full(rule, trace.program) for rule in found.rules],
            "obstacle": not allowed and found.offer.obstacle is not None,
            "terms": terms_mapping(plan.terms) if plan.terms else None,
            "one_less": _less(plan.one_less) if plan.one_less else None,
            "shortfall": _shortfall_in_full(plan.shortfall) if plan.shortfall else None,
            "schedule": [instalment_mapping(row) for row in plan.schedule or ()],
        }
    )


def _shortfall_in_full(shortfall: Shortfall) -> dict[str, Any]:
    return _less(shortfall) | {
        "misses": [[miss.rule, miss.operator, _sides_of(miss)] for miss in shortfall.misses],
        "limits": [[each.step, each.setting, _values_of(each)] for each in shortfall.limits],
    }


def _rule_in_full(found: RuleFinding, program: Program) -> dict[str, Any]:
    return _named(found) | {
        "holds": plainly(found.holds),
        "unknown": _unknown(found.holds),
        "comparisons": [_comparison_in_full(each, program) for each in found.comparisons],
        "parts": [_rule_in_full(part, program) for part in found.parts],
    }


def _unknown(truth: Truth) -> list[str]:
    """Return the facts that are missing. What has no value is said in words, with places of the file."""
    return sorted(merged(truth).missing)


def _comparison_in_full(found: ComparisonFinding, program: Program) -> list[Any]:
    seen, node = comparison_from(found, program), found.node
    period = instalment_mapping(seen.period) if seen.period else None
    return [seen.left, node.operator, seen.right, seen.headroom, period]


def _safe(value: Any) -> Any:
    """Return JSON in which whole numbers that not every reader can hold are texts."""
    if isinstance(value, dict):
        return {key: _safe(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_safe(each) for each in value]
    large = isinstance(value, int) and abs(value) >= 2**53
    return str(value) if large else value
