"""``alliance calibrate`` and ``replicate``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Alliance


def test_calibrate_prints_estimates_and_stores_nothing_unasked(alliance: Alliance, tmp_path: Path) -> None:
    done = alliance("calibrate", "--draws", "20", "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["files"] == []
    assert told["estimates"]
    assert not {one["key"] for one in told["estimates"]} & set(told["assumptions"])
    text = alliance("calibrate", "--draws", "20").stdout
    assert all(one["key"] in text for one in told["estimates"])


def test_calibrate_stores_the_same_bytes_each_time(alliance: Alliance, tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        done = alliance("calibrate", "--draws", "20", "--out", tmp_path / name)
        assert done.exit_code == 0, done.stderr
        assert done.stdout.splitlines()[-1] == str(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_calibrate_draws_priors_posteriors_and_convergence(alliance: Alliance, tmp_path: Path) -> None:
    done = alliance("calibrate", "--draws", "20", "--until", "2022-01-01", "--figure", tmp_path / "charts")
    assert done.exit_code == 0, done.stderr
    written = {path.name for path in (tmp_path / "charts").iterdir()}
    assert written == {
        f"evidence_{name}.{kind}" for name in ("priors", "convergence") for kind in ("svg", "png", "csv")
    }
    table = (tmp_path / "charts" / "evidence_priors.csv").read_text("utf-8-sig")
    assert "budgets.plan_kept,budgets.plan_kept,,2022-01-01,estimate" in table
    assert "war.front_persistence" not in table, "no front was known by then"


def test_a_day_before_the_data_is_answered(alliance: Alliance) -> None:
    done = alliance("calibrate", "--until", "2010-01-01")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "before the data begin" in done.stderr


def test_replicate_lists_every_row_with_a_verdict(alliance: Alliance) -> None:
    rows = json.loads(alliance("replicate", "--json").stdout)
    assert {row["passed"] for row in rows} <= {True, False}
    text = alliance("replicate").stdout
    scored = [row for row in rows if row["scored"] and not row["in_sample"]]
    within = sum(row["passed"] for row in scored)
    last = text.splitlines()[-1]
    assert last.startswith(f"{within} of {len(scored)} within tolerance; ")
    assert " of 5 of those that have seen their target" in last
    assert all(row["result"] in text for row in rows)
    assert all(row["passed"] or row["remark"] for row in rows), "a miss without an honest sentence"


def test_the_stored_back_test_is_shown_and_its_card_renewed(alliance: Alliance, tmp_path: Path) -> None:
    told = json.loads(alliance("backtest", "--stored", "--json").stdout)
    assert {"budgets", "front", "aid", "events", "replication"} <= set(told)
    done = alliance("backtest", "--card", "--out", tmp_path / "card.md")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'card.md'}\n")
    assert alliance("backtest", "--stored").stdout == (tmp_path / "card.md").read_text(encoding="utf-8")


def test_calibrate_before_the_data_gives_the_priors_and_has_no_chains_to_draw(
    alliance: Alliance, tmp_path: Path
) -> None:
    done = alliance("calibrate", "--draws", "20", "--until", "2014-01-01")
    assert "nothing can be identified before 2016-10-01; these are draws from the priors" in done.stdout
    assert "R-hat" not in done.stdout
    told = json.loads(alliance("calibrate", "--draws", "20", "--until", "2014-01-01", "--json").stdout)
    assert told["worst_r_hat"] is None
    refused = alliance("calibrate", "--draws", "20", "--until", "2014-01-01", "--figure", tmp_path / "charts")
    assert refused.exit_code == 2
    assert "nothing can be identified on 2014-01-01" in refused.stderr
    assert not (tmp_path / "charts").exists()
