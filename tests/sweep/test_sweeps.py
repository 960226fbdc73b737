"""Sweeps: the same bytes however they are made, every sample its own, nothing lost, nothing passed off as finished."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import load
from sim.analysis.sweep import samples, sweeps
from sim.analysis.sweep.asking import SOURCES, sources_of_luck, what_it_takes
from sim.analysis.sweep.design import design, read_vary
from sim.analysis.sweep.question import condition, outcome, target
from sim.errors import FaultError, InputError
from sim.model import catalogue, simulate

QUESTIONS = [
    "us_commitment@2025",
    "members_at_2pct@2025",
    "P(us_commitment@2025 < 0.5)",
    "aid_delivered_beur:USA@2024..2025",
]


@pytest.fixture(scope="module")
def baseline():
    return load("baseline")


@pytest.fixture(scope="module")
def plan(baseline):
    ranges = ["budgets.commitment_pp=-0.05:0.3", "us.commitment.posture=continuity,retrenchment"]
    return samples.plan([baseline], design(read_vary(ranges, catalogue()), "sobol", 18), QUESTIONS, runs=24, seed=3)


@pytest.fixture(scope="module")
def made(plan, tmp_path_factory):
    return sweeps.run(plan, out=tmp_path_factory.mktemp("made") / "sweep", command="alliance sweep baseline")


@pytest.fixture
def finished(made, tmp_path):
    """A sweep that a test may spoil."""
    return replace(made, folder=Path(shutil.copytree(made.folder, tmp_path / "sweep")))


def bytes_of(folder):
    return [(folder / name).read_bytes() for name in sweeps.FILES]


def test_each_sample_is_what_the_scenario_gives_with_its_values_set(plan, finished):
    row = plan.design.numbers()[17]
    posture = plan.design.inputs[1].text(row[1])
    alone = load("baseline", sets=[f"budgets.commitment_pp={float(row[0])!r}", f"us.commitment.posture={posture}"])
    record = simulate(alone, 3, 0, 24)
    whole = samples.recorded(alone)
    for place, text in enumerate(QUESTIONS):
        if place == 2:
            at = condition("us_commitment@2025 < 0.5", whole)
            assert finished.mean[0, 17, place] == at.holds(at.outcome.read(record)).mean()
        else:
            values = outcome(text, whole).read(record)
            np.testing.assert_array_equal(finished.mean[0, 17, place], values.mean())
            np.testing.assert_allclose(finished.sd[0, 17, place], values.std(ddof=1))
            assert finished.levels[0, 17, place, 0] == np.float32(values.min())
    assert samples.plan([alone], plan.design, QUESTIONS).scenarios[0].end.year == 2025  # later years change nothing


def test_samples_share_their_luck(baseline):
    """Two samples that differ in an input without effect until 2026 are the same until then."""
    inputs = read_vary(["budgets.commitment_pp@2027=-0.05:0.3"], catalogue())
    asked = samples.plan([baseline], design(inputs, "grid"), ["us_commitment@2026"], runs=16)
    assert len(np.unique(sweeps.run(asked).mean)) == 1


def test_one_job_two_jobs_and_a_resumed_sweep_give_the_same_bytes(plan, finished, tmp_path, monkeypatch):
    sweeps.run(plan, jobs=2, out=tmp_path / "two", command="alliance sweep baseline")
    assert bytes_of(tmp_path / "two") == bytes_of(finished.folder)
    real, seen = sweeps.compute, []

    def interrupted(asked, block):
        seen.append(block)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(asked, block)

    monkeypatch.setattr(sweeps, "compute", interrupted)
    out = tmp_path / "resumed"
    with pytest.raises(KeyboardInterrupt):
        sweeps.run(plan, out=out)
    with pytest.raises(InputError, match="the sweep is unfinished; run its command again to finish it"):
        sweeps.open_sweep(out)
    assert len(list(out.rglob("0*.npz"))) == 1
    resumed = sweeps.run(plan, out=out, resume=True, command="alliance sweep baseline")
    assert list(seen[2:]) == plan.blocks[1:]
    assert bytes_of(out) == bytes_of(finished.folder)
    assert not (out / "blocks").exists()
    assert not resumed.cached


def test_every_stored_block_is_taken_as_it_is_the_short_last_one_too(plan, finished, tmp_path, monkeypatch, caplog):
    """Of 18 samples the last block holds 2: that is the whole of it, and no sign of damage."""
    with monkeypatch.context() as before_the_end:
        before_the_end.setattr(sweeps, "_write", lambda *_: pytest.fail("stopped"))
        with pytest.raises(pytest.fail.Exception, match="stopped"):
            sweeps.run(plan, out=tmp_path / "stored")
    monkeypatch.setattr(sweeps, "compute", lambda *_: pytest.fail("a block in store was made again"))
    sweeps.run(plan, out=tmp_path / "stored", resume=True, command="alliance sweep baseline")
    assert bytes_of(tmp_path / "stored") == bytes_of(finished.folder)
    assert not caplog.records


def test_a_finished_sweep_is_found_again_and_opens_as_it_was(plan, finished, monkeypatch):
    monkeypatch.setattr(sweeps, "compute", None)
    again = sweeps.run(plan, out=finished.folder)
    assert again.cached
    opened = sweeps.open_sweep(finished.folder)
    for found in (again, opened):
        assert found.inputs == plan.design.inputs
        assert [str(each) for each in found.plan.questions] == [str(each) for each in plan.questions]
        np.testing.assert_array_equal(found.mean, finished.mean)
        np.testing.assert_array_equal(found.levels, finished.levels)
    frame = opened.to_frame()
    assert list(frame.columns[:4]) == ["scenario", "sample", "budgets.commitment_pp", "us.commitment.posture"]
    assert len(frame) == 18
    assert set(frame["us.commitment.posture"]) == {"continuity", "retrenchment"}
    assert (opened.to_frame("q05").iloc[:, 4] <= opened.to_frame("q95").iloc[:, 4]).all()
    with pytest.raises(InputError, match="'median' is not kept; ask for mean, sd, or a quantile such as q05"):
        opened.to_frame("median")


def test_the_probability_of_any_condition_on_a_kept_outcome_is_known_to_a_per_cent(finished):
    whole = samples.recorded(finished.plan.scenarios[0])
    exact = finished.probability(condition("us_commitment@2025 < 0.5", whole))
    np.testing.assert_array_equal(exact, finished.mean[0, :, 2])
    values = finished.levels[0, :, 0]
    rough = (values < 0.5).mean(axis=1)
    assert np.abs(rough - exact).max() <= 0.5 / 24 + 0.01
    with pytest.raises(InputError, match="unknown outcome of this sweep 'threat@2025-12-31'"):
        finished.probability(condition("threat@2025 < 1", whole))


def test_what_another_sweep_holds_is_not_overwritten(plan, finished, tmp_path):
    other = replace(plan, runs=8)
    with pytest.raises(InputError, match="holds a sweep of other inputs; choose another --out, or --force"):
        sweeps.run(other, out=finished.folder)
    read_off = finished.folder / "discoveries" / "one" / "discovery.json"
    read_off.parent.mkdir(parents=True)
    read_off.write_text("{}")
    assert sweeps.run(plan, out=finished.folder, force=True).plan.runs == 24
    assert read_off.is_file()
    assert sweeps.run(other, out=finished.folder, force=True).plan.runs == 8
    assert not read_off.exists()  # it was about the sweep that stood here before
    with pytest.raises(InputError, match="there is no sweep to resume"):
        sweeps.run(plan, out=tmp_path / "nowhere", resume=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file; --out names a folder"):
        sweeps.run(plan, out=tmp_path / "file")


@pytest.mark.parametrize(
    ("noted", "folder", "advised"),
    [
        ("alliance sweep a --out old --runs 8", "new place", "alliance sweep a --runs 8 --out 'new place'"),
        ("alliance sensitivity a --method sobol", "new/sobol", "alliance sensitivity a --method sobol --out new"),
        ("", "new", "the sweep"),
        (None, "new", "the sweep"),
    ],
)
def test_the_command_that_is_advised_names_the_folder_at_hand(noted, folder, advised):
    assert sweeps._again({"command": noted}, Path(folder)) == advised


@pytest.mark.parametrize("name", sweeps.FILES)
def test_a_damaged_file_is_told_and_made_again(plan, finished, name):
    good = bytes_of(finished.folder)
    path = finished.folder / name
    path.write_bytes(path.read_bytes()[:-20])
    again = f"run again: alliance sweep baseline --out {re.escape(str(finished.folder))}$"  # wherever it lies now
    with pytest.raises(InputError, match=f"{name}: missing or damaged; {again}"):
        sweeps.open_sweep(finished.folder)
    assert not sweeps.run(plan, out=finished.folder).cached
    assert bytes_of(finished.folder) == good


def test_a_damaged_block_counts_as_missing(plan, finished, tmp_path):
    out = tmp_path / "again"
    store = out / "blocks" / json.loads((finished.folder / "manifest.json").read_text())["inputs_hash"][:16]
    store.mkdir(parents=True)
    (store / "00001.npz").write_bytes(b"PK half a block")
    sweeps.run(plan, out=out)
    assert bytes_of(out) == bytes_of(finished.folder)


def test_a_folder_that_is_no_sweep_is_told(tmp_path):
    with pytest.raises(InputError, match="holds no sweep; make one with alliance sweep"):
        sweeps.open_sweep(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"manifest.json: damaged; run the sweep again"):
        sweeps.open_sweep(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": "alliance ensemble"}')
    with pytest.raises(InputError, match="holds no sweep but another result"):
        sweeps.open_sweep(tmp_path)


def test_a_sample_that_fails_is_marked_and_the_rest_stands(plan, finished, tmp_path, monkeypatch):
    real, number = samples.answers, plan.design.numbers()[5][0]

    def failing(asked, scenario, *rest):
        if scenario.values["budgets.commitment_pp"].value["value"] == number:
            raise FaultError("members_at_2pct is not a number in some runs")
        return real(asked, scenario, *rest)

    monkeypatch.setattr(samples, "answers", failing)
    found = sweeps.run(plan, out=tmp_path / "failed")
    assert found.failed == {(0, 5): "members_at_2pct is not a number in some runs"}
    assert np.isnan(found.mean[0, 5]).all()
    np.testing.assert_array_equal(np.delete(found.mean, 5, axis=1), np.delete(finished.mean, 5, axis=1))
    assert sweeps.open_sweep(found.folder).failed == found.failed


def test_an_input_that_an_event_sets_is_told(baseline):
    stopped = load("congress_gap")
    key = next(key for event in stopped.events for key, _ in event.sets)
    inputs = read_vary([f"{key}=0:0.5"], catalogue())
    (said,) = samples.warnings(samples.plan([stopped], design(inputs, samples=2), ["us_commitment@2029"]))
    assert f"{key} varies until" in said


def test_questions_that_cannot_be_read_are_told_at_once(baseline):
    inputs = read_vary(["budgets.commitment_pp"], catalogue())
    with pytest.raises(InputError) as caught:
        samples.plan([baseline], design(inputs, samples=2), ["us_comitment@2026", "threat@2050"])
    assert len(caught.value.problems) == 2


def test_what_it_takes_is_solved_on_the_model(baseline):
    lever = read_vary(["budgets.commitment_pp=0:2"], catalogue())[0]
    recorded = samples.recorded(baseline)
    found = what_it_takes(baseline, lever, target("P(members_at_2pct@2027 >= 27) >= 0.4", recorded), runs=200)
    assert found.standing == "from"
    assert found.low <= found.value <= found.high
    never = what_it_takes(baseline, lever, target("P(us_commitment@2027 > 1.5) >= 0.5", recorded), runs=16)
    assert never.standing == "never"


def test_luck_is_told_apart_by_its_source(baseline):
    asked = ["republican_president@2026", "russian_controlled_km2@2026", "us_commitment@2026"]
    found = sources_of_luck(baseline, asked, runs=800)
    elections, parameters, shocks = (found.total[name] for name in ("elections", "parameters", "shocks"))
    assert abs(elections[0] - 1) < 0.1
    assert max(parameters[0], shocks[0]) == 0
    assert elections[1] < 0.05 < min(parameters[1], shocks[1])
    assert elections[2] > 0.1
    assert set(found.alone) == set(SOURCES)


def test_nothing_changes_where_every_source_is_the_first(baseline):
    again = simulate(baseline, lambda system, name: 7, 0, 16)
    for name, values in simulate(baseline, 7, 0, 16).items():
        np.testing.assert_array_equal(again[name], values)


def test_a_full_disk_is_told_in_one_line_and_finished_blocks_stay(plan, finished, tmp_path, monkeypatch):
    real, written = os.open, []

    def full(path, *rest, **more):
        if ".part" in str(path) and "sweep" in str(path):
            written.append(path)
            if len(written) == 2:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, *rest, **more)

    out = tmp_path / "sweep_on_a_full_disk"
    monkeypatch.setattr(os, "open", full)
    with pytest.raises(
        FaultError, match=r"cannot be written: no space left on the disk; free some space or choose another"
    ):
        sweeps.run(plan, out=out)
    monkeypatch.undo()
    assert len(list(out.rglob("0*.npz"))) == 1
    sweeps.run(plan, out=out, command="alliance sweep baseline")
    assert bytes_of(out) == bytes_of(finished.folder)


@pytest.mark.parametrize(
    ("runs", "kept"), [(100, np.arange(100)), (150, (1.5 * np.arange(100) + 0.75) // 1), (1, np.zeros(100))]
)
def test_the_order_statistics_of_a_sample_lie_in_the_middle_of_each_hundredth(plan, monkeypatch, runs, kept):
    values = np.random.default_rng(1).permutation(runs).astype(float)
    monkeypatch.setattr(samples, "answers", lambda asked, scenario: [values] * len(asked.questions))
    moments, levels, failed = samples.compute(replace(plan, runs=runs), (0, 16))
    assert failed == {}
    assert levels.tolist() == [[kept.tolist()] * len(plan.questions)] * 2
    assert moments[0, 0].tolist() == pytest.approx([values.mean(), values.std(ddof=min(1, runs - 1))])


def test_a_sweep_killed_midway_and_resumed_gives_the_bytes_of_one_never_stopped(tmp_path):
    line = [sys.executable, "-m", "sim", "sweep", "baseline", "--vary", "budgets.commitment_pp", "--vary",
            "us.commitment.posture=conditional,retrenchment", "--samples", "96", "--runs", "48", "--outcome",
            "us_commitment@2025", "--no-figures", "--quiet", "--out"]  # fmt: skip
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    begun = subprocess.Popen([*line, str(killed), "--jobs", "2"], stdout=subprocess.DEVNULL, start_new_session=True)
    for _ in range(2400):
        if len(list(killed.glob("blocks/*/*.npz"))) >= 2 or begun.poll() is not None:
            break
        time.sleep(0.05)
    begun.kill()
    assert begun.wait() == -signal.SIGKILL, "it was over before it could be killed"
    assert 2 <= len(list(killed.glob("blocks/*/*.npz"))) < 6
    assert not (killed / "manifest.json").exists()
    asked = [*line[:3], "discover", str(killed), "--where", "us_commitment@2025 < 1"]
    refused = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "the sweep is unfinished; run its command again to finish it" in refused.stderr
    for folder, jobs in ((killed, "1"), (whole, "2")):
        subprocess.run([*line, str(folder), "--jobs", jobs], check=True, stdout=subprocess.DEVNULL)
    assert bytes_of(killed) == bytes_of(whole)
    assert not (killed / "blocks").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("us_commitment@2026", "U.S. commitment to the guarantee at the end of 2026"),
        ("us_commitment@2026-06 < 0.3", "U.S. commitment to the guarantee at 2026-06-30 is below 0.3 (index 0 to 1)"),
        ("ceasefire@2027 >= 0.5", "Ceasefire in force at the end of 2027"),
        ("ceasefire@2027 < 0.5", "not: Ceasefire in force at the end of 2027"),
        (
            "aid_delivered_beur:USA@2025..2026 >= 9",
            "Aid to Ukraine delivered, cumulative (United States) from the end of 2025 to the end of 2026 "
            "is at least 9 (EUR bn)",
        ),
    ],
)
def test_a_question_is_said_in_words(baseline, text, words):
    asked = samples.recorded(baseline)
    assert samples.in_words(condition(text, asked) if "<" in text or ">" in text else outcome(text, asked)) == words
