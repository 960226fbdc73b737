"""``alliance facts``: the figures behind a run, a reader's own tables, and official files brought in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sim.cli.options import json_option

_SHOWN = 12  # changed figures that are printed; all of them with --json


def _folder(path: str | None) -> Path:
    """The folder named, or that of the environment. Raises InputError where there is neither."""
    from sim import facts
    from sim.errors import InputError

    chosen = Path(path) if path else facts.own_folder()
    if chosen is None:
        raise InputError("no folder of facts: name one, or set ALLIANCE_FACTS to it")
    return chosen


@click.group("facts")
def facts_command() -> None:
    """List the facts, check or import a folder of your own."""


@facts_command.command("list")
@click.argument("folder", required=False, metavar="[FOLDER]")
@json_option
def list_facts(folder: str | None, as_json: bool) -> None:
    """List the tables with their rows and editions.

    Rows of your own in FOLDER are counted as well.
    """
    from sim import facts
    from sim.cli.tables import columns
    from sim.facts import own, schema, tables

    chosen = Path(folder) if folder else facts.own_folder()
    added = own.check(chosen) if chosen else {}
    told = []
    for name in schema.TABLES:
        rows = (*tables.shipped(schema.TABLES[name].row, name), *added.get(name, ()))
        editions = sorted({row.vintage for row in rows})
        told.append(
            {
                "table": name,
                "rows": len(rows),
                "own": len(added.get(name, ())),
                "last_known_on": max(row.known_on for row in rows).isoformat(),
                "editions": editions,
            }
        )
    if as_json:
        click.echo(json.dumps({"facts_end": facts.FACTS_END.isoformat(), "tables": told}, indent=2))
        return
    lines: list[tuple[str, ...]] = [("table", "rows", "own", "known to", "newest edition")]
    lines += [(t["table"], f"{t['rows']}", f"{t['own']}", t["last_known_on"], t["editions"][-1]) for t in told]
    click.echo("\n".join(columns(lines)))
    click.echo(f"The shipped facts end on {facts.FACTS_END}. Sources and terms of use: SOURCES.md beside the tables.")


@facts_command.command("check")
@click.argument("folder", required=False, metavar="[FOLDER]")
@json_option
def check_facts(folder: str | None, as_json: bool) -> None:
    """Report every mistake in a FOLDER of your own tables at once. Exit code 0 when there is none, 2 otherwise."""
    from dataclasses import asdict

    from sim.errors import InputError
    from sim.facts import own

    chosen = _folder(folder)
    try:
        rows = own.check(chosen)
    except InputError as error:
        if not as_json:
            raise
        click.echo(json.dumps([asdict(problem) for problem in error.problems], indent=2, ensure_ascii=False))
        click.get_current_context().exit(2)
    if as_json:
        click.echo("[]")
        return
    if not rows:
        click.echo(f"{chosen}: no tables")
    for name, own_rows in rows.items():
        click.echo(f"{chosen / name}: {len(own_rows)} rows, no mistakes")


@facts_command.command("diff")
@click.argument("folder", required=False, metavar="[FOLDER]")
@json_option
def diff_facts(folder: str | None, as_json: bool) -> None:
    """Show which figures a FOLDER of your own tables adds or changes."""
    from sim.facts import official, own

    _show(list(official.changes(own.check(_folder(folder)))), as_json)


@facts_command.command("import")
@click.argument("file", metavar="FILE")
@click.option("--published", metavar="DAY", help="Day of publication, such as 2026-07-10.")
@click.option("--release", metavar="NAME", help="Kiel's release, such as R31, where the file does not say.")
@click.option("--to", "folder", metavar="FOLDER", help="Folder of your own tables to write to; else ALLIANCE_FACTS.")
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@json_option
def import_facts(
    file: str, published: str | None, release: str | None, folder: str | None, dry_run: bool, as_json: bool
) -> None:
    """Bring an official FILE in.

    NATO's, SIPRI's or the Kiel tracker's workbook, or its data_explorer.csv.
    """
    from sim.facts import official

    found = official.read_official(Path(file), official.as_day(published) if published else None, release)
    changed = list(official.changes(official.typed(found)))
    if not as_json:
        click.echo(f"{file}: {found.publication}, edition {found.edition}, known on {found.known_on}.")
        for remark in found.remarks:
            click.echo(remark)
    _show(changed, as_json)
    if dry_run:
        return
    for path in official.bring_in(found, _folder(folder)):
        click.echo(f"Wrote {path}", err=as_json)


def _show(changed: list[Any], as_json: bool) -> None:
    """Figures added and changed: counts by table, and the largest relative changes."""
    from dataclasses import asdict

    from sim.cli.tables import columns

    if as_json:
        click.echo(json.dumps([asdict(change) for change in changed], indent=2, ensure_ascii=False))
        return
    if not changed:
        click.echo("No figure differs from the shipped ones.")
    for name in sorted({change.table for change in changed}):
        of_table = [change for change in changed if change.table == name]
        new = sum(change.before is None for change in of_table)
        click.echo(f"{name}: {new} figures added, {len(of_table) - new} changed against the newest shipped ones")
    moved = [change for change in changed if change.before is not None]
    moved.sort(key=lambda change: -abs(change.after - change.before) / max(abs(change.before), 1e-9))
    lines = [(c.table, c.row, c.column, f"{c.before:g} -> {c.after:g}") for c in moved[:_SHOWN]]
    if lines:
        click.echo("\n".join(columns([("table", "row", "column", "largest changes"), *lines])))
    if len(moved) > _SHOWN:
        click.echo(f"{len(moved) - _SHOWN} more; all of them with --json.")
