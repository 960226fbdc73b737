"""``from sim import load, run, compare``: the same as the command line, from Python."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sim import compare, load, run
from sim.errors import InputError
from tests.cli.conftest import Alliance

SHORT = ["end=2025-06-30"]


def test_load_takes_a_name_a_path_and_settings(tmp_path: Path) -> None:
    scenario = load("baseline", sets=["us.commitment.posture=conditional"])
    assert scenario.name == "baseline"
    assert scenario.values["us.commitment.posture"].value == "conditional"
    (tmp_path / "mine.toml").write_text(
        'title = "Mine"\ndescription = "For tests."\nreferences = ["none"]\nextends = "baseline.toml"\n'
    )
    assert load(tmp_path / "mine.toml").hash == load("baseline").hash


def test_run_gives_what_the_command_writes(tmp_path: Path, alliance: Alliance) -> None:
    done = alliance(
        "run",
        "baseline",
        "--set",
        SHORT[0],
        "--runs",
        "10",
        "--jobs",
        "1",
        "--no-figures",
        "--json",
        "--out",
        tmp_path / "r",
    )
    assert done.exit_code == 0, done.stderr
    told = {(one["variable"], one["entity"], one["date"]): one for one in json.loads(done.stdout)["outcomes"]}
    result = run(load("baseline", sets=SHORT), runs=10)
    day = str(result.dates("us_commitment")[-1])
    assert told["us_commitment", None, day]["median"] == pytest.approx(result.quantiles("us_commitment")[-1, 2])


def test_compare_takes_scenarios_and_results() -> None:
    first = run(load("baseline", sets=SHORT), runs=10)
    second = load("trump_retrenchment", sets=SHORT)
    found = compare(first, second, runs=10)
    assert found.names == ("baseline", "trump_retrenchment")
    assert found.find("us_commitment", "trump_retrenchment").last().mean_difference < 0
    turned = compare(first, second, runs=10, baseline=1)
    np.testing.assert_allclose(
        turned.find("us_commitment", "baseline").last().mean_difference,
        -found.find("us_commitment", "trump_retrenchment").last().mean_difference,
    )


def test_wrong_input_raises_every_problem() -> None:
    with pytest.raises(InputError) as raised:
        load("baseline", sets=["us.commitment.postur=x", "nonsense"])
    assert {"unknown", "nonsense"} <= set(" ".join(map(str, raised.value.problems)).split())
    with pytest.raises(InputError):
        compare("baseline")
