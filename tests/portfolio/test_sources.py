"""Files and frames give the same rows in the same order, from any place on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from policyengine.diagnostics import PortfolioError, UsageError
from policyengine.portfolio.sources import csv
from policyengine.portfolio.sources.frames import FrameSource
from policyengine.portfolio.sources.opening import source_of
from policyengine.portfolio.sources.source import Chunk, Source, even

ROWS = 1000
TABLE = pa.table({"n": range(ROWS), "t": [f"r{i}" for i in range(ROWS)]})


def written(path: Path) -> str:
    """Write the rows in pieces of many sizes."""
    pieces = [TABLE.slice(at, 70) for at in range(0, ROWS, 70)]
    match path.suffix:
        case ".parquet":
            pq.write_table(TABLE, path, row_group_size=130)
        case ".csv":
            pa.csv.write_csv(TABLE, path)
        case ".arrows":
            with pa.ipc.new_stream(str(path), TABLE.schema) as stream:
                for piece in pieces:
                    stream.write_table(piece)
        case _:
            with pa.ipc.new_file(str(path), TABLE.schema) as file:
                for piece in pieces:
                    file.write_table(piece)
    return str(path)


def rows(chunks: Iterator[Chunk]) -> list[tuple[int, str]]:
    """Return the place of each row and what it says of itself."""
    return [
        (int(row), text)
        for chunk in chunks
        for row, text in zip(chunk.rows, chunk.batch.column("t").to_pylist(), strict=True)
    ]


WHOLE = [(i, f"r{i}") for i in range(ROWS)]
ENDINGS = [".parquet", ".csv", ".arrow", ".arrows"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("start", [0, 1, 129, 130, 131, 700, 999, 1000, 1001])
def test_files_from_any_place_on(ending: str, start: int, tmp_path: Path) -> None:
    source = source_of(written(tmp_path / f"rows{ending}"))
    assert rows(source.chunks(start)) == WHOLE[start:]
    pieces = list(even(source.chunks(start), start, 128))
    assert rows(iter(pieces)) == WHOLE[start:]
    ends = [piece.end for piece in pieces]
    assert ends == [end for end in [*range(128, 1000, 128), 1000] if end > start]


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
def test_files_that_know_how_many_rows_there_are(ending: str, tmp_path: Path) -> None:
    assert source_of(written(tmp_path / f"rows{ending}")).rows == ROWS


def frames() -> Iterator[Any]:
    yield TABLE
    yield TABLE.to_batches()[0]
    yield pa.RecordBatchReader.from_batches(TABLE.schema, TABLE.to_batches())
    yield pd.DataFrame({"n": range(ROWS), "t": [f"r{i}" for i in range(ROWS)]})
    yield pl.DataFrame({"n": range(ROWS), "t": [f"r{i}" for i in range(ROWS)]})


@pytest.mark.parametrize("frame", list(frames()), ids=lambda frame: type(frame).__module__)
def test_frames(frame: Any) -> None:
    source: Source = source_of(frame)
    assert isinstance(source, FrameSource)
    assert rows(source.chunks()) == WHOLE


def test_views_become_plain_text_and_lists() -> None:
    items = pl.Series("c", [["a"], None], pl.List(pl.String))
    frame = pl.DataFrame(
        {"t": ["a", None], "c": items, "k": pl.Series(["x", "y"], dtype=pl.Categorical)}
    )
    source = source_of(frame)
    (chunk,) = source.chunks()
    assert chunk.batch.schema == source.schema
    assert not [f.name for f in source.schema if "view" in str(f.type)]
    assert chunk.batch.to_pylist() == frame.to_dicts()


def test_a_lazy_frame_is_collected_by_its_owner() -> None:
    class Lazy:
        def collect(self) -> None: ...

    with pytest.raises(UsageError) as caught:
        source_of(Lazy())
    assert caught.value.hint == "collect a lazy frame first"


def test_what_is_no_source() -> None:
    with pytest.raises(UsageError, match="rows come from"):
        source_of(3)
    with pytest.raises(UsageError, match="not clear what kind"):
        source_of("loans.xlsx")
    with pytest.raises(UsageError, match="there is no"):
        source_of("nowhere.parquet")


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
@pytest.mark.parametrize("kept", [0, 10, 500])
def test_a_file_that_is_cut_off(ending: str, kept: int, tmp_path: Path) -> None:
    path = Path(written(tmp_path / f"rows{ending}"))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(PortfolioError) as caught:
        list(source_of(path).chunks())
    assert caught.value.code == "unreadable-file"
    assert str(path) in str(caught.value)


def test_a_damaged_parquet_file(tmp_path: Path) -> None:
    path = Path(written(tmp_path / "rows.parquet"))
    content = bytearray(path.read_bytes())
    content[200:900] = bytes(700)
    path.write_bytes(content)
    with pytest.raises(PortfolioError) as caught:
        list(source_of(path).chunks())
    assert caught.value.code == "unreadable-file"


# CSV


def csv_of(tmp_path: Path, text: str | bytes) -> csv.CsvSource:
    path = tmp_path / "rows.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return csv.CsvSource(str(path))


def test_every_cell_is_text_and_empty_is_null(tmp_path: Path) -> None:
    source = csv_of(tmp_path, 'a,t\n007,"x, ""y"""\n,\n1e3,"two\nlines"\n')
    (chunk,) = source.chunks()
    assert chunk.batch.to_pylist() == [
        {"a": "007", "t": 'x, "y"'},
        {"a": None, "t": None},
        {"a": "1e3", "t": "two\nlines"},
    ]


