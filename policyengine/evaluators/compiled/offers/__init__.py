"""The plan solver as Python source: one function for each offer, specialised to the policy and the day.

analysis      what an offer is made of, whatever it is compiled to
"""
