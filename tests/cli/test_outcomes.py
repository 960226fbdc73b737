"""Headline levels and tables: which dates, which figures, and how they are written."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.cli.run import level_lines
from sim.cli.tables import WIDTH, by_date, columns, cut
from sim.ensemble.result import Level, Result
from sim.model import Variable

VARIABLES = (
    Variable("members", "Members", "members", "year", headline=True),
    Variable("hope", "Hope", "0/1", "month", flag=True, headline=True),
    Variable("aid", "Aid", "EUR bn", "month", "donor", "current euro", keep_runs=False, headline=True),
    Variable("unseen", "Unseen", "none", "month"),
)


class Ensemble(Result):
    """A result of three months and two years with figures that a reader can check."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"), {"scenario": {"name": "made up"}, "runs": 9, "seed": 1})

    variables = {variable.name: variable for variable in VARIABLES}  # type: ignore[assignment]  # noqa: RUF012

    def groups(self, variable: str) -> tuple[str, ...]:
        return ("USA", "EUR")

    def dates(self, variable: str) -> Any:
        days = {"members": ["2024-12-31", "2025-01-31"]}
        return np.array(days.get(variable, ["2024-11-30", "2024-12-31", "2025-01-31"]), dtype="datetime64[D]")

    def quantiles(self, variable: str, entity: str | None = None) -> Any:
        shift = {"USA": 0.0, "EUR": 100.0}.get(entity or "", 0.0)
        return np.arange(5.0) + np.arange(len(self.dates(variable)))[:, None] * 10 + shift

    def mean(self, variable: str, entity: str | None = None) -> Any:
        return np.linspace(0.0, 1.0, len(self.dates(variable)))


def test_headlines_are_taken_at_each_year_end_and_at_the_end() -> None:
    levels = Ensemble().headline()
    assert [(level.variable.name, level.entity, level.date) for level in levels] == [
        ("members", None, "2024-12-31"),
        ("members", None, "2025-01-31"),
        ("hope", None, "2024-12-31"),
        ("hope", None, "2025-01-31"),
        ("aid", "USA", "2024-12-31"),
        ("aid", "USA", "2025-01-31"),
        ("aid", "EUR", "2024-12-31"),
        ("aid", "EUR", "2025-01-31"),
    ]
    assert (levels[1].q05, levels[1].median, levels[1].q95) == (10, 12, 14)
    assert [level.probability for level in levels if level.variable.name == "hope"] == [0.5, 1.0]


def test_the_table_shows_median_and_range_under_each_date() -> None:
    lines = level_lines(Ensemble().headline())
    assert [line for line in lines if not line.startswith(" ")] == [
        "Members (members)",
        "Hope (% of runs)",
        "Aid: United States (EUR bn, current euro)",
        "Aid: Europe (EUR bn, current euro)",
    ]
    assert [line.split() for line in lines[:7] if line.startswith(" ")] == [
        ["2024", "2025-01-31"],
        ["5%", "0", "10"],
        ["median", "2", "12"],
        ["95%", "4", "14"],
        ["share", "50.0", "100.0"],
    ]
    ends = {tuple(match.end() for match in re.finditer(r"\S+", line))[-2:] for line in lines if line.startswith(" ")}
    assert len(ends) == 1, "every figure ends under its date"


def one(date: str, value: float, probability: float | None = None) -> Level:
    variable = Variable("x", "X", "km²", "month", flag=probability is not None)
    return Level(variable, None, date, value - 1, value, value + 1, probability)


def test_many_dates_are_broken_into_stretches_that_fit_eighty_columns() -> None:
    lines = level_lines([one(f"{year}-12-31", 114_000.5 + year) for year in range(2014, 2034)])
    heads = [line.split() for line in lines if line.strip().startswith("20")]
    assert [year for head in heads for year in head] == [str(year) for year in range(2014, 2034)]
    assert len(heads) > 1
    assert max(map(len, lines)) <= WIDTH


def test_a_group_without_figures_in_a_stretch_is_left_out_of_it() -> None:
    days = [f"{year}-06-30" for year in range(2010, 2020)]
    early = ["  a", *("1" if day < "2012" else "" for day in days)]
    always = ["  b", *("2" for _ in days)]
    lines = by_date(days, [("Early", [early]), ("Always", [always])])
    assert (lines.count("Early"), lines.count("Always")) == (1, 2)


@pytest.mark.parametrize(
    ("probability", "written"), [(0.0, "0.0"), (0.0004, "<0.1"), (0.5, "50.0"), (0.9996, ">99.9"), (1.0, "100.0")]
)
def test_a_share_is_never_rounded_to_certainty(probability: float, written: str) -> None:
    assert level_lines([one("2024-12-31", 0, probability)])[-1].split()[-1] == written


def test_a_missing_figure_is_said_in_text_and_null_in_json() -> None:
    missing = one("2024-12-31", math.nan)
    assert [line.split()[-1] for line in level_lines([missing])[-3:]] == ["n/a"] * 3
    assert json.loads(json.dumps(missing.to_dict(), allow_nan=False))["median"] is None


def test_columns_line_up_and_long_labels_are_cut() -> None:
    assert columns([["a", "1"], ["bcd", "22"]]) == ["a     1", "bcd  22"]
    assert columns([["a", "x"], ["bcd", "yy"]], left=2) == ["a    x", "bcd  yy"]
    assert (cut("short", 9), cut("quite a long one", 9)) == ("short", "quite...")
