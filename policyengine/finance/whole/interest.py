"""A share of an amount, rounded half up, in whole numbers."""


def share_of(amount: int, numerator: int, denominator: int) -> int:
    """Return `amount * numerator / denominator`, rounded half up: a month's interest, or a part of a balance.

    `amount` is from 0 to `MOST_AMOUNT` and the share from 0 to 1, its denominator at most `MOST_DENOMINATOR`.
    """
    return share_by(amount, numerator, denominator, numerator / denominator)


def share_by(amount: int, numerator: int, denominator: int, share: float) -> int:
    """Return the same, where `share` is the quotient of the two as a double.

    Amount, numerator and denominator are doubles without loss. With x = amount * numerator / denominator, at most
    2 ** 50, and u = 2 ** -53, the double is off from x + 1/2 by at most 3 (x + 1) u < 1/2, so that it is right, or
    one off, once its fraction is cut off. The remainder then lies within twice the denominator: the
    two products may wrap around at 64 bits, their difference does not, and it says which.
    """
    found = int(amount * share + 0.5)
    beyond = 2 * (amount * numerator - found * denominator)
    if beyond >= denominator or beyond < -denominator:
        found += (beyond + denominator) // (2 * denominator)
    return found
