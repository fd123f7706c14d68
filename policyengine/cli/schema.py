"""`policyengine schema`: the JSON Schema of the files, for editors."""

from __future__ import annotations

import click

from policyengine.cli import output
from policyengine.model.from_syntax import FORMS, json_schema


@click.command()
@click.argument("kind", type=click.Choice(sorted(FORMS)), required=False)
@output.format_option
def schema(kind: str | None) -> None:
    """Print the JSON Schema of one KIND of file, or of all.

    The schema is JSON in either format.
    """
    found = json_schema()
    if kind is not None:
        del found["oneOf"]
        found["title"] += f": {kind}"
        others = set(FORMS) - {kind}
        found["$defs"] = {k: v for k, v in found["$defs"].items() if k not in others}
        found["$ref"] = f"#/$defs/{kind}"
    output.write_json(found)
