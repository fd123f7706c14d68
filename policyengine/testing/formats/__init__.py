"""What came of a run, in the formats of other programs: `notes` for SARIF and GitHub, `suites` for JUnit.

Each is whole whatever happened: a test that fails, a file that is refused, a filter that matches nothing. A test that
fails stands at the line of its test file with the difference and the reasons, as in the terminal; with coverage, each
part that was never seen is a remark at its line of the policy.
"""

from policyengine.testing.formats.outcome import Outcome
from policyengine.testing.formats.written import FORMATS, written

__all__ = ["FORMATS", "Outcome", "written"]
