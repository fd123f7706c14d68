"""The command line as a whole: its commands, and what becomes of everything that goes wrong."""

from __future__ import annotations

from typing import Any

import click

from policyengine import __version__
from policyengine.cli import exit_codes, output
from policyengine.cli.lazy import LazyGroup
from policyengine.diagnostics import PolicyEngineError

TRACEBACK = "POLICYENGINE_TRACEBACK"
_NAMES = (
    "ask",
    "case",
    "check",
    "compile",
    "decide",
    "explain",
    "fmt",
    "portfolio",
    "replay",
    "schema",
    "simulate",
    "test",
)
#: The commands: of each its module, and what it is called there.
COMMANDS = {name: (name, "compile_" if name == "compile" else name) for name in _NAMES}


class Commands(LazyGroup):
    """A group whose commands end with one of the documented exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and turn what it raises into a message and an exit code."""
        output.use_utf8()
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except PolicyEngineError as error:
            output.write_diagnostics(error.diagnostics)
            ctx.exit(exit_codes.INVALID)
        except KeyboardInterrupt:
            ctx.exit(exit_codes.INTERRUPTED)
        except Exception as error:  # noqa: BLE001  # the last resort: nobody is shown a traceback unasked
            from policyengine.cli.internal import internal_error  # noqa: PLC0415  # seldom needed

            wanted = ctx.params["with_traceback"]
            output.write_raw(internal_error(error, with_traceback=wanted), err=True)
            ctx.exit(exit_codes.INTERNAL)


@click.group(
    cls=Commands,
    package="policyengine.cli",
    modules=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--traceback",
    "with_traceback",
    is_flag=True,
    envvar=TRACEBACK,
    show_envvar=True,
    help="Show the way to an internal error.",
)
@click.version_option(__version__, prog_name="policyengine")
def main(*, with_traceback: bool) -> None:
    """Decide, and explain, which relief a borrower in arrears can be offered.

    \b
    Exit codes: 0 clean, 1 findings or failed tests, 2 invalid policy, profile or usage, 3 internal error.
    """  # noqa: D301  # click reads \b as: keep the lines
    del with_traceback
