"""The plan solver as Python source: one function for each offer, specialised to the policy and the day.

analysis      what an offer is made of, whatever it is compiled to
drafts        which local name holds each part of the terms so far
ground        names, checks and ranges that levers are written on
settings      what each lever does to a draft
solving       the line of a waterfall, from the least concession to the greatest
terms         the schedule of a draft, and what `plan.` names of it
judging       terms held against rules
reach         which expressions certainly have a value
effort        how far the reference would search
from_program  a policy's offers as functions, for one loan and a day
payments      rates, payments and the lender's cost in whole numbers: what generated source calls
schedules     schedules in whole numbers: the same
deciding      one loan decided by all of this

What is carried agrees with the reference in everything; what is not is left to it, whole.
"""
