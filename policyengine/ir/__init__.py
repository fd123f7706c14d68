"""The intermediate representation: what a policy means, with every name resolved and every value typed.

    model ──► from_model (names, types, units) ──► Program ──► evaluators

A Program is immutable and complete: an evaluator needs it, the facts and a date, and nothing else.
"""
