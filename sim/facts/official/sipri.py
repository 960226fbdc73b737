"""SIPRI's workbook of military expenditure: shares of GDP."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.facts import roster
from sim.facts.official.sheets import Cells, Official, day_of, ending, figure, plain, written, year_of
from sim.scenario.entities import entity_code

_BLUE = re.compile(r"^(FF)?0000FF$", re.IGNORECASE)  # SIPRI's colour of an estimate


def read_sipri(path: Path, sheet: Any, published: date | None) -> Official:
    """Shares of GDP of the members, Russia and Ukraine from 1990 on; blue figures are SIPRI's estimates."""
    rows = list(sheet.iter_rows())
    head = next((n for n, row in enumerate(rows) if plain(row[0].value or "") == "country"), None)
    header = rows[head] if head is not None else ()
    years = {n: parsed[0] for n, cell in enumerate(header) if (parsed := year_of(cell.value)) is not None}
    if head is None or not years:
        raise InputError(f"{path}: sheet 'Share of GDP': no line 'Country' with years; the layout has changed")
    last = max(years.values())
    vintage, day = f"{last + 1}-04", day_of(path, published, date(last + 1, 4, 30))
    codes = [*(member.code for member in roster.members() if member.has_forces), "RUS", "UKR"]
    extra = {"russia": "RUS", "ukraine": "UKR"}
    shares: list[Cells] = []
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        name = re.sub(r"[*¹²³]", "", str(row[0].value or "")).strip()
        code = extra.get(name.casefold()) or entity_code(name, codes)
        if code and code in {cells["member"] for cells in shares}:
            raise InputError(f"{path}: sheet 'Share of GDP': row {number}: '{name}' stands twice")
        for n, year in years.items():
            read = figure(path, "Share of GDP", number, n, row[n].value) if code and n < len(row) else None
            if read is not None and year >= 1990:
                colour = row[n].font.color.rgb if row[n].font and row[n].font.color else ""
                estimate = isinstance(colour, str) and bool(_BLUE.match(colour))
                cells = {"member": str(code), "year": f"{year}", "share_pct_gdp": written(read[0], 100)}
                cells |= {"estimate": str(int(estimate))}
                shares.append(cells | ending(vintage, day, f"SIPRI workbook {path.name}"))
    codes_found = {cells["member"] for cells in shares}
    missing = [code for code in codes if code not in codes_found]
    if missing:
        raise InputError(f"{path}: sheet 'Share of GDP': no row for {', '.join(missing)}; the layout has changed")
    estimates = sum(cells["estimate"] == "1" for cells in shares)
    remarks = [f"Years 1990 to {last}; figures that SIPRI estimated: {estimates}."]
    if published is None:
        remarks.append(f"The workbook carries no day of publication: {day} stands for it; --published says otherwise.")
    return Official("SIPRI military expenditure", vintage, day, {"milex.csv": tuple(shares)}, tuple(remarks))
