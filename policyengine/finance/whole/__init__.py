"""Schedules in whole numbers of 64 bits, for whoever compiles them: figures of one loan, no rows, no dates.

    bounds ─► interest ─► growth ─► level ─┐
                            │              ├─► repayment ─► worth
                            └──────────────┘

The functions are plain Python that a compiler for numbers (numba) takes as it stands; it is not imported here. They
give what `policyengine.finance` gives, to the unit. Where a double cannot tell how to round or what is greater, they
say so (`UNDECIDED`) and the exact functions decide.

Whole numbers may wrap around at 64 bits in two places, each time in a difference that is small (see `interest`), so
that it is right all the same; Python's own numbers never wrap, and give the same.
"""
