from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import rows
import tiny

import policyengine as pe
from policyengine.evaluators.compiled.columns.from_situations import columns_from
from policyengine.evaluators.compiled.columns.screening import ColumnsEvaluator, ScreenedColumns
from policyengine.facts.columns import Column, FactColumns, ListColumn
from policyengine.ir.program import Program

CONDITIONS = ("x.n > 1", 'x.word == "late"', "x.cash <= 100.00", 'x.colour in {"red", "blue"}')


POLICIES = tiny.requiring(CONDITIONS)
(PROGRAM,) = POLICIES.programs


def _facts(count: int, *, texts: tuple[str, ...] = ("soon", "late")) -> FactColumns:
    places = np.arange(count)
    facts = {
        "x.n": Column((places % 4).astype(np.int8), None),
        "x.word": Column((places % 2).astype(np.int32), places % 3 != 0),
        "x.cash": Column((places % 5 + 9998).astype(np.int64), None),
        "x.colour": Column((places % 3).astype(np.int8), None),
    }
    loans = ListColumn(np.arange(count + 1), None, {})
    return FactColumns(date(2024, 11, 20), count, facts, loans, texts)


def _screened(facts: FactColumns, program: Program = PROGRAM) -> ScreenedColumns:
    return rows.COLUMNS.screen(program, facts)


def test_masks_of_many_rows_in_any_number_of_threads() -> None:
    facts = _facts(300_001)
    places = np.arange(facts.rows)
    late, known = places % 2 == 1, places % 3 != 0
    fails = (
        (places % 4 <= 1) * 1 | (known & ~late) * 2 | (places % 5 > 2) * 4 | (places % 3 == 1) * 8
    )
    for threads in (1, 2, 3):
        found = ColumnsEvaluator(threads, folder=None).screen(PROGRAM, facts)
        assert (found.failed[0] == fails).all()
        assert (found.unknown[0] == ~known * 2).all()
        assert found.flagged is None


def test_a_mask_that_is_zero_of_all_rows_takes_no_room() -> None:
    found = _screened(_facts(100))
    assert found.unknown[1].strides == (0,)
    assert not found.unknown[1].any()


def test_no_rows() -> None:
    found = _screened(_facts(0))
    assert [len(mask) for mask in (*found.failed, *found.unknown)] == [0] * 6


def test_a_text_that_no_row_has_equals_none() -> None:
    found = _screened(_facts(6, texts=("soon", "later")))
    assert [bool(mask & 2) for mask in found.failed[0]] == [False, True, True, False, True, True]


def test_a_column_that_is_not_there_is_known_of_no_row() -> None:
    facts = _facts(10)
    less = FactColumns(facts.as_of, 10, {"x.n": facts.facts["x.n"]}, facts.loans, facts.texts)
    found = _screened(less)
    assert set(found.unknown[0]) == {0b1110}
    assert set(found.failed[0]) == {0, 1}


def test_arrays_may_be_of_any_layout_and_not_to_be_written_to() -> None:
    facts = _facts(50)
    n = np.repeat(facts.facts["x.n"].values, 2)[::2]  # type: ignore[union-attr]
    n.flags.writeable = False
    other = {**facts.facts, "x.n": Column(n, None)}
    strange = FactColumns(facts.as_of, 50, other, facts.loans, facts.texts)
    assert (_screened(strange).failed[0] == _screened(facts).failed[0]).all()


def test_arrays_of_an_earlier_result_are_written_over() -> None:
    first = _screened(_facts(1000))
    again = rows.COLUMNS.screen(PROGRAM, _facts(500), reuse=first)
    assert again.memory is first.memory
    assert (again.failed[0] == _screened(_facts(500)).failed[0]).all()


@pytest.mark.parametrize(("many", "dtype"), [(9, np.uint16), (33, np.uint64)])
def test_masks_are_as_wide_as_the_conditions_need(many: int, dtype: type) -> None:
    policies = tiny.requiring(tuple(f"x.n != {i % 4}" for i in range(many)))
    found = _screened(_facts(8), policies.programs[0])
    assert found.failed[0].dtype == dtype
    want = [sum(1 << i for i in range(many) if i % 4 == row % 4) for row in range(8)]
    assert [int(mask) for mask in found.failed[0]] == want


def test_conditions_behind_the_64th_are_left() -> None:
    policies = tiny.requiring(tuple(f"x.n != {i}" for i in range(66)))
    found = _screened(_facts(4), policies.programs[0])
    assert found.left[0] == 0b11 << 64
    assert [int(mask) for mask in found.failed[0]] == [1, 2, 4, 8]


def test_what_no_source_is_written_for_is_left() -> None:
    policies = tiny.requiring(("payment(x.cash, x.rate, x.term) > 5", "x.n > 1"))
    found = _screened(_facts(4), policies.programs[0])
    assert found.left[0] == 0b01
    assert [int(mask) for mask in found.failed[0]] == [2, 2, 0, 0]


def test_days_outside_the_calendar_are_refused() -> None:
    policies = tiny.requiring(("x.day + 1 month > as_of",))
    facts = {"x.day": Column(np.array([738_000, 2**30], np.int32), None)}
    strange = FactColumns(date(2024, 11, 20), 2, facts, ListColumn(np.arange(3), None, {}), ())
    with pytest.raises(pe.UsageError, match="dates"):
        _screened(strange, policies.programs[0])


def test_what_stands_where_a_value_is_not_known_means_nothing() -> None:
    policies = tiny.requiring(("x.day + 1 month > as_of", "x.cash * 3 > x.cost"))
    known = np.array([True, False])
    facts = {
        "x.day": Column(np.array([738_000, -(2**31)], np.int32), known),
        "x.cash": Column(np.array([100, -(2**63)], np.int64), known),
        "x.cost": Column(np.array([300, 2**63 - 1], np.int64), known),
    }
    strange = FactColumns(date(2024, 11, 20), 2, facts, ListColumn(np.arange(3), None, {}), ())
    found = _screened(strange, policies.programs[0])
    assert [int(mask) for mask in found.failed[0]] == [0b11, 0]
    assert [int(mask) for mask in found.unknown[0]] == [0, 0b11]
    assert found.flagged is None


def test_situations_of_several_days_are_no_columns() -> None:
    given = [tiny.situation(POLICIES, {"x.n": "1"})]
    assert columns_from(given, POLICIES.dictionary, PROGRAM.scale).rows == 1
    with pytest.raises(pe.UsageError, match="one day"):
        columns_from([], POLICIES.dictionary, PROGRAM.scale)
