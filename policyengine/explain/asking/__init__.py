"""The least to ask: which missing facts can still change a decision, which cannot, and what would settle it.

    reach            the facts that expressions can still read
    completion       a situation with some missing facts filled in
    domains          what can be answered to each
    trend, cuts      the regions of an ordered fact, found by bisection where a condition moves one way
    case, atoms      a plan as a conjunction of rules, worked out once for each set of answers
    throughout       what bounds say of an offer, for a whole stretch of a fact
    settled          stretches that are halved until they do
    supposing        a condition however the named conditions behind it turn out
    at_once          whether a part holds whatever is answered
    tries, search    two answers that end differently, or every region looked at
    from_situation   ──► Inquiry

A plan's status is a conjunction. Its undecided parts are grouped by the missing facts they share, so that facts that
never meet are never multiplied with one another. Within a group the search follows what the evaluator itself waits for:
where it decides without a fact, all values of that fact are covered at once, which is what makes certificates short.

Thresholds are not solved for but bisected on the grid of the type (a minor unit, a day), with the reference evaluator:
one method for sums, shares, rounding, calendars and tables, exact wherever a side of a comparison only rises or only
falls. Where several missing facts meet in one comparison, its corners show whether it always holds; else usual values
of the others lead to a witness. Whatever is neither shown nor excluded is `undecided`, and asked for.

`known(x)` needs no care here: the language admits it only in referrals that replace no refusal, so no status hangs on
it.
"""
