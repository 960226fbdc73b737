"""Official files in the layout of their publishers are recognised, read and brought in; others get one clear line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from openpyxl.styles import Font

from sim import facts
from sim.cli.program import program
from sim.errors import InputError
from sim.facts import official, own, tables

LATER, DAY = date(2027, 8, 1), date(2027, 7, 10)
YEARS = [*range(2014, 2026), "2026e", "2027e"]
PRINTED = {
    "Türkiye": "Türkiye*",
    "Slovakia": "Slovak Republic",
    "Czechia": "Czechia (koruny)",
    "Germany": "Germany* (Euros)",
}
TOTALS = {"NATO_EUR_CAN": "NATO Europe and Canada", "NATO_TOTAL": "NATO Total"}
FORCES = [member for member in facts.members() if member.has_forces]


@pytest.fixture(autouse=True)
def _shipped_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tables.ENVIRONMENT, raising=False)


def fill(sheet: Any, rows: list[list[Any]]) -> None:
    for row in rows:
        sheet.append(row)


def nato(path: Path, *, core: bool = True, leave_out: str = "", block: str = "Share of real GDP (%)") -> Path:
    """NATO's workbook as published: title in A1, unit in A2, then stacked blocks, each with a title in its own row, a
    row of years ("2026e" for an estimate), a row a member in the order of names, two totals and an empty row; notes
    stand at the end of the sheet.

    The figures are those of July 2026 again, and for 2027 a tenth more than for 2026; Albania has none for 2027.
    """
    book = openpyxl.Workbook()
    word = "Core defence expenditure" if core else "Defence expenditure"

    def stack(title: str, blocks: dict[str, tuple[dict[str, dict[int, float]], float]]) -> None:
        sheet = book.create_sheet(title)
        fill(sheet, [[f"{title}: {word}"], ["(million US dollars)"]])
        for name, (panel, scale) in blocks.items():
            fill(sheet, [[name], [None, *YEARS]])
            sheet.merge_cells(start_row=sheet.max_row - 1, end_row=sheet.max_row - 1, start_column=1, end_column=15)
            lines = {PRINTED.get(m.name, m.name): panel[m.code] for m in FORCES if m.code != leave_out}
            totals = {label: panel[key] for key, label in TOTALS.items() if key in panel}
            for label, years in [*sorted(lines.items()), *totals.items()]:
                values: list[Any] = [round(years[year] * scale, 6) for year in range(2014, 2027)]
                fill(sheet, [[label, *values, ".." if label == "Albania" else values[-1] * 1.1]])
            fill(sheet, [[None]])
        fill(sheet, [["Notes: Figures for 2026 and 2027 are estimates."], ["* Türkiye's figures from 2021 on."]])

    now = date(2026, 10, 1)
    sums = facts.aggregates(now)
    totals = {
        column: {key: {year: row[column] for year, row in years.items()} for key, years in sums.items()}
        for column in ("share_pct_gdp", "spending_busd_current", "spending_busd_constant")
    }
    current = facts.defence_spending_current(now) | totals["spending_busd_current"]
    constant = facts.defence_spending_constant(now) | totals["spending_busd_constant"]
    shares, equipment = facts.defence_shares(now), facts.equipment_shares(now)
    stack("Table 1", {"Current prices": (current, 900.0)})
    dollars = {"Current prices and exchange rates": (current, 1000.0)}
    stack("Table 2", dollars | {"Constant 2021 prices and exchange rates": (constant, 1000.0)})
    stack("Table 3", {block: (shares | totals["share_pct_gdp"], 1.0), "Annual real change (%)": (shares, 2.0)})
    stack("Table 8a", {"Equipment (a)": (equipment, 1.0), "Personnel (b)": (equipment, 0.5)})
    del book["Sheet"]
    book.save(path)
    return path


def sipri(path: Path, *, header: str = "Country") -> Path:
    """SIPRI's workbook: years in the sixth row of its sheet among others, countries under regions, shares as fractions,
    estimates in blue, "..." and "xxx" where there is no figure."""
    book = openpyxl.Workbook()
    book.active.title = "Current US$"
    fill(book.active, [[]] * 5 + [["Country", "Notes", 1989, 1990, 2014, 2026], ["Albania", None, 1, 1, 1, 200]])
    sheet = book.create_sheet("Share of GDP")
    fill(
        sheet,
        [
            ["Military expenditure by country as percentage of gross domestic product, 1949-2026 © SIPRI 2027"],
            ["Figures in blue are SIPRI estimates. Figures in red indicate highly uncertain data."],
            ['"..." = data unavailable. "xxx" = country did not exist or was not independent'],
        ],
    )
    fill(sheet, [[None], [None], [header, "Notes", 1989, 1990, 2014, 2026], ["Europe"], ["Eastern Europe"]])
    names = {"United States": "United States of America"}
    for name in [*(names.get(m.name, m.name) for m in FORCES), "Russia", "Ukraine", "Switzerland"]:
        sheet.append([name, "¶", 0.03, "xxx" if name == "Ukraine" else "...", 0.021, 0.022])
        if name == "Russia":
            sheet.cell(sheet.max_row, 6).font = Font(color="FF0000FF")
    book.save(path)
    return path


def kiel(path: Path, *, without: str = "") -> Path:
    """The tracker's workbook: one line a part of a package, EUR, months counted from January 2022.

    A package's own value stands on its first line only, and on lines that are commitments alone.
    """
    book = openpyxl.Workbook()
    book.active.title = "README"
    sheet = book.create_sheet("Bilateral Assistance, MAIN DATA")
    columns = ["ID", "donor", "announcement_date", "aid_type_general", "measure", "month", "month_exists_dummy",
               "tot_activity_value_EUR", "tot_sub_activity_value_EUR_redistr"]  # fmt: skip
    sheet.append(["xx" if name == without else name for name in columns])
    fill(
        sheet,
        [
            ["A", "Germany", "2022-03-02", "Military", "Allocation", 3, 1, 5e9, 3e9],
            ["A", "Germany", "2022-03-02", "Military", "Allocation", 3, 1, 0, 1e9],
            ["B", "EU (Commission and Council)", "2026-05-02", "Financial", "Allocation", 53, 1, 3e9, 3e9],
            ["C", "Turkiye", "2026-06-02", "Humanitarian ", "Allocation", 54, 1, 1e7, 1e7],
            ["D", "United States", "2026-06-02", "Military", "Commitment", 54, 1, 5e8, "."],
            ["E", "Poland", None, "Military", "Allocation", 0, 0, 9e8, 2e8],
            ["F", "Poland", None, "Military", "Commitment", 0, 0, 3e8, "."],
        ],
    )
    book.save(path)
    return path


def explorer(path: Path, text: str = "") -> Path:
    path.write_text(
        "country,iso,year,month,total,financial,humanitarian,military,commitments,gdp,pct_gdp\n"
        '"Germany","DEU",2022,2,4.233,0,0.233,4,0.233,3601.7,0.117\n'
        '"EU Institutions","EU",2026,7,2,2,0,0,90,14000,0.1\n'
        '"Türkiye","TUR",2026,6,0,0,0,0,0,700,0\n' + text,
        "utf-8",
    )
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(program, ["facts", *words])


def test_natos_workbook_brings_in_a_whole_edition(tmp_path: Path) -> None:
    found = official.read_official(nato(tmp_path / "def-exp-2027-en.xlsx"), DAY)
    assert (found.publication, found.edition) == ("NATO defence expenditure", "2027-07-10")
    assert found.remarks[0] == (
        "Years 2014 to 2027, estimates 2026, 2027; it counts core defence from 2023, the old measure before."
    )
    official.bring_in(found, tmp_path / "own")
    with facts.using(tmp_path / "own"):
        editions = facts.editions(LATER)
        assert (editions.nato, editions.breaks, editions.price_base) == ("2027-07-10", (2023,), 2021)
        shares, before = facts.defence_shares(LATER), facts.defence_shares(date(2026, 10, 1))
        assert shares["SVK"][2027] == pytest.approx(1.1 * before["SVK"][2026])
        assert 2027 not in shares["ALB"]
        assert {code: {y: v for y, v in years.items() if y < 2027} for code, years in shares.items()} == before
        for name in ("defence_spending_current", "defence_spending_constant", "equipment_shares"):
            again, shipped = getattr(facts, name)(LATER), getattr(facts, name)(date(2026, 10, 1))
            assert {(c, y): again[c][y] for c in shipped for y in shipped[c]} == pytest.approx(
                {(c, y): v for c, years in shipped.items() for y, v in years.items()}
            )
        assert facts.aggregates(LATER)["NATO_TOTAL"][2026] == facts.aggregates(date(2026, 10, 1))["NATO_TOTAL"][2026]
        assert facts.estimated_years(LATER) == (2026, 2027)
        assert facts.editions(date(2026, 10, 1)).nato == "2026-07-10"


def edited(path: Path, sheet: str, cells: dict[str, Any]) -> Path:
    """The workbook with some cells written anew."""
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book[sheet][place] = value
    book.save(path)
    return path


def test_separators_of_thousands_footnotes_and_estimates_in_a_cell_are_read(tmp_path: Path) -> None:
    written = {"N36": "653,800.25", "B5": "53\u202f000", "C5": "1 500.5*", "O5": "1,900 e", "A14": "France¹"}
    path = edited(nato(tmp_path / "n.xlsx"), "Table 2", written)
    rows = {(row["member"], row["year"]): row for row in official.read_official(path, DAY).rows["defence.csv"]}
    assert rows["ALB", "2014"]["spending_busd_current"] == "53.0"
    assert rows["ALB", "2015"]["spending_busd_current"] == "1.5005"
    assert ("ALB", "2027") not in rows
    share = official.read_official(edited(path, "Table 3", {"O5": "2.05e"}), DAY).rows["defence.csv"]
    assert {(row["member"], row["year"]): row["spending_busd_current"] for row in share}["ALB", "2027"] == "1.9"


def test_names_in_the_second_column_are_read_too(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(nato(tmp_path / "n.xlsx"))
    before = official.read_official(tmp_path / "n.xlsx", DAY).rows
    for sheet in book.worksheets:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(1)
    book.save(tmp_path / "n.xlsx")
    assert official.read_official(tmp_path / "n.xlsx", DAY).rows == before


def test_an_older_workbook_of_nato_counts_the_old_measure(tmp_path: Path) -> None:
    found = official.read_official(nato(tmp_path / "old.xlsx", core=False), DAY)
    assert {row["definition"] for row in found.rows["defence.csv"]} == {"total"}


def test_sipris_workbook_brings_in_an_edition(tmp_path: Path) -> None:
    found = official.read_official(sipri(tmp_path / "SIPRI-Milex-data-1949-2026.xlsx"))
    assert (found.edition, found.known_on) == ("2027-04", date(2027, 4, 30))
    official.bring_in(found, tmp_path / "own")
    rows = {(row.member, row.year): row for row in own.check(tmp_path / "own")["milex.csv"]}
    assert (rows["RUS", 2026].share_pct_gdp, rows["RUS", 2026].estimate) == (2.2, True)
    assert not rows["POL", 2026].estimate
    assert ("POL", 1990) not in rows
    assert ("POL", 1989) not in rows


def test_kiels_workbook_brings_in_a_release(tmp_path: Path) -> None:
    found = official.read_official(kiel(tmp_path / "Ukraine_Support_Tracker_Release_31.xlsx"), date(2026, 12, 3))
    assert found.edition == "R31"
    assert found.remarks[1] == "EUR 0.50 bn carry no month and are left out."
    official.bring_in(found, tmp_path / "own")
    with facts.using(tmp_path / "own"):
        history = facts.aid_monthly(date(2026, 12, 3))
        assert history.vintage == facts.aid_by_donor(LATER).vintage == "R31"
        beur = facts.aid_by_donor(LATER).beur
        assert beur["DEU", "military", "allocation"] == beur["EUR", "military", "allocation"] == 4
        assert beur["EUI", "financial", "allocation"] == 3
        assert beur["ALL", "total", "allocation"] == pytest.approx(7.01)
        assert beur["USA", "total", "commitment"] == 0.5
        assert beur["DEU", "total", "commitment"] == 5
        assert beur["ALL", "total", "commitment"] == pytest.approx(5 + 3 + 0.01 + 0.5)
        assert ("USA", "total", "allocation") not in beur
        assert ("POL", "military", "allocation") not in beur
        assert facts.aid_monthly(date(2026, 12, 2)).vintage == "R29"


def test_kiels_explorer_file_takes_release_and_day_from_the_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "release_info.csv").write_text('"release","period","date","label"\n"31","07/2026","2026-11-05","x"\n')
    found = official.read_official(explorer(tmp_path / "data_explorer.csv"))
    assert (found.edition, found.known_on) == ("R31", date(2026, 11, 5))
    sums: dict[tuple[str, str, str], float] = {}
    for row in found.rows["aid_monthly.csv"]:
        key = row["donor"], row["kind"], row["measure"]
        sums[key] = sums.get(key, 0.0) + float(row["beur"])
    assert sums["ALL", "total", "allocation"] == pytest.approx(6.233)
    assert sums["EUR", "total", "commitment"] == pytest.approx(90.233)
    assert not any(donor == "TUR" for donor, _, _ in sums)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda p: nato(p / "f.xlsx", leave_out="POL"),
            "f.xlsx: sheet 'Table 3': no row for POL; the layout",
        ),
        (lambda p: nato(p / "f.xlsx", block="Per cent"), "f.xlsx: sheet 'Table 3': no block 'share of real gdp' with"),
        (lambda p: sipri(p / "f.xlsx", header="State"), "f.xlsx: sheet 'Share of GDP': no line 'Country' with years"),
        (
            lambda p: kiel(p / "f.xlsx", without="month"),
            "f.xlsx: sheet 'Bilateral Assistance, MAIN DATA': no column 'month'",
        ),
        (lambda p: explorer(p / "f.csv", "x,XXX,2026,7,1,1,0,0,1,1,1\n"), "f.csv:5: 'XXX' is no donor of the tracker"),
        (
            lambda p: explorer(p / "f.csv", "x,DEU,2026,July,1,1,0,0,1,1,1\n"),
            "f.csv:5: year, month and",
        ),
        (
            lambda p: edited(nato(p / "f.xlsx"), "Table 3", {"D7": "see note"}),
            "f.xlsx: sheet 'Table 3': cell D7 is 'see note', not a figure; the layout has changed",
        ),
        (
            lambda p: edited(nato(p / "f.xlsx"), "Table 3", {"A7": "Canada"}),
            "f.xlsx: sheet 'Table 3': row 8: 'Canada' stands twice in a block",
        ),
        (
            lambda p: edited(sipri(p / "f.xlsx"), "Share of GDP", {"F10": "2.1 (est.)"}),
            "f.xlsx: sheet 'Share of GDP': cell F10 is '2.1 (est.)', not a figure",
        ),
        (
            lambda p: edited(kiel(p / "f.xlsx"), "Bilateral Assistance, MAIN DATA", {"F3": "March 2022"}),
            "f.xlsx: sheet 'Bilateral Assistance, MAIN DATA': cell F3 is 'March 2022', not a figure",
        ),
        (
            lambda p: edited(kiel(p / "f.xlsx"), "Bilateral Assistance, MAIN DATA", {"B3": "Atlantis"}),
            "f.xlsx: donors that are not known here: 'Atlantis'",
        ),
        (lambda p: text(p / "f.csv", "a,b\n1,2\n"), "f.csv: none of the known files; known are NATO's defence"),
        (lambda p: text(p / "f.xlsx", "PK no workbook"), "f.xlsx: no workbook that can be read"),
        (lambda p: p / "lost.xlsx", "lost.xlsx: the file cannot be read (No such file or directory)"),
    ],
)
def test_an_unknown_layout_is_one_clear_line_and_changes_nothing(tmp_path: Path, make: Any, message: str) -> None:
    path = make(tmp_path)
    result = run("import", str(path), "--published", "2027-07-10", "--release", "R31", "--to", str(tmp_path / "own"))
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "own").exists()


def text(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


def test_a_workbook_of_another_kind_names_its_sheets_and_what_is_known(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "f.xlsx")
    with pytest.raises(InputError, match=r"none of the known workbooks; known are NATO's .*; its sheets are 'Sheet'"):
        official.read_official(tmp_path / "f.xlsx")


def test_what_a_file_does_not_say_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not say when it was published; add --published"):
        official.read_official(nato(tmp_path / "n.xlsx"))
    with pytest.raises(InputError, match="does not say which release it is; add --release, such as R31"):
        official.read_official(kiel(tmp_path / "k.xlsx"), DAY)
    with pytest.raises(InputError, match="release R29 is among the shipped tables"):
        official.read_official(kiel(tmp_path / "k.xlsx"), DAY, "R29")
    assert "'july' is not a date like 2026-07-10" in run("import", "n.xlsx", "--published", "july").stderr
    assert "'31' is no release" in run("import", "n.xlsx", "--release", "31").stderr


def test_a_figure_of_another_unit_is_refused_and_the_folder_stays_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    official.bring_in(official.read_official(sipri(tmp_path / "s.xlsx")), folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    book = openpyxl.load_workbook(nato(tmp_path / "n.xlsx"))
    for row in book["Table 2"].iter_rows(min_row=6, min_col=2):
        for cell in row:
            if isinstance(cell.value, float):
                cell.value *= 1000
    book.save(tmp_path / "n.xlsx")
    with pytest.raises(InputError) as caught:
        official.bring_in(official.read_official(tmp_path / "n.xlsx", DAY), folder)
    assert "is impossible; it must lie between" in str(caught.value)
    assert str(caught.value).startswith(str(folder))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_bringing_the_same_file_in_twice_is_bringing_it_in_once(tmp_path: Path) -> None:
    found = official.read_official(sipri(tmp_path / "s.xlsx"))
    (path,) = official.bring_in(found, tmp_path / "own")
    once = path.read_bytes()
    assert official.bring_in(found, tmp_path / "own") == (path,)
    assert path.read_bytes() == once


def test_import_shows_what_would_change_and_writes_only_without_dry_run(tmp_path: Path) -> None:
    path, folder = nato(tmp_path / "n.xlsx"), tmp_path / "own"
    words = ("import", str(path), "--published", "2027-07-10", "--to", str(folder))
    shown = run(*words, "--dry-run")
    assert shown.exit_code == 0
    assert f"{path}: NATO defence expenditure, edition 2027-07-10, known on 2027-07-10." in shown.stdout
    assert "defence.csv: 120 figures added, 0 changed" in shown.stdout
    assert not folder.exists()
    done = run(*words)
    assert done.exit_code == 0
    assert done.stdout.startswith(shown.stdout)
    assert f"Wrote {folder / 'defence.csv'}" in done.stdout
    assert json.loads(run("diff", str(folder), "--json").stdout)[0]["table"] == "aggregates.csv"
    assert run("check", str(folder)).stdout == (
        f"{folder / 'aggregates.csv'}: 28 rows, no mistakes\n{folder / 'defence.csv'}: 433 rows, no mistakes\n"
    )


def test_list_names_the_editions_and_the_end_of_the_facts(tmp_path: Path) -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "The shipped facts end on 2026-10-10." in result.stdout
    assert any(line.startswith("defence.csv") and line.endswith("2026-07-10") for line in result.stdout.splitlines())
    told = json.loads(run("list", "--json").stdout)
    assert {table["table"] for table in told["tables"]} == set(facts.schema.TABLES)


def test_check_tells_every_fault_and_exits_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "casualties.csv").write_text(
        "month,russian_thousand,estimator,vintage,known_on,source\n2026-08-01,9999,UK MoD,2026-09,2026-09-01,x\n"
        "2026-09-01,30,Uk MoD,2026-10,2026-10-05,x\n"
    )
    result = run("check", str(tmp_path))
    assert result.exit_code == 2
    assert f"{tmp_path / 'casualties.csv'}:3:15  estimator  'Uk MoD' is not known here" in result.stderr
    assert "2:12  russian_thousand  9999 is impossible" in result.stderr
    monkeypatch.setenv(tables.ENVIRONMENT, str(tmp_path))
    assert len(json.loads(run("check", "--json").stdout)) == 2
    monkeypatch.delenv(tables.ENVIRONMENT)
    nothing = run("check")
    assert (nothing.exit_code, "name one, or set ALLIANCE_FACTS" in nothing.stderr) == (2, True)
