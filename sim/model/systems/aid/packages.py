"""Dated sums of aid that a scenario states: ``[[aid.packages]]``.

A package is committed whole in the month of its date and allocated in equal parts, a month each, from that month on;
what is allocated goes the usual way to Ukraine. It comes on top of what the donor gives otherwise, also of one that
stops or has a stated level. A package of several donors is shared by GDP.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from sim import facts
from sim.model.engine import Numbers, assumption, month_number
from sim.model.engine.settings import Settings
from sim.model.systems.aid.pipeline import MILITARY, OTHER, Pipeline
from sim.scenario import Choice, Codes, Column, Day, Number, Row, Rows, Table, Text

DONORS = tuple(donor.code for donor in facts.donors())
_GDP = {donor.code: donor.gdp_beur_2021 or 0.0 for donor in facts.donors() if donor.kind == "country"}
KEY = "aid.packages"

PACKAGES = assumption(
    KEY, "rows", Table(), Rows((
        Column("name", Text(), "name by which a child file can replace the row", optional=True),
        Column("donor", Codes(DONORS), "who pays; several share by GDP"),
        Column("date", Day(), "day on which the whole sum is committed"),
        Column("beur", Number(0.0, 1000.0), "sum", "EUR bn, current prices"),
        Column("kind", Choice(("military", "financial", "humanitarian", "other")), "kind of aid; all but military go "
               "the way of financial and humanitarian aid", default="military"),
        Column("instrument", Choice(("grant", "loan", "purchase")), "instrument", default="grant", reported_only=True),
        Column("paid_over_months", Number(1, 240, integer=True), "months over which it is allocated, in equal parts",
               "months", default=1.0),
        Column("delivered_by", Choice(("donor", "USA")), "who delivers: military aid delivered by the USA "
               "counts as U.S. arms bought", default="donor"),
        Column("financed", Choice(("budget", "borrowed")), "how the donor raises the money: neither its defence "
               "budget nor its debt follows", default="budget", reported_only=True),
    )),
    "dated sums of aid, each committed at once and allocated over months, on top of other aid",
    "scenario lever", at_start=True,
)  # fmt: skip


class Packages:
    """The packages of a scenario, as sums that are committed and allocated in a month."""

    def __init__(self, settings: Settings) -> None:
        self._committed: dict[int, Numbers] = {}
        self._paid: dict[int, Numbers] = {}
        self._arms: dict[int, float] = {}
        for row in settings.rows(KEY):
            self._plan(row)

    def due(self, day: date) -> bool:
        """Whether a part of a package is allocated in the month of a day."""
        return month_number(day) in self._paid

    def give(self, day: date, direct: Numbers, pipeline: Pipeline) -> float:
        """Adds the month's packages to what is committed and to ``direct``; U.S. arms bought among them, EUR bn."""
        period = month_number(day)
        paid = self._paid.get(period)
        if paid is None:
            return 0.0
        direct += paid
        committed = self._committed.get(period, np.zeros_like(paid))
        pipeline.committed += (committed - paid).sum(axis=0)  # what is paid is committed with ``direct``
        return self._arms.get(period, 0.0)

    def _plan(self, row: Row) -> None:
        donors, months = row.codes("donor"), row.number("paid_over_months")
        whole = np.zeros((2, len(DONORS), 1), np.float32)
        kind = MILITARY if row["kind"] == "military" else OTHER
        for code, part in shares(donors).items():
            whole[kind, DONORS.index(code)] = part * row.number("beur")
        first = month_number(row.day("date"))
        self._committed[first] = self._committed.get(first, np.zeros_like(whole)) + whole
        bought = kind == MILITARY and row["delivered_by"] == "USA" and donors != ("USA",)
        for period in range(first, first + int(months)):
            self._paid[period] = self._paid.get(period, np.zeros_like(whole)) + whole / np.float32(months)
            self._arms[period] = self._arms.get(period, 0.0) + bought * float(whole.sum()) / months


def shares(donors: Sequence[str]) -> dict[str, float]:
    """The part of each donor in a package of several: by GDP of 2021 among states, all of it for one alone."""
    if len(donors) == 1:
        return {donors[0]: 1.0}
    total = sum(_GDP.get(code, 0.0) for code in donors)
    return {code: _GDP.get(code, 0.0) / total for code in donors}
