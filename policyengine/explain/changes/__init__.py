"""What would change a denial: the nearest change of facts that the borrower can act on.

A change moves one actionable fact, or two, by whole steps of the vocabulary from where it stands today, in an allowed
direction and within the fact's limits. The distance of a change is the number of its steps: the step is the
vocabulary's own measure of one effort, and unlike a share of today's value it also measures a fact that is zero. Two
facts are only tried where no single one helps; ties go by the order of the paths, then to fewer steps of the first.

What a plan needs is a row of conditions: that the policy applies, each of its rules, and that its offer has terms.
Where the sign of a fact shows that a condition can only turn true as the fact moves (`trend`), its being false at one
place excludes every place before it; where it can only turn false, every place after it. `search` cuts the
places into boxes, nearest first, drops the boxes that a condition excludes, and tries single places at last. So the
first place that does is the nearest, whether or not a condition has a sign: without one every nearer place was
tried. A proof fails in one way only, when the search becomes too long; then it says how far it got.

moves/        the facts that can move, their places and the facts after a move
reach/        the facts that an expression reads
trend/        which way an expression goes as facts move
conditions/   what a plan needs
search/       the nearest place
nearest/      what would change a plan
wording/      the same in words
"""

from policyengine.explain.changes.nearest import changes_of

__all__ = ["changes_of"]
