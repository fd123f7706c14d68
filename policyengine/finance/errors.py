"""What is raised when figures cannot be worked out."""

import re
from collections.abc import Callable

_AMOUNT = re.compile(r"\{([a-z]+)\}")


class FinanceError(ValueError):
    """A figure that makes no sense, or one that has no exact answer.

    The message is one lower-case sentence that names the value and what was given. Amounts, in minor units, are kept
    apart from it: `{owed}` in the message stands for the amount of that name. There is no currency here, so whoever
    knows one says how an amount is written.
    """

    def __init__(self, message: str, **amounts: int) -> None:
        self.message = message
        self.amounts = amounts
        super().__init__(self.worded(str))

    def worded(self, written: Callable[[int], str]) -> str:
        """Return the message with its amounts as `written` writes minor units."""
        if not self.amounts:
            return self.message
        return _AMOUNT.sub(lambda found: written(self.amounts[found[1]]), self.message)
