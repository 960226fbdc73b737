"""``alliance score``: finished results against what was reported after their start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.options import FilePath, OutPath, force_option, json_option

if TYPE_CHECKING:
    from sim.evidence.scoring import Score, Total


@click.command("score")
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RESULT...")
@click.option(
    "--definition", type=click.Choice(("total", "core")), help="Take NATO's figures of this definition first."
)
@click.option("--all", "everything", is_flag=True, help="List every figure, not only a line a variable.")
@click.option("--csv", "table", type=FilePath(".csv"), help="Write every figure to this file.")
@click.option("--figure", type=OutPath(), help="Draw where the reports fell, into this folder.")
@force_option
@json_option
def score_command(
    results: tuple[Path, ...],
    definition: str | None,
    everything: bool,
    table: Path | None,
    figure: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Score finished results by what was reported since.

    Per variable: share of figures inside the 50% and 90% bands, CRPS, and the skill against simple rules fitted on the
    day of the start. What the start could see is not scored.
    """
    from sim.ensemble import open_result
    from sim.evidence.scoring import csv_of, score, totals

    opened = {path: open_result(path) for path in results}
    scored = {path: score(result, definition) for path, result in opened.items()}
    if table:
        from sim.files import write_whole

        write_whole(table, csv_of({opened[path].scenario.name: rows for path, rows in scored.items()}), replace=force)
    if figure:
        from sim.figures import export
        from sim.figures.scored import fallen

        for path, rows in scored.items():
            export(
                fallen(opened[path], rows), figure, f"score_{opened[path].scenario.name}", ("svg", "png"), replace=force
            )
    if as_json:
        document = {opened[path].scenario.name: [row.to_dict() for row in rows] for path, rows in scored.items()}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for path, rows in scored.items():
        scenario = opened[path].scenario
        click.echo(f"{scenario.label}: {len(rows)} figures reported after {scenario.start}")
        click.echo("\n".join(_lines(totals(rows, unlike=definition is not None))))
        unlike = sum(not row.like for row in rows)
        if unlike and definition is None:
            click.echo(
                f"{unlike} figures count differently from what the start saw and enter no line; --all lists them"
            )
        if everything:
            click.echo("\n".join(_every(rows)))


def _lines(rows: tuple[Total, ...]) -> list[str]:
    from sim.cli.tables import columns

    cells = [("", "figures", "in 50%", "in 90%", "CRPS", "best rule", "skill")]
    for row in rows:
        best = min(row.rules, key=row.rules.__getitem__, default="")
        cells.append((
            row.variable, str(row.figures), _share(row.inside50), _share(row.inside90), _number(row.crps), best,
            f"{row.skill[best]:+.0%}" if best in row.skill else "",
        ))  # fmt: skip
    return columns(cells)


def _every(rows: tuple[Score, ...]) -> list[str]:
    from sim.cli.tables import columns

    cells = [("", "", "date", "reported", "median", "5%", "95%", "band", "PIT", "CRPS", "counts")]
    for row in rows:
        cells.append((
            row.variable, row.entity, f"{row.date:%Y-%m}", _number(row.reported), _number(row.median),
            _number(row.q05), _number(row.q95), row.band, "" if row.pit is None else f"{row.pit:.2f}",
            _number(row.crps), "alike" if row.like else row.definition,
        ))  # fmt: skip
    return columns(cells, left=3)


def _share(value: float) -> str:
    return "" if value != value else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.4g}"
