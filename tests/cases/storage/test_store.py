"""What a store keeps, whichever database it is in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest
from case_store import OPENING, event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policyengine.cases.event import Event
from policyengine.cases.storage import ConflictError, open_store
from policyengine.cases.storage.store import Store
from policyengine.diagnostics import CaseError, UsageError


@pytest.fixture
def case(store: Store) -> str:
    """The name of a case with three events."""
    store.create("C-1", OPENING)
    store.append("C-1", [event(1), event(2), event(3)], expected=0)
    return "C-1"


def test_what_was_kept_is_there_when_it_is_opened_again(store_at: str) -> None:
    with open_store(store_at) as first:
        first.create("C-1", OPENING)
        kept = first.append("C-1", [event(1)], expected=0)
        kept = first.append("C-1", [event(2), event("三")], expected=1)
    with open_store(store_at, create=False) as again:
        log = again.read("C-1")
        assert (log.opening, log.events) == (OPENING, (event(1), event(2), event("三")))
        assert log.head == kept == again.verify("C-1")
        assert kept.number == 3


def test_cases_are_listed_by_their_names(store: Store) -> None:
    assert store.cases() == ()
    for name in ("b", "a", "c"):
        store.create(name, OPENING)
    store.append("a", [event(1)], expected=0)
    assert [(head.case, head.number) for head in store.cases()] == [("a", 1), ("b", 0), ("c", 0)]


def test_cases_do_not_mix(store: Store, case: str) -> None:
    other = attrs.evolve(OPENING, engine="other")
    store.create("C-2", other)
    store.append("C-2", [event(1)], expected=0)
    assert store.read("C-2").events == (event(1),)
    assert store.read("C-2").opening == other
    assert len(store.read(case).events) == 3


def test_nothing_to_append_changes_nothing(store: Store, case: str) -> None:
    assert store.append(case, [], expected=3) == store.verify(case)


# Twice


def test_the_same_opening_again_is_no_error(store: Store, case: str) -> None:
    assert store.create(case, OPENING) == store.verify(case)


def test_another_opening_is_refused(store: Store, case: str) -> None:
    other = attrs.evolve(OPENING, profile="borrower: {name: Sommer}")
    with pytest.raises(CaseError, match="there is a case `C-1` already, opened otherwise") as error:
        store.create(case, other)
    assert "Sommer" not in str(error.value)
    assert store.read(case).opening == OPENING


@pytest.mark.parametrize("expected", [0, 2, 3, 99])
def test_the_same_events_again_are_one_event_whatever_is_expected(
    store: Store, case: str, expected: int
) -> None:
    before = store.verify(case)
    assert store.append(case, [event(3), event(1)], expected=expected) == before
    assert store.read(case).events == (event(1), event(2), event(3))


def test_of_old_and_new_events_the_new_are_kept(store: Store, case: str) -> None:
    assert store.append(case, [event(2), event(4), event(4)], expected=3).number == 4
    assert [each.id for each in store.read(case).events] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    "other",
    [
        event(2, amount="9999.99"),
        attrs.evolve(event(2), kind="payment_missed"),
        attrs.evolve(event(2), loan="L-2"),
        attrs.evolve(event(2), sequence=1),
        attrs.evolve(event(2), on=event(1).on),
    ],
)
def test_the_same_id_with_another_content_is_refused_as_a_whole(
    store: Store, case: str, other: Event
) -> None:
    with pytest.raises(CaseError) as refused:
        store.append(case, [event(4), other], expected=3)
    assert refused.value.code == "differing-event"
    assert "event `2` of case `C-1` is there already with another content" in str(refused.value)
    assert "9999.99" not in str(refused.value)
    assert store.verify(case).number == 3


def test_an_id_twice_in_one_append_with_different_contents_is_refused(
    store: Store, case: str
) -> None:
    one, other = event(4, flag=True), event(4, flag=1)
    with pytest.raises(CaseError, match="event `4`"):
        store.append(case, [one, other], expected=3)
    assert store.verify(case).number == 3


# Who was not first


@pytest.mark.parametrize("expected", [0, 2, 4])
def test_a_writer_that_expects_another_number_is_told_the_number(
    store: Store, case: str, expected: int
) -> None:
    with pytest.raises(ConflictError) as told:
        store.append(case, [event(4), event(5)], expected=expected)
    assert told.value.number == 3
    assert f"case `C-1` has come to entry 3 by now, not {expected}" in str(told.value)
    assert store.verify(case).number == 3


def test_threads_share_a_store(store: Store) -> None:
    names = [f"C-{number}" for number in range(4)]

    def write(name: str) -> int:
        store.create(name, OPENING)
        return [store.append(name, [event(n)], expected=n) for n in range(5)][-1].number

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, names)) == [5] * 4
    assert [(head.case, head.number) for head in store.cases()] == [(name, 5) for name in names]


# What is no case


def test_an_unknown_case_is_refused_with_the_nearest_name(store: Store, case: str) -> None:
    for refused in (store.read, store.verify, store.erase):
        with pytest.raises(CaseError, match="there is no case `C-11`") as error:
            refused("C-11")
        assert error.value.hint == f"did you mean `{case}`?"
    with pytest.raises(CaseError, match="there is no case `C-11`"):
        store.append("C-11", [event(1)], expected=0)


@pytest.mark.parametrize("name", ["", "a\nb", "a\0b", "x" * 201, "\ud800"])
def test_a_name_that_is_not_one_line_is_refused(store: Store, case: str, name: str) -> None:
    with pytest.raises(UsageError, match="the name of a case is not one line of text"):
        store.create(name, OPENING)
    with pytest.raises(UsageError, match="the name of an event is not one line of text"):
        store.append(case, [attrs.evolve(event(4), id=name)], expected=3)


def test_an_event_that_is_not_plain_leaves_nothing_of_its_append(store: Store, case: str) -> None:
    with pytest.raises(CaseError, match="event `5` holds a value that is not plain"):
        store.append(case, [event(4), attrs.evolve(event(5), details={"a": 0.5})], expected=3)  # type: ignore[dict-item]
    assert store.verify(case).number == 3


# All that may happen


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.tuples(st.lists(st.integers(0, 6), max_size=4), st.integers(0, 8)), max_size=8))
def test_a_store_does_as_a_list_would(store: Store, appends: list[tuple[list[int], int]]) -> None:
    name = f"C-{len(store.cases())}"
    store.create(name, OPENING)
    kept: list[int] = []
    for batch, expected in appends:
        new = [each for each in dict.fromkeys(batch) if each not in kept]
        told = [event(each) for each in batch]
        if new and expected != len(kept):
            with pytest.raises(ConflictError) as refused:
                store.append(name, told, expected=expected)
            assert refused.value.number == len(kept)
        else:
            kept += new
            assert store.append(name, told, expected=expected).number == len(kept)
    assert store.read(name).events == tuple(map(event, kept))
