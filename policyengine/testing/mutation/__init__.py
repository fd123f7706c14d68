"""The mutation score: how many small faults in a policy its test file would notice.

programs ──► mutants ──► which cases tell them from the policy, step by step ──► decided ──► killed
                                                                                        └──► proof that nobody notices,
                                                                                             or the borrower who would

A mutant is a change of the IR: a node, a rule, a table, a parameter or the steps of an offer, put in the place of
another. Nodes know where they were written, so each mutant is said as the author sees it, and nothing is read or
checked anew; what a file of that content would be refused for is asked of the mutants that could be.

- A condition that several plans share is one mutant, as it is written once.
- A case is decided once with the nodes watched: wherever a changed node is evaluated the mutant is evaluated too. Where
  both always have the same value the decision cannot differ, so that case is not run against that mutant.
- Mutants are run in processes of their own. Nothing counts time or draws by chance, so results are the same on every
  run, whatever the number of processes.
- A mutant that no case kills is held against the policy in every region of the facts (`regions`). Where that shows no
  difference it is equivalent and counts for nothing; otherwise a borrower is looked for who tells them apart. Where
  neither is found the mutant is undecided, and counts as one that survives.
"""

from policyengine.testing.mutation.results import Fate, FileScore, Score, Tried
from policyengine.testing.mutation.run import Asked, mutate

__all__ = ["Asked", "Fate", "FileScore", "Score", "Tried", "mutate"]
