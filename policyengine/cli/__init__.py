"""The command line. One module per command; exit codes in one place."""

from policyengine.keeping.classes import keep_classes

keep_classes()  # before any is defined

from policyengine.cli.app import main  # noqa: E402  # see above

__all__ = ["main"]
