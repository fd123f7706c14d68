"""The same loans under two versions of the policies: who gains, who loses, which rule did it, what it costs.

versions    policies of the two folders matched by id, plans by id; what cannot be compared is refused
changes     what became of each plan of each row, and of each loan
causes      the rules, or the steps, that did it
tally       what is counted on the way
rows        the rows that changed, as columns
deciding    one batch decided under both versions and compared
iterating   a whole source, a batch at a time

Every row is decided by the function that decides portfolios; this room only compares what it found.
"""
