"""How large the figures may be that these functions take, and what comes out where there is no schedule.

Whoever calls them looks at the figures first; those beyond are for the exact functions.
"""

#: The most minor units of a balance: every one has a double of its own, and sums of 1,200 payments fit in 64 bits.
MOST_AMOUNT = 1 << 50
#: The most of a rate's denominator. A rate of a month is at most 1.
MOST_DENOMINATOR = 1 << 50
#: The most months of a schedule.
MOST_MONTHS = 1200
#: Half a unit in the last place of 1: what one operation on doubles is off by, as a share of its result.
ROUNDOFF = 2.0**-53

REPAID = 0
#: What is owed is nothing, or less.
NOTHING_OWED = 1
#: All that is owed is set aside without interest.
ALL_DEFERRED = 2
#: No month is left for an instalment.
NO_INSTALMENT = 3
#: The exact functions must decide: a rounding is too close, or a figure too large.
UNDECIDED = 4
#: The regular payment is above the limit that it was held against: the schedule was not looked at.
ABOVE_LIMIT = 5

#: A limit that no payment is above.
NO_LIMIT = 1 << 62
#: The regular payment is above the limit that it was held against: the schedule was not looked at.
ABOVE_LIMIT = 5

#: A limit that no payment is above.
NO_LIMIT = 1 << 62
