"""Runs test files: each case is decided, and what came is held against what was expected.

test file + policies ──► names that must exist ──► profiles ──► decisions ──► mismatches
"""

from policyengine.testing.results import CaseResult, FileResult, Mismatch, Report
from policyengine.testing.run import name_findings, run_tests

__all__ = [
    "CaseResult",
    "FileResult",
    "Mismatch",
    "Report",
    "name_findings",
    "run_tests",
]
