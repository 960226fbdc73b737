"""The analysis on ensembles that were really made and stored."""

import numpy as np
import pytest

from sim import ensemble
from sim.analysis import attribute, compare, condition
from sim.analysis.outcomes import chosen_outcomes, headline
from sim.analysis.tree import tree
from sim.ensemble.layout import BLOCK
from sim.errors import FaultError, InputError


@pytest.fixture
def stored(toy, toy_ensembles, tmp_path):
    def run(scenario, **options):
        return ensemble.run(scenario, out=tmp_path / scenario.name, **{"runs": 60, **options})

    return run


@pytest.mark.usefixtures("toy_ensembles")
def test_stored_ensembles_compare_like_those_in_memory(toy, stored):
    scenarios = [toy.scenario("a"), toy.scenario("b", budgets__push=0.5)]
    on_disk = compare([stored(one) for one in scenarios], catalogue=toy.catalogue, variables=toy.variables)
    memory = compare([toy.Result(one, runs=60) for one in scenarios], catalogue=toy.catalogue, variables=toy.variables)
    assert [row.to_dict() for row in on_disk.rows()] == [row.to_dict() for row in memory.rows()]
    assert on_disk.warnings == ()


def test_other_seeds_and_unkept_runs_are_refused(toy, stored):
    a, b = stored(toy.scenario("a")), stored(toy.scenario("b"), seed=2)
    with pytest.raises(InputError, match="differ in seed"):
        compare([a, b], catalogue=toy.catalogue, variables=toy.variables)
    with pytest.raises(InputError, match="single runs were not kept"):
        compare([a, stored(toy.scenario("c"), keep_runs=False)], catalogue=toy.catalogue, variables=toy.variables)


def test_one_stored_ensemble_is_split(toy, stored):
    found = condition(stored(toy.scenario("a"), runs=200), "us.president", variables=toy.variables)
    assert sum(view.runs for view in found.views) == 200


def test_coalitions_are_kept_and_reused(toy, toy_ensembles, tmp_path, monkeypatch):
    a, b = toy.scenario("a"), toy.scenario("b", budgets__push=0.5, war__pair=2.0, war__twin=0.5)
    options = {"runs": 40, "catalogue": toy.catalogue, "outcomes": headline(toy.variables), "cache": tmp_path / "cache"}
    steps = []
    first = attribute(a, b, progress=lambda done, total: steps.append((done, total)), **options)
    assert first.coalitions == 8
    assert steps == [(number, 8) for number in range(9)]
    assert len(list((tmp_path / "cache").iterdir())) == 8
    assert [part.mean for part in first.find("us_commitment").parts] == pytest.approx([0.5] * 3, abs=1e-6)

    monkeypatch.setattr("tests.analysis.toy_model.simulate", None)
    again = attribute(a, b, **options)
    assert [part.to_dict() for part in again.rows()] == [part.to_dict() for part in first.rows()]


def test_finished_results_are_read_and_not_simulated_again(toy, stored, tmp_path):
    a, b = toy.scenario("a"), toy.scenario("b", budgets__push=0.5, war__pair=2.0)
    options = {"runs": 40, "catalogue": toy.catalogue, "outcomes": headline(toy.variables)}
    plain = attribute(a, b, **options)
    steps = []
    known = [stored(a, runs=60), stored(b, runs=60), stored(toy.scenario("c"), seed=2)]
    found = attribute(a, b, known=known, progress=lambda *step: steps.append(step), **options)
    assert [part.to_dict() for part in found.rows()] == [part.to_dict() for part in plain.rows()]
    assert steps[-1] == (2, 2), "of four combinations the two ends are known"
    steps.clear()
    attribute(
        a, b, known=[stored(a, runs=60, force=True, seed=2)], progress=lambda *step: steps.append(step), **options
    )
    assert steps[-1] == (4, 4), "another seed is another ensemble"


def test_more_runs_use_the_blocks_already_kept(toy, toy_ensembles, tmp_path):
    a, b = toy.scenario("a"), toy.scenario("b", budgets__push=0.5, us__pull=1.0)
    options = {"catalogue": toy.catalogue, "outcomes": headline(toy.variables), "cache": tmp_path / "cache"}
    attribute(a, b, runs=BLOCK, **options)
    steps = []
    found = attribute(a, b, runs=BLOCK + 100, progress=lambda done, total: steps.append((done, total)), **options)
    assert steps[0] == (4, 8)
    assert found.runs == BLOCK + 100
    alone = attribute(a, b, runs=BLOCK + 100, catalogue=toy.catalogue, outcomes=headline(toy.variables))
    assert [part.to_dict() for part in alone.rows()] == [part.to_dict() for part in found.rows()]


def test_a_damaged_block_is_named(toy, toy_ensembles, tmp_path):
    a, b = toy.scenario("a"), toy.scenario("b", budgets__push=0.5)
    options = {"runs": 30, "catalogue": toy.catalogue, "outcomes": headline(toy.variables), "cache": tmp_path}
    attribute(a, b, **options)
    path = next(tmp_path.rglob("*.npy"))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(FaultError, match=f"{path.name}: not readable; remove this file"):
        attribute(a, b, **options)


def test_worker_processes_change_nothing(toy, toy_ensembles, tmp_path):
    a, b = toy.scenario("a"), toy.scenario("b", budgets__push=0.5)
    options = {"runs": 30, "catalogue": toy.catalogue, "outcomes": headline(toy.variables)}
    one, two = attribute(a, b, **options), attribute(a, b, jobs=2, **options)
    assert [part.to_dict() for part in one.rows()] == [part.to_dict() for part in two.rows()]


def test_without_a_cache_nothing_is_left_behind(toy, toy_ensembles, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    outcomes = chosen_outcomes(["us_commitment"], toy.variables)
    a, b = toy.scenario("a"), toy.scenario("b", budgets__push=0.5)
    found = attribute(a, b, runs=20, outcomes=outcomes, catalogue=toy.catalogue)
    assert np.isclose(found.find("us_commitment").total.mean, 0.5)
    assert list(tmp_path.iterdir()) == []


def test_the_tree_shows_how_each_scenario_ends_and_what_has_changed_since(toy, stored, tmp_path):
    for name in ("done", "waiting"):
        (tmp_path / f"{name}.toml").write_text(f'title = "{name}"\n')
    result = stored(toy.scenario("done"), runs=60)
    now = {"done": toy.scenario("done"), "waiting": toy.scenario("waiting")}
    done, waiting = tree(tmp_path, tmp_path, load=lambda path: now[path.stem])
    assert (waiting.endings, waiting.stale, done.stale) == ((), False, False)
    endings = {ending.outcome.key: ending for ending in done.endings}
    assert endings["us_commitment"].median == pytest.approx(np.median(result.values("us_commitment")[-1]))
    assert endings["ceasefire"].median == pytest.approx(result.values("ceasefire")[-1].mean())
    assert endings["us_commitment"].date == "2026-12-31"
    now["done"] = toy.scenario("done", us__pull=1.0)
    assert tree(tmp_path, tmp_path, load=lambda path: now[path.stem])[0].stale
