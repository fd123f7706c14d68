"""`policyengine case record`: events told, checked, kept, and what changed with each."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import attrs
import click
from rich.text import Text

from policyengine.cases.case import Case
from policyengine.cases.changes import Change
from policyengine.cases.event import Event
from policyengine.cases.from_file import events_from_bytes
from policyengine.cases.history import Step
from policyengine.cases.storage import open_store
from policyengine.cli import output
from policyengine.cli.case.kept import (
    KeptCase,
    as_of_option,
    lang_option,
    name_argument,
    policies_option,
    store_option,
)
from policyengine.cli.deciding import STDIN
from policyengine.diagnostics import UsageError
from policyengine.facts.profile import cannot_open
from policyengine.report.cases.telling import Telling
from policyengine.report.cases.text import write_step
from policyengine.report.cases.to_json import change_json, state_json
from policyengine.report.layout import Page
from policyengine.syntax.file_text import MAX_BYTES, read_content


@attrs.frozen(eq=False)
class Recorded:
    """An event that was recorded, whether it was new, and the case after it."""

    event: Event
    new: bool
    changes: tuple[Change, ...]
    case: Case


@click.command()
@name_argument
@click.argument("events", metavar="EVENTS")
@store_option
@policies_option
@as_of_option("The day on which they are recorded; by default today.")
@lang_option
@output.format_option
def record(
    *, name: str, events: str, at: str, folder: str, as_of: date | None, lang: str | None
) -> None:
    """Record EVENTS of a case: a file of YAML or JSON, one event or a list of them; - reads the input.

    All of them are kept, or none. An event that was recorded before, with the same content, is kept once.
    """
    told = _read(events)
    with open_store(at, create=False) as store:
        kept = KeptCase.read(store, name, folder, None)
        telling = kept.telling(lang)
        day = as_of or max(date.today(), kept.case.as_of)  # noqa: DTZ011  # the day where the user is
        recorded = list(_recorded(kept.case, told, day))
        new = [each.event for each in recorded if each.new]
        head = store.append(name, new, expected=kept.log.head.number)
    if output.wants_json():
        output.write_json(_json(name, recorded, head.number, head.digest))
    else:
        output.write_text(_text(recorded, telling))


def _recorded(case: Case, told: Iterable[Any], day: date) -> Iterator[Recorded]:
    for each in told:
        id_ = case.preview(each).id
        new = case.event(id_) is None
        on = case.on(max(day, case.as_of))
        case = on.record(each)
        event = case.event(id_)
        assert event is not None  # noqa: S101  # it was recorded
        yield Recorded(event, new, case.changes if new else (), case)


def _read(path: str) -> tuple[Any, ...]:
    if path == STDIN:
        return events_from_bytes("<input>", sys.stdin.buffer.read(MAX_BYTES + 1))
    try:
        content = read_content(path)
    except (OSError, ValueError) as error:
        raise UsageError([cannot_open(path, error)]) from None
    return events_from_bytes(path, content)


# What is said


def _text(recorded: Iterable[Recorded], telling: Telling) -> list[Text]:
    page = Page(output.width())
    for each in recorded:
        said = telling.word("recorded" if each.new else "again", event=telling.event(each.event))
        page.write(said, style="bold" if each.new else "dim")
        if each.new:
            step = Step(each.event.on, each.event, None, (), each.changes, each.case)
            write_step(page, telling.one(step), telling)
    return page.lines


def _json(name: str, recorded: list[Recorded], number: int, digest: str) -> dict[str, Any]:
    return {
        "case": name,
        "events": number,
        "digest": digest,
        "recorded": [
            {
                "event": each.event.id,
                "new": each.new,
                "changes": [change_json(change) for change in each.changes],
            }
            for each in recorded
        ],
        **(state_json(recorded[-1].case.state) if recorded else {}),
    }
