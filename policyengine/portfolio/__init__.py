"""Many loans at once: from the columns of a file or a frame to the columns of their decisions.

    sources     files and frames as batches of rows
    intake      a batch as facts: names, types and values held against the vocabulary; what is wrong is a reject
    deciding    one batch decided: the pure function that everything else calls
    results     decisions as columns, and what their masks stand for
    tally       what is counted on the way
    run         a whole file: in parts that survive a kill, and an output that is whole or not there
    one_row     a single row again, for its justification

A row is one loan of one borrower. Rows keep their order; a row is either decided or rejected with the reason.
"""
