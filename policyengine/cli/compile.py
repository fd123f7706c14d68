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
from policyengine.cli.many import columns_options
from policyengine.cli.reading import FOR_MANY, read_policies
from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.evaluators.compiled.from_program import Conditions, conditions_of
from policyengine.evaluators.compiled.offers.from_program import CompiledOffer, offers_of
from policyengine.ir.program import Program
from policyengine.policy_set import PolicySet
from policyengine.portfolio.columns import Columns
from policyengine.report.diagnostics import counted


@click.command("compile")
@click.argument("path", metavar="PATH")
@click.option("--policy", metavar="ID", help="The one policy to compile; by default all of them.")
@click.option(
    "--as-of",
    metavar="DATE",
    callback=read_day,
    help="The day whose parameters the source holds; by default today, or that in the column `as_of` of rows.",
)
@click.option("--show", is_flag=True, help="Print the source.")
@click.option(
    "--for-rows",
    metavar="FILE",
    help="Print the source that a portfolio such as FILE is decided by; its first rows say what the columns are like.",
)
@columns_options
@output.format_option
def compile_(  # noqa: PLR0913  # one for each option
    path: str,
    *,
    policy: str | None,
    as_of: date | None,
    show: bool,
    for_rows: str | None,
    currency: str | None,
    keep: tuple[str, ...],
    ignore: tuple[str, ...],
    unknown: tuple[str, ...],
    floats: bool,
) -> None:
    """Compile the policies at PATH, and say what is left to the reference evaluator.

    Compiled are the conditions that stand on no terms (whether a policy applies, whom a plan is for, referrals), and
    the offers: the search of each plan for its terms.
    """
    if for_rows is not None:
        rows = _Rows(for_rows, as_of, currency, Columns(keep, ignore, unknown, floats))
        _write_for_rows(path, policy, rows)
        return
    _refuse_without_rows(
        currency=currency, keep=keep, ignore=ignore, unknown=unknown, floats=floats
    )
    policies, day = read_policies(path), as_of or date.today()  # noqa: DTZ011  # the reader's day
    compiled = [_compiled(program, day) for program in _chosen(policies, policy)]
    if output.wants_json():
        output.write_json([_json(each, show=show) for each in compiled])
    else:
        output.write_text(line for each in compiled for line in _text(each, show=show))


def _refuse_without_rows(**given: object) -> None:
    """Refuse what is said of rows where there are none."""
    for name, value in given.items():
        if value:
            message = f"`--{name}` says something of rows, and there are none"
            hint = "add `--for-rows FILE`, or leave it out"
            raise UsageError([Diagnostic("bad-argument", message, hint=hint)])


@attrs.frozen
class _Rows:
    """A file of loans, and what is said of them."""

    file: str
    as_of: date | None
    currency: str | None
    columns: Columns


def _write_for_rows(path: str, policy: str | None, rows: _Rows) -> None:
    from policyengine.portfolio.deciding import Job  # noqa: PLC0415  # only rows need arrays
    from policyengine.portfolio.evaluator import for_many  # noqa: PLC0415
    from policyengine.portfolio.generated import generated  # noqa: PLC0415
    from policyengine.portfolio.sources.opening import source_of  # noqa: PLC0415

    policies = read_policies(path, FOR_MANY)
    source, programs = source_of(rows.file), _chosen(policies, policy)
    job = Job.over(
        source.schema,
        programs,
        for_many(policies.evaluator),
        as_of=rows.as_of,
        currency=rows.currency,
        columns=rows.columns,
    )
    first = next(source.chunks(), None)
    found = list(generated(job, first.batch)) if first else []
    if output.wants_json():
        output.write_json([attrs.asdict(each) | {"as_of": str(each.as_of)} for each in found])
        return
    for each in found:
        said = f"# {each.policy} on {each.as_of}, {counted(each.rows, 'row')} in {each.currency}"
        output.write_text([Text(said, "bold"), Text(each.source)])


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
