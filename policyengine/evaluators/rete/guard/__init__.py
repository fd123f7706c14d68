"""durable-rules 2.0.28 made safe: used as its README shows, it is wrong, hangs and crashes (docs/explanation/rete.md).

    patterns   what a rule and a fact may be: typed, and joined in the one form that works
    limits     what is counted before anything reaches the engine
    spelling   rules and facts as the engine's JSON
    engine     the C module: whether there is one, and one ruleset of it
    matchers   the rulesets of one network in this process
    network    facts in slots, the rules that hold now, rebuilding

The C module is called directly. The host of the package is never made: it starts threads and timers of its own,
swallows what its callbacks raise, and costs ten times as much. So no callback of ours ever runs inside the engine.
"""
