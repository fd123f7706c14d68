"""Whether a condition ends the same whatever becomes of the named conditions through which facts reach it.

A table of options has a row for each way that `can_repay` and `can_resume` may turn out. If some option fits each time,
the facts that they stand on do not matter to whether one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from policyengine.decision.trace import Truth, Unknown
from policyengine.evaluators.reference.logic import disjunction, negation
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.explain.asking.atoms import Atom
from policyengine.explain.asking.case import Answers, Case
from policyengine.explain.asking.completion import completed
from policyengine.explain.asking.throughout.span import Vague
from policyengine.explain.asking.throughout.stretch import Stretch
from policyengine.ir.nodes import Derived, Fact, Field, Known, Node
from policyengine.ir.reach import behind
from policyengine.model.types import Kind

#: Named conditions that are supposed either way.
_MOST = 4


def supposed(atom: Atom, case: Case, answers: Answers) -> bool | None:
    """Return whether an atom holds however the named conditions turn out; None where that makes a difference."""
    if any(leaf.rests_on_terms or not leaf.nodes for leaf in atom.leaves()):
        return None
    if atom.parts and not atom.any_part:
        return None
    try:
        names = dict.fromkeys(n for node in atom.nodes for n in _named(node, case, answers))
    except Vague:
        return None
    if not 0 < len(names) <= _MOST:
        return None
    found = {_truth(atom, case, answers, dict(turns)) for turns in _turns(tuple(names))}
    (only,) = found if len(found) == 1 else (None,)
    return only


def _turns(names: tuple[str, ...]) -> Iterator[Iterator[tuple[str, bool]]]:
    return (zip(names, turn, strict=True) for turn in product((True, False), repeat=len(names)))


def _named(node: Node, case: Case, answers: Answers) -> Iterator[str]:
    """Yield the names of the conditions through which alone an expression reads what is missing.

    Raises:
        Vague: It reads something otherwise, or such a condition may have no value.
    """
    value = case.value(node, answers)
    if not isinstance(value, Unknown):
        return
    if isinstance(node, Derived) and node.type.kind is Kind.BOOLEAN:
        Stretch(case, answers).truth(node)  # it has a value
        yield node.key
    elif isinstance(node, (Fact, Field, Known)) or not value.missing:
        raise Vague
    else:
        for below in (*node.children(), *behind(node, case.program)):
            yield from _named(below, case, answers)


def _truth(atom: Atom, case: Case, answers: Answers, turns: dict[str, bool]) -> bool | None:
    situation = completed(case.situation, answers)
    found = _holds(atom, Valuation(case.program, situation, derived={**turns}))
    return None if isinstance(found, Unknown) else found


def _holds(atom: Atom, valuation: Valuation) -> Truth:
    if atom.parts:
        return disjunction([_holds(part, valuation) for part in atom.parts])
    test, *applies = (valuation.truth(node) for node in atom.nodes)
    return disjunction([test, *map(negation, applies)])
