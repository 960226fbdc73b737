"""Where budgets stand at the start: the shares that NATO's tables tell; the same for every block."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from sim import facts
from sim.facts.tables import per_folder
from sim.model.engine import Numbers
from sim.model.systems.roster import WITH_FORCES

estimated_years = per_folder(facts.estimated_years)


@per_folder
def starting_shares(start: date) -> tuple[list[int], dict[int, Numbers]]:
    """The last year known of each member, and shares in the latest three years, ``(members, 1)``."""
    known = facts.defence_shares(start)
    known_to = [max(known[code]) for code in WITH_FORCES]  # an edition may lack a member's last year
    years = range(max(known_to) - 2, max(known_to) + 1)
    return known_to, {year: np.array([[_at(known[code], year)] for code in WITH_FORCES], np.float32) for year in years}


def _at(series: Mapping[int, float], year: int) -> float:
    years = [known for known in series if known <= year] or [min(series)]
    return series[max(years)]
