"""What is refused, and that nothing of it is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from storytelling import plain

import policyengine as pe
from policyengine.cases.case import Case
from policyengine.cases.from_file import events_from_bytes
from policyengine.syntax import yaml_tree as yaml

TOLD = events_from_bytes("refused", (Path(__file__).parent / "refused_events.yaml").read_bytes())
EXAMPLES = Path(__file__).parents[2] / "policies" / "examples"
SIGNED = {"policy": "aibank.consumer-loan", "plan": "payment_holiday"}


@pytest.fixture(scope="module")
def case(lenders: pe.PolicySet) -> Case:
    opened = lenders.open_case(pe.Profile.from_file(EXAMPLES / "mr-li.yaml"))
    signed = {"id": "s", "kind": "plan_signed", "on": "2024-11-25", **SIGNED}
    dates = {"loan.due_day": 30}
    case = opened.record(signed, as_of=date(2025, 3, 1))
    case = case.record({"id": "d", "kind": "fact_changed", "on": "2024-12-01", "facts": dates})
    return case.record({"id": "paid", "kind": "payment_made", "on": "2025-03-01", "amount": "100"})


@pytest.mark.parametrize("told", TOLD, ids=lambda told: plain(told.get("name")))
def test_it_is_refused_and_nothing_recorded(told: yaml.Mapping, case: Case) -> None:
    before, wanted = case.events, plain(told)
    with pytest.raises(pe.CaseError) as refused:
        case.record(told.get("event"))  # type: ignore[arg-type]
    found = refused.value.diagnostics
    assert sorted(f"{each.path} {each.code}" for each in found) == sorted(wanted["found"])
    assert wanted.get("says", "") in str(refused.value)
    assert "plenty" not in str(refused.value)
    assert case.events == before


@pytest.mark.parametrize(
    "told",
    [
        3,
        [],
        "paid",
        {1: 2},
        pe.Event("x", "contact", "soon"),  # type: ignore[arg-type]
        pe.Event(None, "contact", date(2025, 1, 1)),  # type: ignore[arg-type]
        pe.Event("x", "contact", datetime(2025, 1, 1)),  # noqa: DTZ001  # a time is what is wrong
        pe.Event("x", "contact", date(2025, 1, 1), details=[]),  # type: ignore[arg-type]
        pe.Event("x", "contact", date(2025, 1, 1), details={"amount": 1.5}),  # type: ignore[dict-item]
        {"id": "x", "kind": "contact", "on": "2025-01-01", "details": {"id": "y"}},
        {"id": "x", "kind": "payment_made", "on": "2025-01-01", "amount": 5.1},
    ],
)
def test_what_is_no_event_is_refused(told: Any, case: Case) -> None:
    with pytest.raises(pe.CaseError):
        case.record(told)


@pytest.mark.parametrize("content", [b"3", b"[1]", b"a: [", b"\xff", b""])
def test_a_file_that_tells_no_events_is_refused(content: bytes) -> None:
    with pytest.raises(pe.CaseError):
        events_from_bytes("events.yaml", content)


def test_the_case_does_not_go_back(case: Case) -> None:
    with pytest.raises(pe.UsageError):
        case.on(date(2025, 2, 28))
    with pytest.raises(pe.UsageError):
        case.record({"id": "x", "kind": "contact", "on": "2025-01-01"}, as_of=date(2025, 2, 28))


def test_a_salt_of_another_length_is_refused(case: Case) -> None:
    event: Mapping[str, Any] = {"id": "x", "kind": "plan_signed", "on": "2025-03-01", **SIGNED}
    with pytest.raises(pe.UsageError):
        case.record(event, salt=b"short")


def test_nothing_more_happens_once_it_is_settled(case: Case) -> None:
    over = case.record({"id": "end", "kind": "settled", "on": "2025-02-01"})
    for on in ("2025-02-02", "2025-03-01"):
        with pytest.raises(pe.CaseError) as refused:
            over.record({"id": "x", "kind": "contact", "on": on})
        assert refused.value.code == "closed-case"
    late = over.record({"id": "x", "kind": "contact", "on": "2025-01-31"})
    assert len(late.events) == len(over.events) + 1


def test_what_is_wrong_in_a_file_is_shown_at_its_line(case: Case) -> None:
    text = b"id: p1\nkind: payment_made\non: 2024-11-20\namount: 0\ncurrency: EUR\n"
    (told,) = events_from_bytes("p1.yaml", text)
    with pytest.raises(pe.CaseError) as caught:
        case.record(told)
    found = {d.code: d.span.line for d in caught.value.diagnostics if d.span is not None}
    assert found == {"out-of-range": 4, "wrong-currency": 5}
