"""What a unit grows by, in doubles, with a bound on the error."""


def growth(rate: float, months: int) -> float:
    """Return `(1 + rate) ** months - 1`, off by at most the share `growth_error(months)` of it.

    By squaring, without ever taking 1 away, so that a tiny rate loses nothing: if p and q are the growths of two spans,
    that of both is p + q + p q. All terms are positive. With u = 2 ** -53:

    - The growth of 2 ** k months is p (2 + p) of the span half as long. Its error is at most twice that one's plus
      2 u: from u, that of the rate itself, at most 3 * 2 ** k u.
    - The error of p + q + p q is at most the sum of theirs plus 3 u. Over the bits of `months` all comes to at most
      3 months u + 3 months u.

    What is beyond all doubles is infinite; of that, payments and worths see the inverse only, which is then nothing.
    """
    grown, power, left = 0.0, rate, months
    while left > 0:
        if left & 1:
            grown = grown + power + grown * power if grown > 0.0 else power
        power = power * (2.0 + power)
        left >>= 1
    return grown


def growth_error(months: int) -> float:
    """Return the share that a growth may be off by: 7 units of roundoff a month, where it is at most 6."""
    return (7.0 * 2.0**-53) * months
