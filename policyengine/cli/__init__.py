"""The command line. One module per command; exit codes in one place."""

import gc

from policyengine.keeping.classes import keep_classes

gc.set_threshold(100_000)  # nearly all that a command makes stays until it ends
keep_classes()  # before any is defined

from policyengine.cli.app import main  # noqa: E402  # see above

__all__ = ["main"]
