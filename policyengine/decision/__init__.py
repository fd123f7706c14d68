"""What was decided and why: the outcome, the plans, the reasons, and their canonical JSON.

    Trace (what an evaluator found) ──► from_trace ──► Decision ──► json

A Decision holds no expressions: it can be kept, compared and shown without the policy.
"""
