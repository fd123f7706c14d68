"""Columns of any kind: plain ones, and lists of records with the members of all rows one below the other."""

from __future__ import annotations

import json
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from policyengine.facts.choosing import offsets_of
from policyengine.facts.columns import Column, Flags, ListColumn
from policyengine.facts.from_profile import MISSING
from policyengine.ir.dictionary import FactDefinition
from policyengine.model.types import Kind
from policyengine.portfolio.intake.reading import Reading
from policyengine.portfolio.intake.text import texts
from policyengine.portfolio.intake.whole import Array, known_of, numbers


@attrs.frozen(eq=False)
class Read:
    """A column as facts, and the rows in which something of it is wrong."""

    column: Column | ListColumn
    wrong: Flags


def read_column(array: Array, fact: FactDefinition, reading: Reading) -> Read:
    """Return a column whose type fits the fact."""
    array = plain(array)
    if fact.type.kind is Kind.LIST:
        return _list(_as_lists(array, fact, reading), fact, reading)
    cells = (texts if is_text(array.type) else numbers)(array, fact, reading)
    return Read(cells.column, cells.wrong)


def plain(array: Array) -> Array:
    """Return a column as one array without a dictionary."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def is_text(type_: Any) -> bool:
    """Whether a column holds text."""
    if pa.types.is_dictionary(type_):
        return is_text(type_.value_type)
    types = pa.types
    return bool(
        types.is_string(type_) or types.is_large_string(type_) or types.is_string_view(type_)
    )


def is_list(type_: Any) -> bool:
    """Whether a column holds lists."""
    types = pa.types
    return bool(
        types.is_list(type_)
        or types.is_large_list(type_)
        or types.is_fixed_size_list(type_)
        or types.is_list_view(type_)
        or types.is_large_list_view(type_)
    )


# Lists


@attrs.frozen(eq=False)
class _Lists:
    """Lists of records: which are known, how long each is, the members, and the rows of which none could be read."""

    known: Flags
    lengths: Any
    members: Array
    wrong: Flags


def _list(lists: _Lists, fact: FactDefinition, reading: Reading) -> Read:
    wrong, members = lists.wrong.copy(), lists.members
    owners = np.repeat(np.arange(len(wrong)), lists.lengths)
    wrong[owners[~known_of(members)]] = True
    fields: dict[str, Column | ListColumn] = {}
    record = reading.dictionary.records[fact.type.of or ""]
    for field, values in zip(members.type, members.flatten(), strict=True):
        read = read_column(values, record[field.name], reading)
        fields[field.name] = read.column
        wrong[owners[read.wrong]] = True
    known = None if lists.known.all() else lists.known
    return Read(ListColumn(offsets_of(lists.lengths), known, fields), wrong)


def _as_lists(array: Array, fact: FactDefinition, reading: Reading) -> _Lists:
    rows, right = len(array), np.zeros(len(array), np.bool_)
    if pa.types.is_null(array.type):
        return _Lists(right, np.zeros(rows, np.int64), pa.array([], pa.struct([])), right)
    if is_text(array.type):
        return _from_json(array, fact, reading)
    lengths = pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False)
    return _Lists(known_of(array), lengths.astype(np.int64), plain(array.flatten()), right)


def _from_json(array: Array, fact: FactDefinition, reading: Reading) -> _Lists:
    """Return lists that are written as JSON, their members' fields as text."""
    record = reading.dictionary.records[fact.type.of or ""]
    cells = [None if cell in MISSING else json_list(cell) for cell in array.to_pylist()]
    right = [cell is None or _is_records(cell, record) for cell in cells]
    lists = [
        [{name: _as_text(value) for name, value in member.items()} for member in cell or ()]
        if fits
        else []
        for cell, fits in zip(cells, right, strict=True)
    ]
    type_ = pa.struct([(name, pa.string()) for name in record])
    members = pa.array([member for cell in lists for member in cell], type_)
    lengths = np.array([len(cell) for cell in lists], np.int64)
    known = np.array([cell is not None for cell in cells], np.bool_)
    return _Lists(known, lengths, members, ~np.array(right, np.bool_))


def json_list(cell: Any) -> Any:
    """Return what a cell says as JSON; one that is no JSON stays as it is."""
    try:
        return json.loads(cell, parse_float=str, parse_int=str, object_pairs_hook=_once)
    except (TypeError, ValueError, RecursionError):
        return cell


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError
    return dict(pairs)


def _is_records(cell: Any, record: Any) -> bool:
    return isinstance(cell, list) and all(
        isinstance(member, dict) and all(name in record for name in member) for member in cell
    )


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def cell_at(array: Array, row: int, fact: FactDefinition) -> Any:
    """Return one cell, a list written as JSON as a list."""
    value = array[row].as_py()
    return json_list(value) if fact.type.kind is Kind.LIST and isinstance(value, str) else value
