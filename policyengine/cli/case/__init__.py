"""`policyengine case`: what happens after a decision, kept from the first contact to the end."""

from __future__ import annotations

import click

from policyengine.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    package="policyengine.cli.case",
    modules={
        "open": ("open_case", "open_"),
        "record": ("record", "record"),
        "show": ("show", "show"),
        "timeline": ("timeline", "timeline"),
        "verify": ("verify", "verify"),
    },
)
def case() -> None:
    """Keep cases: open one, record events, show where it stands, verify its log."""
