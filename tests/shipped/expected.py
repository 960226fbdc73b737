"""Expected figures of the shipped scenarios. ``python tests/shipped/expected.py [NAME...]`` writes them anew."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from sim import load
from sim.model import axes, simulate, variables
from sim.shipped import shipped_folder

FOLDER = Path(__file__).parent / "expected"
COLUMNS = ("variable", "entity", "date", "mean", "q05", "q50", "q95")
RUNS, SEED = 200, 1
GROUPS = {"USA", "EUR", "OTHER", "ALL"}


def names() -> list[str]:
    """The shipped scenarios, by file name."""
    return sorted(path.stem for path in shipped_folder().glob("*.toml"))


def figures(name: str) -> dict[tuple[str, str, str], tuple[float, ...]]:
    """(variable, entity, date) -> mean and quantiles, at each year's end, over the first 200 runs with seed 1."""
    scenario = load(name)
    values, ends = simulate(scenario, SEED, 0, RUNS), axes(scenario)
    found: dict[tuple[str, str, str], tuple[float, ...]] = {}
    for variable in variables():
        dates = ends.years if variable.every == "year" else ends.months
        entities = ends.codes(variable.entity) or ("",)
        table = values[variable.name].reshape(len(dates), len(entities), RUNS)
        for place, day in enumerate(dates):
            if day.month != 12:
                continue
            for row, entity in enumerate(entities):
                if variable.entity == "donor" and entity not in GROUPS:
                    continue
                numbers = table[place, row]
                stored = (float(numbers.mean(dtype=float)), *np.quantile(numbers, (0.05, 0.5, 0.95)).tolist())
                found[variable.name, entity, day.isoformat()] = stored
    return found


def stored(name: str) -> dict[tuple[str, str, str], tuple[float, ...]]:
    """The same figures from the file."""
    with (FOLDER / f"{name}.csv").open(newline="") as file:
        return {
            (row["variable"], row["entity"], row["date"]): tuple(float(row[column]) for column in COLUMNS[3:])
            for row in csv.DictReader(file)
        }


def write(chosen: list[str]) -> None:
    """Writes the figures of the shipped scenarios ``chosen``."""
    FOLDER.mkdir(exist_ok=True)
    for name in chosen:
        with (FOLDER / f"{name}.csv").open("w", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(COLUMNS)
            for key, numbers in figures(name).items():
                lines.writerow([*key, *(f"{number:.5g}" for number in numbers)])


if __name__ == "__main__":
    write(sys.argv[1:] or names())
