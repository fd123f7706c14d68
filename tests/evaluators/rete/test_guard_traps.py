"""What the engine gets wrong, hangs or crashes on, and that the guard keeps it away: one test for each trap."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar

import pytest
import raw_engine
from hypothesis import given
from hypothesis import strategies as st
from rete_here import NEEDS_RETE

from policyengine.evaluators.rete.guard.engine import EngineError, Ruleset
from policyengine.evaluators.rete.guard.limits import (
    MOST_RULESETS,
    MOST_SLOTS,
    Part,
    TooManyError,
    parts_of,
)
from policyengine.evaluators.rete.guard.matchers import InProcess
from policyengine.evaluators.rete.guard.network import Network
from policyengine.evaluators.rete.guard.patterns import (
    LARGEST,
    MOST_PATTERNS,
    Against,
    Fact,
    Link,
    Pattern,
    Rule,
    UnsafeError,
)
from policyengine.evaluators.rete.guard.spelling import Match, hash_of, identities_clash, rules_json

pytestmark = NEEDS_RETE
SEEN = raw_engine.SEEN


def on_slot(slot: int, operator: str, value: int | str) -> Pattern:
    return Pattern((Against("slot", "==", slot), Against("v", operator, value)))


def network(*rules: Rule, slots: int = 8, **more: Any) -> Network:
    return Network(rules, slots, **more)


ONE = Rule((on_slot(0, ">", 3),))
BOTH = Rule((on_slot(0, ">", 3), on_slot(1, "<=", 5)))


# Types


def test_the_engine_puts_strings_and_numbers_in_order_and_takes_true_for_one() -> None:
    handle = raw_engine.ruleset(
        {
            "more": {"all": [{"f0": {"$gt": {"v": 3}}}]},
            "one": {"all": [{"f0": {"v": 1}}]},
            **SEEN,
        }
    )
    assert raw_engine.put(handle, id="1", slot=0, v="5")[1] == ["more", "seen"]
    assert raw_engine.put(handle, id="2", slot=0, v="abc")[1] == ["more", "seen"]
    assert raw_engine.put(handle, id="3", slot=0, v=True)[1] == ["one", "seen"]


@pytest.mark.parametrize(
    "value", [True, 5.0, float("nan"), None, Fraction(1, 2), [1], "5", LARGEST + 1, -LARGEST - 1]
)
def test_no_other_type_reaches_the_engine(value: Any) -> None:
    held = network(ONE)
    with pytest.raises(UnsafeError):
        held.replace(0, {"v": value})
    assert held.fact(0) is None


@pytest.mark.parametrize("value", ['a"b', "a\\b", "", "é", "a b", "a\n"])
def test_no_string_reaches_the_engine_that_it_does_not_decode(value: str) -> None:
    held = network(Rule((on_slot(0, "==", "a"),)))
    with pytest.raises(UnsafeError):
        held.replace(0, {"v": value})


def test_an_attribute_is_a_number_or_a_string_in_all_rules() -> None:
    with pytest.raises(UnsafeError, match="against a number here, and against a string there"):
        network(ONE, Rule((on_slot(1, "==", "a"),)))
    with pytest.raises(UnsafeError, match="put in order"):
        network(Rule((on_slot(0, ">", "a"),)))


@pytest.mark.parametrize("name", ["slot", "id", "sid", "$s", "V", ""])
def test_no_fact_has_an_attribute_of_the_engine(name: str) -> None:
    with pytest.raises(UnsafeError):
        network(ONE).replace(0, {name: 1})


def test_strings_are_the_same_or_not() -> None:
    held = network(Rule((on_slot(0, "==", "ab"),)), Rule((on_slot(0, "!=", "ab"),)))
    found = []
    for value in ("ab", "a", "abc", "Ab"):
        held.replace(0, {"v": value})
        found.append(held.holding)
    assert found == [{0}, {1}, {1}, {1}]


@given(
    value=st.integers(-LARGEST, LARGEST),
    step=st.sampled_from([-1, 0, 1]),
    operator=st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
)
def test_whole_numbers_are_compared_exactly(value: int, step: int, operator: str) -> None:
    constant = max(-LARGEST, min(LARGEST, value + step))
    held = network(Rule((on_slot(0, operator, constant),)))
    held.replace(0, {"v": value})
    expected = {
        "==": value == constant,
        "!=": value != constant,
        "<": value < constant,
        "<=": value <= constant,
        ">": value > constant,
        ">=": value >= constant,
    }
    assert (held.holding == {0}) == expected[operator]
    held.close()


def test_the_engine_rounds_fractions() -> None:
    handle = raw_engine.ruleset({"is": {"all": [{"f0": {"v": 2**53}}]}, **SEEN})
    assert raw_engine.put(handle, id="1", slot=0, v=float(2**53 + 1))[1] == ["is", "seen"]


# What is missing


def test_a_missing_attribute_is_not_different_to_the_engine() -> None:
    handle = raw_engine.ruleset(
        {
            "differs": {"all": [{"f0": {"$neq": {"v": 1}}}]},
            "is there": {"all": [{"f0": {"$ex": {"v": 1}}}]},
            **SEEN,
        }
    )
    assert raw_engine.put(handle, id="1", slot=0)[1] == ["seen"]
    assert raw_engine.put(handle, id="2", slot=0, v=None)[1] == ["is there", "seen"]


def test_presence_negation_alternatives_and_actions_cannot_be_written() -> None:
    """`$nex` hangs, `$not` never fires or too often, `$or` fires for each branch, `run` swallows what it raises."""
    operators = ("==", "!=", "<", "<=", ">", ">=")
    link = Link("day", ">", 0, "day", -60), Link("nth", "==", 0, "nth", -1)
    rules = [
        Rule((on_slot(0, each, 1), Pattern((Against("kind", each, 1),), link)))
        for each in operators
    ]
    written = rules_json(range(len(rules)), rules)
    assert all(f'"{name}"' in written for name in ("$neq", "$lt", "$lte", "$gt", "$gte"))
    for name in ("$nex", "$ex", "$not", "$or", "$any", "run", "$timer", "count", "cap", "pri"):
        assert f"{name}" not in written.replace("$neq", "")
    for operator in ("$or", "ex", "not", "=~"):
        with pytest.raises(UnsafeError):
            network(Rule((on_slot(0, operator, 1),)))


def test_the_engine_fires_once_for_each_branch() -> None:
    either = {"$or": [{"$gt": {"v": 1}}, {"$gt": {"v": 2}}]}
    handle = raw_engine.ruleset({"r": {"all": [{"f0": either}]}, **SEEN})
    assert raw_engine.put(handle, id="1", slot=0, v=3)[1] == ["r", "r", "seen"]


def test_the_engine_ignores_alternatives_before_a_join() -> None:
    either = {"$or": [{"v": 1}, {"v": 2}]}
    joined = {"$and": [either, {"other": {"f0": "other"}}]}
    handle = raw_engine.ruleset({"r": {"all": [{"f0": {"slot": 1}}, {"f1": joined}]}, **SEEN})
    raw_engine.put(handle, id="1", slot=1, other=5)
    assert raw_engine.put(handle, id="2", slot=2, v=2, other=6)[1] == ["r", "seen"]  # 5 is not 6


def test_a_negation_in_the_engine_never_fires_or_fires_beside_its_veto() -> None:
    veto, other = {"slot": 5}, {"f1": {"slot": 1}}
    first = raw_engine.ruleset({"r": {"all": [{"f0$not": veto}, other]}, **SEEN})
    assert raw_engine.put(first, id="1", slot=1)[1] == ["seen"]  # there is no veto at all
    last = raw_engine.ruleset({"r": {"all": [other, {"f0$not": veto}]}, **SEEN})
    for name in ("a", "b"):
        raw_engine.put(last, id=name, slot=5)
    assert raw_engine.put(last, id="1", slot=1)[1] == ["seen"]
    assert raw_engine.retracted(last, id="a", slot=5) == ["r"]  # the other veto still stands


# Facts that nothing is about


def test_the_engine_does_not_store_what_meets_nothing() -> None:
    import durable_rules_engine  # noqa: PLC0415

    handle = raw_engine.ruleset({"r": {"all": [{"f0": {"slot": 1}}]}})
    assert raw_engine.put(handle, id="1", slot=5)[0] == 1
    assert durable_rules_engine.get_facts(handle, "0") == "[]"


def test_every_fact_is_seen() -> None:
    held = network(BOTH)
    for value in (0, 9, 0):
        held.replace(0, {"v": value})
    held.replace(1, {"v": 5})
    assert held.holding == frozenset()
    held.replace(0, {"v": 4})
    assert held.holding == {0}
    assert not held.failures


def test_a_session_where_nothing_fired_is_never_ended() -> None:
    for _ in range(50):
        untouched, met = Ruleset(Part((0,), (ONE,))), Ruleset(Part((0,), (ONE,)))
        met.put(0, {"v": 0})  # meets nothing but that it is seen
        untouched.close()
        met.close()
        with pytest.raises(EngineError):
            met.put(0, {"v": 1})


# Identity


def test_the_engine_takes_facts_of_one_hash_for_one() -> None:
    one, other = raw_engine.clashing()
    assert hash_of(one) == hash_of(other)
    handle = raw_engine.ruleset(SEEN)
    assert raw_engine.put(handle, id=one, slot=0, v=1)[0] == 0
    assert raw_engine.put(handle, id=other, slot=0, v=2)[0] == 2


def test_slots_have_identities_of_their_own() -> None:
    assert not identities_clash(range(MOST_SLOTS))
    assert identities_clash([1, 2, 1])
    with pytest.raises(TooManyError):
        network(ONE, slots=MOST_SLOTS + 1)


def test_the_engine_joins_the_facts_of_two_sessions_of_one_hash() -> None:
    one, other = raw_engine.clashing()
    handle = raw_engine.ruleset({"r": {"all": [{"f0": {"slot": 0}}, {"f1": {"slot": 1}}]}, **SEEN})
    raw_engine.put(handle, id="a", sid=one, slot=0)
    assert raw_engine.put(handle, id="b", sid=other, slot=1)[1] == ["r", "seen"]


def test_networks_share_nothing() -> None:
    first, second = network(BOTH), network(BOTH)
    first.replace(0, {"v": 9})
    second.replace(1, {"v": 0})
    assert first.holding == second.holding == frozenset()


def test_it_is_made_anew_after_so_many_facts_and_nothing_is_lost() -> None:
    held = network(ONE, BOTH, rebuilt_after=10)
    held.replace(1, {"v": 0})
    for value in range(100):
        held.replace(0, {"v": value})
        assert held.holding == ({0, 1} if value > 3 else frozenset())
    assert held.rebuilt == 11  # both facts are asserted anew each time
    assert not held.failures


# Numbers of things


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("many_at_a_branching", 1),
        ("many_on_one_condition", 1),
        ("many_facts_of_a_match", 1),
        ("many_sessions", 1),
        ("equality_before_inequality", -11),
    ],
)
def test_the_engine_breaks(way: str, code: int) -> None:
    assert raw_engine.in_its_own_process(way) == code


def test_the_engine_hangs_on_many_siblings() -> None:
    assert raw_engine.in_its_own_process("many_siblings", patience=4) is None


def test_many_rules_stand_in_several_rulesets() -> None:
    rules = [Rule((on_slot(0, ">", i),)) for i in range(600)]
    rules += [Rule((on_slot(0, ">", -1), on_slot(1, "==", i))) for i in range(600)]
    rules += [Rule((on_slot(2 + i, "==", 0),)) for i in range(600)]
    held = Network(rules, 602)
    held.replace(0, {"v": 10**6})
    held.replace(1, {"v": 599})
    held.replace(601, {"v": 0})
    assert held.holding == {*range(600), 1199, 1799}
    held.replace(0, {"v": 300})
    assert held.holding == {*range(300), 1199, 1799}
    assert not held.failures


def test_what_no_number_of_rulesets_carries_is_refused() -> None:
    with pytest.raises(TooManyError, match=f"at most {MOST_RULESETS} are carried"):
        parts_of([ONE] * 5000)
    with pytest.raises(UnsafeError, match="are safe"):
        parts_of([Rule((on_slot(0, "==", 0),) * (MOST_PATTERNS + 1))])


# Joins

LATE = Link("day", ">", 0, "day", -60)
BACK = Link("nth", "==", 0, "nth", -1)
KIND = Pattern((Against("kind", "==", 1),))
TWO_WITHIN_60 = Rule((KIND, Pattern((Against("kind", "==", 1),), (LATE, BACK))))


@pytest.mark.parametrize(
    "links",
    [
        (BACK, LATE),
        (LATE,),
        (BACK, BACK),
        (LATE, Link("nth", "!=", 0, "nth")),
        (Link("nth", "==", 1, "nth"),),
        (Link("nth", "==", -1, "nth"),),
        (Link("nth", "==", 0, "nth", 2**61),),
    ],
)
def test_only_joins_in_the_safe_form_are_taken(links: Sequence[Link]) -> None:
    with pytest.raises(UnsafeError):
        network(Rule((KIND, Pattern(KIND.tests, tuple(links)))))
    with pytest.raises(UnsafeError):
        network(Rule((Pattern((), (LATE, BACK)),)))


@given(gaps=st.lists(st.sampled_from([0, 1, 59, 60, 61]), min_size=1, max_size=8), data=st.data())
def test_a_join_in_the_safe_form_is_right_in_any_order(
    gaps: list[int], data: st.DataObject
) -> None:
    days = [sum(gaps[: i + 1]) for i in range(len(gaps))]
    held = network(TWO_WITHIN_60)
    for place in data.draw(st.permutations(range(len(days)))):
        held.replace(place, {"kind": 1, "day": days[place], "nth": place})
    pairs = {
        frozenset({place, place - 1})
        for place in range(1, len(days))
        if days[place - 1] > days[place] - 60
    }
    found = {slots for slot in range(8) for _, slots in held.matches_of(slot)}
    assert found == pairs
    assert (held.holding == {0}) == bool(pairs)
    assert not held.failures
    held.close()


# Errors and callers


def test_the_engine_keeps_what_is_due_for_whoever_comes_next() -> None:
    handle = raw_engine.ruleset({"r": {"all": [{"f0": {"v": 1}}]}, **SEEN})
    raw_engine.put_only(handle, id="1", slot=0, v=1)  # an error before anything was taken
    assert raw_engine.put(handle, id="2", slot=0, v=2)[1] == ["r", "seen", "seen"]


class Failing(InProcess):
    """The engine, but for an error at some of the facts; what is due then is left in it."""

    puts = 0

    def put(self, part: int, slot: int, fact: Fact) -> Sequence[Match]:
        found = super().put(part, slot, fact)
        type(self).puts += 1
        if self.puts in (3, 7):
            raise EngineError("it failed")
        return found


def test_after_an_error_nothing_of_the_old_network_is_left() -> None:
    Failing.puts = 0
    held, right = network(ONE, BOTH, matchers=Failing), network(ONE, BOTH)
    for slot, value in [(0, 9), (1, 0), (0, 0), (0, 5), (1, 9), (0, 9), (1, 1), (0, 1)]:
        held.replace(slot, {"v": value})
        right.replace(slot, {"v": value})
        assert held.holding == right.holding
    assert list(held.failures) == ["it failed", "it failed"]
    assert held.rebuilt == right.rebuilt + 2


class Interrupted(InProcess):
    """The engine, but that the first two times something else is raised: at any moment, as a signal may do."""

    errors: ClassVar[list[BaseException]] = []

    def put(self, part: int, slot: int, fact: Fact) -> Sequence[Match]:
        found = super().put(part, slot, fact)
        if self.errors:
            raise self.errors.pop()
        return found


@pytest.mark.parametrize(
    "errors",
    [[KeyboardInterrupt()], [EngineError("again"), EngineError("once")], [MemoryError()]],
    ids=["interrupted", "failed twice", "no memory"],
)
def test_whatever_ends_a_change_the_next_one_finds_a_sound_network(
    errors: list[BaseException],
) -> None:
    held = network(ONE, matchers=Interrupted)
    held.replace(1, {"v": 0})
    Interrupted.errors = [*errors]
    with pytest.raises(type(errors[0])):
        held.replace(0, {"v": 9})
    held.replace(0, {"v": 9})
    assert held.holding == {0}
    held.replace(0, {"v": 0})
    assert held.holding == frozenset()


def test_the_package_swallows_what_a_callback_raises() -> None:
    assert raw_engine.in_its_own_process("failing_callback") == 0


def test_nothing_but_the_c_module_is_imported_and_no_thread_is_started() -> None:
    assert raw_engine.in_its_own_process("stock_host") in (2, 3)
    script = (
        "import sys, threading, policyengine as pe\n"
        "policies = pe.load('policies', evaluator='rete')\n"
        "policies.decide(pe.Profile.from_file('policies/examples/mr-li.yaml'))\n"
        "assert 'durable_rules_engine' in sys.modules and 'durable.engine' not in sys.modules\n"
        "assert threading.active_count() == 1\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603  # this interpreter


def test_whether_there_is_an_engine_is_said_plainly() -> None:
    script = (
        "import sys\n"
        "sys.modules['durable_rules_engine'] = None\n"
        "import policyengine as pe\n"
        "profile = pe.Profile.from_file('policies/examples/mr-li.yaml')\n"
        "pe.load('policies').decide(profile)\n"
        "try: pe.load('policies', evaluator='rete')\n"
        "except pe.UsageError as error: print(error)\n"
    )
    done = subprocess.run(  # noqa: S603  # this interpreter
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith("error[no-engine]: the evaluator `rete` needs durable-rules")
    assert "`compiled` decides the same without it" in done.stdout
