"""What the source of a policy's conditions can see: its program and day, the columns, the texts it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import attrs

from policyengine.evaluators.compiled.columns.shapes import (
    Lists,
    Scalars,
    Shape,
    Shapes,
    known_name,
    names_of,
    values_name,
)
from policyengine.evaluators.compiled.layout import Layout
from policyengine.evaluators.compiled.naming import Names
from policyengine.ir.program import Program
from policyengine.model.types import Kind, Type


@attrs.define(eq=False)
class Sight:
    """The arrays by their names in the source, and `words`: the texts that are named, each by a variable."""

    program: Program
    layout: Layout
    day: date
    names: Names
    arrays: Mapping[str, str]
    words: dict[str, str] = attrs.field(factory=dict)
    _shapes: Mapping[str, Shape] = attrs.field(factory=dict)

    def shape(self, path: str) -> Shape:
        """Return the shape of a column; None where nothing of it is known."""
        return self._shapes.get(path)

    def values(self, path: str) -> str:
        """Return the array of a column's values, or of where its lists begin."""
        return self.arrays[values_name(path)]

    def known(self, path: str) -> str:
        """Return the array that says which rows of a column are known."""
        return self.arrays[known_name(path)]

    def bounds(self, path: str) -> tuple[int, int]:
        """Return the bounds of a column's known values."""
        shape = self._shapes[path]
        assert isinstance(shape, Scalars)  # noqa: S101  # the types were checked
        return shape.low, shape.high

    def bits(self, path: str) -> int:
        """Return how many bits a column's values have."""
        shape = self._shapes[path]
        assert isinstance(shape, Scalars)  # noqa: S101  # the types were checked
        return shape.bits

    def most(self, path: str) -> int:
        """Return how many members a list has at most."""
        shape = self._shapes[path]
        assert isinstance(shape, Lists)  # noqa: S101  # the types were checked
        return shape.most

    def denominator(self, type_: Type) -> int:
        """Return what values of a type are counted in."""
        return self.layout.denominator(type_)

    def place_of(self, value: str, type_: Type) -> str:
        """Return the source of an enum value's place, or of a text's."""
        if type_.kind is Kind.ENUM:
            return str(self.program.dictionary.values_of(type_).index(value))
        if value not in self.words:
            self.words[value] = self.names.new(f"word_{len(self.words)}")
        return self.words[value]


def sight_of(program: Program, layout: Layout, day: date, shapes: Shapes, names: Names) -> Sight:
    """Return what the source of a program's conditions sees in columns of some shapes."""
    arrays = {name: names.new(name) for name in names_of(shapes)}
    return Sight(
        program, layout, day, names, arrays, {}, {p: s for p, s in _all(shapes) if s is not None}
    )


def _all(shapes: Shapes, before: str = "") -> Iterator[tuple[str, Shape]]:
    for name, shape in shapes:
        yield f"{before}{name}", shape
        if isinstance(shape, Lists):
            yield from _all(shape.fields, f"{before}{name}[].")
