"""What the page shows is what ``alliance run`` of its download gives, and differences are taken run by run."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from sim import run
from sim.errors import InputError
from sim.explore import matters
from sim.explore.answer import PREVIEW, answer, headlines, page_facts
from sim.explore.drawn import GivenUp, drawn_for
from sim.explore.levers import FRONT, audited, front, scenarios, strength
from sim.explore.questions import question
from sim.explore.state import State

STATE = {"extends": ["trump_conditional"], "sets": {"europe.aid.commitment_factor": "1.5"}, "runs": 300}
CHARTS = ["europe_canada_share_pct_gdp", "us_commitment", "us_posture", "ceasefire", "aid_delivered_beur:DEU"]


@pytest.fixture(scope="module")
def told():
    return answer({"state": STATE, "charts": CHARTS, "single": True})


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    path = folder / "explored.toml"
    path.write_text(State.read(STATE).toml(), encoding="utf-8")
    return run(path, runs=300, seed=1, out=folder / "result")


def test_the_charts_are_those_of_a_run_of_the_downloaded_file(told, result):
    for chart in told["charts"]:
        name, _, entity = chart["id"].partition(":")
        assert chart["dates"] == [str(day)[:10] for day in result.dates(name)]
        if chart["kind"] == "fan":
            expected = result.quantiles(name, entity or None)
            assert np.asarray(chart["values"]) == pytest.approx(expected, abs=0.51 * 10 ** -max(2, chart["places"] + 2))
        elif chart["kind"] == "share":
            assert np.asarray(chart["values"]) == pytest.approx(result.mean(name), abs=1e-4)
        else:
            each = np.stack([result.mean(name, label) for label in result.entities(name)], axis=-1)
            assert np.asarray(chart["values"]) == pytest.approx(each, abs=1e-4)


def test_the_answer_is_json_and_names_its_scenario(told):
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["hash"] == State.read(STATE).scenario().hash[:16]
    assert told["levers"]["europe.aid.commitment_factor"]["value"] == 1.5


def test_twenty_single_runs_are_the_first_of_the_ensemble(told, result):
    lines = np.asarray(told["charts"][1]["single"])
    assert lines.shape == (20, len(told["charts"][1]["dates"]))
    assert lines == pytest.approx(result.values("us_commitment")[:, :20].T, abs=1e-4)


def test_a_page_that_shows_no_chart_is_answered_too():
    told = answer({"state": {**STATE, "seed": 5}, "charts": [], "strip": False, "outlook": True})
    assert (told["charts"], told["strip"]) == ([], [])
    assert told["levers"]


def test_a_preview_is_the_first_runs_of_the_same_ensemble():
    state = {**STATE, "sets": {"europe.aid.commitment_factor": "1.25"}}
    preview = answer({"state": state, "charts": CHARTS[:1], "runs": "preview"})
    alone = answer({"state": {**state, "runs": PREVIEW}, "charts": CHARTS[:1]})
    assert (preview["runs"], preview["preview"]) == (PREVIEW, True)
    assert preview["charts"][0]["values"] == alone["charts"][0]["values"]
    assert preview["charts"][0]["base"] == alone["charts"][0]["base"]


def test_changes_are_those_of_pairs_of_runs(told):
    card = next(card for card in told["strip"] if card["id"] == "military_aid_allocated_beur:EUR")
    subject = next(subject for subject in headlines() if subject.id == card["id"])
    state = State.read(STATE)
    ours = drawn_for(state.scenario(), 1, 300, [subject], lambda: False).of(subject)[-1]
    base = State.read({"extends": ["baseline"], "runs": 300}).scenario()
    theirs = drawn_for(base, 1, 300, [subject], lambda: False).of(subject)[-1]
    assert card["size"] == pytest.approx(float(np.mean(ours - theirs, dtype=np.float64)), rel=1e-3)
    assert card["higher"] == pytest.approx(float((ours > theirs).mean()), abs=1e-4)


def test_the_baseline_against_itself_shows_no_change():
    told = answer({"state": {"extends": ["baseline"], "runs": 64}})
    assert told["same"]
    assert all(chart["base"] is None for chart in told["charts"])
    assert {card["change"] for card in told["strip"]} == {"this is the baseline"}


def test_an_answer_nobody_waits_for_is_given_up():
    state = {**STATE, "sets": {"europe.aid.commitment_factor": "1.75"}}
    with pytest.raises(GivenUp):
        answer({"state": state}, lambda: True)


def test_tiles_and_donors_cover_their_axes():
    told = answer({"state": STATE, "charts": [], "tiles": "defence_share_pct_gdp", "donors": "aid_committed_beur",
                   "date": "2026-06-30"})  # fmt: skip
    facts = page_facts()
    assert [tile["code"] for tile in told["tiles"]] == facts["axes"]["member"]["codes"]
    assert [tile["code"] for tile in told["donors"]] == facts["axes"]["donor"]["codes"]
    assert told["date"] == "2026-06-30"


@pytest.mark.parametrize(
    "raw",
    [
        {"charts": ["no_such"]},
        {"charts": ["defence_share_pct_gdp:XXX"]},
        {"charts": "us_commitment"},
        {"charts": [1]},
        {"charts": ["us_commitment"] * 100},
        {"tiles": "us_commitment"},
        {"date": "soon"},
        {"date": 5},
    ],
)
def test_a_wrong_request_is_refused(raw):
    with pytest.raises(InputError):
        answer({"state": STATE, **raw})


def test_every_lever_in_front_is_a_key_with_a_unit_kind_and_source():
    keys = [lever.key for _, levers in front() for lever in levers]
    assert len(keys) == len(set(keys))
    assert 24 <= len(keys) <= 27
    parameters = page_facts()["parameters"]
    known = {parameter["key"].replace("*", code): parameter for parameter in parameters
             for code in parameter["entities"] or [""]}  # fmt: skip
    for key in keys:
        assert known[key]["unit"]
        assert known[key]["kind"] in ("data", "estimated", "assumption")
        assert known[key]["source"]


def test_a_lever_that_cannot_act_is_told_as_such():
    told = answer({"state": {"extends": ["history_2022"], "runs": 16}, "charts": []})["levers"]
    assert told["us.commitment.posture"]["acts"]
    late = answer({"state": {"extends": ["baseline"], "end": "2026-06-30", "runs": 16}, "charts": []})["levers"]
    assert not late["us.elections.2028.president"]["acts"]


def test_each_end_of_each_lever_is_accepted():
    for _, levers in FRONT:
        for lever in levers:
            parameter = next((each for each in page_facts()["parameters"] if each["key"] == lever.key), None)
            if parameter and parameter["domain"]["is"] == "number":
                for end in (lever.low, lever.high):
                    State.read({"extends": ["baseline"], "sets": {lever.key: f"{end:g}"}}).scenario()


def test_the_page_offers_every_shipped_scenario_and_its_baseline():
    from sim.shipped import shipped_names

    rows = {row["name"]: row for row in scenarios()}
    assert sorted(rows) == shipped_names()
    assert rows["baseline"]["is_baseline"]
    assert rows["trump_conditional"]["baseline"] == "baseline"
    assert all(rows[row["baseline"]]["is_baseline"] for row in rows.values())


def test_a_group_is_what_its_members_are_together(tmp_path):
    state = {"extends": ["baseline"], "runs": 64, "groups": {"weimar": ["DEU", "FRA", "POL"]}}
    told = answer({"state": state, "charts": ["defence_share_pct_gdp:weimar", "military_aid_allocated_beur:nordics"]})
    path = tmp_path / "explored.toml"
    path.write_text(State.read(state).toml(), encoding="utf-8")
    made = run(path, runs=64, seed=1, out=tmp_path / "result")
    expected = made.quantiles("defence_share_pct_gdp", "weimar")
    assert np.asarray(told["charts"][0]["values"]) == pytest.approx(expected, abs=1e-3)
    assert told["charts"][0]["title"] == "weimar: defence expenditure, share of GDP"
    assert told["charts"][1]["values"][-1][2] > 0


def test_a_group_that_nobody_named_is_refused():
    with pytest.raises(InputError, match="weimar"):
        answer({"state": {"extends": ["baseline"], "runs": 64}, "charts": ["defence_share_pct_gdp:weimar"]})


def _asked(raw):
    return question({"state": {"extends": ["baseline"], "end": "2025-12-31"}, **raw})


def test_what_matters_is_screened_by_morris_and_shared_out_by_sobol(monkeypatch):
    for name, value in (("PATHS", 2), ("BASE", 4), ("SCREENED_RUNS", 16)):
        monkeypatch.setattr(matters, name, value)
    seen = []
    run_it = _asked({"kind": "matters", "subject": "europe_canada_share_pct_gdp"})
    told = run_it(lambda done, total: seen.append((done, total)), lambda: False)
    rows = {row["key"]: row for row in told["rows"]}
    assert rows["budgets.change_pp"]["effect"] > 0
    assert rows["budgets.change_pp"]["share"] > 0.3
    assert "us.elections.2028.president" not in rows
    assert [row["size"] for row in told["rows"]] == sorted((row["size"] for row in told["rows"]), reverse=True)
    assert sum("share" in row for row in told["rows"]) == matters.MOST_SHARED
    assert [done for done, _ in seen] == list(range(len(seen)))
    assert seen[-1][0] < seen[-1][1]


def test_the_screening_can_be_stopped():
    calls = []

    def stopped():
        calls.append(1)
        return len(calls) > 2

    with pytest.raises(GivenUp):
        _asked({"kind": "matters", "subject": "us_commitment"})(lambda done, total: None, stopped)
    assert len(calls) == 3


def test_every_lever_in_front_exists_and_moves_an_outcome_in_the_audit():
    from sim.analysis.levers import ENOUGH
    from sim.model import catalogue

    for _, levers in FRONT:
        for lever in levers:
            assert catalogue().find(lever.key), lever.key
            assert any(effect.moves and abs(effect.standard) >= ENOUGH for effect in audited(lever.key)), lever.key


def test_what_moves_outcomes_most_stands_first_in_its_group():
    for _, levers in front():
        strengths = [strength(lever.key) for lever in levers]
        assert strengths == sorted(strengths, reverse=True)
    assert front()[2][1][0].key == "europe.aid.commitment_factor"


def test_an_effect_on_a_headline_outweighs_one_a_hundred_times_larger_elsewhere(monkeypatch):
    def effect(outcome, standard):
        return SimpleNamespace(outcome=outcome, standard=standard)

    def strengths(*effects):
        monkeypatch.setattr("sim.explore.levers.audited", lambda key: effects)
        return strength("any.key")

    headline = effect("europe_canada_share_pct_gdp", -0.02)
    assert strengths(headline, effect("target_pct_gdp", 0.03)) == 0.02
    assert strengths(effect("target_pct_gdp", -1.5), effect("target_pct_gdp:x", 0.5)) == pytest.approx(0.015)
    assert strengths() == 0.0


def test_the_page_is_told_what_the_audit_found_for_each_key():
    told = {parameter["key"]: parameter for parameter in page_facts()["parameters"]}
    effects = told["budgets.change_pp"]["audit"]
    assert effects[0]["title"] == "Europe and Canada, defence share of GDP"
    assert effects[0]["change"] > 0


def test_every_event_to_start_from_is_accepted():
    for template in page_facts()["templates"]:
        dated = {} if "when" in template else {"date": "2026-01-15"}
        event = {key: value for key, value in template.items() if key not in ("title", "months")} | dated
        State.read({"extends": ["baseline"], "events": [{"name": template["title"], **event}]}).scenario()


def test_a_condition_that_the_page_offers_can_be_written():
    for condition in page_facts()["conditions"]:
        when = condition["text"] + ("1" if condition["text"].endswith("< ") else "")
        event = {"name": "waits", "when": when, "set": {"us.commitment.shock": "-0.1"}}
        State.read({"extends": ["baseline"], "events": [event]}).scenario()


def test_where_something_else_is_counted_from_a_year_on_is_told_as_in_the_figures():
    from sim.figures.history import SPLIT_NOTE, break_words, reported

    told = answer({"state": {"extends": ["baseline_2026"], "runs": 16}, "charts": ["europe_canada_share_pct_gdp"]})
    chart = told["charts"][0]
    assert chart["history"]["splits"] == {"2023-12-31": SPLIT_NOTE}
    past = reported("europe_canada_share_pct_gdp", None, State(("baseline_2026",)).scenario().start)
    assert chart["note"] == break_words([past]).strip()
    assert chart["alt"].endswith(chart["note"])


def test_what_was_reported_since_tells_apart_what_is_counted_differently():
    told = answer({"state": {"extends": ["baseline"], "runs": 16}, "charts": ["europe_canada_share_pct_gdp"]})
    chart = told["charts"][0]
    assert chart["since"]["note"] != chart["unlike"]["note"]
    assert not set(chart["since"]["dates"]) & set(chart["unlike"]["dates"])
    assert chart["history"]["splits"] == {}


@pytest.mark.parametrize("start", ["2016-02-29", "2022-02-24", "2025-11-11", "2026-10-10"])
def test_every_chart_can_be_drawn_from_any_start(start):
    from sim.explore.drawn import known_variables

    raw = {"state": {"extends": [], "start": start, "end": "2028-12-31", "runs": 16}}
    names = list(known_variables())
    for first in range(0, len(names), 40):
        told = answer({**raw, "charts": names[first : first + 40], "strip": False})
        json.dumps(told, allow_nan=False)


def test_ensembles_are_kept_up_to_a_number_of_bytes_and_of_states(monkeypatch):
    from sim.explore import drawn

    scenario, store = State(("baseline",), runs=16).scenario(), drawn.Store()
    made = drawn_for(scenario, 1, 16, headlines(), lambda: False)
    rooms = {id(values.base) for values in made.series.values()}
    assert len(rooms) == 1
    monkeypatch.setattr(drawn, "KEPT_BYTES", 3 * made.bytes)
    for seed in range(9):
        store.put(drawn.Drawn(scenario, 16, seed, made.series, made.dates))
    assert [seed for seed in range(9) if store.get(scenario, seed, 16)] == [6, 7, 8]
    monkeypatch.setattr(drawn, "KEPT_ENSEMBLES", 2)
    store.put(drawn.Drawn(scenario, 16, 9, made.series, made.dates))
    assert [seed for seed in range(10) if store.get(scenario, seed, 16)] == [8, 9]
