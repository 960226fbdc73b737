"""A reader's own tables: read as spreadsheets write them, every fault told at once, nothing read where there is one."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from sim import facts
from sim.errors import InputError
from sim.facts import own, tables

START, LATER = date(2024, 10, 1), date(2026, 11, 1)
NEW = "2026-10-20"
SHIPPED = Path(str(tables.folder()))


@pytest.fixture(autouse=True)
def _shipped_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(tables.ENVIRONMENT, raising=False)
    yield
    monkeypatch.delenv(tables.ENVIRONMENT, raising=False)


def rows(name: str, keep: Callable[[dict[str, str]], bool]) -> list[dict[str, str]]:
    with (SHIPPED / name).open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if keep(row)]


def text(table: list[dict[str, str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(table[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def whole_edition() -> list[dict[str, str]]:
    """NATO's newest edition again under a new day of publication, every share a tenth higher."""
    table = rows("defence.csv", lambda row: row["vintage"] == "2026-07-10")
    for row in table:
        row |= {"vintage": NEW, "known_on": NEW, "source": "NATO workbook"}
        row["share_pct_gdp"] = f"{float(row['share_pct_gdp']) * 1.1:.4f}"
    return table


def faults(folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        own.check(folder)
    return [str(problem) for problem in caught.value.problems]


def one(folder: Path) -> str:
    (message,) = faults(folder)
    return message


def poland(tmp_path: Path, **changes: str) -> Path:
    """A correction of one shipped figure, with changed cells."""
    table = rows("defence.csv", lambda row: row["vintage"] == "2026-07-10" and row["member"] == "POL")
    table[-1] |= {"share_pct_gdp": "4.81", "source": "budget law", **changes}
    (tmp_path / "defence.csv").write_text(text(table[-1:]), "utf-8")
    return tmp_path


def test_a_row_takes_the_place_of_the_shipped_one_from_its_day_on(tmp_path: Path) -> None:
    before = facts.defence_shares(LATER)
    with facts.using(poland(tmp_path, known_on="2026-09-15")):
        assert facts.defence_shares(date(2026, 9, 14)) == before
        after = facts.defence_shares(LATER)
    differing = {
        (code, year): (after[code][year], value)
        for code, years in before.items()
        for year, value in years.items()
        if after[code][year] != value
    }
    assert differing == {("POL", 2026): (4.81, 4.68)}
    assert {code: set(years) for code, years in after.items()} == {code: set(years) for code, years in before.items()}
    assert facts.defence_shares(LATER)["POL"][2026] == 4.68


def test_a_new_edition_answers_from_its_day_and_earlier_starts_stay_bit_for_bit(tmp_path: Path) -> None:
    (tmp_path / "defence.csv").write_text(text(whole_edition()), "utf-8")
    days = [date(2016, 1, 1), START, date(2026, 10, 1), date(2026, 10, 19)]
    before = [(facts.defence_shares(day), facts.editions(day).nato) for day in days]
    newest = facts.defence_shares(LATER)
    with facts.using(tmp_path):
        assert [(facts.defence_shares(day), facts.editions(day).nato) for day in days] == before
        assert facts.editions(LATER).nato == NEW
        assert facts.defence_shares(LATER)["DEU"][2026] == pytest.approx(1.1 * newest["DEU"][2026], abs=1e-4)
        since = {
            (f.entity, f.date.year): f for f in facts.reported_since(date(2026, 10, 1)) if "share_pct" in f.variable
        }
        assert since["DEU", 2026].edition == NEW
        assert since["DEU", 2026].like


def test_the_stamp_covers_own_tables_and_an_estimate_only_what_was_known(tmp_path: Path) -> None:
    before, estimate = facts.stamp(), tables.stamp_until(START)
    with facts.using(poland(tmp_path)):
        assert facts.stamp() != before
        changed = facts.stamp()
        poland(tmp_path, share_pct_gdp="4.9", source="another law")
        assert facts.stamp() not in (before, changed)
    assert facts.stamp() == before
    assert tables.stamp_until(START) == estimate
    # No row of 2025 and later counts for an estimate of October 2024.
    with (SHIPPED / "front.csv").open(encoding="utf-8") as handle:
        assert any(row["known_on"] > "2025" for row in csv.DictReader(handle))


def test_worker_processes_started_inside_see_the_same_folder(tmp_path: Path) -> None:
    program = (
        "from datetime import date\nfrom sim import facts\nprint(facts.defence_shares(date(2026, 11, 1))['POL'][2026])"
    )
    with facts.using(poland(tmp_path)):
        told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "4.81"
    assert tables.ENVIRONMENT not in os.environ


def test_using_nothing_inside_a_folder_is_the_shipped_tables(tmp_path: Path) -> None:
    with facts.using(poland(tmp_path)), facts.using(None):
        assert facts.own_folder() is None
        assert facts.defence_shares(LATER)["POL"][2026] == 4.68


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_exports_of_a_spreadsheet_are_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    poland(tmp_path)
    path = tmp_path / "defence.csv"
    (row,) = csv.DictReader(io.StringIO(path.read_text("utf-8")))
    if delimiter != ",":
        row |= {"share_pct_gdp": "4,81", "spending_busd_constant": row["spending_busd_constant"].replace(".", ",")}
        row |= {"spending_busd_current": row["spending_busd_current"].replace(".", ",")}
        row |= {"equipment_share_pct": row["equipment_share_pct"].replace(".", ",")}
    lead = "sep=;\n" if delimiter == ";" else ""
    path.write_bytes((lead + text([row], delimiter)).replace("\n", "\r\n").encode(encoding))
    (line,) = own.check(tmp_path)["defence.csv"]
    assert (line.share_pct_gdp, line.member) == (4.81, "POL")


def test_columns_may_stand_in_any_order_and_optional_ones_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "casualties.csv").write_text(
        "source,known_on,vintage,estimator,russian_thousand,month\n"
        "ministry,2026-09-10,2026-09,General Staff,31.4,2026-08-01\n"
    )
    with facts.using(tmp_path):
        assert facts.casualties(LATER, "General Staff")[date(2026, 8, 1)] == 31.4


