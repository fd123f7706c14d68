"""Many columns held against many constants, 32 rows at a time, a byte a row: one where the test holds, else zero.

These are compiled once for each width of values, whatever the policy: what is tested is data. The vectors are written
out because the loop a compiler would make of them takes as many rows as values of the column fit a register, and
packs each few truths by themselves.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit
from numba.core import cgutils, types
from numba.extending import intrinsic

#: Rows of a vector.
LANES = 32


def _pointer(context: Any, builder: Any, type_: Any, array: Any, place: Any) -> Any:
    """Return where 32 elements of an array begin."""
    data = cgutils.create_struct_proxy(type_)(context, builder, array).data
    element = context.get_data_type(type_.dtype)
    return builder.bitcast(
        builder.gep(data, [place]), ir.VectorType(element, LANES).as_pointer()
    )


def _loaded(context: Any, builder: Any, type_: Any, array: Any, place: Any) -> Any:
    return builder.load(_pointer(context, builder, type_, array, place), align=1)


def _each(builder: Any, value: Any) -> Any:
    """Return a vector of one value."""
    vector, zero = ir.VectorType(value.type, LANES), ir.Constant(ir.IntType(32), 0)
    undefined = ir.Constant(vector, ir.Undefined)
    one = builder.insert_element(undefined, value, zero)
    places = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, undefined, places)


def _kept(context: Any, builder: Any, truths: Any, flip: Any, type_: Any, out: Any, to: Any) -> None:
    """Store truths, or their opposites where `flip` is one."""
    found = builder.zext(truths, ir.VectorType(ir.IntType(8), LANES))
    found = builder.xor(found, _each(builder, builder.trunc(flip, ir.IntType(8))))
    builder.store(found, _pointer(context, builder, type_, out, to), align=1)


def _tested(operator: str) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def tested(_typing: Any, column: Any, at: Any, constant: Any, flip: Any, out: Any, to: Any) -> Any:
        signature = types.void(column, at, constant, flip, out, to)

        def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            column, at, constant, flip, out, to = given
            values = _loaded(context, builder, signature.args[0], column, at)
            width = values.type.element
            small = constant if width.width == 64 else builder.trunc(constant, width)
            truths = builder.icmp_signed(operator, values, _each(builder, small))
            _kept(context, builder, truths, flip, signature.args[4], out, to)
            return context.get_dummy_value()

        return signature, write

    return tested


@intrinsic  # type: ignore[untyped-decorator]
def _crossed(_typing: Any, left: Any, right: Any, at: Any, p: Any, q: Any, flip: Any, out: Any, to: Any) -> Any:  # noqa: PLR0913, PLR0917
    """Write whether `left * p >= right * q`, in 32 bits."""
    signature = types.void(left, right, at, p, q, flip, out, to)

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        left, right, at, p, q, flip, out, to = given
        int32 = ir.IntType(32)
        sides = []
        for type_, column, factor in zip(signature.args[:2], (left, right), (p, q), strict=True):
            values = _loaded(context, builder, type_, column, at)
            if values.type.element.width < 32:
                values = builder.sext(values, ir.VectorType(int32, LANES))
            elif values.type.element.width > 32:
                values = builder.trunc(values, ir.VectorType(int32, LANES))
            sides.append(builder.mul(values, _each(builder, builder.trunc(factor, int32))))
        truths = builder.icmp_signed(">=", *sides)
        _kept(context, builder, truths, flip, signature.args[6], out, to)
        return context.get_dummy_value()

    return signature, write


_at_least_32, _equal_32 = _tested(">="), _tested("==")


@njit(nogil=True, cache=True)
def at_least(columns: Any, tests: Any, b: int, n: int, u: Any) -> None:
    """Write for each test (column, constant, flip, where to) whether a value is at least a constant."""
    whole = n // 32 * 32
    for k in range(tests.shape[0]):
        column, constant, flip, to = columns[tests[k, 0]], tests[k, 1], tests[k, 2], tests[k, 3]
        for i in range(0, whole, 32):
            _at_least_32(column, b + i, constant, flip, u, to + i)
        for i in range(whole, n):
            u[to + i] = (column[b + i] >= constant) ^ (flip != 0)


@njit(nogil=True, cache=True)
def equal(columns: Any, tests: Any, b: int, n: int, u: Any) -> None:
    """Write for each test (column, constant, flip, where to) whether a value is a constant."""
    whole = n // 32 * 32
    for k in range(tests.shape[0]):
        column, constant, flip, to = columns[tests[k, 0]], tests[k, 1], tests[k, 2], tests[k, 3]
        for i in range(0, whole, 32):
            _equal_32(column, b + i, constant, flip, u, to + i)
        for i in range(whole, n):
            u[to + i] = (column[b + i] == constant) ^ (flip != 0)


@njit(nogil=True, cache=True)
def crossed(lefts: Any, rights: Any, tests: Any, b: int, n: int, u: Any) -> None:
    """Write for each test (left, right, p, q, flip, where to) whether `left * p >= right * q`; both have 32 bits."""
    whole = n // 32 * 32
    for k in range(tests.shape[0]):
        left, right = lefts[tests[k, 0]], rights[tests[k, 1]]
        p, q, flip, to = tests[k, 2], tests[k, 3], tests[k, 4], tests[k, 5]
        for i in range(0, whole, 32):
            _crossed(left, right, b + i, p, q, flip, u, to + i)
        for i in range(whole, n):
            u[to + i] = (left[b + i] * p >= right[b + i] * q) ^ (flip != 0)


@intrinsic  # type: ignore[untyped-decorator]
def _wanted(_typing: Any, array: Any, at: Any) -> Any:
    """Have the memory of an element brought near; it need not exist."""
    signature = types.void(array, at)

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        data = cgutils.create_struct_proxy(signature.args[0])(context, builder, given[0]).data
        place = builder.bitcast(builder.gep(data, [given[1]]), cgutils.voidptr_t)
        int32 = ir.IntType(32)
        type_ = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, int32, int32, int32])
        function = cgutils.get_or_insert_function(builder.module, type_, "llvm.prefetch.p0i8")
        builder.call(function, [place, int32(0), int32(3), int32(1)])
        return context.get_dummy_value()

    return signature, write


@njit(nogil=True, cache=True)
def wanted(columns: Any, b: int, n: int) -> None:
    """Have some rows of columns brought near, ahead of when they are read."""
    for k in range(len(columns)):
        column = columns[k]
        step = 64 // column.itemsize
        for i in range(b, b + n, step):
            _wanted(column, i)


@intrinsic  # type: ignore[untyped-decorator]
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
