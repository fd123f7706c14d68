"""What a decision stands on and what would change it, worked out when somebody asks, by asking the evaluators again.

changes/  what would change a denial
cited/    the facts that an outcome rests on
asking/   the missing facts that can still change it
"""
