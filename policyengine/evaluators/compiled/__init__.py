"""The compiled evaluator: Python source written from a policy, with the same meaning as the reference evaluator.

    layout        which facts the conditions read, and in which order: the typed inputs of one loan
    numbers       exact arithmetic on whole numbers: a numerator's source and its denominator
    naming        names and lines of generated source
    writing       what both spellings share: facts, members, constants, parameters on a day
    known         the short-circuit spelling, where all that is read is known
    unknowns      the three-valued spelling, where something is missing or has no value
    from_program  a policy's conditions as one function in each spelling
    functions     functions of generated source, and the days on which they change
    support       what generated source calls
    offers        the search of each plan for its terms, as source too
    evaluator     one loan screened, and decided; what cannot be written as source is asked of another evaluator

A number is a fraction of whole numbers whose denominator is known when the source is written, wherever that can be:
an amount is in minor units, a rate in billionths. So a comparison is one of integers, multiplied out. A fact with more
decimals stays a fraction, for which the same source is right, only slower. Nothing is ever rounded that the policy
does not round.

Where the known spelling comes upon something without a value, such as a division by zero, it gives up, and the
three-valued spelling decides. What is unknown and why is not worked out here: the trace asks the reference for it
when a reader does.
"""
