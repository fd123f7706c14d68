"""The corpus: cases made from seeds, what is decided of them, and how they are written and read."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import generated_profiles

import policyengine as pe
from policyengine.decision.decision import Decision, Plan
from policyengine.decision.to_json import terms_mapping
from policyengine.evaluators.named import evaluator_named
from policyengine.testing.strategies import grammar
from policyengine.testing.strategies.grammar.vocabulary import HEAD
from policyengine.testing.strategies.profiles import Recipe
from policyengine.testing.strategies.witnesses import witnesses_of
from policyengine.testing.strategies.wrong import wrong_policy, wrong_profile

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VOCABULARY = HERE / "tiny-vocabulary.yaml"
#: Borrowers of each policy of a lender, made-up policies, and wrong profiles and policies.
BORROWERS, MADE, WRONG_PROFILES, WRONG_POLICIES = 10, 80, 50, 30
_SHARES = (0, 0, 10, 40)

Case: TypeAlias = dict[str, Any]


# Made


def cases() -> dict[str, list[Case]]:
    """Return every case by its file, the same on every run, without what is expected of it."""
    return {
        "lenders": list(_of_lenders()),
        "language": list(_of_language()),
        "invalid": [*_wrong_profiles(), *_wrong_policies()],
    }


def _of_lenders() -> Iterator[Case]:
    policies = _loaded("policies")
    for program in policies.programs:
        recipe = Recipe(program, policies.evaluator, witnesses_of(program), _SHARES)
        chance = random.Random(program.id)
        for i in range(BORROWERS):
            borrower = recipe.borrower(chance.randbytes(recipe.size))
            yield _case(f"{program.id}/{i:02}", program.id, borrower.profile())


def _case(name: str, policy: str, profile: Any) -> Case:
    return {"id": name, "policies": "policies", "policy": policy, "profile": profile}


def _of_language() -> Iterator[Case]:
    for seed in range(MADE):
        files = _files(grammar.made(seed))
        profile = generated_profiles.made(seed * 5 + 3)
        yield _tiny(f"made/{seed:03}", files, profile)


def _tiny(name: str, files: Mapping[str, str], profile: Any) -> Case:
    return {
        "id": name,
        "vocabulary": VOCABULARY.name,
        "files": files,
        "policy": "tiny",
        "profile": profile,
    }


def _files(made: grammar.Made) -> dict[str, str]:
    rules = {f"regulations/{name}.yaml": text for name, text in made.regulations.items()}
    return {"tiny.yaml": HEAD + made.policy, **rules}


def _wrong_profiles() -> Iterator[Case]:
    programs = _loaded("policies").programs
    for seed in range(WRONG_PROFILES):
        program, chance = programs[seed % len(programs)], random.Random(seed)
        known = witnesses_of(program).borrowers
        wrong = wrong_profile(known[seed % len(known)], program, chance)
        yield _case(f"profile/{seed:02}", program.id, wrong.given)


def _wrong_policies() -> Iterator[Case]:
    for seed in range(WRONG_POLICIES):
        wrong = wrong_policy(grammar.made(seed), random.Random(seed))
        profile = generated_profiles.made(seed)
        yield _tiny(f"policy/{seed:02}", _files(wrong.given), profile)


# Decided


def decided(case: Case, evaluator: str) -> Case:
    """Return what an evaluator makes of a case: under `expected`, or under `refused`."""
    try:
        policies = _policies(case, evaluator)
        (program,) = (each for each in policies.programs if each.id == case["policy"])
        assessment = attrs.evolve(policies, programs=(program,)).decide(case["profile"])
    except pe.PolicyEngineError as error:
        return {"refused": [[d.code, str(d.span or d.path)] for d in error.diagnostics]}
    return {"expected": [_decision(each) for each in assessment.decisions]}


def _decision(found: Decision) -> dict[str, Any]:
    return {
        "loan": found.loan,
        "outcome": str(found.outcome),
        "plans": [_plan(plan) for plan in found.plans],
        "referrals": [[each.referral, each.holds] for each in found.referrals],
        "asks": list(found.asks),
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "plan": plan.plan,
        "status": str(plan.status),
        "terms": terms_mapping(plan.terms) if plan.terms else None,
        "asks": list(plan.asks),
        "reasons": [[each.rule, each.kind, each.holds, [*each.missing]] for each in plan.reasons],
    }


def _policies(case: Case, evaluator: str) -> pe.PolicySet:
    folder = case.get("policies")
    found = _loaded(folder) if folder else _beside(case["vocabulary"], *case["files"].items())
    return attrs.evolve(found, evaluator=evaluator_named(evaluator))


@cache
def _beside(vocabulary: str, *files: tuple[str, str]) -> pe.PolicySet:
    """Load policies that are kept as texts beside a vocabulary."""
    text = (HERE / vocabulary).read_text("utf-8")
    with tempfile.TemporaryDirectory() as at:
        for name, content in ((f"vocabulary/{vocabulary}", text), *files):
            path = Path(at) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, "utf-8")
        return pe.load(at, evaluator="reference")


@cache
def _loaded(folder: str) -> pe.PolicySet:
    return pe.load(ROOT / folder, evaluator="reference")


# Written and read


def read(name: str) -> list[Case]:
    """Return the cases of a file with what is expected; numbers are exact."""
    lines = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines]


def written(found: Iterable[Case]) -> str:
    """Return cases as the lines of a file."""
    return "".join(f"{_json(case)}\n" for case in found)


def _json(value: Any) -> str:
    """Return a value as JSON, with decimals digit by digit."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_json(key)}: {_json(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(str(value) if isinstance(value, date) else value, ensure_ascii=False)
