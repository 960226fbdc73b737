"""``summary.csv`` as a spreadsheet and as Python read it."""

import csv

import numpy as np
import pytest

from sim.ensemble import run

COLUMNS = "scenario,variable,entity,date,mean,sd,q05,q25,q50,q75,q95,unit,price_basis"


@pytest.fixture
def result(scenario, tmp_path):
    return run(scenario, runs=50, out=tmp_path)


def test_first_line_is_exactly_the_columns(result):
    assert (result.path / "summary.csv").read_bytes().split(b"\n")[0] == COLUMNS.encode()


def test_every_variable_entity_and_date_has_one_row(stub, scenario, result):
    with (result.path / "summary.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    axes = stub.axes(scenario)
    expected = []
    for variable in stub.VARIABLES:
        entities = axes.codes(variable.entity) or variable.labels or ("",)
        dates = axes.years if variable.every == "year" else axes.months
        expected += [("stub", variable.name, entity, day.isoformat()) for entity in entities for day in dates]
    assert [(row["scenario"], row["variable"], row["entity"], row["date"]) for row in rows] == expected


def test_figures_are_those_of_the_result_to_seven_digits(result):
    wanted = {"share": "BEL", "aid": "NOR", "area": ""}
    for variable, entity in wanted.items():
        rows = [row for row in result.summary if (row["variable"], row["entity"]) == (variable, entity)]
        named = entity or None
        np.testing.assert_allclose([row["mean"] for row in rows], result.mean(variable, named), rtol=1e-6)
        np.testing.assert_allclose([row["sd"] for row in rows], result.sd(variable, named), rtol=1e-6)
        quantiles = [[row[name] for name in ("q05", "q25", "q50", "q75", "q95")] for row in rows]
        np.testing.assert_allclose(quantiles, result.quantiles(variable, named), rtol=1e-6)
        assert [row["date"] for row in rows] == result.dates(variable).astype(str).tolist()


def test_a_label_has_its_share_and_no_other_figure(result):
    rows = [row for row in result.summary if row["variable"] == "posture" and row["date"] == "2025-03-28"]
    assert [row["entity"] for row in rows] == ["firm", "soft, or so", "gone"]
    assert sum(row["mean"] for row in rows) == pytest.approx(1)
    assert {row["unit"] for row in rows} == {"share of runs"}
    assert {row[name] for row in rows for name in ("sd", "q05", "q25", "q50", "q75", "q95")} == {None}


def test_units_and_price_basis_stand_in_every_row(result):
    told = {row["variable"]: (row["unit"], row["price_basis"]) for row in result.summary}
    assert told["area"] == ("km2", "")
    assert told["aid"] == ("EUR bn", "current euro")


def test_a_byte_order_mark_leads_only_when_a_spreadsheet_needs_it(scenario, tmp_path):
    plain = run(scenario, runs=5, out=tmp_path / "plain")
    assert (plain.path / "summary.csv").read_bytes().isascii()
    accented = run(type(scenario)(name="Größe"), runs=5, out=tmp_path / "accented")
    content = (accented.path / "summary.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfscenario,")
    assert accented.summary[0]["scenario"] == "Größe"
