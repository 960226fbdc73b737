"""``from sim import load, run, compare``: the same as the command line, from Python."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import click
import numpy as np
import pytest

import sim
from sim import compare, load, open_result, run
from sim.cli.program import program
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


def test_every_name_of_the_front_door_is_there_and_typed() -> None:
    import inspect

    import sim

    for name in sim.__all__:
        assert getattr(sim, name) is not None
    for function in (sim.load, sim.run, sim.compare, sim.attribute, sim.open_result, sim.draw):
        for parameter in inspect.signature(function).parameters.values():
            assert parameter.kind is not parameter.VAR_KEYWORD, f"{function.__name__} takes anything"
            assert parameter.annotation is not parameter.empty
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = sim.nonsense


def test_what_a_notebook_shows_is_short_and_escaped() -> None:
    from sim import attribute

    scenario = load("baseline", sets=SHORT)
    result = run(scenario, runs=10)
    comparison = compare(result, "congress_gap", runs=10, sets=SHORT)
    why = attribute(result, load("congress_gap", sets=SHORT), runs=10, variables=["us_commitment"])
    for shown in (scenario, result, comparison, why):
        assert len(repr(shown)) < 200
    result.manifest["scenario"]["label"] = "A <b> & c"
    for html in (scenario._repr_html_(), result._repr_html_(), comparison._repr_html_()):
        assert html.startswith("<table>")
        assert "<b>" not in html
    assert "Members at or above 2% of GDP" in result._repr_html_()
    assert "U.S. commitment to the guarantee" in comparison._repr_html_()


def test_results_and_comparisons_become_frames() -> None:
    result = run("baseline", runs=10, sets=SHORT)
    frame = result.to_frame("us_commitment", "defence_share_pct_gdp", entity=None)
    assert set(frame["variable"]) == {"us_commitment", "defence_share_pct_gdp"}
    assert str(frame["date"].dtype).startswith("datetime64")
    poland = result.to_frame("defence_share_pct_gdp", entity="Poland")
    assert set(poland["entity"]) == {"POL"}
    np.testing.assert_allclose(poland["q50"], result.quantiles("defence_share_pct_gdp", "POL")[:, 2], rtol=1e-6)
    assert len(result.to_frame()) == len(result.summary)
    assert "us_commitment" in result.dataset
    comparison = compare(result, "congress_gap", runs=10, sets=SHORT)
    rows = comparison.to_frame()
    assert len(rows) == len(comparison.rows())
    assert {"variable", "date", "mean_difference", "sentence"} <= set(rows.columns)
    for wrong in (
        lambda: result.to_frame("us_commitmnt"),
        lambda: result.to_frame("defence_share_pct_gdp", entity="Atlantis"),
        lambda: result.to_frame(entity="POL"),
        lambda: result.quantiles("us_commitmnt"),
        lambda: result.values("defence_share_pct_gdp", "Atlantis"),
        lambda: comparison.find("us_commitmnt", "congress_gap"),
        lambda: comparison.depends_on("congress_gp"),
        lambda: comparison.plot("overviw"),
        lambda: open_result("no/such/folder"),
        lambda: compare("baseline", "congress_gap", variables=["defence_share_pct_gdp:Atlantis"]),
        lambda: compare("baseline", "congress_gap", at=["soon"]),
        lambda: compare("baseline", "congress_gap", baseline=2),
    ):
        with pytest.raises(InputError):
            wrong()


def test_progress_and_logging_can_be_used_from_python(caplog: pytest.LogCaptureFixture) -> None:
    steps: list[tuple[int, int]] = []
    with caplog.at_level("INFO", logger="alliance"):
        compare("baseline", "congress_gap", runs=10, sets=SHORT, progress=lambda *step: steps.append(step))
    assert steps[0] == (0, 20)
    assert steps[-1] == (20, 20)
    assert steps == sorted(steps)
    messages = [record.message for record in caplog.records if record.name == "alliance"]
    assert [message.split(":")[0] for message in messages] == ["baseline", "congress_gap"]
    assert "10 runs, seed 1" in messages[0]


@pytest.mark.parametrize("verb", ["run", "compare", "sweep", "solve", "attribute"])
def test_what_is_left_out_means_the_same_in_python_and_on_the_command_line(verb: str) -> None:
    command = program.get_command(click.Context(program), verb)
    assert command is not None
    options = {option.name: option.default for option in command.params}
    known = ("runs", "seed", "samples", "orders", "method", "central", "force")
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(getattr(sim, verb)).parameters.items()
        if name in known and name in options
    }
    assert {"runs", "seed"} <= set(defaults)
    for name, default in defaults.items():
        assert (default or None) == (options[name] if isinstance(options[name], int | str) else None), name


def test_python_works_in_its_own_process_unless_it_is_asked_for_more() -> None:
    """A notebook's cell starts no other interpreter by itself: what takes ``jobs`` takes one where none is given."""
    import inspect

    import sim

    taking = {
        name: inspect.signature(function).parameters["jobs"].default
        for name, function in vars(sim).items()
        if inspect.isfunction(function) and "jobs" in inspect.signature(function).parameters
    }
    assert {"run", "compare", "sweep"} <= set(taking)
    assert set(taking.values()) == {1}
