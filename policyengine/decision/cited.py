"""The facts that an outcome rests on."""

from __future__ import annotations

import attrs


@attrs.frozen
class Cited:
    """Paths of facts: those that are given, and those that matter because they are not there.

    The loan under assessment is `loan`; another is `loans[1]`. A list stands for its length; what was read of its
    members is named field by field, such as `loan.past_plans[0].started`.
    """

    given: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
