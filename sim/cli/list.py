"""``alliance list``: the shipped scenarios and questions."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import click

from sim.cli.options import json_option
from sim.cli.tables import columns


@click.command("list")
@click.argument("what", type=click.Choice(["scenarios", "questions"]), default="scenarios")
@json_option
def list_command(what: str, as_json: bool) -> None:
    """List the shipped scenarios or questions, one line each."""
    from sim.shipped import shipped_folder, shipped_names, shipped_questions

    names = shipped_names() if what == "scenarios" else shipped_questions()
    titles = {name: _title(shipped_folder() / f"{name}.toml") for name in names}
    if as_json:
        click.echo(
            json.dumps([{"name": name, "title": title} for name, title in titles.items()], indent=2, ensure_ascii=False)
        )
    elif titles:
        click.echo("\n".join(columns(list(titles.items()), left=2)))


def _title(path: Path) -> str:
    """The title in a scenario file. Only the text is parsed: listing needs neither the model nor the facts."""
    try:
        title = tomllib.loads(path.read_text(encoding="utf-8")).get("title", "")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return "cannot be read; `alliance check` says why"
    return str(title)
