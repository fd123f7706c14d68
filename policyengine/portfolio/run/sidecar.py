"""What stands beside an output: what its masks stand for, what it was made of, and what was counted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from policyengine.decision.columns import BITS, rules_of
from policyengine.decision.wording import word
from policyengine.diagnostics import Diagnostic, PortfolioError
from policyengine.facts.profile import cannot_open
from policyengine.ir.program import PlanDefinition, Program, Rule, Template
from policyengine.ir.showing import written

FORMAT = "policyengine.portfolio/1"
#: What the last bit of a plan stands for: that there are terms at all.
TERMS_RULE, TERMS_CODE = "schedule", "NO_SCHEDULE"


def sidecar_path(output: Path) -> Path:
    """Return where the sidecar of an output stands."""
    return output.with_name(f"{output.name}.rules.json")


def rules_json(programs: Iterable[Program]) -> dict[str, Any]:
    """Return what the masks of each policy stand for, the first bit first."""
    return {
        program.id: {
            "version": program.version,
            "digest": program.digest,
            "currency": program.currency,
            "title": dict(program.title),
            "plans": {plan.id: _plan(plan, program) for plan in program.plans},
            "referrals": [
                {"referral": r.id, "title": dict(r.title), **_rule(r.rule, program)}
                for r in program.referrals
            ],
        }
        for program in programs
    }


def _plan(plan: PlanDefinition, program: Program) -> dict[str, Any]:
    rules = rules_of(plan, program)
    return {
        "title": dict(plan.title),
        "rules": [
            _condition(rule, kind, plan, program)
            for rule, kind in zip(rules, _kinds(plan, program), strict=True)
        ][:BITS],
    }


def _kinds(plan: PlanDefinition, program: Program) -> list[str]:
    offer = plan.offer
    return [
        *["require"] * len(plan.require),
        *["until"] * len(offer.until),
        *["accept"] * len(offer.accept),
        *["guarantee"] * len(program.guarantees),
        "terms",
    ]


def _condition(
    rule: Rule | None, kind: str, plan: PlanDefinition, program: Program
) -> dict[str, Any]:
    if rule is not None:
        return {"kind": kind, **_rule(rule, program)}
    text = {language: word(language, "terms", title="") for language in program.languages}
    return {
        "kind": kind,
        "rule": TERMS_RULE,
        "code": TERMS_CODE,
        "text": text,
        "source": None,
        "origin": program.id,
        "at": str(plan.offer.span),
    }


def _rule(rule: Rule, program: Program) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "code": rule.code,
        "text": _wording(rule, program),
        "source": rule.source,
        "origin": rule.origin,
        "at": str(rule.span),
    }


def _wording(rule: Rule, program: Program) -> dict[str, str]:
    """Return what a policy says of a rule, with the names of values where a decision has the values."""
    if not rule.wording:
        return dict.fromkeys(program.languages, written(rule.span))
    return {language: _template(template) for language, template in rule.wording.items()}


def _template(template: Template) -> str:
    pieces = (p if isinstance(p, str) else f"{{{written(p.span)}}}" for p in template.pieces)
    return "".join(pieces)


@attrs.frozen
class Sidecar:
    """What an output was made of; see docs/reference/portfolio.md."""

    engine: str
    as_of: date | None
    currency: str | None
    input: Mapping[str, Any]
    options: Mapping[str, Any]
    policies: Mapping[str, Any]
    source: str
    summary: Mapping[str, Any]

    def to_json(self) -> str:
        """Return the text of the file."""
        found = {"format": FORMAT, **attrs.asdict(self, recurse=False)}
        found["as_of"] = self.as_of and self.as_of.isoformat()
        return json.dumps(found, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def beside(cls, output: Path) -> Sidecar:
        """Read the sidecar of an output.

        Raises:
            PortfolioError: There is none, or it is none that this version reads.
        """
        path = sidecar_path(output)
        try:
            found = json.loads(path.read_text("utf-8"))
        except OSError as error:
            raise PortfolioError([cannot_open(path, error)]) from None
        except ValueError:
            found = None
        if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
            message = f"`{path}` is no sidecar of an output that this version reads"
            raise PortfolioError([Diagnostic("unreadable-file", message)])
        day = found.pop("as_of")
        return cls(as_of=day and date.fromisoformat(day), **found)
