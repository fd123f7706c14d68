"""What is raised when figures cannot be worked out."""


class FinanceError(ValueError):
    """A figure that makes no sense, or one that has no exact answer.

    The message is one lower-case sentence that names the value and what was given.
    """
