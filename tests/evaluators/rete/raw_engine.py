"""The engine as it comes, to show what the guard keeps away. `python raw_engine.py NAME` runs what may crash or hang.

Only names of this module are run, each in a process of its own: what is left of one that crashes is its exit code.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

from policyengine.evaluators.rete.guard.spelling import hash_of

SEEN = {"seen": {"all": [{"f0": {"$gte": {"slot": 0}}}]}}


def ruleset(rules: dict[str, Any]) -> int:
    """Return the handle of a ruleset of the engine."""
    import durable_rules_engine  # noqa: PLC0415  # only where it is installed

    handle: int = durable_rules_engine.create_ruleset("raw", json.dumps(rules))
    return handle


def put(handle: int, **fact: Any) -> tuple[int, list[str]]:
    """Assert a fact; return the engine's answer, and the rules that fire."""
    answer, session = put_only(handle, **fact)
    return answer, fired(handle, session)


def put_only(handle: int, **fact: Any) -> tuple[int, int]:
    """Assert a fact, and leave what is due; return the engine's answer and the session."""
    import durable_rules_engine  # noqa: PLC0415

    found: tuple[int, int] = durable_rules_engine.assert_fact(handle, json.dumps(fact))
    return found


def retracted(handle: int, **fact: Any) -> list[str]:
    """Retract a fact; return the rules that fire."""
    import durable_rules_engine  # noqa: PLC0415

    _, session = durable_rules_engine.retract_fact(handle, json.dumps(fact))
    return fired(handle, session)


def fired(handle: int, session: int) -> list[str]:
    """Return the rules that fire."""
    import durable_rules_engine as engine  # noqa: PLC0415

    names = []
    begun = engine.start_action_for_state(handle, session)
    answer = None if begun is None else begun[1]
    while answer is not None:
        names += json.loads(answer)
        answer = engine.complete_and_start_action(handle, session)
    return names


def clashing() -> tuple[str, str]:
    """Return two names that the engine takes for one: of 32 bits, some 80,000 names are enough."""
    seen: dict[int, str] = {}
    for number in count():
        name = f"n{number}"
        other = seen.setdefault(hash_of(name), name)
        if other != name:
            return other, name
    raise AssertionError


def in_its_own_process(name: str, patience: float = 60) -> int | None:
    """Return the exit code of a way to break the engine; None where it was still busy."""
    try:
        done = subprocess.run(  # noqa: S603  # this interpreter, this file
            [sys.executable, str(Path(__file__)), name],
            check=False,
            capture_output=True,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.returncode


# What breaks it


def equality_before_inequality() -> None:
    """Join two facts with the equality first: the engine reads past an array where the last comparison is false.

    What lies behind the array is chance, so it is done in rulesets of several sizes.
    """
    for size in range(1, 60, 2):
        rules = {f"r{i}": {"all": [{"f0": {"kind": 1}}, {"f1": _unsafe(i)}]} for i in range(size)}
        handle = ruleset({**rules, **SEEN})
        for nth in range(1, 30):
            since = nth * 61 - 60
            put(
                handle,
                id=f"{nth}",
                slot=nth,
                kind=1,
                day=nth * 61,
                since=since,
                nth=nth,
                back=nth - 1,
            )


def _unsafe(more: int) -> dict[str, Any]:
    late = {"$gt": {"day": {"$add": {"$l": {"f0": "since"}, "$r": more}}}}
    return {"$and": [{"kind": 1}, {"nth": {"f0": "back"}}, late]}


def many_siblings() -> None:
    """Have 520 conditions on one attribute."""
    put(ruleset({f"r{i}": {"all": [{"f0": {"slot": i}}]} for i in range(520)}), id="1", slot=1)


def many_at_a_branching() -> None:
    """Have 80 conditions true of one fact."""
    rules = {f"r{i}": {"all": [{"f0": {"$gt": {"v": i}}}]} for i in range(80)}
    put(ruleset({**rules, **SEEN}), id="1", slot=1, v=100)


def many_on_one_condition() -> None:
    """Have 300 rules on one condition."""
    second = [{"$and": [{"slot": 2}, {"v": i}]} for i in range(300)]
    ruleset(
        {f"r{i}": {"all": [{"f0": {"slot": 1}}, {"f1": each}]} for i, each in enumerate(second)}
    )


def many_facts_of_a_match() -> None:
    """Join 17 facts."""
    handle = ruleset({"r": {"all": [{f"f{i}": {"slot": i}} for i in range(17)]}})
    for slot in range(17):
        put(handle, id=str(slot), slot=slot)


def many_sessions() -> None:
    """Open 1,100 sessions."""
    handle = ruleset(SEEN)
    for session in range(1100):
        put(handle, id="1", sid=str(session), slot=0)


def stock_host() -> None:
    """Make the package's own host, and fail where it has not started threads."""
    import threading  # noqa: PLC0415

    from durable.engine import Host  # noqa: PLC0415

    Host()
    sys.exit(threading.active_count())


def failing_callback() -> None:
    """Have a callback raise: whoever tells the event does not hear of it."""
    from durable.engine import Host  # noqa: PLC0415

    def fail(_: object) -> None:
        raise ValueError

    host = Host()
    host.register_rulesets({"raw": {"r": {"all": [{"f0": {"slot": 1}}], "run": fail}}})
    host.post("raw", {"slot": 1})


if __name__ == "__main__":
    globals()[sys.argv[1]]()
