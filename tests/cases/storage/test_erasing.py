"""What is personal can be erased: from the file too, and what is left still verifies."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from case_store import OPENING, event

from policyengine.cases.storage import open_store
from policyengine.cases.storage.store import Store
from policyengine.diagnostics import CaseError

SAID = "Vertraulich"


def filled(store: Store) -> None:
    for case in ("C-1", "C-2"):
        store.create(case, OPENING)
        store.append(case, [event(n) for n in range(9)], expected=0)


def test_an_erased_case_verifies_with_the_same_end(store: Store) -> None:
    filled(store)
    before = store.verify("C-1")
    for _ in range(2):
        done = store.erase("C-1")
        assert (done.number, done.digest, done.erased) == (before.number, before.digest, True)
        assert store.verify("C-1", digest=before.digest) == done
    assert [head.erased for head in store.cases()] == [True, False]


def test_an_erased_case_is_neither_read_nor_continued(store: Store) -> None:
    filled(store)
    store.erase("C-1")
    said = "what is personal of case `C-1` was erased"
    with pytest.raises(CaseError, match=said):
        store.read("C-1")
    for again in (event(1), event(10)):
        with pytest.raises(CaseError, match=said):
            store.append("C-1", [again], expected=9)
    with pytest.raises(CaseError, match=said):
        store.create("C-1", OPENING)


def test_other_cases_keep_what_they_have(store: Store) -> None:
    filled(store)
    store.erase("C-1")
    assert len(store.read("C-2").events) == 9


def test_no_byte_of_it_is_left_in_the_files(tmp_path: Path) -> None:
    chance = Random(1)
    with open_store(tmp_path / "cases.db") as store:
        for case in ("kept", "erased"):
            store.create(case, OPENING)
        for number in range(
            60
        ):  # of every length, so that pages are split and what is long lies apart
            long = SAID + "x" * chance.randint(0, 9000)
            store.append("erased", [event(number, note=long)], expected=number)
            store.append(
                "kept", [event(number, note="y" * chance.randint(0, 3000))], expected=number
            )
        assert SAID in contents(tmp_path)
        store.erase("erased")
        assert SAID not in contents(tmp_path)
        assert len(store.read("kept").events) == 60


def contents(folder: Path) -> str:
    return "".join(file.read_bytes().decode("latin-1") for file in sorted(folder.iterdir()))
