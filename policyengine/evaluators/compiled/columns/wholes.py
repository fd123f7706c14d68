"""Whole numbers of 64 bits in generated source, with proof that what they decide is right.

Each number has bounds. Sums and products that stay within 64 bits are what they are. Beyond, they are reckoned without
sign, and wrap around: numba takes it for granted that signed numbers never do. A number of double precision goes with
these, whose error is bounded when the source is written. Two numbers are compared by their difference: where the
doubles are further apart than 2^62 they decide; nearer, the true difference is below 2^63, so that the wrapped one is
exact. Neither can be wrong while the error stays below 2^61. Where a value itself is needed and might not fit, or the
error may be larger, the row is flagged: it is decided by another evaluator.
"""

from __future__ import annotations

import attrs

from policyengine.evaluators.compiled.columns.leaves import About, Read, crossed, swapped, tested
from policyengine.evaluators.compiled.columns.writing import Rows
from policyengine.evaluators.compiled.writing import NotWritten

LOWEST, HIGHEST = -(2**63), 2**63 - 1
#: Doubles further apart than this decide; the error of a difference must stay below half of it.
_FAR, _MOST_ERROR = 2**62, 2**61
#: Numbers that could grow larger are left: a double holds them no longer with ease.
_MOST = 2**900


@attrs.frozen
class Whole:
    """A name or a literal of 64 bits, and the bounds of what it stands for.

    `double` names the same in double precision where the bounds exceed 64 bits; it is wrong by `error` at most.
    """

    source: str
    low: int
    high: int
    double: str | None = None
    error: int = 0

    @property
    def fits(self) -> bool:
        """Whether the bounds lie within 64 bits, so that the source is the value."""
        return self.low >= LOWEST and self.high <= HIGHEST

    @property
    def constant(self) -> int | None:
        """The value where it is the same of all rows."""
        return self.low if self.low == self.high else None

    @property
    def size(self) -> int:
        """What the value is at most, without its sign."""
        return max(abs(self.low), abs(self.high))


def constant(value: int) -> Whole:
    """Return a number that is written in the source."""
    wrapped = (value - LOWEST) % 2**64 + LOWEST
    if LOWEST <= value <= HIGHEST:
        return Whole(str(wrapped), value, value)
    if abs(value) > _MOST:
        raise NotWritten
    return Whole(str(wrapped), value, value, repr(float(value)), abs(value) >> 52)


