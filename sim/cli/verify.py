"""``alliance verify``: what must hold between scenarios, checked run by run."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sim.cli.options import json_option
from sim.limits import MOST_RUNS, MOST_SEED

RELATIONS = Path("tests") / "relations"


@click.command("verify")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE.toml]...")
@click.option("--runs", type=click.IntRange(1, MOST_RUNS), default=None, help="Runs.  [default: as each file says]")
@click.option("--seed", type=click.IntRange(0, MOST_SEED), default=1, show_default=True, help="Seed of every draw.")
@json_option
def verify_command(files: tuple[Path, ...], runs: int | None, seed: int, as_json: bool) -> None:
    """Check relations between scenarios.

    Each FILE states what must hold between scenarios; without one, all in tests/relations. Exit code 1 if a relation
    is broken.
    """
    from sim.analysis.relations import verify
    from sim.errors import InputError

    paths = files or tuple(sorted(RELATIONS.glob("*.toml")))
    if not paths:
        raise InputError(f"no relations in {RELATIONS}; name the files")
    verdicts = verify(paths, runs=runs, seed=seed)
    broken = [verdict for verdict in verdicts if not verdict.passed]
    if as_json:
        entries = [
            {
                "file": str(verdict.relation.path),
                "passed": verdict.passed,
                "broken_runs": verdict.broken,
                "told": verdict.told,
            }
            for verdict in verdicts
        ]
        click.echo(json.dumps(entries, indent=2, ensure_ascii=False))
    else:
        for verdict in verdicts:
            click.echo(f"{'holds ' if verdict.passed else 'BROKEN'}  {verdict.relation.path.stem}: {verdict.told}")
        click.echo(f"{len(verdicts) - len(broken)} of {len(verdicts)} relations hold")
    if broken:
        click.get_current_context().exit(1)
