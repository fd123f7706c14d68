"""Borrowers' profiles: read from a file or a mapping, and held against the dictionary.

    file or mapping ──► profile ──► Facts (validated, exact, immutable)

What is missing stays missing. What is wrong is refused with its path; nothing is converted or guessed.
"""
