"""What is written: row groups of many batches, so that what is known of them stays small."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from policyengine.portfolio.results import ROW
from policyengine.portfolio.run import outputs
from policyengine.portfolio.run.outputs import write_columns

SCHEMA = pa.schema([(ROW, pa.int64()), ("outcome", pa.int8())])


def batch(first: int, rows: int) -> pa.RecordBatch:
    return pa.record_batch(
        [pa.array(range(first, first + rows)), pa.array([1] * rows, pa.int8())], schema=SCHEMA
    )


@pytest.mark.parametrize(
    ("sizes", "groups"), [((4, 4, 4), [12]), ((10, 4), [10, 4]), ((), []), ((0,), [0])]
)
def test_batches_become_row_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], groups: list[int]
) -> None:
    monkeypatch.setattr(outputs, "GROUP_ROWS", 9)
    firsts = [sum(sizes[:place]) for place in range(len(sizes))]
    batches = [batch(first, rows) for first, rows in zip(firsts, sizes, strict=True)]
    path = tmp_path / "out.parquet"
    write_columns(path, tmp_path, SCHEMA, batches)
    found = pq.ParquetFile(path)
    about = found.metadata
    assert [about.row_group(place).num_rows for place in range(about.num_row_groups)] == groups
    assert found.read().column(ROW).to_pylist() == list(range(sum(sizes)))


def test_only_the_numbers_of_rows_have_statistics(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_columns(path, tmp_path, SCHEMA, [batch(0, 5)])
    (group,) = [pq.ParquetFile(path).metadata.row_group(0)]
    assert [group.column(place).is_stats_set for place in (0, 1)] == [True, False]
