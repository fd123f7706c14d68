"""The conditions of many rows: source written from a policy for columns of facts, compiled by numba.

    logic            three-valued truth without branches, for a row and for eight rows at a time
    wholes, numbers  exact arithmetic in 64 bits, with proof or a flag
    values           what an expression is in the source of a row
    sight, shapes    the columns that are read, as arrays and as what a function is compiled for
    reckoned         which columns' bounds matter
    writing          a loop over rows: names and lines
    expressions, lists, tables, dates   the language, row by row
    leaves, testing, vectors            columns tested against constants, many rows at once
    atoms, gates     conditions: what is worked out row by row or column by column, and what joins it
    from_program     a policy's conditions on a day as one function over blocks of rows
    compiling        its compilation, and the folder it is kept in
    screening        rows screened, by threads
    from_situations  columns from situations that were read one by one

What the source cannot carry is listed as left, and rows of which it cannot be sure are flagged: another evaluator
decides these, by the same meaning.
"""
