"""How the commands end. A plan that is refused is not an exit code."""

from __future__ import annotations

#: Everything is in order.
CLEAN = 0
#: There are findings, or tests failed.
FINDINGS = 1
#: A policy, a profile or the call itself is not valid.
INVALID = 2
#: Something is wrong in the library.
INTERNAL = 3
#: The user stopped the command.
INTERRUPTED = 130
