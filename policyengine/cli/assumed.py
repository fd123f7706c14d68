"""Numbers that no source states, which the lender must set: `policyengine check --assumed`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs
from rich.text import Text

from policyengine.cli import output
from policyengine.cli.reading import Files
from policyengine.decision.values import encode
from policyengine.decision.wording import shown_as
from policyengine.ir.program import DatedValue, ParameterDefinition, Program
from policyengine.report.diagnostics import counted
from policyengine.report.layout import Page


@attrs.frozen(order=True)
class Assumption:
    """A parameter's value that is marked as assumed."""

    file: str
    line: int
    column: int
    policy: str
    name: str
    shown: str
    value: str | int | bool | None
    type: str
    starts: str | None
    ends: str | None
    note: str | None


def assumptions_in(files: Iterable[Files]) -> Iterator[Assumption]:
    """Yield every assumed value; that of a regulation once, whatever policies name it."""
    for read in files:
        for program in read.loaded.programs:
            for parameter in program.parameters.values():
                for value in parameter.values:
                    if value.assumed:
                        yield _assumption(value, parameter, program, read)


def _assumption(
    dated: DatedValue, parameter: ParameterDefinition, program: Program, files: Files
) -> Assumption:
    span = files.places.span(dated.span)
    return Assumption(
        file=span.file.name,
        line=span.line,
        column=span.column,
        policy=parameter.key.partition("#")[0],
        name=parameter.name,
        shown=shown_as(dated.value, parameter.type, program, "en"),
        value=encode(dated.value, parameter.type, program),
        type=str(parameter.type),
        starts=dated.starts.isoformat() if dated.starts else None,
        ends=dated.ends.isoformat() if dated.ends else None,
        note=dated.note,
    )


def assumptions_text(found: list[Assumption]) -> list[Text]:
    """Return the lines of a list of assumptions, by policy."""
    page, policy = Page(output.width()), None
    page.write(f"{counted(len(found), 'value')} assumed, for the lender to set", style="bold")
    for item in found:
        if item.policy != policy:
            policy = item.policy
            page.blank()
            page.write(policy, style="bold")
        page.write(f"{item.name} = {item.shown}{_days(item)}", indent=2)
        page.write(item.note or "no note", indent=4)
        page.line(f"{item.file}:{item.line}:{item.column}", indent=4, style="dim")
    return page.lines


def _days(item: Assumption) -> str:
    starts = f" from {item.starts}" if item.starts else ""
    return starts + (f" until {item.ends}" if item.ends else "")


def assumptions_json(found: list[Assumption]) -> list[dict[str, Any]]:
    """Return assumptions as plain mappings."""
    kept = attrs.filters.exclude("shown", "starts", "ends")
    return [
        attrs.asdict(item, filter=kept) | {"from": item.starts, "until": item.ends}
        for item in found
    ]
