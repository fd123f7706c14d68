"""`policyengine compile`: the Python source that a policy's conditions and offers become."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import attrs
import click
from rich.text import Text

from policyengine.cli import output
from policyengine.cli.deciding import read_day, unknown_name
from policyengine.cli.reading import read_files
from policyengine.evaluators.compiled.from_program import Conditions, conditions_of
from policyengine.evaluators.compiled.offers.from_program import CompiledOffer, offers_of
from policyengine.ir.program import Program
from policyengine.policy_set import PolicySet
from policyengine.report.diagnostics import counted


@click.command("compile")
@click.argument("path", metavar="PATH")
@click.option("--policy", metavar="ID", help="The one policy to compile; by default all of them.")
@click.option(
    "--as-of",
    metavar="DATE",
    callback=read_day,
    help="The day whose parameters the source holds; by default today.",
)
@click.option("--show", is_flag=True, help="Print the source.")
@output.format_option
def compile_(path: str, *, policy: str | None, as_of: date | None, show: bool) -> None:
    """Compile the policies at PATH, and say what is left to the reference evaluator.

    Compiled are the conditions that stand on no terms (whether a policy applies, whom a plan is for, referrals), and
    the offers: the search of each plan for its terms.
    """
    policies, day = read_files(path, whole=False).policies(), as_of or date.today()  # noqa: DTZ011  # the reader's day
    compiled = [_compiled(program, day) for program in _chosen(policies, policy)]
    if output.wants_json():
        output.write_json([_json(each, show=show) for each in compiled])
    else:
        output.write_text(line for each in compiled for line in _text(each, show=show))


@attrs.frozen
class _Compiled:
    """A policy as source on a day."""

    program: Program
    day: date
    conditions: Conditions
    offers: tuple[CompiledOffer, ...]

    @property
    def source(self) -> str:
        """All of it."""
        sources = (self.conditions.on(self.day).source, *(offer.source for offer in self.offers))
        return "\n\n\n".join(sources)

    @property
    def offers_left(self) -> list[str]:
        """The plans whose offers are left to the reference evaluator."""
        pairs = zip(self.program.plans, self.offers, strict=True)
        return [plan.id for plan, offer in pairs if offer.known is None and offer.unknowns is None]


def _compiled(program: Program, day: date) -> _Compiled:
    return _Compiled(program, day, conditions_of(program), offers_of(program).on(day))


def _chosen(policies: PolicySet, policy: str | None) -> tuple[Program, ...]:
    if policy is None:
        return policies.programs
    if policy not in policies:
        raise unknown_name("policy", policy, policies)
    return (policies[policy].program,)


def _left(conditions: Conditions, day: date) -> list[str]:
    groups = zip(conditions.groups.all, conditions.on(day).left, strict=True)
    return [
        rule.id for group, left in groups for i, rule in enumerate(group.rules) if left & (1 << i)
    ]


def _count(conditions: Conditions) -> int:
    return sum(len(group.rules) for group in conditions.groups.all)


def _text(compiled: _Compiled, *, show: bool) -> Iterator[Text]:
    name, conditions = compiled.program.id, compiled.conditions
    if show:
        yield Text(f"# {name} on {compiled.day}", "bold")
        yield Text(compiled.source)
        return
    left, offers_left = _left(conditions, compiled.day), compiled.offers_left
    count, offers = _count(conditions), len(compiled.offers)
    said = f"{count - len(left)} of {counted(count, 'condition')}"
    said = f"{name}: {said} and {offers - len(offers_left)} of {counted(offers, 'offer')} compiled"
    kept = [*left, *offers_left]
    yield Text(f"{said}; left to the reference evaluator: {', '.join(kept)}" if kept else said)


def _json(compiled: _Compiled, *, show: bool) -> dict[str, Any]:
    program = compiled.program
    found: dict[str, Any] = {
        "policy": program.id,
        "digest": program.digest,
        "conditions": _count(compiled.conditions),
        "left": _left(compiled.conditions, compiled.day),
        "offers": len(compiled.offers),
        "offers_left": compiled.offers_left,
    }
    return found | ({"as_of": str(compiled.day), "source": compiled.source} if show else {})
