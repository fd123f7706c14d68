"""What is raised when figures cannot be worked out."""

from policyengine.causes import Cause


class FinanceError(ValueError):
    """A figure that makes no sense, or one that has no exact answer.

    Its cause is a code with the values that were given. The message is the English sentence, its amounts in minor
    units: there is no currency here, so whoever knows one says how an amount is written.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        self.cause = Cause(code, values)
        super().__init__(code)

    def __str__(self) -> str:
        """The English sentence."""
        return str(self.cause)
