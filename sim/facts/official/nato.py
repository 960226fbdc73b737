"""NATO's defence expenditure workbook: dollars, shares of GDP and equipment of members and totals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.facts import roster
from sim.facts.official.sheets import Grid, Official, day_of, empty, ending, figure, grid_of, written, year_of
from sim.scenario.entities import entity_code

_CORE_FROM = 2023  # "core defence" counts from this year on; the years before are the old measure
_AGGREGATES = {"nato europe and canada": "NATO_EUR_CAN", "nato total": "NATO_TOTAL"}


def read_nato(path: Path, sheets: Mapping[str, Any], published: date | None) -> Official:
    """Tables 2 (dollars), 3 (shares) and 8a (equipment) of NATO's workbook."""
    spending, shares = grid_of(sheets["table2"]), grid_of(sheets["table3"])
    equipment = grid_of(sheets["table8a"]) if "table8a" in sheets else []
    constant, title = _block(path, "Table 2", spending, r"constant (\d{4}) prices and exchange rates")
    current, _ = _block(path, "Table 2", spending, r"current prices and exchange rates")
    share, _ = _block(path, "Table 3", shares, r"share of real gdp")
    equipped = _block(path, "Table 8a", equipment, r"equipment")[0] if equipment else {}
    heads = (str(cell).casefold() for grid in (spending, shares) for row in grid[:6] for cell in row)
    core = any("core defence" in text for text in heads)
    day = day_of(path, published)
    base = re.search(r"\d{4}", title)
    members, totals = [], []
    for (entity, year), (value, estimate) in sorted(share.items()):
        cells = {
            "year": f"{year}",
            "share_pct_gdp": written(value),
            "spending_busd_constant": _cell(constant, entity, year, 1e-3),
            "price_base": base.group() if base else "",
            "spending_busd_current": _cell(current, entity, year, 1e-3),
            "estimate": str(int(estimate)),
            "definition": "core" if core and year >= _CORE_FROM else "total",
            **ending(day.isoformat(), day, f"NATO workbook {path.name}"),
        }
        if entity.startswith("NATO"):
            totals.append({"aggregate": entity, **cells})
        else:
            members.append({"member": entity, "equipment_share_pct": _cell(equipped, entity, year), **cells})
    codes = {cells["member"] for cells in members}
    missing = [m.code for m in roster.members() if m.has_forces and m.code not in codes]
    if missing:
        raise InputError(f"{path}: sheet 'Table 3': no row for {', '.join(missing)}; the layout has changed")
    counted = f"core defence from {_CORE_FROM}, the old measure before" if core else "the measure of 2014 to 2025"
    years = sorted({int(cells["year"]) for cells in members})
    estimates = sorted({int(cells["year"]) for cells in members if cells["estimate"] == "1"})
    remarks = (
        f"Years {years[0]} to {years[-1]}, estimates {', '.join(map(str, estimates)) or 'none'}; it counts {counted}.",
        f"Constant dollars are at prices and exchange rates of {base.group() if base else 'an unnamed year'}.",
    )
    rows = {"defence.csv": tuple(members)} | ({"aggregates.csv": tuple(totals)} if totals else {})
    return Official("NATO defence expenditure", day.isoformat(), day, rows, remarks)


Block = dict[tuple[str, int], tuple[float, bool]]


def _block(path: Path, sheet: str, grid: Grid, title: str) -> tuple[Block, str]:
    """Figures of the block under a title: (member or total, year) -> value and whether it is an estimate."""
    last, heading = "", ""
    years: dict[int, tuple[int, bool]] = {}
    block: Block = {}
    for number, row in enumerate(grid, start=1):
        cells = [cell for cell in row if not empty(cell)]
        header = {column: year for column, cell in enumerate(row) if (year := year_of(cell)) is not None}
        name = str(cells[0]).strip() if cells and year_of(cells[0]) is None else ""
        entity = _entity(name)
        if len(header) >= 3 and not entity:
            last = name or last
            matches = re.search(title, last.casefold())
            years, heading = (header, last) if matches and not block else ({}, heading)
        elif len(cells) == 1 and not entity:
            last, years = str(cells[0]).strip(), {}
        elif entity:
            for column, (counted, estimate) in years.items():
                read = figure(path, sheet, number, column, row[column]) if column < len(row) else None
                if read is not None and (entity, counted) in block:
                    raise InputError(f"{path}: sheet '{sheet}': row {number}: '{name}' stands twice in a block")
                if read is not None:
                    block[entity, counted] = read[0], estimate or read[1]
    if not block:
        pattern = re.sub(r"\(\\d\{4\}\)", "YYYY", title)
        raise InputError(
            f"{path}: sheet '{sheet}': no block '{pattern}' with years and members; the layout has changed"
        )
    return block, heading


def _entity(name: str) -> str:
    """Code of a member or total from its name in NATO's tables, without stars, notes and currencies; "" if none."""
    plain = re.sub(r"\(.*?\)|[*¹²³]|\d+$", "", name).strip()
    codes = [member.code for member in roster.members() if member.has_forces]
    return _AGGREGATES.get(plain.casefold()) or entity_code(plain, codes) or ""


def _cell(block: Block, entity: str, year: int, scale: float = 1.0) -> str:
    return written(block[entity, year][0], scale) if (entity, year) in block else ""