@attrs.frozen(eq=False)
class Wholes:
    """Writes sums, products and comparisons into the source of a row."""

    rows: Rows

    def added(self, a: Whole, b: Whole) -> Whole:
        """Return a sum."""
        if a.constant == 0 or b.constant == 0:
            return b if a.constant == 0 else a
        return self._linear(a, "+", b, a.low + b.low, a.high + b.high)

    def subtracted(self, a: Whole, b: Whole) -> Whole:
        """Return a difference."""
        if b.constant == 0:
            return a
        return self._linear(a, "-", b, a.low - b.high, a.high - b.low)

    def negated(self, a: Whole) -> Whole:
        """Return a number with the other sign."""
        return self.subtracted(constant(0), a)

    def multiplied(self, a: Whole, b: Whole, within: tuple[int, int] | None = None) -> Whole:
        """Return a product; `within` are bounds that are known better than those of the numbers tell."""
        if a.constant in (0, 1) or b.constant in (0, 1):
            return constant(0) if 0 in (a.constant, b.constant) else b if a.constant == 1 else a
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        low, high = min(corners), max(corners)
        if within is not None:
            low, high = max(low, within[0]), min(high, within[1])
        found = self._of(a, "*", b, low, high)
        self._note_product(found, a, b)
        if found.fits:
            return found
        (da, ea), (db, eb) = self.double(a), self.double(b)
        error = a.size * eb + b.size * ea + ea * eb
        if a.fits and b.fits:
            # Each is rounded by 2^-53 of itself at most, and so is their product.
            error = min(error, 3 * (found.size >> 53) + 3)
        return self._beyond(found, f"{da} * {db}", error)

    def _note_product(self, found: Whole, a: Whole, b: Whole) -> None:
        for one, other in ((a, b), (b, a)):
            read = self.rows.about.get(one.source)
            if isinstance(read, Read) and other.constant is not None:
                self.rows.about[found.source] = attrs.evolve(
                    read, factor=read.factor * other.constant
                )

    def _linear(self, a: Whole, operator: str, b: Whole, low: int, high: int) -> Whole:
        found = self._of(a, operator, b, low, high)
        if found.fits:
            return found
        (da, ea), (db, eb) = self.double(a), self.double(b)
        return self._beyond(found, f"{da} {operator} {_operand(db)}", ea + eb)

    def _of(self, a: Whole, operator: str, b: Whole, low: int, high: int) -> Whole:
        if low == high:
            return constant(low)
        # What a number wrapped around to is no value: where the true result fits, it comes out by wrapping again.
        signed = low >= LOWEST and high <= HIGHEST and a.fits and b.fits
        return Whole(self._reckoned(a, operator, b, wraps=not signed), low, high)

    def _reckoned(self, a: Whole, operator: str, b: Whole, *, wraps: bool) -> str:
        if wraps:
            return self.rows.named(wrapping(a.source, operator, b.source))
        return self.rows.named(f"{a.source} {operator} {_operand(b.source)}")

    def _beyond(self, found: Whole, double: str, error: int) -> Whole:
        """Return a number that may exceed 64 bits, with its double; one more step was rounded."""
        if found.fits:
            return found
        if found.size > _MOST:
            raise NotWritten
        whole_error = error + ((found.size + error) >> 52) + 1
        return attrs.evolve(found, double=self.rows.named(double), error=whole_error)

    def double(self, a: Whole) -> tuple[str, int]:
        """Return a number in double precision, and what that is wrong by at most."""
        if a.double is not None:
            return a.double, a.error
        if a.constant is not None:
            return repr(float(a.constant)), a.size >> 53
        return self.rows.named(f"float({a.source})"), a.size >> 53

    def absolute(self, a: Whole) -> Whole:
        """Return a number without its sign."""
        if a.low >= 0:
            return a
        return self.chosen(self.compared(a, ">=", constant(0)), a, self.negated(a), 0, a.size)

    def chosen(
        self,
        condition: str,
        then: Whole,
        otherwise: Whole,
        low: int | None = None,
        high: int | None = None,
    ) -> Whole:
        """Return one of two numbers, by a truth that is known; the bounds may be known better than theirs."""
        if condition in ("True", "False"):
            return then if condition == "True" else otherwise
        if then.source == otherwise.source and then.double == otherwise.double:
            return then
        low = min(then.low, otherwise.low) if low is None else low
        high = max(then.high, otherwise.high) if high is None else high
        source = self.rows.named(f"{then.source} if {condition} else {otherwise.source}")
        found = Whole(source, low, high)
        if found.fits:
            return found
        (d, e), (other, f) = self.double(then), self.double(otherwise)
        return self._beyond(found, f"{d} if {condition} else {other}", max(e, f))

    def compared(self, a: Whole, operator: str, b: Whole, known: str = "True") -> str:
        """Return the source of a comparison; where it cannot be decided of a row, the row is flagged."""
        decided = _decided(a, operator, b)
        if decided is not None:
            return str(decided)
        if a.fits and b.fits:
            return self._plainly(a, operator, b)
        apart = self._reckoned(a, "-", b, wraps=True)
        if a.low - b.high >= LOWEST and a.high - b.low <= HIGHEST:
            return self.rows.named(f"{apart} {operator} 0")
        return self._far_or_near(a, operator, b, apart, known)

    def _plainly(self, a: Whole, operator: str, b: Whole) -> str:
        name = self.rows.named(f"{a.source} {operator} {b.source}")
        left, right = self.rows.about.get(a.source), self.rows.about.get(b.source)
        about: About | None = None
        if isinstance(left, Read) and b.constant is not None:
            about = tested(left, operator, b.constant)
        elif isinstance(right, Read) and a.constant is not None:
            about = tested(right, swapped(operator), a.constant)
        elif isinstance(left, Read) and isinstance(right, Read) and _small(a) and _small(b):
            about = crossed(left, operator, right)
        if about is not None:
            self.rows.about[name] = about
        return name

    def _far_or_near(self, a: Whole, operator: str, b: Whole, apart: str, known: str) -> str:
        (da, ea), (db, eb) = self.double(a), self.double(b)
        far_apart = self.rows.named(f"{da} - {_operand(db)}")
        error = ea + eb + ((a.size + b.size + ea + eb) >> 52) + 1
        if error < _MOST_ERROR:
            far = self.rows.named(f"abs({far_apart}) > {float(_FAR)!r}")
            return self.rows.named(
                f"({far_apart} {operator} 0.0) if {far} else ({apart} {operator} 0)"
            )
        decided = self.rows.named(f"abs({far_apart}) > {float(2 * error)!r}")
        self.rows.flag(f"({decided} ^ True)", known)
        return self.rows.named(f"{far_apart} {operator} 0.0")

    def fitting(self, a: Whole, known: str) -> Whole:
        """Return a number whose source is its value; rows of which it might not be are flagged."""
        if a.fits:
            return a
        double, error = self.double(a)
        if error >= _MOST_ERROR:
            raise NotWritten
        far = self.rows.named(f"abs({double}) > {float(_FAR)!r}")
        self.rows.flag(far, known)
        low, high = max(a.low, LOWEST), min(a.high, HIGHEST)
        # Of a flagged row any number within the bounds will do.
        return Whole(
            self.rows.named(f"{min(max(low, 0), high)} if {far} else {a.source}"), low, high
        )


def wrapping(a: str, operator: str, b: str) -> str:
    """Return the source of a sum, a difference or a product that wraps around."""
    return f"np.int64(np.uint64({a}) {operator} np.uint64({b}))"


def _decided(a: Whole, operator: str, b: Whole) -> bool | None:
    """Return what a comparison comes to where the bounds tell."""
    below, above = a.high < b.low, a.low > b.high
    upto, from_ = a.high <= b.low, a.low >= b.high
    same = a.constant is not None and a.constant == b.constant
    certain = {
        "<": (below, from_),
        "<=": (upto, above),
        ">": (above, upto),
        ">=": (from_, below),
        "==": (same, below or above),
        "!=": (below or above, same),
    }
    yes, no = certain[operator]
    return True if yes else False if no else None


def _small(whole: Whole) -> bool:
    return whole.low >= -(2**31) and whole.high < 2**31


def _operand(source: str) -> str:
    return f"({source})" if source.startswith("-") else source