IMPOSSIBLE = {
    "share_pct_gdp": ("212", "share_pct_gdp  212 is impossible; it must lie between 0.01 and 15"),
    "spending_busd_current": ("4680000", "spending_busd_current  4.68e+06 is impossible; it must lie between 0.001"),
    "year": ("2062", "year  2062 is impossible"),
    "member": ("PLO", "member  'PLO' is not known here; allowed: ALB, BEL"),
    "definition": ("wide", "definition  'wide' is not known here; allowed: total, core"),
    "known_on": ("2024-10-01", "known_on  the publication of 2026-07-10 cannot have been known on 2024-10-01"),
    "vintage": ("newest", "vintage  'newest' is no edition; name it by its day of publication, such as 2026-07-10"),
    "estimate": ("yes", "estimate  'yes' is not 0 or 1"),
    "source": ("", "source  the cell is empty; say where it was read"),
    "equipment_share_pct": ("n/a", "equipment_share_pct  'n/a' is not a number (or empty)"),
}


@pytest.mark.parametrize("column", sorted(IMPOSSIBLE))
def test_an_impossible_cell_is_told_with_its_place(tmp_path: Path, column: str) -> None:
    value, message = IMPOSSIBLE[column]
    told = faults(poland(tmp_path, **{column: value}))
    line = next(fault for fault in told if f"  {message}" in fault)
    header, row = (tmp_path / "defence.csv").read_text("utf-8").splitlines()
    place = len(",".join(row.split(",")[: header.split(",").index(column)])) + (2 if column != "member" else 1)
    assert line.startswith(f"{tmp_path / 'defence.csv'}:2:{place}  {column}")


def test_a_column_times_a_thousand_is_told_even_inside_the_bounds(tmp_path: Path) -> None:
    (row,) = rows("defence.csv", lambda r: (r["vintage"], r["member"], r["year"]) == ("2026-07-10", "EST", "2025"))
    row |= {"spending_busd_current": f"{1000 * float(row['spending_busd_current'])}"}
    (tmp_path / "defence.csv").write_text(text([row]))
    assert "1844 does not fit the shipped figures of EST (about 0.719); check the unit" in one(tmp_path)


