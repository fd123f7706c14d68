"""Policy coverage: what the cases of a test run have shown of a policy, and what never.

Counted are parts of the policy and not lines, so that layout changes nothing:

    condition    true and false: each rule, each `when` and `if`, and each comparison they are joined from;
                 unknown is counted beside, and asked of none
    plan         allowed, denied, undetermined
    fact         each value of each enum fact that a rule reads
    row          each row of a table, and its `otherwise`, that gives an output
    parameter    each dated value that is looked up
    step         each step of an offer that changes terms that are offered

`points` finds the parts in a program, `watching` says of one decided loan which were seen, `counted` adds up and merges
runs, `text` and `to_json` show.

A part counts where it matters, and as it decides: the rules of an offer are looked at once no requirement fails, at the
terms found or at the nearest, not at terms that the search passes by; of `if` the branch that is taken; of a step the
settings that the search reached. Values are those of the reference evaluator, asked by the same code; nothing is
interpreted twice. What says whether a policy applies is left out, since where it does not there is no decision to look
into; so are texts and follow-up, which cases do not test. A condition that several plans share is one. A regulation is
shown once, whichever policies it binds, and stays out of the whole: much of it may concern policies that are not
tested.

Coverage of other policy engines (`opa test --coverage`) counts lines that were evaluated; here a condition has to have
come out both ways, which is what a wrong limit hides behind.
"""

from policyengine.testing.coverage.counted import Coverage, Observed, Unit, percentage
from policyengine.testing.coverage.points import Kind, Point

__all__ = ["Coverage", "Kind", "Observed", "Point", "Unit", "percentage"]
