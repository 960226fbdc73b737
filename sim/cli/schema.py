"""``alliance schema``: the JSON Schema of scenario files."""

from __future__ import annotations

import json

import click


@click.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.model import catalogue
    from sim.scenario.json_schema import json_schema

    click.echo(json.dumps(json_schema(catalogue()), indent=2, ensure_ascii=False))
