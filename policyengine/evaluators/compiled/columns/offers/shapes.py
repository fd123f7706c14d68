"""Columns in the few shapes that offers are compiled for: compiling one takes seconds, and batches differ."""

from __future__ import annotations

import attrs

from policyengine.evaluators.compiled.columns.shapes import Lists, Scalars, Shape, Shapes

#: Bits that bounds are rounded up to.
_BITS = (31, 44, 63)
_MEMBERS = (255, 2**16 - 1, 2**31 - 1)


def rounded(shapes: Shapes) -> Shapes:
    """Return shapes of which any may have something missing, and with bounds of few sizes."""
    return tuple((path, _shape(shape)) for path, shape in shapes)


def _shape(shape: Shape) -> Shape:
    if shape is None:
        return None
    if isinstance(shape, Scalars):
        low = 0 if shape.low >= 0 else -_outward(-shape.low - 1) - 1
        return attrs.evolve(shape, missing=True, low=low, high=_outward(max(shape.high, 0)))
    return Lists(True, next(most for most in _MEMBERS if most >= shape.most), rounded(shape.fields))


def _outward(value: int) -> int:
    return (1 << next(bits for bits in _BITS if bits >= value.bit_length())) - 1
