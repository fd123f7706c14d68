"""From written files to the IR: every name is resolved, every type and unit checked, in one pass.

    dictionary    vocabularies ──► Dictionary
    scope         which names stand for what in one file
    expressions   expression trees ──► nodes
    wording       texts with placeholders ──► templates
    tables, offers, rules, policy    the parts of a file, and the whole

Resolving and typing are one pass because neither is possible without the other: what a name means says what
type it has, and what type is expected says what a bare number or a quoted word means.
"""
