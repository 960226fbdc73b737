"""One rule for every written path: it is new, or holds the same, or the user said --force; a scenario file stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Alliance

RUN = ("--runs", "4", "--jobs", "1", "--quiet", "--no-figures", "--set", "end=2025-03-31")
SCENARIO = 'title = "Mine"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alliance: Alliance) -> Path:
    """A folder with two results and a scenario file."""
    monkeypatch.chdir(tmp_path)
    for name, scenario in (("R1", "baseline"), ("R2", "congress_gap")):
        done = alliance("run", scenario, *RUN, "--out", name)
        assert done.exit_code == 0, done.stderr
    Path("mine.toml").write_text(SCENARIO)
    return tmp_path


def state(folder: str) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()}


def test_an_export_never_replaces_the_table_of_another_result(here: Path, alliance: Alliance) -> None:
    before = state("R2")
    done = alliance("export", "R1", "--out", "R2", "--format", "csv,xlsx,svg", "-q")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "Error: R2/summary.csv: exists and holds something else; choose another --out, or --force to replace it\n"
    )
    assert state("R2") == before


def test_a_result_can_be_exported_into_its_own_folder_and_again(here: Path, alliance: Alliance) -> None:
    before = state("R1")
    for _ in range(2):
        done = alliance("export", "R1", "--out", "R1", "--format", "csv", "-q")
        assert (done.exit_code, done.stdout) == (0, "R1/summary.csv\n")
    assert state("R1") == before


def test_figures_of_one_result_do_not_replace_those_of_another(here: Path, alliance: Alliance) -> None:
    words = ("--variable", "us_commitment", "--out", "drawn", "--format", "svg", "-q")
    assert alliance("plot", "R1", *words).exit_code == 0
    first = state("drawn")
    assert alliance("plot", "R1", *words).exit_code == 0  # the same bytes
    done = alliance("plot", "R2", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "drawn/us_commitment.svg: exists and holds something else" in done.stderr
    assert state("drawn") == first
    assert alliance("plot", "R2", *words, "--force").exit_code == 0
    assert state("drawn") != first


def test_a_second_comparison_does_not_replace_the_first(here: Path, alliance: Alliance) -> None:
    words = ("--no-figures", "-q", "--out", "both")
    assert alliance("compare", "R1", "R2", *words).exit_code == 0
    first = state("both")
    assert alliance("compare", "R1", "R2", *words).exit_code == 0
    done = alliance("compare", "R2", "R1", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "both/comparison.json: holds a comparison of other inputs (inputs differ)" in done.stderr
    done = alliance("compare", "R1", "R2", *words, "--variable", "threat")
    assert "holds a comparison of other inputs (outcomes differ)" in done.stderr
    assert state("both") == first
    assert alliance("compare", "R2", "R1", *words, "--force").exit_code == 0


@pytest.mark.parametrize("name", ["mine.toml", "mine.html"])
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_scenario_file_is_never_overwritten(here: Path, alliance: Alliance, name: str, force: tuple[str]) -> None:
    Path(name).write_text(SCENARIO)
    words = ("compare", "R1", "R2", "--no-figures", "--no-why", "-q", "--out", "both", "--report", name)
    done = alliance(*words, *force)
    assert (done.exit_code, done.stdout) == (2, "")
    assert ("never overwritten" in done.stderr) or ("must end in .html" in done.stderr)
    assert Path(name).read_text() == SCENARIO


def test_a_report_of_other_inputs_stays_unless_forced(here: Path, alliance: Alliance) -> None:
    Path("page.html").write_text("<p>My notes</p>")
    words = ("compare", "R1", "R2", "--no-figures", "--no-why", "-q", "--out", "both", "--report", "page.html")
    assert alliance(*words).exit_code == 2
    assert Path("page.html").read_text() == "<p>My notes</p>"
    assert alliance(*words, "--force").exit_code == 0
    report = Path("page.html").read_bytes()
    assert alliance(*words).exit_code == 0  # the same again is nothing to refuse
    assert Path("page.html").read_bytes() == report


def test_a_folder_is_not_taken_for_a_file_nor_a_file_for_a_folder(here: Path, alliance: Alliance) -> None:
    assert "is a file; name a folder" in alliance("run", "baseline", "--out", "mine.toml").stderr
    assert (
        "is a folder; name a file"
        in alliance("branch", "baseline", "--at", "2025-07-01", "--inject", "mine.toml", "--out", "R1").stderr
    )
