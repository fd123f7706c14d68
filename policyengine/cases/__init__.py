"""Cases: what happens after a decision, told by events, up to the agreement's end.

    events ──► checked ──► in order ──► state: facts, agreements, follow-up ──► decisions, changes, duties
                  │
                  └──► log (append-only, chained) ──► storage: SQLite, PostgreSQL

The log is the record. State is a pure function of the log in its order, which is that of the effective dates, then of
the sender's own sequence numbers, and never that of arrival: events that come late or twice are ordinary.

    case = policies.open_case(profile, as_of=day)      # `as_of`: by default the profile's own
    case = case.record(event, as_of=today)             # an `Event` or a mapping; `case` itself never changes
    case.state, case.decisions, case.changes           # worked out when looked at
    case = case.on(later)                              # as it stands on a later day
    case.events                                        # the log as it is to be kept, signings with what they froze
    case = policies.reopen_case(profile, events, opened=day, as_of=today)  # from what was kept, in any order

An event of a mapping is flat, `{id, kind, on, sequence, loan, facts, amount, …}`, or has what the kind holds under
`details`, as `Event.to_plain` gives it. `from_file.events_from_bytes`
reads YAML and JSON. `case.preview(event)` checks one and returns it in its one spelling. After
`record`, `case.event(id)` is what is to be stored: for a signing it differs from what was told. Everything that is
wrong with an event or its place is a `CaseError`; nothing is recorded then.
"""
