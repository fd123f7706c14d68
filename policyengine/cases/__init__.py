"""Cases: what happens after a decision, told by events, up to the agreement's end.

    events ──► checked ──► in order ──► state: facts, agreements, follow-up ──► decisions, changes, duties
                  │
                  └──► log (append-only, chained) ──► storage: SQLite, PostgreSQL

The log is the record. State is a pure function of the log in its order, which is that of the effective dates, then of
the sender's own sequence numbers, and never that of arrival: events that come late or twice are ordinary.
"""
