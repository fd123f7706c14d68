"""The justification as a tree: from a plan down to the facts and parameters that it stands on.

plan ──► condition ──► part ──► comparison ──► fact | parameter | derived value | table | term of the plan
                                                                  └──► what it is derived from, to the last fact
     └──► steps ──► step ──► setting ──► condition

Nothing of it is there until somebody looks: a decision keeps what the evaluator found (`decision.trace`), and the
tree is built from that, asking the evaluator's values again. The steps of an offer are worked out only when they are
read themselves.
"""
