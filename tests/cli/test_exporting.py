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


@pytest.fixture(scope="module")
def books(made: Path) -> tuple[Path, Path]:
    """The workbook of the small result, written twice by two processes."""
    for name in ("a", "b"):
        done = process("export", "results/baseline", "--format", "xlsx", "--out", name, cwd=made)
        assert done.returncode == 0, done.stderr
    return made / "a/baseline.xlsx", made / "b/baseline.xlsx"


def test_a_workbook_holds_the_table_with_numbers_dates_and_names_and_is_the_same_each_time(
    here: Path, books: tuple[Path, Path]
) -> None:
    import csv
    from datetime import datetime

    from openpyxl import load_workbook

    assert books[0].read_bytes() == books[1].read_bytes()
    with Path("results/baseline/summary.csv").open(newline="") as text:
        rows = list(csv.DictReader(text))
    book = load_workbook(books[0])
    assert book.sheetnames == ["Headline", "Summary", "Codebook", "About"]
    sheet = book["Summary"]
    heads, *shown = sheet.iter_rows(values_only=True)
    assert [head for head in heads if head not in ("label", "name")] == list(rows[0])
    assert len(shown) == len(rows)
    cells = [dict(zip(heads, cells, strict=True)) for cells in shown]
    for cell, row in zip(cells[:400], rows[:400], strict=True):
        assert cell["q50"] == float(row["q50"])
        assert cell["date"] == datetime.fromisoformat(row["date"])
    albania = next(cell for cell in cells if (cell["variable"], cell["entity"]) == ("defence_share_pct_gdp", "ALB"))
    assert (albania["label"], albania["name"]) == ("Defence expenditure, share of GDP", "Albania")
    assert sheet.freeze_panes == "F2"
    assert sheet.auto_filter.ref == f"A1:O{len(rows) + 1}"
    assert sheet.cell(cells.index(albania) + 2, heads.index("q50") + 1).number_format == "#,##0.000"


def test_the_first_sheet_shows_the_headline_outcomes_by_year_with_charts(books: tuple[Path, Path]) -> None:
    from datetime import datetime

    from openpyxl import load_workbook

    sheet = load_workbook(books[0])["Headline"]
    rows = list(sheet.iter_rows(values_only=True))
    assert "not a forecast" in rows[1][0]
    assert rows[3][:3] == ("Outcome", "Unit", "Reading")
    assert rows[3][3:9] == tuple(datetime(year, 12, 31) for year in range(2024, 2030))
    readings = {(row[0], row[2]) for row in rows[4:]}
    assert {("Members at or above 2% of GDP", "median"), ("Ceasefire in force", "% of runs")} <= readings
    assert all(isinstance(cell, int | float) for row in rows[4:] for cell in row[3:9])
    assert sheet.freeze_panes == "D5"
    assert sheet.auto_filter.ref.startswith("A4:")
    assert len(sheet._charts) == 8
    assert {len(chart.series) for chart in sheet._charts} <= {1, 3}


def test_the_codebook_tells_what_every_variable_column_and_code_means(books: tuple[Path, Path]) -> None:
    from openpyxl import load_workbook

    from sim.model import variables

    book = load_workbook(books[0])
    words = {(row[0], row[1]): row for row in book["Codebook"].iter_rows(min_row=2, values_only=True)}
    assert all(("variable", variable.name) in words for variable in variables())
    assert all(words["column", cell.value][5] for cell in next(book["Summary"].iter_rows()))
    assert words["code", "DEU"][2] == "Germany"


def test_text_that_looks_like_a_formula_is_written_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alliance: Alliance
) -> None:
    from openpyxl import load_workbook

    monkeypatch.chdir(tmp_path)
    title = '=HYPERLINK("http://x")'
    Path("mine.toml").write_text(
        f'title = \'{title}\'\ndescription = "+1 -1 @x"\nreferences = ["none"]\nextends = "baseline.toml"\n'
    )
    assert alliance("run", "mine.toml", *FEW, "--no-figures").exit_code == 0
    assert alliance("export", "results/mine", "--format", "xlsx", "-q").exit_code == 0
    book = load_workbook("results/mine/export/mine.xlsx")
    assert book["Headline"]["A1"].value == title
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}


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
