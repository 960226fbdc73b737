"""``alliance replicate``: the model beside known results."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click

from sim.cli.options import json_option


@click.command("replicate")
@json_option
def replicate_command(as_json: bool) -> None:
    """Compare the model with known results.

    Each row: a result of the literature or the facts, its tolerance, the model's figure.
    """
    from sim.evidence.replication import replicate

    rows = [{**asdict(row), "passed": bool(row.passed)} for row in replicate()]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        verdict = ("within " if row["passed"] else "OUTSIDE") if row["scored"] else "beside "
        click.echo(f"{row['number']:>3}  {verdict}  {row['result']}")
        click.echo(f"     target {row['target']} (tolerance {row['tolerance']}); model {row['model']}")
        if row["remark"]:
            click.echo(f"     {row['remark']}")
    known = [row for row in rows if row["in_sample"]]
    scored = [row for row in rows if row["scored"] and not row["in_sample"]]
    seen = f"{_within(known)} of those that have seen their target"
    click.echo(f"{_within(scored)} within tolerance; {seen}; the others are not scored")


def _within(rows: Sequence[Mapping[str, Any]]) -> str:
    return f"{sum(row['passed'] for row in rows)} of {len(rows)}"