def test_a_mark_at_the_beginning_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert csv_of(tmp_path, "\ufeffa,t\n1,2\n").schema.names == ["a", "t"]


def test_rows_that_cannot_be_split_are_rejects_in_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the file is read in many blocks."""
    monkeypatch.setattr(csv, "_BLOCK", 512)
    broken = {0, 3, 4, 5, 500, 777, 998, 999}
    lines = [f"{i},r{i}" + (",?" if i in broken else "") for i in range(ROWS)]
    source = csv_of(tmp_path, "\n".join(["n,t", *lines]) + "\n")
    for start in (0, 1, 4, 6, 500, 998, 1000):
        chunks = list(source.chunks(start))
        assert rows(iter(chunks)) == [row for row in WHOLE[start:] if row[0] not in broken]
        found = [reject.row for chunk in chunks for reject in chunk.rejects]
        assert found == sorted(row for row in broken if row >= start)
    pieces = list(even(source.chunks(), 0, 100))
    assert [piece.end for piece in pieces] == [*range(100, 1001, 100)]
    for piece in pieces:
        settled = {*map(int, piece.rows), *(reject.row for reject in piece.rejects)}
        assert settled == set(range(piece.end - 100, piece.end))


def test_a_reject_says_how_many_cells_there_are_and_not_which(tmp_path: Path) -> None:
    chunks = csv_of(tmp_path, "a,t\nsecret\n1,2\n1,2,secret\n").chunks()
    assert [(r.row, r.message) for chunk in chunks for r in chunk.rejects] == [
        (0, "the row has 1 cell where there are 2 columns"),
        (2, "the row has 3 cells where there are 2 columns"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "unreadable-file"),
        (b"a,a\n1,2\n", "repeated-name"),
        (b"a,t\n\xff\xfe,1\n", "unreadable-file"),
    ],
)
def test_what_is_no_csv(text: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(PortfolioError) as caught:
        list(csv_of(tmp_path, text).chunks())
    assert caught.value.code == code


def test_even_joins_small_pieces() -> None:
    def small() -> Iterator[Chunk]:
        for at in range(0, 10, 3):
            batch = TABLE.slice(at, min(3, 10 - at)).to_batches()[0]
            yield Chunk(batch, np.arange(at, at + batch.num_rows), at + batch.num_rows)

    pieces = list(even(small(), 0, 4))
    assert [piece.batch.num_rows for piece in pieces] == [4, 4, 2]
    assert rows(iter(pieces)) == WHOLE[:10]
