"""What is still to be asked about one loan under one policy, and what need not be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs

from policyengine.decision.decision import Text
from policyengine.decision.values import Json


@attrs.frozen
class Witness:
    """Two answers that end differently, everything else equal.

    `others` completes what else is missing. Both answers were put to the evaluator: `plan` ends with the first status
    under `first` and with the second under `second`; `does_not_apply` where the policy does not. `plan` is None where
    the outcome changes and no plan does. `first_text` and `second_text` are the answers as a reader of each language
    writes them.
    """

    plan: str | None
    first: Json
    first_status: str
    second: Json
    second_status: str
    others: Mapping[str, Json]
    first_text: Text
    second_text: Text


@attrs.frozen
class Question:
    """A fact that can still change the outcome, in the words of the vocabulary.

    `answered_by` is `borrower`, or `lender` for what stands in the lender's own records; so it is below.
    `power` is how many plans an answer settles by itself, of the answers looked at the average.
    """

    path: str
    witness: Witness
    power: str
    cost: int
    answered_by: str
    text: Text
    evidence: Text


@attrs.frozen
class Needed:
    """A fact that changes no status, and without which nothing is decided: any value will do."""

    path: str
    cost: int
    answered_by: str
    text: Text
    evidence: Text


@attrs.frozen
class Undecided:
    """A fact of which neither could be shown; it is asked for, so that nobody is refused for a blank."""

    path: str
    why: str
    cost: int
    answered_by: str
    text: Text
    evidence: Text


@attrs.frozen
class Irrelevant:
    """A missing fact that no value of can matter.

    `certificate` is `not_read` (no rule that is still open reads it) or `examined` (whatever else is answered, the
    plans are decided before it is read).
    """

    path: str
    certificate: str


@attrs.frozen
class Smallest:
    """Facts that can settle every plan, with the answers that do. `proven`: no fewer can.

    A plan's status is `does_not_apply` where the policy does not under these answers.
    """

    paths: tuple[str, ...]
    answers: Mapping[str, Json]
    statuses: Mapping[str, str]
    proven: bool


@attrs.frozen
class Inquiry:
    """What is still to be asked about one loan under one policy.

    `certain` holds the statuses that no answer can change, by plan.
    """

    policy: str
    loan: str | None
    statuses: Mapping[str, str]
    certain: Mapping[str, str]
    questions: tuple[Question, ...]
    undecided: tuple[Undecided, ...]
    needed: tuple[Needed, ...]
    irrelevant: tuple[Irrelevant, ...]
    smallest: Smallest | None

    @property
    def asked(self) -> tuple[Question | Undecided | Needed, ...]:
        """Everything to ask, in the order worth asking."""
        return (*self.questions, *self.undecided, *self.needed)


@attrs.frozen
class Inquiries:
    """The inquiries about all of a borrower's loans, by loan and then by policy."""

    as_of: date
    inquiries: tuple[Inquiry, ...]

    def to_json(self) -> str:
        """Return the JSON of the command line, the same bytes for the same input."""
        return json.dumps(self.as_mapping(), ensure_ascii=False, indent=2) + "\n"

    def as_mapping(self) -> dict[str, Any]:
        """Return this as plain mappings and lists."""
        return {
            "as_of": self.as_of.isoformat(),
            "inquiries": [_mapping(inquiry) for inquiry in self.inquiries],
        }


def _mapping(inquiry: Inquiry) -> dict[str, Any]:
    found: dict[str, Any] = attrs.asdict(inquiry)
    return found
