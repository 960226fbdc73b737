"""``alliance score``: a table, JSON, a CSV and a figure of a finished result; some starts are refused."""

import json


def test_a_past_start_is_scored_in_every_form(alliance, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    alliance("run", "baseline", "--runs", "30", "--set", "end=2026-12-31", "--out", "past", "--no-figures", "--quiet")
    text = alliance("score", "past").stdout
    assert text.startswith("Baseline: ")
    assert "three-year drift" in text
    rows = json.loads(alliance("score", "past", "--json").stdout)["baseline"]
    assert {"reported", "band", "pit", "crps", "best_rule", "skill", "like", "edition"} <= set(rows[0])
    assert alliance("score", "past", "--csv", "past.csv", "--figure", "drawn").exit_code == 0
    assert (tmp_path / "drawn" / "score_baseline.svg").is_file()
    assert alliance("score", "past", "--all", "--definition", "core").stdout.count("\n") > len(rows)


def test_what_the_start_could_see_is_not_scored(alliance, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    late = ("--set", "start=2026-10-10", "--set", "end=2026-12-31")
    alliance("run", "baseline_2026", "--runs", "4", *late, "--out", "now", "--no-figures", "--quiet")
    refused = alliance("score", "now")
    assert refused.exit_code == 2
    assert "what a start could see is not scored" in refused.stderr
