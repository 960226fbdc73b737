"""``alliance export`` and ``alliance rerun``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Alliance, process

FEW = ("--runs", "8", "--jobs", "1", "--quiet")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a small result and one of its figures were made."""
    folder = tmp_path_factory.mktemp("exporting")
    for words in (["run", "baseline", *FEW, "--no-figures"], ["plot", "results/baseline", "--variable", "aid", "-q"]):
        done = process(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def here(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made)
    return made


def test_tables_and_figures_of_a_result_go_into_one_folder(here: Path, alliance: Alliance) -> None:
    done = alliance("export", "results/baseline", "--format", "svg,csv,xlsx", "--size", "slide", "--json", "-q")
    assert done.exit_code == 0, done.stderr
    files = [Path(path) for path in json.loads(done.stdout)]
    assert all(path.is_file() for path in files)
    assert {path.name for path in files} >= {"summary.csv", "baseline.xlsx", "overview.svg", "overview.csv"}
    table = Path("results/baseline/export/summary.csv").read_bytes()
    assert table == Path("results/baseline/summary.csv").read_bytes()


def test_a_workbook_holds_the_table_as_numbers_and_is_the_same_each_time(
    here: Path, tmp_path: Path, alliance: Alliance
) -> None:
    import csv

    from openpyxl import load_workbook

    for name in ("a", "b"):
        done = alliance("export", "results/baseline", "--format", "xlsx", "--out", tmp_path / name)
        assert done.exit_code == 0, done.stderr
    first, again = (tmp_path / name / "baseline.xlsx" for name in ("a", "b"))
    assert first.read_bytes() == again.read_bytes()
    with Path("results/baseline/summary.csv").open(newline="") as text:
        rows = list(csv.reader(text))
    book = load_workbook(first, read_only=True)
    shown = list(book["summary"].iter_rows(values_only=True))
    book.close()
    assert list(shown[0]) == rows[0]
    assert len(shown) == len(rows)
    column = rows[0].index("q50")
    assert [row[column] for row in shown[1:50]] == [float(row[column]) for row in rows[1:50]]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["gone"], "gone: no such folder"),
        (["results/baseline", "--format", "docx"], "unknown format 'docx'; allowed: svg, png, pdf, csv, xlsx"),
    ],
)
def test_what_cannot_be_exported_is_answered(words: list[str], answer: str, here: Path, alliance: Alliance) -> None:
    done = alliance("export", *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert answer in done.stderr


def test_a_figure_is_made_again_byte_for_byte(here: Path, tmp_path: Path, alliance: Alliance) -> None:
    done = alliance("rerun", "results/baseline/figures/aid.svg", "-q", "--out", tmp_path)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "the same bytes" in done.stdout
    assert (tmp_path / "aid.svg").read_bytes() == Path("results/baseline/figures/aid.svg").read_bytes()


def copied(here: Path, tmp_path: Path, change: tuple[str, str, str]) -> Path:
    """A figure and its numbers in another folder, with one word changed in one of the files."""
    for kind in ("svg", "csv"):
        content = (here / f"results/baseline/figures/aid.{kind}").read_text(
            encoding="utf-8-sig" if kind == "csv" else "utf-8"
        )
        if kind == change[0]:
            assert change[1] in content
            content = content.replace(change[1], change[2], 1)
        (tmp_path / f"aid.{kind}").write_text(content, encoding="utf-8-sig" if kind == "csv" else "utf-8", newline="")
    return tmp_path / "aid.svg"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("csv", "baseline", "Baseline"), "aid.csv: not the numbers that were drawn"),
        (("svg", "Aid", "Ald"), "aid.svg: differs from the figure made again; it was edited"),
    ],
)
def test_an_edited_figure_or_table_is_found(
    change: tuple[str, str, str], told: str, here: Path, tmp_path: Path, alliance: Alliance
) -> None:
    done = alliance("rerun", copied(here, tmp_path, change), "-q")
    assert done.exit_code == 1
    assert told in done.stderr


def test_changed_inputs_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alliance: Alliance) -> None:
    monkeypatch.chdir(tmp_path)
    head = 'title = "Mine"\ndescription = "For tests."\nreferences = ["none"]\nextends = "baseline.toml"\n'
    text = head + "end = 2025-12-31\n"
    Path("mine.toml").write_text(text)
    assert alliance("run", "mine.toml", *FEW, "--no-figures").exit_code == 0
    assert alliance("plot", "results/mine", "--variable", "threat", "--format", "svg", "-q").exit_code == 0
    assert alliance("rerun", "results/mine/figures/threat.svg", "-q").exit_code == 0
    Path("mine.toml").write_text(text.replace("2025-12-31", "2026-12-31"))
    done = alliance("rerun", "results/mine/figures/threat.svg", "-q")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "the inputs of mine have changed" in done.stderr


def test_a_file_that_is_no_figure_is_answered(tmp_path: Path, alliance: Alliance) -> None:
    (tmp_path / "x.svg").write_text("<svg></svg>")
    for path in (tmp_path / "x.svg", tmp_path / "gone.svg"):
        done = alliance("rerun", path)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
