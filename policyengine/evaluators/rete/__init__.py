"""The match network: durable-rules behind a guard, kept up to date fact by fact. It never decides alone.

    guard      the engine made safe: what may go in, how much of it, and what becomes of an error
    compiler   a policy's conditions as positive patterns over small integers
    loan       one loan under one policy in a network: which conditions hold now, and what changed
    follow_up  the transitions of an agreement as joins of two events
    shadow     where the network and its shadow differ: what is kept, made small
    evaluator  whole decisions; another evaluator shadows every step, and its answer stands
    worker     the engine in a process of its own

Money, dates, lists, tables and what is unknown are worked out before and arrive as small integers.
"""
