"""Money, rates, dates and schedules, exact to the minor unit; knows nothing of policies.

    errors ─► checks ─► rounding ─► money ─────────────► appropriation
                           │
                           ├──► discounting ─► rate ─────────────────┐
                           │         └──► amortisation ─► schedule ──┴─► valuation
                           │                  phases ──────┘ │
                           └──► calendar ────────────────────┘
                                   └──► ageing, day count

Amounts are whole minor units, rates are fractions per year or per period (1 is 100 %), and no
computation meets a float. Where a result must be rounded, the caller names how; unnamed, it is
half-up.
"""
