"""`policyengine compile`: the Python source that a policy's conditions become."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import click
from rich.text import Text

from policyengine.cli import output
from policyengine.cli.deciding import read_day, unknown_name
from policyengine.cli.reading import read_policies
from policyengine.evaluators.compiled.from_program import Conditions, conditions_of
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
    """Compile the conditions of the policies at PATH, and say which are left to the reference evaluator.

    These are the conditions that stand on no terms: whether a policy applies, whom a plan is for, and referrals.
    """
    policies, day = read_policies(path), as_of or date.today()  # noqa: DTZ011  # the reader's day
    compiled = [conditions_of(program) for program in _chosen(policies, policy)]
    if output.wants_json():
        output.write_json([_json(conditions, day, show=show) for conditions in compiled])
    else:
        output.write_text(line for c in compiled for line in _text(c, day, show=show))


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


def _text(conditions: Conditions, day: date, *, show: bool) -> Iterator[Text]:
    if show:
        yield Text(f"# {conditions.program.id} on {day}", "bold")
        yield Text(conditions.on(day).source)
        return
    left, count = _left(conditions, day), _count(conditions)
    said = f"{conditions.program.id}: {count - len(left)} of {counted(count, 'condition')} compiled"
    yield Text(f"{said}; left to the reference evaluator: {', '.join(left)}" if left else said)


def _json(conditions: Conditions, day: date, *, show: bool) -> dict[str, Any]:
    program = conditions.program
    found: dict[str, Any] = {
        "policy": program.id,
        "digest": program.digest,
        "conditions": _count(conditions),
        "left": _left(conditions, day),
    }
    return found | ({"as_of": str(day), "source": conditions.on(day).source} if show else {})
