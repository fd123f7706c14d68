"""What holds throughout a stretch of a fact: bounds of terms, where a search at each value would take too long.

    span       between what a number lies, as a fact goes through a stretch
    stretch    the values of expressions over it
    sketch     the loan after its steps: each amount, rate and number of months between bounds
    terms      what `plan.` names of it
    levers     one step taken as far as it goes, or any way
    proof      ──► an offer is made throughout, or nowhere

Nothing here decides anything by itself: what cannot be bounded is `Vague`, and left to the search.
"""
