"""The canonical JSON of an assessment: stable order, exact decimals, one line break at the end."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

from policyengine.decision.cited import Cited
from policyengine.decision.decision import (
    Assessment,
    Change,
    ChangeSearch,
    Cite,
    Comparison,
    Decision,
    OneLess,
    Plan,
    Reason,
    Referral,
    Shortfall,
)
from policyengine.decision.terms import Instalment, Terms


def to_json(assessment: Assessment) -> str:
    """Return an assessment as JSON text."""
    return json.dumps(as_mapping(assessment), ensure_ascii=False, indent=2) + "\n"


def as_mapping(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as plain mappings and lists."""
    return {
        "as_of": assessment.as_of.isoformat(),
        "engine": assessment.engine,
        "decisions": [_decision(decision) for decision in assessment.decisions],
        "not_assessed": [
            {"loan": left.loan, "reason": str(left.reason), "code": left.reason.code}
            for left in assessment.not_assessed
        ],
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "policy": decision.policy,
        "version": decision.version,
        "title": dict(decision.title),
        "currency": decision.currency,
        "digest": decision.digest,
        "loan": decision.loan,
        "outcome": str(decision.outcome),
        "derived": dict(decision.derived),
        "plans": [_plan(plan) for plan in decision.plans],
        "referrals": [_referral(referral) for referral in decision.referrals],
        "asks": list(decision.asks),
        "sources": [_source(source) for source in decision.sources],
        **_principal(decision),
        **_cited(decision.cited),
    }


def _source(source: Cite) -> dict[str, Any]:
    return {
        "name": source.name,
        "origin": source.origin,
        "kind": source.kind,
        "title": next(iter(source.title.values())),
        "titles": dict(source.title),
        "cited_as": dict(source.cited_as),
        "date": source.date.isoformat() if source.date else None,
        "url": source.url,
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "plan": plan.plan,
        "status": str(plan.status),
        "title": dict(plan.title),
        "terms": terms_mapping(plan.terms) if plan.terms else None,
        "schedule": [instalment_mapping(row) for row in plan.schedule] if plan.schedule else None,
        "reasons": [_reason(reason) for reason in plan.reasons],
        "provisional": plan.provisional,
        "would_change": [_change(change) for change in plan.would_change],
        "asks": list(plan.asks),
        "follow_up": plan.follow_up,
        "figure_titles": {name: dict(title) for name, title in plan.figure_titles.items()},
        "change_search": _change_search(plan.change_search) if plan.change_search else None,
        "one_less": _one_less(plan.one_less) if plan.one_less else None,
        "shortfall": _shortfall(plan.shortfall) if plan.shortfall else None,
        **_principal(plan),
        **_cited(plan.cited),
    }


def _principal(denied: Plan | Decision) -> dict[str, Any]:
    found = denied.principal_reasons()
    return {
        "principal_reasons": list(found.codes),
        "further_reasons": list(found.further_codes),
    }


def _cited(cited: Cited) -> dict[str, Any]:
    return {"cited": list(cited.given), "cited_absent": list(cited.absent)}


def _change(change: Change) -> dict[str, Any]:
    return {
        "changes": {
            path: {"from": fact.before, "to": fact.after, "steps": fact.steps}
            for path, fact in change.changes.items()
        },
        "status": str(change.status),
        "steps": change.steps,
        "proof": "exact" if change.proven else "gap",
        "text": dict(change.text),
    }


def _change_search(search: ChangeSearch) -> dict[str, Any]:
    return {
        "searched": [
            {"to": dict(each.to), "steps": each.steps, "all": each.all} for each in search.searched
        ],
        "unmet": list(search.unmet),
        "text": dict(search.text),
    }


def _one_less(less: OneLess) -> dict[str, Any]:
    return {
        "levers": {name: dict(lever) for name, lever in less.levers.items()},
        "payment": _decimal(less.payment),
        "failing": [_reason(reason) for reason in less.failing],
    }


def _shortfall(shortfall: Shortfall) -> dict[str, Any]:
    return {
        "levers": {name: dict(lever) for name, lever in shortfall.levers.items()},
        "payment": _decimal(shortfall.payment),
        "misses": [attrs.asdict(miss) for miss in shortfall.misses],
        "limits": [attrs.asdict(limit) for limit in shortfall.limits],
    }


def terms_mapping(terms: Terms) -> dict[str, Any]:
    """Return terms as a plain mapping."""
    return {
        "payment": _decimal(terms.payment),
        "max_payment": _decimal(terms.max_payment),
        "term_months": terms.term_months,
        "extension_months": terms.extension_months,
        "annual_rate": _decimal(terms.annual_rate),
        "total_paid": _decimal(terms.total_paid),
        "total_interest": _decimal(terms.total_interest),
        "waived": _decimal(terms.waived),
        "forborne": _decimal(terms.forborne),
        "forgiven": _decimal(terms.forgiven),
        "cost": _decimal(terms.cost),
        "levers": {name: dict(lever) for name, lever in terms.levers.items()},
        "outside": {name: _decimal(amount) for name, amount in terms.outside.items()},
        "figures": dict(terms.figures),
    }


def instalment_mapping(row: Instalment) -> dict[str, Any]:
    """Return one payment as a plain mapping."""
    return {
        "n": row.n,
        "due": row.due.isoformat(),
        "payment": _decimal(row.payment),
        "interest": _decimal(row.interest),
        "principal": _decimal(row.principal),
        "balance": _decimal(row.balance),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    found: dict[str, Any] = {
        "rule": reason.rule,
        "code": reason.code,
        "kind": reason.kind,
        "holds": reason.holds,
        "text": dict(reason.text),
        "facts": dict(reason.facts),
        "parameters": dict(reason.parameters),
        "comparisons": [_comparison(comparison) for comparison in reason.comparisons],
        "source": reason.source,
        "origin": reason.origin,
        "at": reason.at,
    }
    if reason.holds is None or reason.undefined:
        found |= {"missing": list(reason.missing), "undefined": list(map(str, reason.undefined))}
        found["undefined_codes"] = [why.code for why in reason.undefined]
    if reason.parts:
        found |= {"joint": reason.joint, "parts": [_reason(part) for part in reason.parts]}
    return found


def _comparison(comparison: Comparison) -> dict[str, Any]:
    found: dict[str, Any] = {
        "left": comparison.left,
        "operator": comparison.operator,
        "right": comparison.right,
        "headroom": comparison.headroom,
    }
    if comparison.period:
        found["period"] = instalment_mapping(comparison.period)
    return found


def _referral(referral: Referral) -> dict[str, Any]:
    return {
        "referral": referral.referral,
        "title": dict(referral.title),
        "holds": referral.holds,
        "instead_of_refusal": referral.instead_of_refusal,
        "text": dict(referral.reason.text),
        "facts": dict(referral.reason.facts),
        "source": referral.reason.source,
        "at": referral.reason.at,
        **_cited(referral.cited),
    }


def _decimal(value: Decimal | date) -> str:
    return format(value, "f")
