"""The tree of a justification for the terminal: every statement, and below it what it stands on.

A name that stands on others is spelt out where it is first met; after that its value is enough.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from rich.text import Text

from policyengine.decision.decision import Decision, Plan
from policyengine.decision.tree.branch import Branch, BranchKind
from policyengine.decision.wording import word
from policyengine.ir.dictionary import Dictionary
from policyengine.report.layout import Page
from policyengine.report.view import MARKS, STYLES, View

_INDENT = 2


def tree_text(
    decision: Decision,
    plan: Plan,
    lang: str = "en",
    *,
    dictionary: Dictionary | None = None,
    width: int = 80,
) -> list[Text]:
    """Return the lines of one plan's justification.

    Args:
        decision: The decision that the plan is part of.
        plan: One of its plans.
        lang: One of the policy's languages that the view speaks.
        dictionary: The facts there are, for their titles.
        width: The cells of a line.
    """
    view = View(Page(width), lang, dictionary)
    version = view.label("version", version=decision.version)
    view.page.write(f"{decision.policy} · {version} · {decision.digest}", style="dim")
    _TreeText(view).write(plan.justification.tree, plan)
    return view.page.lines


@attrs.frozen
class Spelt:
    """The names whose values were spelt out so far."""

    _names: set[tuple[BranchKind, str]] = attrs.field(factory=set)

    def was(self, branch: Branch) -> bool:
        """Whether a name was spelt out before; if not, it is now."""
        if branch.is_condition or branch.kind is BranchKind.STEP or not branch.branches:
            return False
        name = (branch.kind, branch.name)
        spelt = name in self._names
        self._names.add(name)
        return spelt


@attrs.frozen
class _TreeText:
    view: View
    _spelt: Spelt = attrs.field(factory=Spelt)

    def write(self, tree: Branch, plan: Plan) -> None:
        view = self.view
        status = f"{view.text(tree.text)}{view.label('colon')}{view.label(plan.status)}"
        style = f"bold {STYLES[tree.holds]}"
        view.page.write(status, mark=MARKS[tree.holds], style="bold", mark_style=style)
        if plan.provisional:
            view.page.write(word(view.lang, "provisional"), indent=_INDENT)
        for branch in tree.branches:
            self._write(branch, _INDENT)

    def _write(self, branch: Branch, indent: int) -> None:
        mark = MARKS[branch.holds] if branch.is_condition else "·"
        style = STYLES[branch.holds] if branch.is_condition else "dim"
        self.view.page.write(said(branch, self.view), indent=indent, mark=mark, mark_style=style)
        for cited in citations(branch, self.view):
            self.view.page.write(cited, indent=indent + _INDENT, style="dim")
        if not self._spelt.was(branch):
            for below in branch.branches:
                if branch.kind is not BranchKind.STEP or below.kind is BranchKind.WHEN:
                    self._write(below, indent + _INDENT)


def said(branch: Branch, view: View) -> str:
    """Return a branch in words: a rule as its policy words it, a name with its value."""
    match branch.kind:
        case BranchKind.RULE | BranchKind.STEPS | BranchKind.STEP | BranchKind.SETTING:
            return view.text(branch.text)
        case BranchKind.WHEN if branch.name == "when":
            return view.label("tree.step_when")
        case BranchKind.ALL | BranchKind.ANY | BranchKind.NOT | BranchKind.WHEN:
            return view.label(f"tree.{branch.kind}")
        case BranchKind.CONDITION:
            return _with_room(branch, view)
        case BranchKind.FACT:
            return f"{view.fact_title(branch.name)} = {view.text(branch.shown)}"
        case _:
            return f"{branch.name} = {view.text(branch.shown)}"


def _with_room(branch: Branch, view: View) -> str:
    if not branch.room or branch.holds is None:
        return branch.name
    passes = "tree.passes" if branch.holds else "tree.fails"
    room = view.label(passes, room=view.text(branch.room))
    return f"{branch.name}{view.label('dash')}{room}"


def citations(branch: Branch, view: View) -> Iterator[str]:
    """Say where a rule, a step and a parameter come from; of other names the rule's place is enough."""
    if branch.kind is BranchKind.STEP and str(branch.stage) != branch.name:
        yield " · ".join(s for s in (branch.name, branch.at) if s)
    elif branch.kind is BranchKind.RULE:
        cited = view.text(branch.citation)
        yield " · ".join(s for s in (branch.name, branch.code, cited, branch.at) if s)
    elif branch.kind is BranchKind.PARAMETER:
        assumed = view.label("tree.assumed") if branch.assumed else None
        cited = view.text(branch.citation)
        yield " · ".join(s for s in (assumed, branch.note, cited, branch.at) if s)
    elif branch.kind is BranchKind.TABLE and branch.note:
        yield view.label("tree.row", at=branch.note)
