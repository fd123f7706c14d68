"""Explanations that are worked out from a decision after it was made, when somebody asks for them.

changes/  what would change a denial
cited/    the facts that an outcome rests on
"""
