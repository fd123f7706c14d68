"""Runs test files: each case is decided, and what came is held against what was expected.

test file + policies ──► names that must exist ──► profiles ──► decisions ──► mismatches, coverage
"""

from policyengine.testing.results import CaseResult, Coverage, FileResult, Mismatch, Report
from policyengine.testing.run import name_findings, run_tests

__all__ = [
    "CaseResult",
    "Coverage",
    "FileResult",
    "Mismatch",
    "Report",
    "name_findings",
    "run_tests",
]
