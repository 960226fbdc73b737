"""A finished result against what was reported after its start."""

import csv
import io
from datetime import date

import numpy as np
import pytest

from sim import facts, run
from sim.errors import InputError
from sim.evidence.scoring import csv_of, score, totals
from sim.loading import load


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    return run(load("baseline", sets=["end=2026-12-31"]), runs=200, out=tmp_path_factory.mktemp("scored") / "out")


@pytest.fixture(scope="module")
def scores(baseline):
    return score(baseline)


def test_bands_and_crps_are_those_of_the_runs(baseline, scores):
    chosen = next(s for s in scores if (s.variable, s.entity, s.date.year) == ("defence_share_pct_gdp", "POL", 2025))
    draws = baseline.values("defence_share_pct_gdp", "POL")[1].astype(float)
    assert chosen.median == pytest.approx(np.median(draws))
    apart = np.abs(draws - chosen.reported).mean() - np.abs(draws[:, None] - draws[None]).mean() / 2
    assert chosen.crps == pytest.approx(apart)
    assert chosen.pit == pytest.approx((draws < chosen.reported).mean(), abs=0.01)
    inside = np.quantile(draws, 0.05) <= chosen.reported <= np.quantile(draws, 0.95)
    assert (chosen.band != "outside") == inside


def test_only_what_the_start_could_not_see_is_scored(scores):
    start = date(2024, 10, 1)
    known = {(r.variable, r.entity, r.date) for r in facts.reported_since(start)}
    assert all((s.variable, s.entity, s.date) in known and s.date > start for s in scores)


def test_a_start_at_the_end_of_the_facts_is_refused(tmp_path):
    result = run(load("baseline_2026", sets=["start=2026-10-10", "end=2026-12-31"]), runs=4, out=tmp_path / "out")
    with pytest.raises(InputError, match="hold nothing that was reported later"):
        score(result)


def test_another_definition_enters_no_total_unless_asked_for(scores):
    assert any(not s.like for s in scores)
    assert {t.variable for t in totals(scores)} == {
        s.variable + (f":{s.entity}" if s.entity in ("USA", "EUR", "OTHER", "ALL") else "") for s in scores if s.like
    }
    assert all(t.like for t in totals(scores))


def test_aid_is_scored_by_half_years(scores):
    aid = [s for s in scores if (s.variable, s.entity) == ("military_aid_allocated_beur", "EUR")]
    assert [(s.since, s.date) for s in aid][:2] == [
        (date(2024, 12, 31), date(2025, 6, 30)),
        (date(2025, 6, 30), date(2025, 12, 31)),
    ]
    assert sum(s.reported for s in aid[:2]) == pytest.approx(34.7, abs=0.05)  # Kiel's European military aid of 2025


def test_single_donors_are_scored_by_half_years(baseline, scores):
    german = [s for s in scores if (s.variable, s.entity) == ("military_aid_allocated_beur", "DEU")]
    assert [(s.since, s.date) for s in german] == [
        (date(2024, 12, 31), date(2025, 6, 30)),
        (date(2025, 6, 30), date(2025, 12, 31)),
    ]
    _, runs = baseline.values_at_half_years("military_aid_allocated_beur", "DEU")
    grown = runs[1].astype(float) - runs[0]
    assert german[0].median == pytest.approx(np.median(grown))
    assert german[0].crps is not None
    assert german[0].pit == pytest.approx((grown < german[0].reported).mean(), abs=0.01)
    donors = {s.entity for s in scores if s.variable == "military_aid_allocated_beur"}
    assert {"DEU", "DNK", "GBR", "POL", "USA", "EUR"} <= donors


def test_a_result_that_kept_no_half_years_scores_what_it_has(baseline, scores, monkeypatch):
    monkeypatch.setitem(baseline.__dict__, "_of_half_years", frozenset())
    left = score(baseline)
    assert {s.entity for s in left if s.variable == "military_aid_allocated_beur"} == {"USA", "EUR", "OTHER", "ALL"}
    assert [s for s in left if not s.variable.startswith(("aid_", "military_"))] == [
        s for s in scores if not s.variable.startswith(("aid_", "military_"))
    ]


def test_simple_rules_are_fitted_on_the_day_of_the_start_the_three_year_drift_among_them(scores):
    share = next(s for s in scores if (s.variable, s.entity, s.date.year) == ("defence_share_pct_gdp", "DEU", 2025))
    assert {"three-year drift", "random walk", "pooled AR(1)"} <= set(share.rules)
    total = next(t for t in totals(scores) if t.variable == "defence_share_pct_gdp")
    ruled = [s for s in scores if s.variable == "defence_share_pct_gdp" and s.like and s.entity != "USA" and s.rules]
    rule = np.mean([s.rules["random walk"] for s in ruled])
    assert total.skill["random walk"] == pytest.approx(1 - np.mean([s.crps for s in ruled]) / rule)


def test_the_table_has_a_row_for_every_figure(scores):
    rows = list(csv.DictReader(io.StringIO(csv_of({"baseline": scores}))))
    assert len(rows) == len(scores)
    assert float(rows[0]["reported"]) == pytest.approx(scores[0].reported)


def test_charts_show_what_was_reported_since_in_its_own_mark(baseline):
    from sim.figures import draw
    from sim.figures.cases import SINCE

    def since():
        return [row for row in draw(baseline, "defence_share_pct_gdp:DEU").table.rows if row.kind == "since"]

    assert [row.date for row in since()] == ["2024-12-31", "2025-12-31", "2026-12-31"]
    token = SINCE.set(False)
    try:
        assert since() == []
    finally:
        SINCE.reset(token)


def test_the_figure_of_scores_holds_every_pit(baseline, scores):
    from sim.figures.scored import fallen

    drawing = fallen(baseline, scores)
    assert [row.value for row in drawing.table.rows if row.kind == "pit"].count(None) == 0
    assert len([row for row in drawing.table.rows if row.kind == "pit"]) == sum(s.pit is not None for s in scores)


def test_the_record_of_the_first_version_says_what_its_table_holds():
    from importlib.resources import files
    from pathlib import Path

    text = files("sim.evidence").joinpath("record.md").read_text(encoding="utf-8")
    table = Path(__file__).parents[2] / "docs" / "evidence_record.csv"
    rows = [row for row in csv.DictReader(io.StringIO(table.read_text())) if row["scenario"] == "baseline"]
    shares = [
        row
        for row in rows
        if row["variable"] == "defence_share_pct_gdp" and row["entity"] != "USA" and row["date"] > "2025"
    ]
    inside = np.mean([row["band"] != "outside" for row in shares])
    assert len(shares) == 60
    assert f"33%; {inside:.0%}" in text
    for year in ("2025", "2026"):
        of_year = [row for row in shares if row["date"].startswith(year)]
        for column in ("median", "reported"):
            assert f"{np.mean([float(row[column]) for row in of_year]):.2f}" in text
    area = next(row for row in rows if row["variable"] == "russian_controlled_km2" and row["date"] == "2026-08-21")
    assert f"{float(area['median']):,.0f}" in text
    assert f"{float(area['reported']):,.0f}" in text