def test_a_duplicate_names_both_lines(tmp_path: Path) -> None:
    path = poland(tmp_path) / "defence.csv"
    path.write_text(path.read_text("utf-8") + path.read_text("utf-8").splitlines()[1] + "\n", "utf-8")
    assert f"{path}:3:1  member  the same row as line 2: POL, 2026, 2026-07-10" in one(tmp_path)


def test_an_incomplete_edition_is_refused(tmp_path: Path) -> None:
    poland(tmp_path, vintage=NEW, known_on=NEW)
    assert "the edition 2026-10-20 has 0 of 31 members in 2014 and would answer no start" in one(tmp_path)


def test_an_edition_that_mixes_definitions_or_price_bases_is_refused(tmp_path: Path) -> None:
    table = whole_edition()
    table[12] |= {"definition": "total"}
    table[25] |= {"price_base": "2015"}
    (tmp_path / "defence.csv").write_text(text(table))
    told = faults(tmp_path)
    path = tmp_path / "defence.csv"
    assert [fault.removeprefix(f"{path}:") for fault in told] == [
        "14:42  definition  edition 2026-10-20 counts 2026 as 'core' elsewhere and as 'total' here",
        "27:24  price_base  edition 2026-10-20 has prices of 2021 elsewhere and of 2015 here",
    ]


def test_an_edition_of_sipri_that_tells_no_past_is_refused(tmp_path: Path) -> None:
    table = rows("milex.csv", lambda row: row["vintage"] == "2026-04" and row["year"] == "2025")
    for row in table:
        row |= {"vintage": "2027-04", "known_on": "2027-04-30", "year": "2026"}
    (tmp_path / "milex.csv").write_text(text(table))
    assert "the edition 2027-04 has 0 of 33 countries in 2014; bring in the whole edition" in one(tmp_path)


def test_totals_that_the_members_miss_are_told(tmp_path: Path) -> None:
    (tmp_path / "defence.csv").write_text(text(whole_edition()))
    totals = rows("aggregates.csv", lambda row: row["vintage"] == "2026-07-10" and row["year"] == "2025")
    for row in totals:
        row |= {"vintage": NEW, "known_on": NEW}
    totals[0] |= {"spending_busd_current": "700"}
    (tmp_path / "aggregates.csv").write_text(text(totals))
    assert "aggregates.csv:2:" in one(tmp_path)
    assert "NATO_EUR_CAN 2025 is 700; its members in defence.csv sum to 653.8" in one(tmp_path)


