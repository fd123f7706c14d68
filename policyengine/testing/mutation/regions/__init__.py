"""Whether a mutant is the same policy: conditions are compared in every region of what they stand on.

Conditions do not change between the values that something is compared with. So each quantity has finitely many
regions, each truth two, each choice its values, and each may be unknown; where a condition of the mutant has the value
of the policy's in all combinations, it has it for every borrower. A quantity is a fact or any expression that is only
compared: taking the latter for free asks more than there is to show, so what is shown holds. Two quantities that
are compared with one another have three regions: less, equal, greater. What all terms have, such as a payment, is known
wherever a rule is held against terms. Where that is not enough for a mutant that loses what is not known, facts are
taken for missing instead, with all that is worked out from them (`missing`).
"""

from policyengine.testing.mutation.regions.comparing import Assumed, Verdict, compared
from policyengine.testing.mutation.regions.missing import same_by_facts

__all__ = ["Assumed", "Verdict", "compared", "same_by_facts"]
