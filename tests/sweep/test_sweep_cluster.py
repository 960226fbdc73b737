"""A sweep on a cluster: real workers on loopback give the bytes of one process, on the real model."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from sim import load
from sim.analysis.sweep import samples, sweeps
from sim.analysis.sweep.design import design, read_vary
from sim.model import catalogue

pytest.importorskip("distributed")
BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_a_sweep_on_a_cluster_has_the_bytes_of_one_process(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    machines = importlib.import_module("cluster").machines
    inputs = read_vary(["us.commitment.level_conditional", "threat.half_life_years"], catalogue())
    plan = samples.plan([load("baseline")], design(inputs, samples=40), ["us_commitment@2025"], runs=16)
    sweeps.run(plan, out=tmp_path / "one")
    (tmp_path / "machines").mkdir()
    with machines(tmp_path / "machines") as address:
        sweeps.run(plan, out=tmp_path / "cluster", cluster=address)
    for name in sweeps.FILES:
        assert (tmp_path / "cluster" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()
