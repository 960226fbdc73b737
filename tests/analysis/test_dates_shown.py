"""A table shows the ends of years, the last date, and what was recorded last by the days asked for."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.analysis.outcomes import dates_shown

MONTHS = np.array(["2024-11-30", "2024-12-31", "2025-01-31", "2025-12-31", "2026-01-01", "2026-02-28"], "datetime64[s]")


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ((), [1, 3, 5]),
        ((date(2025, 1, 31),), [1, 2, 3, 5]),
        ((date(2025, 6, 1),), [1, 2, 3, 5]),
        ((date(2024, 1, 1), date(2030, 1, 1)), [0, 1, 3, 5]),
    ],
)
def test_year_ends_the_last_date_and_the_days_asked_for_are_shown(at, shown):
    assert np.flatnonzero(dates_shown(MONTHS, at)).tolist() == shown


def test_of_no_dates_none_is_shown():
    assert dates_shown(MONTHS[:0], (date(2025, 1, 1),)).tolist() == []
