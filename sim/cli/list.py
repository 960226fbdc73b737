"""``alliance list``: the shipped scenarios and questions."""

from __future__ import annotations

import json
import tomllib

import click

from sim.cli.options import json_option
from sim.cli.tables import columns


@click.command("list")
@click.argument("what", type=click.Choice(["scenarios", "questions", "worked"]), default="scenarios")
@json_option
def list_command(what: str, as_json: bool) -> None:
    """List the shipped scenarios or questions, one line each.

    Each is a scenario file of a few lines: run, compare or extend it by this name, e.g. `alliance run
    questions/26_truce_breaks`; a number will do, e.g. `alliance compare baseline_2026 questions/26`. Worked questions
    ask what it takes: `alliance solve hold_deliveries`.
    """
    from sim.shipped import shipped_names, shipped_questions, shipped_title, worked_questions

    if what == "worked":
        texts = {name: path.read_text(encoding="utf-8") for name, path in worked_questions().items()}
        titles = {name: str(tomllib.loads(text)["title"]) for name, text in texts.items()}
    else:
        names = shipped_names() if what == "scenarios" else shipped_questions()
        titles = {name: shipped_title(name) for name in names}
    if as_json:
        click.echo(
            json.dumps([{"name": name, "title": title} for name, title in titles.items()], indent=2, ensure_ascii=False)
        )
    elif titles:
        click.echo("\n".join(columns(list(titles.items()), left=2)))