def months(**changes: str) -> list[dict[str, str]]:
    base = {"measure": "allocation", "vintage": "R31", "known_on": "2026-12-01", "source": "Kiel"}
    table = [
        {"donor": donor, "month": month, "kind": kind, "beur": beur, **base}
        for month in ("2022-02-01", "2026-05-01")
        for donor, kind, beur in (
            ("USA", "military", "0"), ("EUR", "military", "2"), ("OTHER", "military", "1"), ("ALL", "military", "3"),
            ("EUR", "total", "2"), ("OTHER", "total", "1"), ("ALL", "total", "3"),
        )
    ]  # fmt: skip
    table[-1] |= changes
    return table


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"beur": "5"}, "2026-05 total allocation: ALL is 5, its groups sum to 3"),
     ({"vintage": "R29", "known_on": "2026-08-04"}, "release R29 ends with 2026-04; a later month"),
     ({"known_on": "2026-12-02"}, "release R31 has one day: 2026-12-01 on line 2, 2026-12-02 here"),
     ({"vintage": "spring"}, "'spring' is no release; write R and its number, such as R31"),
     ({"vintage": "R32"}, "release R32 begins with 2026-05; bring in all its months from 2022 on"),
     ({"donor": "POLAND"}, "'POLAND' is not known here; allowed: AUS"),
     ({"known_on": "2026-04-02"}, "known on 2026-04-02, before the month 2026-05-01")],
)  # fmt: skip
def test_a_mixture_of_releases_and_sums_that_do_not_hold_are_told(
    tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    (tmp_path / "aid_monthly.csv").write_text(text(months(**changes)))
    assert any(message in fault for fault in faults(tmp_path))


def test_a_later_release_answers_from_its_day_on_and_alone(tmp_path: Path) -> None:
    (tmp_path / "aid_monthly.csv").write_text(text(months()))
    before = facts.aid_by_donor(date(2026, 11, 30))
    with facts.using(tmp_path):
        assert facts.aid_by_donor(date(2026, 11, 30)) == before
        history = facts.aid_monthly(date(2026, 12, 1))
        assert (history.vintage, history.stand_in, history.months[-1]) == ("R31", False, date(2026, 5, 1))
        assert set(history.series) == {(row["donor"], row["kind"], "allocation") for row in months()}
        assert facts.editions(date(2026, 12, 1)).aid == "R31"


def test_every_fault_of_a_folder_is_told_at_once_and_nothing_is_read(tmp_path: Path) -> None:
    poland(tmp_path, share_pct_gdp="212", member="PLO")
    (tmp_path / "defense.csv").write_text("a,b\n1,2\n")
    (tmp_path / "members.csv").write_text("member\nPOL\n")
    (tmp_path / "front.csv").write_text("series,month,foo\n")
    (tmp_path / "tracker.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "opinion.csv").write_bytes(b"PK\x03\x04")
    (tmp_path / "events.csv").write_bytes(b"date,category\n\xff\xe9\n")
    (tmp_path / "plans.csv").write_text("")
    told = "\n".join(faults(tmp_path))
    for message in (
        "share_pct_gdp  212 is impossible",
        "'PLO' is not known here",
        "defense.csv  no table of this name; allowed: defence.csv",
        "did you mean 'defence.csv'?",
        "members.csv  this roster cannot be changed; set membership in the scenario",
        "front.csv:1:14  foo  unknown column; allowed: series",
        "front.csv:1:1  as_of  this column is missing",
        "tracker.xlsx  only .csv tables are read here; bring a workbook in with `alliance facts import`",
        "opinion.csv  a workbook, not a CSV",
        "events.csv  the text is neither UTF-8 nor UTF-16; save it as 'CSV UTF-8'",
        "plans.csv  the file is empty",
    ):
        assert message in told, message
    before = facts.defence_shares(START)
    with pytest.raises(InputError), facts.using(tmp_path):
        raise AssertionError("a folder with faults was taken into use")
    assert facts.defence_shares(START) == before


def test_draws_in_the_folder_serve_the_starts_their_day_allows(tmp_path: Path) -> None:
    shipped, newest, count = facts.posterior(START), facts.posterior(LATER), len(facts.posteriors())
    assert shipped is not None
    told = {**shipped.provenance, "until": LATER.isoformat()}
    facts.write_posterior(tmp_path / "posterior_new.npz", facts.Posterior(shipped.keys, shipped.draws[:10], told))
    stamp = facts.stamp()
    with facts.using(tmp_path):
        assert facts.stamp() != stamp
        assert len(facts.posteriors()) == count + 1
        for day, rows in ((START, len(shipped.draws)), (LATER, 10)):
            draws = facts.posterior(day)
            assert draws is not None
            assert len(draws.draws) == rows
    assert facts.posterior(LATER) is newest


def test_a_folder_that_is_none_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="no folder of facts"), facts.using(tmp_path / "lost"):
        pass
    monkeypatch.setenv(tables.ENVIRONMENT, str(tmp_path / "lost"))
    with pytest.raises(InputError, match="no folder of facts; it must hold tables"):
        facts.defence_shares(START)


def test_what_a_start_does_not_see_of_own_tables_is_told(tmp_path: Path) -> None:
    with facts.using(poland(tmp_path)):
        (note,) = own.notes(START)
        assert note == (
            f"{tmp_path / 'defence.csv'}: a start on 2024-10-01 sees none of 1 rows; "
            "the first of the others is known on 2026-07-10"
        )
        assert own.notes(LATER) == ()
    assert own.notes(START) == ()


def test_the_shipped_tables_pass_the_checks_of_own_tables(copied: Path) -> None:
    (copied / "members.csv").unlink()
    (copied / "donors.csv").unlink()
    assert len(own.check(copied)["defence.csv"]) == len(rows("defence.csv", lambda _: True))
