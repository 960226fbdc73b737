"""The guide's complete system, docs/industrial_capacity.py, added from outside: installed as a package, and registered.

Everything follows from its one file: keys, schema, explain, results, charts; nothing else moves, and without it nothing
is left of it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

from sim import load
from sim.analysis.explain import explain
from sim.ensemble import open_result, run
from sim.errors import InputError
from sim.model import catalogue, register, registry, simulate, unregister, variables
from sim.model.engine import Engine, Process, State, System, Variable
from sim.model.engine.streams import stream_number

from .conftest import register_in

FILE = Path(__file__).parents[2] / "docs" / "industrial_capacity.py"
ALLIANCE = Path(sys.executable).with_name("alliance")
SCENARIO = """\
title = "More shells"
description = "Orders respond more than in proportion"
references = ["an example"]
extends = "baseline"
end = 2025-06-30

[industry]
elasticity = 1.5
EUROPE.shells_at_start_thousand = 100
"""


@pytest.fixture(scope="module")
def module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("industrial_capacity", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["industrial_capacity"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def system(module: ModuleType) -> Iterator[System]:
    """The system, registered."""
    register(module.SYSTEM)
    yield module.SYSTEM
    if "industrial_capacity" in registry().streams:
        unregister("industrial_capacity")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on the path in which the package `shells` 1.2 with the system is installed."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "industrial_capacity.py").write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    info = folder / "shells-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shells\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[alliance.systems]\nindustrial_capacity = industrial_capacity:SYSTEM\n")
    return folder


class Shell:
    """Runs the installed command in a folder, with or without the package."""

    def __init__(self, folder: Path, site: Path) -> None:
        self._folder, self._site = folder, site

    def __call__(self, *words: str, package: bool = True, code: int = 0) -> str:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        if package:
            environment["PYTHONPATH"] = str(self._site)
        done = subprocess.run(
            [ALLIANCE, *words], cwd=self._folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def shell(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The command in a folder with a scenario that uses the system, already run on two processes."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "shells.toml").write_text(SCENARIO, encoding="utf-8")
    shell = Shell(folder, site)
    shell("run", "shells.toml", "--runs", "2100", "--jobs", "2", "--no-figures", "--out", "out", "-q")
    shell.results = folder / "out"  # type: ignore[attr-defined]
    return shell


def test_its_keys_are_checked_with_their_place(shell: Shell, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(SCENARIO.replace("1.5", "9.5") + "elasticty = 1\n", encoding="utf-8")
    told = shell("check", str(wrong), code=2)
    assert "wrong.toml:8:" in told
    assert "industry.elasticity" in told
    assert "wrong.toml:10:" in told
    assert "elasticity" in told.split("wrong.toml:10:")[1]
    assert "unknown key" in shell("check", "shells.toml", package=False, code=2)


def test_its_keys_are_explained_and_in_the_schema(shell: Shell) -> None:
    told = shell("explain", "industry.elasticity")
    assert "response of orders to the spending of the allies" in told
    assert "industrial capacity" in told
    assert "industry" in json.loads(shell("schema"))["properties"]
    assert "industry" not in json.loads(shell("schema", package=False))["properties"]


def test_its_variables_are_recorded_explained_and_drawn(shell: Shell) -> None:
    results: Path = shell.results  # type: ignore[attr-defined]
    rows = (results / "summary.csv").read_text(encoding="utf-8-sig").splitlines()
    assert sum(",shells_thousand_per_month,EUROPE," in row for row in rows) == 9
    told = shell("explain", "out", "--variable", "shells_thousand_per_year", "--all")
    assert "EUROPE" in told
    assert "industry.elasticity = 1.5" in told
    assert "budgets.war_pp" in told
    shell("plot", "out", "--variable", "shells_thousand_per_month", "--entity", "EUROPE", "--format", "svg", "-q")
    assert any("shells_thousand_per_month" in path.name for path in (results / "figures").glob("*.svg"))


def test_the_manifest_names_package_and_version_and_workers_had_the_system(shell: Shell) -> None:
    result = open_result(shell.results)  # type: ignore[attr-defined]
    assert result.manifest["systems"] == {"industrial_capacity": {"package": "shells", "version": "1.2"}}
    values = result.values("shells_thousand_per_month", "EUROPE")
    assert values.shape == (9, 2100)
    assert (np.abs(values[0] - 100) < 20).all()


def test_results_open_and_are_drawn_without_it(shell: Shell) -> None:
    result = open_result(shell.results)  # type: ignore[attr-defined]
    assert "industrial_capacity" not in registry().streams
    assert result.entities("shells_thousand_per_month") == ("EUROPE", "USA")
    assert result.quantiles("shells_thousand_per_year").shape == (2, 5)
    chart = ("--variable", "shells_thousand_per_month", "--entity", "USA", "--format", "svg", "-q")
    shell("plot", "out", *chart, "--out", "with")
    shell("plot", "out", *chart, "--out", "without", package=False)
    drawn = [sorted((shell.results.parent / folder).glob("*.svg")) for folder in ("with", "without")]  # type: ignore[attr-defined]
    assert drawn[0]
    assert [path.read_bytes() for path in drawn[0]] == [path.read_bytes() for path in drawn[1]]
    shell("run", "shells.toml", "--set", "industry.elasticity=0", "--runs", "64", "--no-figures", "--out", "flat", "-q")
    shell("run", "shells.toml", "--runs", "64", "--no-figures", "--out", "few", "-q")
    told = shell("compare", "few", "flat", "--no-figures", "-q", package=False)
    assert "Output of 155 mm shells, all producers" in told
    told = shell("explain", "out", "--variable", "shells_thousand_per_year", package=False, code=2)
    assert "industrial_capacity" in told
    assert "shells 1.2" in told


def test_without_it_the_code_stamp_is_another(shell: Shell, system: System) -> None:
    from sim.ensemble import source

    with_it = source.code_stamp()
    unregister(system.name)
    assert source.code_stamp() != with_it


def test_nothing_else_moves(module: ModuleType) -> None:
    for name in ("baseline", "history_2022", "harris_continuity"):
        plain = simulate(load(name), 1, 0, 48)
        register(module.SYSTEM)
        more = simulate(load(name), 1, 0, 48)
        unregister("industrial_capacity")
        assert more.keys() - plain.keys() == {variable.name for variable in module.SYSTEM.variables}
        assert [known for known in plain if plain[known].tobytes() != more[known].tobytes()] == []


def test_the_order_of_registration_changes_nothing(
    system: System, module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = System(name="another", title="another", build=Idle, phase="another", after="budgets")
    scenario = load("baseline")
    register(other)
    try:
        first, phases = simulate(scenario, 1, 0, 16), registry().phases
        unregister(system.name)
        register(system)
        assert registry().phases == phases
        with monkeypatch.context() as patch:
            order = np.random.Generator(np.random.PCG64(3)).permutation(len(phases))
            register_in(order, patch)
            second = simulate(scenario, 1, 0, 16)
    finally:
        unregister("another")
    assert list(first) == list(second)
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)


def test_with_it_unregistered_nothing_is_left(module: ModuleType) -> None:
    before = (catalogue().keys(), variables(), registry().phases, registry().streams, set(registry().states))
    register(module.SYSTEM)
    assert "industry.elasticity" in catalogue().keys()  # noqa: SIM118
    unregister("industrial_capacity")
    assert (catalogue().keys(), variables(), registry().phases, registry().streams, set(registry().states)) == before
    assert "_ALLIANCE_SYSTEMS" not in os.environ
    with pytest.raises(InputError, match="no system industrial_capacity is registered"):
        unregister("industrial_capacity")


def test_what_is_registered_reaches_the_workers(system: System, tmp_path: Path) -> None:
    scenario = replace(
        load("baseline", sets=["industry.speed_per_month=0.5"]), end=load("baseline").start.replace(day=31)
    )
    result = run(scenario, runs=2100, jobs=2, out=tmp_path / "out")
    assert result.values("shells_thousand_per_month", "USA").shape == (1, 2100)
    assert result.manifest["systems"][system.name]["package"] == "industrial_capacity"
    assert explain(result, "shells_thousand_per_month", "EUROPE").inputs[0].key.startswith("industry.")


class Idle:
    def __init__(self, *_: object) -> None:
        self.level = np.zeros(1, np.float32)

    def process(self):
        return
        yield


def made(**declared: object) -> System:
    return System(**{"name": "another", "title": "another", "build": Idle, **declared})


PARAMETER = next(iter(catalogue()))
LEVEL = Variable("level", "Level", "index", "month", read="level")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (made(name="war"), "system war is declared twice: by war and by war"),
        (made(phase="aid"), "phase aid is declared twice: by aid and by another"),
        (made(phase="record"), "phase record is declared twice: by the engine and by another"),
        (made(stream=11), "stream 11 is declared twice: by war and by another"),
        (made(stream=0), "stream 0 is declared twice: by the engine and by another"),
        (made(parameters=(PARAMETER,)), f"key {PARAMETER.key} is declared twice: by economy and by another"),
        (made(parameters=(replace(PARAMETER, key="war"),)), "parameter war is also a group of parameters"),
        (made(variables=(replace(LEVEL, name="ceasefire"),)), "variable ceasefire is declared twice"),
        (
            made(variables=(replace(LEVEL, entity="planet"),)),
            "another reads the axis planet, and there is no such axis",
        ),
        (made(states={"ground": State()}), "state ground is declared twice: by war and by another"),
        (made(states={"level": State(reads=("sky",))}), "another reads the state sky, and there is no such state"),
        (made(states={"level": State(keys=("a.b",))}), "another reads the key a.b, and there is no such key"),
        (
            made(parameters=(replace(PARAMETER, key="a.b", raises=("ceasefires",)),)),
            "another moves the variable ceasefires, and there is no such variable",
        ),
        (made(reads=("weather",)), "another reads the system weather, and there is no such system"),
        (made(phase="another", after="lunch"), "another acts after the phase lunch, and there is no such phase"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_collisions_and_loose_ends_are_refused_in_one_line(wrong: System, told: str) -> None:
    names = registry().streams
    with pytest.raises(InputError) as raised:
        register(wrong)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)
    assert registry().streams == names


def test_a_package_that_cannot_be_loaded_is_named_in_one_line(shell: Shell, tmp_path: Path) -> None:
    info = tmp_path / "broken-0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text("[alliance.systems]\nbroken = nowhere_at_all:SYSTEM\n")
    told = Shell(tmp_path, tmp_path)("check", "baseline", code=2)
    assert "broken" in told
    assert "nowhere_at_all" in told
    assert len(told.splitlines()) == 1


def test_streams_of_other_packages_never_meet_those_of_the_program() -> None:
    own = [system.stream_number for system in registry().systems if system.stream is not None]
    assert max(own) < 2**32
    assert all(stream_number(name) >= 2**63 for name in ("a", "war", "industrial_capacity"))


KEPT_APART = ("us_politics", "commitment", "hostilities", "threat", "war", "negotiation", "summits")


class Keeper:
    """Keeps the arrays of the systems it reads from one month to the next, each with a copy."""

    written_into: ClassVar[set[str]] = set()

    def __init__(self, engine: Engine, *systems: object) -> None:
        self._engine, self._systems = engine, systems

    def process(self) -> Process:
        kept: list[tuple[str, np.ndarray, np.ndarray]] = []
        for day in self._engine.clock.month_ends:
            yield self._engine.clock.at(day, "keeper")
            self.written_into.update(name for name, held, copy in kept if held.tobytes() != copy.tobytes())
            kept = [
                (f"{name}.{state}", held, held.copy())
                for name, system in zip(KEPT_APART, self._systems, strict=True)
                for state, held in vars(system).items()
                if isinstance(held, np.ndarray) and not state.startswith("_")
            ]


def test_what_another_system_keeps_of_war_talks_and_politics_stays_what_it_was() -> None:
    register(System(name="keeper", title="keeper", build=Keeper, reads=KEPT_APART, phase="keeper"))
    try:
        simulate(load("baseline", ["negotiation.hazard_per_year=3", "end=2026-12-31"]), 1, 0, 32)
    finally:
        unregister("keeper")
    assert Keeper.written_into == set()
