"""From levers to terms: what a concession does to a loan, and which is the least that works.

position (the loan today) ──► draft (levers applied) ──► prospect (schedule, what `plan.` names)
                                      waterfall: the first draft whose prospect meets the rules
"""
