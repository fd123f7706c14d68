"""The command line. One module per command; exit codes in one place."""

import gc

gc.set_threshold(100_000)  # nearly all that a command makes stays until it ends

from policyengine.cli.app import main  # noqa: E402  # what it imports is made so too

__all__ = ["main"]
