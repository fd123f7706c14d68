"""A policy's conditions as positive patterns over small integers.

codes         facts as whole numbers that compare as the facts do
slots         what stands in each slot: a fact, or a truth that is worked out before
formulas      a condition as two formulas, certainly true and certainly false, each a disjunction of conjunctions
from_program  all conditions of a policy on a day: rules, slots, and which rules say what
"""
