"""Which facts an outcome rests on.

    support   facts that keep a value, as a set of paths
    grounds   the facts that the value of an expression rests on
    tables    the same of a decision table
    reading   a situation that notes which facts are read
    offers    the facts that terms, or their absence, rest on
    citing    plans, referrals and the outcome

Two questions have different answers, and each outcome asks its own. What *lets* something be is a set of facts that
suffice: of `a or b` one true side is enough, and the smaller is cited. What *denies* is every reason there is: of
`a and b` each false side alone would deny, so both are cited, and without them nothing denies any more. So an allowed
plan cites what suffices, a denied plan every reason of every failing rule. In both cases a profile of the cited facts
alone gives the same answer.

A search for terms reads the same facts in the same order whatever else is known; what it read is cited whole. To leave
out what it read in vain would take as many searches as there are facts.
"""
