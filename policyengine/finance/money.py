"""Money: whole minor units of a currency inside, decimals only at the face."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import attrs

from policyengine.finance import _checks
from policyengine.finance.errors import FinanceError


@attrs.frozen
class Currency:
    """An ISO 4217 currency; a major unit has 10 ** `exponent` minor units."""

    code: str
    exponent: int


def currency(code: str) -> Currency:
    """Return the currency of an ISO 4217 code in capitals, such as `CNY`.

    Raises:
        FinanceError: no currency in use has this code.
    """
    for exponent, codes in _CODES.items():
        if code in codes:
            return Currency(code, exponent)
    raise FinanceError("unknown_currency", code=code)


def minor_units(amount: Decimal, currency: Currency) -> int:
    """Return `amount`, in major units, as minor units: 12.30 of a currency with cents is 1230.

    Raises:
        FinanceError: `amount` is not a finite decimal, is finer than a minor unit, or does not fit
            in 64 bits.
    """
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise FinanceError("not_finite", name="amount", given=amount)
    sign, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int) or not any(digits):
        return 0
    # Before any power of ten is taken: 1E+999999 would fill the memory.
    if amount.adjusted() > _MOST_DIGITS:
        raise FinanceError("decimal_not_64_bits", name="amount", given=amount)
    whole = _shift(digits, exponent + currency.exponent)
    if whole is None:
        raise FinanceError("finer_than_unit", name="amount", unit=currency.code, given=amount)
    return _checks.amount("amount", -whole if sign else whole)


def major(minor: int, currency: Currency) -> Decimal:
    """Return minor units as major units, with all the currency's decimals: 1230 is 12.30.

    Raises:
        FinanceError: `minor` is not a whole number or does not fit in 64 bits.
    """
    # Made from text: arithmetic on decimals would round to whatever context the caller set.
    return Decimal(f"{_checks.amount('minor', minor)}E-{currency.exponent}")


def within_64_bits(name: str, minor: int) -> int:
    """Return an amount of minor units that fits in 64 bits.

    Raises:
        FinanceError: `minor` is not a whole number or does not fit.
    """
    return _checks.amount(name, minor)


def allocate(amount: int, weights: Sequence[int | Fraction]) -> tuple[int, ...]:
    """Return `amount`, in minor units, shared out in proportion to `weights`, to the last unit.

    Every share is rounded down; the units left over go, one each, to the shares that lost the most
    (the largest remainder, after Hamilton), and among equals to the first.

    Raises:
        FinanceError: `amount` or a weight is negative, or no weight is above zero.
    """
    _checks.not_negative("amount", amount)
    checked = [_checks.share("weights", weight) for weight in weights]
    total = sum(checked, Fraction(0))
    if total == 0:
        raise FinanceError("all_zero", name="weights")
    exact = [amount * weight / total for weight in checked]
    shares = [share.numerator // share.denominator for share in exact]
    by_loss = sorted(range(len(shares)), key=lambda k: shares[k] - exact[k])
    for k in by_loss[: amount - sum(shares)]:
        shares[k] += 1
    return tuple(shares)


def _shift(digits: tuple[int, ...], places: int) -> int | None:
    """Return the number of these digits moved left by `places`, or nothing if it is not whole."""
    text = "".join(map(str, digits))
    if places >= 0:
        return int(text + "0" * places)
    return None if any(digits[places:]) else int(text[:places])


_MOST_DIGITS = 19

# ISO 4217, by exponent. The table of the Unicode locale project is no substitute: its exponents are
# those of display, and say 0 for currencies such as AFN and LBP that ISO 4217 gives 2.
_CODES = {
    2: frozenset(  # one text, since 132 strings would be harder to compare with the standard
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
        CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ
        GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL
        MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR
        PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
        TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
        """.split()  # noqa: SIM905
    ),
    0: frozenset(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # noqa: SIM905
    ),
    3: frozenset("BHD IQD JOD KWD LYD OMR TND".split()),  # noqa: SIM905
    4: frozenset(("CLF", "UYW")),
}
