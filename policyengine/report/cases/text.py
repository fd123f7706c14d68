"""A case for the terminal: where it stands, and its timeline, as a table or as lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from policyengine.cases.case import Case
from policyengine.cases.history import Step
from policyengine.report.cases.telling import Telling, Told
from policyengine.report.layout import Page


def case_text(
    name: str, case: Case, telling: Telling, *, other_policies: Sequence[str], width: int = 80
) -> list[Text]:
    """Return the lines that say where a case stands."""
    page = Page(width)
    page.write(_head(name, case, telling), style="bold")
    _write_other(page, telling, other_policies)
    state = case.state
    for agreement in state.agreements:
        page.write(telling.agreement(agreement), indent=2)
        why = telling.why(agreement)
        if why:
            page.write(why, indent=4)
    if not state.agreements:
        page.write(telling.word("no_agreement"), indent=2)
    if state.closed:
        page.write(telling.word("closed"), indent=2)
    page.blank()
    page.write(telling.word("next"), style="bold")
    _write_duties(page, [telling.duty(duty) for duty in state.duties], telling, indent=2)
    page.blank()
    for decision in case.decisions.decisions:
        page.write(telling.decision(decision), indent=0)
    return page.lines


def timeline_text(
    name: str,
    case: Case,
    steps: Iterable[Step],
    telling: Telling,
    *,
    other_policies: Sequence[str],
    width: int = 80,
) -> list[Text]:
    """Return a timeline as lines."""
    page = Page(width)
    page.write(_head(name, case, telling), style="bold")
    _write_other(page, telling, other_policies)
    for told in telling.steps(steps):
        page.blank()
        page.write(f"{told.day} · {told.title}", style="bold")
        write_step(page, told, telling)
    return page.lines


def write_step(page: Page, told: Told, telling: Telling) -> None:
    """Write what changed at a step, and what the lender does next."""
    for line in told.lines:
        page.write(line, indent=2, mark="·")
    if told.duties is not None:
        page.write(telling.word("next") + telling.word("colon").rstrip(), indent=2, style="dim")
        _write_duties(page, told.duties, telling, indent=4)


def timeline_table(
    name: str,
    case: Case,
    steps: Iterable[Step],
    telling: Telling,
    *,
    other_policies: Sequence[str],
) -> list[Text | Table]:
    """Return a timeline as a table, for a terminal."""
    page = Page()
    page.write(_head(name, case, telling), style="bold")
    _write_other(page, telling, other_policies)
    table = Table(show_lines=True, expand=True, header_style="bold")
    table.add_column(telling.word("day"), no_wrap=True)
    for title, ratio in (("event", 2), ("changed", 5), ("next", 4)):
        table.add_column(telling.word(title), ratio=ratio)
    for told in telling.steps(steps):
        duties = () if told.duties is None else told.duties or (telling.word("nothing"),)
        table.add_row(told.day, told.title, "\n".join(told.lines), "\n".join(duties))
    return [*page.lines, table]


def _head(name: str, case: Case, telling: Telling) -> str:
    return telling.word("case", case=name, day=telling.day(case.as_of))


def _write_other(page: Page, telling: Telling, names: Sequence[str]) -> None:
    if names:
        page.write(telling.word("other_policies", names=", ".join(names)), style="yellow")


def _write_duties(page: Page, duties: Sequence[str], telling: Telling, *, indent: int) -> None:
    for duty in duties:
        page.write(duty, indent=indent, mark="→", mark_style="cyan")
    if not duties:
        page.write(telling.word("nothing"), indent=indent, style="dim")
