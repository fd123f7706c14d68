"""Values that are worked out when somebody looks at them, so that a decision nobody questions costs nothing more."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

import attrs

T = TypeVar("T")


@attrs.frozen(eq=False, repr=False)
class Later(Generic[T]):
    """A value that is worked out once, when it is first asked for; it compares, prints and is kept as that value."""

    _work: Callable[[], T]

    @classmethod
    def known(cls, value: T) -> Later[T]:
        """Return a value that needs no work."""
        return cls(_Known(value))

    @cached_property
    def value(self) -> T:
        """The value itself."""
        return self._work()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Later) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return repr(self.value)

    def __reduce__(self) -> tuple[Callable[[T], Later[T]], tuple[T]]:
        return Later.known, (self.value,)


@attrs.frozen
class _Known(Generic[T]):
    value: T

    def __call__(self) -> T:
        return self.value


#: Where there is nothing to look at.
NOTHING: Later[Any] = Later.known(None)
