"""Many columns held against many constants, 32 rows at a time, a byte a row: one where the test holds, else zero.

These are compiled once for each width of values, whatever the policy: what is tested is data. The vectors are written
out because the loop a compiler would make of them takes as many rows as values of the column fit a register, and
packs each few truths by themselves.
"""

# mypy: disable-error-code="no-untyped-call"
# numba and llvmlite have no types of their own.

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit
from numba.core import cgutils, types
from numba.extending import intrinsic

#: Rows of a vector.
LANES = 32


def _pointer(context: Any, builder: Any, type_: Any, array: Any, place: Any) -> Any:
    """Return where 32 elements of an array begin."""
    data = cgutils.create_struct_proxy(type_)(context, builder, array).data
    element = context.get_data_type(type_.dtype)
    return builder.bitcast(builder.gep(data, [place]), ir.VectorType(element, LANES).as_pointer())


def _loaded(context: Any, builder: Any, type_: Any, array: Any, place: Any) -> Any:
    return builder.load(_pointer(context, builder, type_, array, place), align=1)


def _each(builder: Any, value: Any) -> Any:
    """Return a vector of one value."""
    vector, zero = ir.VectorType(value.type, LANES), ir.Constant(ir.IntType(32), 0)
    undefined = ir.Constant(vector, ir.Undefined)
    one = builder.insert_element(undefined, value, zero)
    places = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, undefined, places)


def _flipped(builder: Any, truths: Any, flip: Any) -> Any:
    """Return truths as bytes, or their opposites where `flip` is one."""
    found = builder.zext(truths, ir.VectorType(ir.IntType(8), LANES))
    return builder.xor(found, _each(builder, builder.trunc(flip, ir.IntType(8))))


def _tested(operator: str) -> Any:
    @intrinsic
    def tested(
        _typing: Any, column: Any, at: Any, constant: Any, flip: Any, out: Any, to: Any
    ) -> Any:
        signature = types.void(column, at, constant, flip, out, to)

        def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            column, at, constant, flip, out, to = given
            values = _loaded(context, builder, signature.args[0], column, at)
            width = values.type.element
            small = constant if width.width == 64 else builder.trunc(constant, width)
            truths = builder.icmp_signed(operator, values, _each(builder, small))
            place = _pointer(context, builder, signature.args[4], out, to)
            builder.store(_flipped(builder, truths, flip), place, align=1)
            return context.get_dummy_value()

        return signature, write

    return tested


def _crossed() -> Any:
    """Return what writes whether `left * p >= right * q`, in 32 bits."""

    @intrinsic
    def crossed(  # noqa: PLR0913, PLR0917  # numba takes apart no tuple here
        _typing: Any, left: Any, right: Any, at: Any, p: Any, q: Any, flip: Any, out: Any, to: Any
    ) -> Any:
        signature = types.void(left, right, at, p, q, flip, out, to)

        def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            left, right, at, p, q, flip, out, to = given
            sides = [
                _times(builder, _loaded(context, builder, type_, column, at), factor)
                for type_, column, factor in zip(
                    signature.args, (left, right), (p, q), strict=False
                )
            ]
            truths = builder.icmp_signed(">=", *sides)
            place = _pointer(context, builder, signature.args[6], out, to)
            builder.store(_flipped(builder, truths, flip), place, align=1)
            return context.get_dummy_value()

        return signature, write

    return crossed


def _times(builder: Any, values: Any, factor: Any) -> Any:
    """Return values times a factor, in 32 bits."""
    int32 = ir.IntType(32)
    if values.type.element.width != int32.width:
        change = builder.sext if values.type.element.width < int32.width else builder.trunc
        values = change(values, ir.VectorType(int32, LANES))
    return builder.mul(values, _each(builder, builder.trunc(factor, int32)))


_at_least_32, _equal_32, _crossed_32 = _tested(">="), _tested("=="), _crossed()


@njit(nogil=True)
def at_least(columns: Any, tests: Any, b: int, n: int, u: Any) -> None:
    """Write for each test (column, constant, flip, where to) whether a value is at least a constant."""
    whole = n // 32 * 32
    for k in range(tests.shape[0]):
        column, constant, flip, to = columns[tests[k, 0]], tests[k, 1], tests[k, 2], tests[k, 3]
        for i in range(0, whole, 32):
            _at_least_32(column, b + i, constant, flip, u, to + i)
        for i in range(whole, n):
            u[to + i] = (column[b + i] >= constant) ^ (flip != 0)


@njit(nogil=True)
def equal(columns: Any, tests: Any, b: int, n: int, u: Any) -> None:
    """Write for each test (column, constant, flip, where to) whether a value is a constant."""
    whole = n // 32 * 32
    for k in range(tests.shape[0]):
        column, constant, flip, to = columns[tests[k, 0]], tests[k, 1], tests[k, 2], tests[k, 3]
        for i in range(0, whole, 32):
            _equal_32(column, b + i, constant, flip, u, to + i)
        for i in range(whole, n):
            u[to + i] = (column[b + i] == constant) ^ (flip != 0)


@njit(nogil=True)
def crossed(lefts: Any, rights: Any, tests: Any, b: int, n: int, u: Any) -> None:
    """Write for each test (left, right, p, q, flip, where to) whether `left * p >= right * q`; both have 32 bits."""
    whole = n // 32 * 32
    for k in range(tests.shape[0]):
        left, right = lefts[tests[k, 0]], rights[tests[k, 1]]
        p, q, flip, to = tests[k, 2], tests[k, 3], tests[k, 4], tests[k, 5]
        for i in range(0, whole, 32):
            _crossed_32(left, right, b + i, p, q, flip, u, to + i)
        for i in range(whole, n):
            u[to + i] = (left[b + i] * p >= right[b + i] * q) ^ (flip != 0)


@intrinsic
def copied(_typing: Any, out: Any, to: Any, array: Any, at: Any, n: Any) -> Any:
    """Copy so many bytes from a place of one array to a place of another."""
    signature = types.void(out, to, array, at, n)

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        out, to, array, at, n = given
        ends = []
        for type_, value, place in ((signature.args[0], out, to), (signature.args[2], array, at)):
            data = cgutils.create_struct_proxy(type_)(context, builder, value).data
            ends.append(cgutils.pointer_add(builder, data, place))
        cgutils.raw_memcpy(builder, ends[0], ends[1], n, 1)
        return context.get_dummy_value()

    return signature, write
