"""The workbook of a comparison: every scenario side by side, every column explained."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from sim.figures.workbook import comparison_workbook
from tests.report.conftest import COMMAND, NAMES


@pytest.fixture(scope="module")
def content(comparison):
    return comparison_workbook(comparison, COMMAND)


@pytest.fixture(scope="module")
def book(content):
    return load_workbook(io.BytesIO(content))


def test_the_same_comparison_gives_the_same_bytes(comparison, content):
    assert comparison_workbook(comparison, COMMAND) == content


def test_the_headline_sheet_has_every_scenario_and_charts_that_compare_them(book, comparison):
    assert book.sheetnames == ["Headline", "Differences", "Inputs", "Codebook", "About"]
    sheet = book["Headline"]
    titles = {view.scenario.label for view in comparison.views}
    assert {row[2] for row in sheet.iter_rows(min_row=5, values_only=True)} == titles
    assert {len(chart.series) for chart in sheet._charts} == {len(NAMES)}


def test_differences_are_those_of_the_comparison(book, comparison):
    heads, *rows = book["Differences"].iter_rows(values_only=True)
    wanted = comparison.rows()
    assert len(rows) == len(wanted)
    for cells, row in zip(rows, wanted, strict=True):
        cell = dict(zip(heads, cells, strict=True))
        assert (cell["variable"], cell["scenario"], str(cell["date"].date())) == (row.variable, row.scenario, row.date)
        assert cell["mean_difference"] == pytest.approx(row.mean_difference, rel=1e-15)  # 16 digits, as Excel has


def test_every_column_is_explained(book):
    words = {row[1]: row[5] for row in book["Codebook"].iter_rows(min_row=2, values_only=True) if row[0] == "column"}
    for sheet in ("Differences", "Inputs"):
        for cell in next(book[sheet].iter_rows()):
            assert words[cell.value], cell.value


def test_the_command_that_made_it_is_told(book):
    assert COMMAND in [row[1] for row in book["About"].iter_rows(values_only=True)]
