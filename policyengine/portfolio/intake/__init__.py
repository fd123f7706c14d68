"""From a batch of columns to facts.

    names     which column is which fact; what is misspelt, missing or of the wrong type
    whole     a column as whole numbers, all cells at once
    text      the same of a column of text, read as a profile's text is
    cell      one cell, for what is not ordinary, and for what is said of it
    members   lists, and all loans of a borrower
    batch     a whole batch; rows with anything wrong in them leave it, with the reasons

A cell is wrong exactly where a profile with its value is refused, or where its value is no whole number of 64 bits.
"""
