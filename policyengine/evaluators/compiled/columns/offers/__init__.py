"""Offers of many rows: the source of a loop that searches, row by row, for the terms of one plan.

    position ─► draft ─► line ─► ending            source: the whole function
                 levers  search  guarantees, terms
                           │
               reached   named ── what rules name of the terms

`reached` says what a balance that is not known does to the search.

What columns do not carry raises `NotWritten`; rows of which whole numbers of 64 bits and doubles cannot tell are
flagged. Another evaluator decides both.
"""
