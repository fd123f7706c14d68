"""The tree as plain mappings; what a branch has nothing of is left out."""

from __future__ import annotations

from typing import Any

from policyengine.decision.tree.branch import Branch, BranchKind


def tree_mapping(branch: Branch) -> dict[str, Any]:
    """Return a branch and all below it, ready for JSON."""
    found: dict[str, Any] = {"kind": str(branch.kind), "name": branch.name}
    if branch.kind in (BranchKind.STEP, BranchKind.SETTING):
        found |= _step(branch)
    elif branch.is_condition:
        found["holds"] = branch.holds
    else:
        found["value"] = branch.value
    said = {
        "code": branch.code,
        "text": dict(branch.text),
        "shown": dict(branch.shown),
        "headroom": branch.headroom,
        "assumed": branch.assumed,
        "note": branch.note,
        "source": branch.source,
        "at": branch.at,
    }
    found |= {name: value for name, value in said.items() if value not in (None, {}, False)}
    if branch.branches:
        found["branches"] = [tree_mapping(below) for below in branch.branches]
    return found


def _step(branch: Branch) -> dict[str, Any]:
    """Return what is said of a step or a setting besides: whether its terms do, and what it is set to."""
    said = {
        "stage": branch.stage and str(branch.stage),
        "before": branch.before,
        "value": branch.value,
    }
    judged = {"holds": branch.holds} if branch.is_condition else {}
    return judged | {name: value for name, value in said.items() if value}
