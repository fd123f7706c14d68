"""Decides, and explains, which relief a borrower in arrears can be offered."""

__version__ = "0.1.0"
