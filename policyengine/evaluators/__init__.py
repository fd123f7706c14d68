"""Interpreters of the IR. `reference` defines the meaning; every other one agrees with it exactly.

They share `base` and never import each other.
"""
