"""Who decides about one borrower does not wait for what only many need."""

import subprocess
import sys

HEAVY = "{'filelock', 'numba', 'numpy', 'pandas', 'pyarrow', 'rich.progress'}"


def test_a_command_about_one_borrower_imports_no_arrays() -> None:
    source = f"import policyengine.cli, sys; print(sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run(  # noqa: S603  # our own
        [sys.executable, "-c", source], check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"
