"""Explanations that are worked out from a decision after it was made, when somebody asks for them.

cited/    the facts that an outcome rests on
"""
