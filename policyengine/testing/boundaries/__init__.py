"""Boundary cases: a test file with borrowers on both sides of every limit of a policy, for a person to review.

conditions ──► edges, options, days ──► a borrower for whom each decides ──► least profiles ──► test file

- A boundary is what boundary value analysis calls one: a step below, at and above where two values are the same, each
  value of an enum, the day before, of and after a dated value, and every fact missing.
- The rest of the borrower is such that the condition decides, as MC/DC asks of tests of conditions: one starts from the
  witnesses of `testing.strategies`, and changes facts until a plan is allowed on one side, and denied on the other for
  this rule alone. Where nobody is found, the file says so, with what was tried.
- What is expected is what the engine decides, marked `reviewed: false`: as with snapshots that wait for review, only a
  person can say that it is right. What was reviewed is never written over unasked.
- Nothing is left to chance: the same policy gives the same bytes.
"""

from policyengine.testing.boundaries.generate import BoundaryFile, boundary_files

__all__ = ["BoundaryFile", "boundary_files"]
