"""The command line. One module per command; exit codes in one place."""

from policyengine.cli.app import main

__all__ = ["main"]
