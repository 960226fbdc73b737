"""A small catalogue that resembles the real one, and ways to write and check scenario files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.scenario import (
    Catalogue,
    Choice,
    Codes,
    Column,
    Day,
    Flag,
    Given,
    Groups,
    Number,
    Origin,
    Parameter,
    Recorded,
    Rows,
    Table,
    Text,
    beta,
    discrete,
    fixed,
    normal,
    uniform,
)

HEAD = 'title = "T"\ndescription = "D"\nreferences = ["R"]\n'
CODES = ("BEL", "CAN", "DEU", "EST", "FRA", "GBR", "GRC", "HUN", "ITA", "NOR", "POL", "TUR", "USA")


def _parameter(key, unit, default, domain, **more):
    return Parameter(key=key, meaning=f"Meaning of {key}", unit=unit, kind="assumption", default=default,
                     source="test", domain=domain, **more)  # fmt: skip


def _below_guideline(start: date) -> tuple[str, ...]:
    return ("BEL", "CAN") if start.year < 2025 else ("BEL",)


def small_catalogue() -> Catalogue:
    return Catalogue(
        [
            _parameter("us.elections.2024.president", "name", "harris", Choice(("harris", "trump"))),
            _parameter("us.elections.*.house", "party", "republican", Choice(("democratic", "republican")),
                       entities=("2024", "2026", "2028")),
            _parameter("us.elections.coattails", "correlation", uniform(0.4, 0.9), Number(0, 0.99)),
            _parameter("us.commitment.posture", "name", "continuity",
                       Choice(("continuity", "conditional", "retrenchment"))),
            _parameter("us.commitment.continuity", "index 0 to 1", normal(0.54, 0.05), Number(0, 1)),
            _parameter("us.troops.cut_thousand", "thousand", discrete({0: 1, 20: 1, 50: 1}), Number(0, 100)),
            _parameter("us.withdrawal.allowed", "flag", False, Flag()),
            _parameter("summit.target_pct_gdp", "% of GDP", fixed(2), Number(0, 10)),
            _parameter("summit.new_target_probability", "probability a summit", beta(2, 8), Number(0, 1)),
            _parameter("members.*.plan_pct_gdp", "% of GDP", None, Number(0, 10), entities=CODES),
            _parameter("members.*.opt_out", "flag", False, Flag(), entities=CODES),
            _parameter("aid.supplemental.size_busd", "USD bn, current prices", fixed(20), Number(0, 500)),
            _parameter("aid.supplemental.size_busd_2021", "USD bn at 2021 prices", fixed(18), Number(0, 500)),
            _parameter("aid.*.package_probability", "per month", None, Number(0, 1), entities=(*CODES, "EUI")),
            _parameter("aid.delivery_factor", "ratio", fixed(1), Number(0, 2)),
            _parameter("aid.packages_per_year", "packages a year", fixed(3), Number(0, 50, integer=True)),
            _parameter("equipment.level_pct", "% of defence expenditure", normal(29, 2.5), Number(0, 100)),
            _parameter("economy.growth_shift_pct", "points of growth a year", fixed(0), Number(-10, 10)),
            _parameter("war.full_scale_from", "day", date(2022, 2, 24), Day()),
            _parameter("negotiation.talks_from", "day", None, Day()),
            _parameter("secretary_general.compliance_effect", "ratio", fixed(0), Number(-0.5, 0.5)),
            _parameter("office.*.effect", "ratio", fixed(0), Number(-1, 1), entities=("stoltenberg", "rutte")),
            _parameter("aid.packages", "rows", Table(), Rows((
                Column("name", Text(), "name", optional=True),
                Column("donor", Codes((*CODES, "EUI")), "who pays"),
                Column("date", Day(), "day"),
                Column("beur", Number(0, 1000), "sum", "EUR bn"),
                Column("kind", Choice(("military", "other")), "kind", default="military"),
                Column("months", Number(1, 240, integer=True), "months", default=1.0),
                Column("financed", Choice(("budget", "borrowed")), "how", default="budget", reported_only=True),
            )), at_start=True),
            _parameter("secretary_general.name", "text", "Mark Rutte", Text()),
        ],
        recorded=(
            Recorded("ceasefire", "0/1", flag=True),
            Recorded("republican_president", "0/1", flag=True),
            Recorded("us_posture", "label", labels=("continuity", "conditional", "retrenchment")),
            Recorded("us_commitment", "index 0 to 1"),
            Recorded("defence_share_pct_gdp", "% of GDP", codes=CODES, yearly=True),
        ),
        conditions={"democratic_president": "not republican_president"},
        groups=Groups(
            {"EU_states": ("BEL", "DEU", "EST"), "nordics": ("NOR", "SWE"),
             "eastern_flank": ("EST", "HUN", "POL"), "far_east": ("JPN",)},
            {"below_guideline": _below_guideline},
        ),
    )  # fmt: skip


def small_facts(start: date) -> dict[str, Given]:
    origin = Origin("facts", f"table as of {start}")
    return {"members.POL.plan_pct_gdp": Given(fixed(4.1 if start.year >= 2024 else 2.0), origin)}


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return small_catalogue()


@pytest.fixture
def write(tmp_path):
    """Write files by name into a folder of the test and give the first one's path."""

    def writer(body: str = "", name: str = "a.toml", *, head: str = HEAD, **others: str) -> Path:
        for stem, text in others.items():
            (tmp_path / f"{stem}.toml").write_text(HEAD + text, encoding="utf-8")
        path = tmp_path / name
        path.write_text(head + body, encoding="utf-8")
        return path

    return writer
