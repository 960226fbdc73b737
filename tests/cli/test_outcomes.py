"""The headline table: which dates, which figures, and how they are written."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import pytest

import sim.model
from sim.cli.outcomes import Outcome, headline_outcomes, outcome_table
from sim.cli.tables import columns, decimals, number
from sim.model import Variable


class Ensemble:
    """A result of three months and two years with figures that a reader can check."""

    def dates(self, variable: str) -> Any:
        days = {"hope": ["2024-11-30", "2024-12-31", "2025-01-31"], "members": ["2024-12-31", "2025-01-31"]}
        return np.array(days.get(variable, days["hope"]), dtype="datetime64[D]")

    def quantiles(self, variable: str, entity: str | None = None) -> Any:
        shift = {"USA": 0.0, "EUR": 100.0, "ALL": 200.0}.get(entity or "", 0.0)
        return np.arange(5.0) + np.arange(len(self.dates(variable)))[:, None] * 10 + shift

    def mean(self, variable: str, entity: str | None = None) -> Any:
        return np.linspace(0.0, 1.0, len(self.dates(variable)))


@pytest.fixture(autouse=True)
def _four_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    table = (
        Variable("members", "Members", "members", "year", headline=True),
        Variable("hope", "Hope", "0/1", "month", flag=True, headline=True),
        Variable("aid", "Aid", "EUR bn", "month", "donor", "current euro", headline=True),
        Variable("unseen", "Unseen", "none", "month"),
    )
    monkeypatch.setattr(sim.model, "variables", lambda: table)


def test_headlines_are_taken_at_each_year_end_and_at_the_end() -> None:
    outcomes = headline_outcomes(Ensemble())  # type: ignore[arg-type]
    assert [(one.variable, one.entity, one.date) for one in outcomes if one.entity != "EUR"] == [
        ("members", None, "2024-12-31"),
        ("members", None, "2025-01-31"),
        ("hope", None, "2024-12-31"),
        ("hope", None, "2025-01-31"),
        ("aid", "USA", "2024-12-31"),
        ("aid", "USA", "2025-01-31"),
        ("aid", "ALL", "2024-12-31"),
        ("aid", "ALL", "2025-01-31"),
    ]
    assert (outcomes[1].q05, outcomes[1].median, outcomes[1].q95) == (10, 12, 14)
    assert [one.probability for one in outcomes if one.variable == "hope"] == [0.5, 1.0]


def test_the_table_shows_median_and_range_under_each_date() -> None:
    lines = outcome_table(headline_outcomes(Ensemble()))  # type: ignore[arg-type]
    assert [line.split("  ")[0] for line in lines if not line.startswith(" ")] == [
        "Members (members)",
        "Hope (% of runs)",
        "Aid: USA (EUR bn, current euro)",
        "Aid: EUR (EUR bn, current euro)",
        "Aid: ALL (EUR bn, current euro)",
    ]
    assert [line.split() for line in lines[:6] if line.startswith(" ")] == [
        ["2024-12-31", "2025-01-31"],
        ["median", "2", "12"],
        ["90%", "range", "0–4", "10–14"],
        ["share", "50.0", "100.0"],
    ]
    ends = {tuple(match.end() for match in re.finditer(r"\S+", line))[-2:] for line in lines if line.startswith(" ")}
    assert len(ends) == 1, "every figure ends under its date"


def one(date: str, value: float, probability: float | None = None) -> Outcome:
    return Outcome("x", "X", None, "km²", "", date, value - 1, value, value + 1, probability)


def test_many_dates_are_broken_into_rows_that_fit_a_page() -> None:
    lines = outcome_table([one(f"{year}-12-31", 114_000.5 + year) for year in range(2014, 2027)])
    assert [line.split()[0] for line in lines if line.strip().startswith("20")] == [
        "2014-12-31",
        "2020-12-31",
        "2026-12-31",
    ]
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize(
    ("probability", "written"), [(0.0, "0.0"), (0.0004, "<0.1"), (0.5, "50.0"), (0.9996, ">99.9"), (1.0, "100.0")]
)
def test_a_share_is_never_rounded_to_certainty(probability: float, written: str) -> None:
    assert outcome_table([one("2024-12-31", 0, probability)])[-1].split()[-1] == written


def test_a_missing_figure_is_none_in_text_and_null_in_json() -> None:
    missing = one("2024-12-31", math.nan)
    assert [line.split()[-1] for line in outcome_table([missing])[-2:]] == ["none", "none"]
    assert json.loads(json.dumps(missing.to_dict(), allow_nan=False))["median"] is None


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([23.0, 24.0], "23.0"),
        ([0.512, 0.7], "0.51"),
        ([2.314], "2.31"),
        ([48.16, 2.0], "48.2"),
        ([112_345.6], "112,346"),
    ],
)
def test_figures_have_about_three_digits(values: list[float], written: str) -> None:
    assert number(values[0], decimals(values)) == written


def test_a_range_with_a_negative_end_is_written_in_words() -> None:
    assert outcome_table([one("2024-12-31", 0.25)])[-1].split(maxsplit=2)[-1] == "-0.75 to 1.25"


def test_what_is_counted_has_no_digits_after_the_point() -> None:
    assert number(23.4, decimals([23.4, 24.0], "members")) == "23"


def test_no_figure_is_a_negative_zero() -> None:
    assert number(-0.001, 2) == "0.00"
    assert number(-1234.5, 1) == "-1,234.5"


def test_columns_line_up() -> None:
    assert columns([["a", "1"], ["bcd", "22"]]) == ["a     1", "bcd  22"]
    assert columns([["a", "x"], ["bcd", "yy"]], left=2) == ["a    x", "bcd  yy"]
