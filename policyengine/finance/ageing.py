"""Ageing: how far behind an account is, and how it is brought up to date.

Days and instalments are two measures, not one: unpaid since 1 February, an account is on 1 May 89
days past due, but 4 instalments behind.
"""

from __future__ import annotations

from datetime import date

from policyengine.finance import _checks
from policyengine.finance.calendar import due_dates, months_between
from policyengine.finance.errors import FinanceError


def days_past_due(first_unpaid: date, as_of: date) -> int:
    """Return the days since the oldest unpaid instalment fell due; zero on that day or before."""
    _checks.day("first_unpaid", first_unpaid)
    return max((_checks.day("as_of", as_of) - first_unpaid).days, 0)


def instalments_due(first_unpaid: date, as_of: date, anchor_day: int | None = None) -> int:
    """Return how many monthly instalments fell due from `first_unpaid` to `as_of`, both included.

    `anchor_day` is the agreed day of the month where `first_unpaid` cannot show it.

    Raises:
        FinanceError: `first_unpaid` is no due date of `anchor_day`.
    """
    months = max(months_between(first_unpaid, as_of), -1)
    dues = due_dates(first_unpaid, months + 2, anchor_day)
    return sum(due <= as_of for due in dues)


def re_age(first_unpaid: date, as_of: date, anchor_day: int | None = None) -> date:
    """Return the date the account is due on once re-aged: the first due date after `as_of`.

    What is owed does not change. The account counts as current until that date, although what was
    past due has not been collected. Whether it may be re-aged, and how often, is for a policy to
    say (in the United States, the Uniform Retail Credit Classification and Account Management
    Policy, 65 FR 36903).

    Raises:
        FinanceError: nothing is past due, or `first_unpaid` is no due date of `anchor_day`.
    """
    behind = instalments_due(first_unpaid, as_of, anchor_day)
    if behind == 0:
        raise FinanceError("nothing_past_due", day=as_of, first=first_unpaid)
    return due_dates(first_unpaid, behind + 1, anchor_day)[-1]
