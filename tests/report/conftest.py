"""Reports on the real model with few runs; what costs most is made once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

NAMES = ("harris_continuity", "trump_conditional", "trump_retrenchment", "europe_replaces_us")
COMMAND = "alliance compare harris_continuity trump_conditional --runs 200 --seed 1 --report report.html"


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    from sim import run

    folder = tmp_path_factory.mktemp("results")
    return {name: run(name, runs=200, seed=1, out=folder / name) for name in NAMES}


@pytest.fixture(scope="session")
def comparison(results):
    from sim.analysis import compare

    return compare(list(results.values()))


@pytest.fixture(scope="session")
def drawings(comparison):
    from sim.figures import draw, figure_names

    return {name: draw(comparison, name, command=COMMAND) for name in figure_names(comparison)}


@pytest.fixture(scope="session")
def attribution(results):
    from sim.analysis import attribute

    first, second = (results[name].scenario for name in NAMES[:2])
    return attribute(first, second, runs=200)


@pytest.fixture(scope="session")
def drawn(drawings, tmp_path_factory):
    """The folder of the figures, as ``compare`` writes it."""
    from sim.figures import export
    from sim.files import file_name

    folder = tmp_path_factory.mktemp("figures")
    for name, drawing in drawings.items():
        export(drawing, folder, file_name(name), ("svg",))
    return folder


@pytest.fixture(scope="session")
def pictures(drawn, drawings):
    from sim.figures.report import read_pictures

    return read_pictures(drawn, list(drawings))


@pytest.fixture(scope="session")
def text(comparison, pictures, attribution):
    from sim.figures.report import build_report

    return build_report(comparison, pictures, attributions=[attribution], command=COMMAND)


@pytest.fixture(scope="session")
def page(text):
    from tests.report.page import downloads, parse

    root = parse(text)
    return SimpleNamespace(root=root, files=downloads(root))
