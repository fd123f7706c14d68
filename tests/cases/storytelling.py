"""Tells a story of `stories/`: a profile, and events with what each must come to.

story: what it shows
profile: mr-li.yaml                 # of policies/examples
unknown: [hardship.cause]           # facts that are not known yet
then:
  - event: {id: …, kind: …, on: …}  # recorded on its day
    refused: closed-case            # the code of the error; nothing else is asked then
    outcome, state, duties, due, paid, overdue, closed
    changes: every change but those of single rules, as `plan payment_holiday: denied → allowed`
    rules: rules that changed, as `payment_holiday.willing: unknown → true`; others may have
    why: a text that the changes hold
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import policyengine as pe
from policyengine.cases.case import Case
from policyengine.diagnostics import Findings
from policyengine.source import SourceFile
from policyengine.syntax import yaml_tree as yaml
from policyengine.syntax.yaml_reader import read_yaml

ROOT = Path(__file__).parents[2]
STORIES = sorted((Path(__file__).parent / "stories").glob("*.yaml"))


def story(path: Path) -> yaml.Mapping:
    root = read_yaml(SourceFile(path.name, path.read_text(encoding="utf-8")), Findings())
    assert isinstance(root, yaml.Mapping)
    return root


def opened(told: yaml.Mapping, policies: pe.PolicySet) -> Case:
    profile = pe.Profile.from_file(ROOT / "policies" / "examples" / str(plain(told.get("profile"))))
    for path in plain(told.get("unknown")) or []:
        profile = pe.Profile(_without(profile.root, path.split(".")))
    return policies.open_case(profile)


def steps(told: yaml.Mapping) -> tuple[yaml.Mapping, ...]:
    then = told.get("then")
    assert isinstance(then, yaml.Sequence)
    return tuple(each for each in then.items if isinstance(each, yaml.Mapping))


def step(case: Case, asked: yaml.Mapping) -> tuple[Case, list[str]]:
    """Return the case after a step, and what is otherwise than the story has it."""
    event, wanted = asked.get("event"), {k.text: plain(v) for k, v in asked if k.text != "event"}
    assert isinstance(event, yaml.Mapping)
    day = _day(event)
    try:
        after = case.record(event, as_of=max(day, case.as_of), salt=bytes(32))
    except pe.CaseError as error:
        codes = " ".join(found.code for found in error.diagnostics)
        return case, [] if wanted == {"refused": codes} else [str(error)]
    unknown = wanted.keys() - SHOWN.keys()
    assert not unknown, unknown
    found = {name: SHOWN[name](after, want) for name, want in wanted.items()}
    return after, [f"{n}: {found[n]}, not {wanted[n]}" for n in wanted if found[n] != wanted[n]]


def _day(event: yaml.Mapping) -> date:
    return date.fromisoformat(str(plain(event.get("on"))))


def _state(case: Case, _wanted: Any) -> str:
    return case.state.agreements[-1].state or ""


def _changes(case: Case, _wanted: Any) -> list[str]:
    return [
        f"{c.what} {c.name}: {c.before or '–'} → {c.after or '–'}"
        for c in case.changes
        if c.what != "rule"
    ]


def _rules(case: Case, wanted: list[str]) -> list[str]:
    found = [f"{c.name}: {c.before} → {c.after}" for c in case.changes if c.what == "rule"]
    return [each for each in wanted if each in found] if isinstance(wanted, list) else found


def _why(case: Case, wanted: str) -> str:
    texts = [text for change in case.changes for text in change.text.values()]
    return wanted if any(wanted in text for text in texts) else " | ".join(texts)


def _amount(name: str) -> Callable[[Case, Any], str]:
    return lambda case, _wanted: str(getattr(case.state.agreements[-1], name))


SHOWN: Mapping[str, Callable[[Case, Any], Any]] = {
    "outcome": lambda case, _: str(case.decisions.decisions[0].outcome),
    "state": _state,
    "duties": lambda case, _: [duty.duty for duty in case.state.duties],
    "due": _amount("due"),
    "paid": _amount("paid"),
    "overdue": _amount("overdue"),
    "closed": lambda case, _: str(case.state.closed).lower(),
    "changes": _changes,
    "rules": _rules,
    "why": _why,
}


def plain(node: yaml.Node | None) -> Any:
    """Return a node as text, lists and mappings."""
    if isinstance(node, yaml.Mapping):
        return {key.text: plain(value) for key, value in node}
    if isinstance(node, yaml.Sequence):
        return [plain(item) for item in node.items]
    return node.text if isinstance(node, yaml.Scalar) else None


def _without(root: yaml.Mapping, path: list[str]) -> yaml.Mapping:
    entries = tuple(
        (key, _without(child, path[1:]) if isinstance(child, yaml.Mapping) and here else child)
        for key, child in root
        for here in [key.text == path[0]]
        if not here or len(path) > 1
    )
    return yaml.Mapping(entries, root.span)
