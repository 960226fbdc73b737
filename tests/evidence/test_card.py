"""The card and the footer line come from the stored back-test; the stored back-test is what the model gives."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pytest

from sim import facts
from sim.errors import FaultError, InputError
from sim.evidence import budget_scores
from sim.evidence.budgets import estimate, forecast
from sim.evidence.calibration import priors
from sim.evidence.history import outcomes
from sim.evidence.replication import replicate
from sim.evidence.rolling import backtest, card_line, store, stored
from sim.evidence.scores import crps
from sim.evidence.sheet import card
from sim.figures import export
from sim.figures.evidence import evidence_drawings

CARD = Path(__file__).parents[2] / "docs" / "evidence.md"


def test_the_card_in_the_docs_is_the_one_the_back_test_gives() -> None:
    assert CARD.read_text(encoding="utf-8") == card()


def test_the_charts_in_the_docs_are_the_ones_the_back_test_gives(tmp_path: Path) -> None:
    for name, drawing in evidence_drawings(stored()).items():
        for path in export(drawing, tmp_path, name, ("svg",)):
            assert path.read_bytes() == (CARD.parent / path.name).read_bytes(), path.name
            assert path.suffix == ".csv" or f"]({path.name})" in card()


def test_a_chart_says_its_numbers_in_words() -> None:
    report = stored()["budgets"]["NATO"]["methods"]
    errors, fallen, *_ = evidence_drawings(stored()).values()
    assert f"unconditional {report['unconditional']['crps']:.3f}" in errors.sentence
    assert ", ".join(map(str, report["unconditional"]["pit"])) in fallen.alt
    assert sum(row.value or 0.0 for row in fallen.table.rows) == sum(report["unconditional"]["pit"])


def test_the_charts_of_estimates_show_every_shipped_vintage_beside_its_prior() -> None:
    drawings = evidence_drawings(stored())
    estimates, mixing = drawings["evidence_priors"], drawings["evidence_convergence"]
    days = {str(draws.provenance["until"]) for draws in facts.posteriors() if draws.provenance["blocks"]}
    for drawing in (estimates, mixing):
        assert {row.date for row in drawing.table.rows if row.date} == days
        assert drawing.provenance.footer().startswith("Estimates · seed 1")
    rows = {(row.variable, row.date): row for row in estimates.table.rows}
    known = priors()
    assert {key for key, _ in rows} == set(known)
    for draws in (draws for draws in facts.posteriors() if draws.provenance["blocks"]):
        for key in set(known) & set(draws.keys):
            assert rows[key, draws.provenance["until"]].q50 == pytest.approx(float(np.median(draws.of(key))), rel=1e-6)
    r_hats = [row.value or 9.0 for row in mixing.table.rows if row.panel == "R-hat"]
    assert len(r_hats) == 3 * sum(key.startswith("budgets.") for key in known)
    assert f"worst R-hat is {max(r_hats):.3f}" in mixing.sentence
    assert max(r_hats) < 1.01


def test_the_stored_scores_are_what_the_model_gives_today() -> None:
    found = stored()
    report = found["budgets"]["NATO"]["methods"]["unconditional"]["crps_by_origin_and_horizon"]
    for origin in (2016, 2022):
        draws = forecast(estimate(origin, draws=found["draws"], seed=found["seed"]), seed=found["seed"])
        came = outcomes(range(origin + 1, origin + 3))
        for step in (0, 1):
            now = float(crps(draws[:, step], came[:, step]).mean())
            assert now == pytest.approx(report[f"{origin}+{step + 1}"], abs=2e-4)


def test_the_stored_replication_is_what_the_model_gives_today() -> None:
    rows = {row.number: row for row in replicate()}
    for kept in stored()["replication"]:
        assert rows[kept["number"]].passed == kept["passed"], kept["number"]
        assert rows[kept["number"]].reproduced == kept["reproduced"]


def test_the_literatures_estimates_are_reproduced_from_the_facts() -> None:
    kept = {row["number"]: row["reproduced"] for row in stored()["replication"]}
    assert kept["1"] == "3, 5, 5, 4, 6, 7, 9, 6, 7, 10, 23"
    assert kept["4"].startswith("-0.87")
    assert kept["6"] == "-0.021 (0.004); +0.009 (0.006)"


def test_targets_of_the_budget_back_test_are_met() -> None:
    methods = stored()["budgets"]["NATO"]["methods"]
    free, told = methods["unconditional"], methods["conditional"]
    assert free["skill"]["all"] >= 0.10
    assert min(free["skill"]["against_best_at_horizon"]) >= -0.05
    assert told["skill"]["all"] >= 0.20
    assert 0.75 <= free["coverage"]["80"] <= 0.85
    assert 0.75 <= told["coverage"]["80"] <= 0.85


def test_targets_of_front_and_aid_are_met() -> None:
    found = stored()
    assert found["front"]["model"]["6"]["crps"] <= found["front"]["AR(1)"]["6"]["crps"]
    assert all(row["skill"] >= 0.10 for row in found["aid"].values())


def test_the_line_follows_the_numbers() -> None:
    found = copy.deepcopy(stored())
    row = found["selection"]["rows"]["selection"]
    row["skill"], row["coverage"]["80"] = -0.123, 0.654
    assert card_line(found) == (
        "1-3-year budget forecasts 2016-26, form chosen inside the test: CRPS 12% worse than the best simple rule; "
        "80% bands covered 65%"
    )


def test_a_shorter_back_test_repeats_itself_and_survives_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget_scores, "VARIANTS", {})
    monkeypatch.setattr("sim.evidence.rolling.DEFINITIONS", ("NATO",))
    monkeypatch.setattr("sim.evidence.rolling.score_selection", lambda **_: stored()["selection"])
    first, again = (backtest(draws=80, runs=64, first=2020) for _ in range(2))
    assert first == again
    assert stored(store(first, tmp_path / "b.json")) == first


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": '])
def test_a_damaged_back_test_is_told_in_a_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(InputError, match="no back-test that can be read"):
        stored(tmp_path / "b.json")


def test_a_back_test_of_another_format_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(InputError, match="back-test of format 99, this version reads 1"):
        stored(tmp_path / "b.json")
    with pytest.raises(InputError, match="`alliance backtest` makes one"):
        stored(tmp_path / "none.json")


def test_a_full_disk_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FaultError, match="cannot be written"):
        store({}, tmp_path / "file" / "b.json")


def test_a_first_origin_out_of_range_is_refused() -> None:
    with pytest.raises(InputError, match="allowed: 2015 to 2020"):
        backtest(first=2021)
