"""The reference evaluator: the meaning of the language, written to be obviously right.

    logic         three-valued truth
    valuation     the value of any expression
    tables        decision tables with unknown inputs
    evaluator     rules, offers, referrals: the trace of a decision

Slow and complete: every condition has a reason. What no status hangs on is worked out once somebody reads it.
"""
