"""Groups whose commands are imported when they are run."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group of commands by their names, each in a module of its own below a package.

    Attributes:
        package: The package.
        modules: Of each command its module, and what it is called there.
    """

    package: str
    modules: Mapping[str, tuple[str, str]]

    def __init__(
        self, *args: Any, package: str, modules: Mapping[str, tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.package, self.modules = package, modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        del ctx
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in self.modules:
            return None
        module, name = self.modules[cmd_name]
        command: click.Command = getattr(import_module(f"{self.package}.{module}"), name)
        return command
