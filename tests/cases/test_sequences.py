"""Made sequences: evaluators agree after every event, and the order of arrival changes nothing."""

from __future__ import annotations

from sequences import Sequences, all_evaluators

COUNT = 15


def test_evaluators_and_orders_of_arrival_agree() -> None:
    sequences = Sequences(all_evaluators())
    for seed in range(COUNT):
        sequences.run(seed)
    reached = sequences.seen
    wanted = {"plan_signed", "payment_made", "plan-not-allowed", "differing-event"}
    assert wanted <= reached.keys()
    assert {"agreement broken", "agreement renegotiate", "agreement replaced"} <= reached.keys()
