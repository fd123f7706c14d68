"""The record of an assessment: bytes that say what was decided and from what, and that can be made again.

    Trace, Decision ──► make ──► mask ──► canonical bytes ──► leak (an independent look) ──► written
    facts ──► commitments ──┘
                                 bytes, profile, salt ──► replay ──► the same bytes, or what differs

What is in it and what is not:

- *Only what the policy's meaning and the facts decide.* No places in files, since a comment moves them; no texts,
  since they follow the locale data of the day. Both would make a record differ that decides the same. The policy of
  the digest and the profile give them back at any time.
- *Commitments instead of facts.* A keyed hash for each fact, under a salt that stays with the profile: without the
  salt even a yes or no cannot be guessed, with it each value can be verified.
- *What stands on sensitive facts is withheld*: both sides of a comparison and its headroom, a policy's figures, amounts
  left outside the terms; and whether a rule holds, where that alone would say the fact. One commitment for each plan
  covers all of it, the schedule included, so that a replay proves what the reader does not see.
- *The terms offered are there*, since they are the outcome; but an amount that is itself a sensitive fact is withheld.

This room lies below the set of policies, which makes records; a replay is given whatever makes them anew.
"""

from policyengine.record.leak import MaskingError
from policyengine.record.replay import Difference, Replay, replay

__all__ = ["Difference", "MaskingError", "Replay", "replay"]
