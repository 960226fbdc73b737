"""``alliance plot`` on a finished result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli.plot import wanted
from sim.errors import InputError
from tests.cli.conftest import Alliance, process


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small finished result without figures."""
    folder = tmp_path_factory.mktemp("plotting")
    done = process("run", "baseline", "--runs", "8", "--no-figures", "--jobs", "1", "--out", "small", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "small"


def test_every_figure_is_drawn_beside_the_result(finished: Path, alliance: Alliance) -> None:
    from sim.figures import FIGURES

    done = alliance("plot", finished, "--format", "svg", "--quiet")
    assert done.exit_code == 0, done.stderr
    assert {Path(line).name for line in done.stdout.splitlines()} == {
        f"{name}.{kind}" for name in FIGURES for kind in ("svg", "csv")
    }
    assert all(Path(line).is_file() and Path(line).parent == finished / "figures" for line in done.stdout.splitlines())


def test_variables_and_entities_are_drawn_alone_and_in_each_format(
    finished: Path, tmp_path: Path, alliance: Alliance
) -> None:
    words = ["--variable", "defence_share_pct_gdp", "--entity", "POL", "--entity", "DEU", "--variable", "front"]
    done = alliance(
        "plot", finished, *words, "--format", "png,pdf", "--out", tmp_path / "new", "--json", "--size", "slide"
    )
    assert done.exit_code == 0, done.stderr
    written = {Path(path).name for path in json.loads(done.stdout)}
    names = ("front", "defence_share_pct_gdp_POL", "defence_share_pct_gdp_DEU")
    assert written == {f"{name}.{kind}" for name in names for kind in ("png", "pdf", "csv")}
    assert written == {path.name for path in (tmp_path / "new").iterdir()}


def test_a_member_may_be_named_as_people_name_it(finished: Path, tmp_path: Path, alliance: Alliance) -> None:
    words = ("plot", finished, "--variable", "defence_share_pct_gdp", "--format", "svg", "-q")
    assert alliance(*words, "--entity", "DEU", "--out", tmp_path / "code").exit_code == 0
    assert alliance(*words, "--entity", "Germany", "--out", tmp_path / "name").exit_code == 0
    written = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("code", "name")]
    assert written[0] == written[1] != {}


def test_drawing_again_gives_the_same_bytes(finished: Path, tmp_path: Path, alliance: Alliance) -> None:
    for folder in ("a", "b"):
        assert alliance("plot", finished, "--variable", "threat", "--out", tmp_path / folder, "-q").exit_code == 0
    first, again = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("a", "b"))
    assert first == again
    assert set(first) == {"threat.svg", "threat.png", "threat.csv"}


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--variable", "threatt"], "threat"),
        (["--variable", "defence_share_pct_gdp", "--entity", "POLL"], "POL"),
        (["--variable", "defence_share_pct_gdp"], "member"),
        (["--variable", "threat", "--entity", "POL"], "one series"),
        (["--variable", "front", "--entity", "POL"], "front is a whole figure"),
        (["--entity", "POL"], "--entity needs a --variable"),
    ],
)
def test_a_wrong_wish_is_answered_and_nothing_is_written(
    words: list[str], answer: str, finished: Path, tmp_path: Path, alliance: Alliance
) -> None:
    done = alliance("plot", finished, *words, "--out", tmp_path / "none")
    assert (done.exit_code, done.stdout) == (2, "")
    assert answer in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_missing_or_broken_result_is_one_line(tmp_path: Path, alliance: Alliance) -> None:
    missing = alliance("plot", tmp_path / "nothing")
    assert (missing.exit_code, missing.stderr.count("\n")) == (2, 1)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text('{"runs": ')
    broken = alliance("plot", tmp_path / "broken")
    assert (broken.exit_code, broken.stderr.count("\n")) == (2, 1)


def test_entities_are_joined_to_variables_but_not_to_figures() -> None:
    assert wanted((), ()) is None
    assert wanted(("threat", "front"), ()) == ["front", "threat"]
    assert wanted(("defence_share_pct_gdp", "overview"), ("POL",)) == ["overview", "defence_share_pct_gdp:POL"]
    assert wanted(("threat", "threat"), ()) == ["threat"]
    with pytest.raises(InputError):
        wanted((), ("POL",))
