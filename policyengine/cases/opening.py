"""How a case begins: the borrower's profile, the day, and what decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import attrs


@attrs.frozen(order=False)
class Opening:
    """What a case was opened with.

    Attributes:
        as_of: The day of the first decision.
        profile: The borrower's profile as text, such as `profile_json` writes it.
        policies: The digest of each policy that was there, by its id.
        engine: What decided, with its version.
    """

    as_of: date
    profile: str = attrs.field(repr=False)
    policies: Mapping[str, str]
    engine: str
