"""What a scenario states of single donors: yearly levels, and stops. It stands in place of what they would give."""

from __future__ import annotations

import numpy as np

from sim import facts
from sim.model.engine import Flags, Latest, Numbers, single
from sim.model.engine.settings import Settings
from sim.model.systems.aid.parameters import DONORS
from sim.model.systems.aid.pipeline import MILITARY, OTHER

_NAMES = (
    "level_beur_per_year",
    "level_pct_gdp",
    "military_level_beur_per_year",
    "military_level_pct_gdp",
    "other_level_beur_per_year",
)
LEVEL_KEYS = frozenset(f"aid.{code}.{name}" for code in DONORS for name in _NAMES)
STOP_KEYS = frozenset(f"aid.{code}.stop" for code in DONORS)


class Stated:
    """Levels and stops in force. ``usual`` is what each donor gives in a year by kind, EUR bn, (2, donors, runs)."""

    def __init__(self, settings: Settings, usual: Numbers) -> None:
        self._settings, self._usual = settings, usual
        self._today = Latest(settings, self._in_force, LEVEL_KEYS | STOP_KEYS)

    def anything(self) -> bool:
        """Whether a level is stated or a donor stops today."""
        levels, stops = self._today()
        return bool(levels) or stops is not None

    def apply(self, new: Numbers, direct: Numbers, cleared: Numbers) -> Numbers:
        """Puts stated levels into a month's ``new`` and ``direct`` aid; the parts of the backlog to be cleared.

        A donor with a stated level allocates exactly that, a twelfth a month, and nothing out of its backlog. A donor
        that stops gives nothing new. ``new`` and ``direct`` are changed in place.
        """
        cleared = np.array(np.broadcast_to(cleared, new.shape[1:]), np.float32)
        levels, stops = self._today()
        for row, level in levels.items():
            said = ~np.isnan(level[MILITARY])
            for kind, yearly in enumerate(level):
                new[kind, row] = np.where(said, 0, new[kind, row])
                direct[kind, row] = np.where(said, yearly / 12, direct[kind, row])
            cleared[row] = np.where(said, 0, cleared[row])
        if stops is not None:
            for array in (new, direct):
                array[:, stops] = 0
            cleared[stops] = 0
        return cleared

    def _in_force(self) -> tuple[dict[int, tuple[Numbers, Numbers]], Flags | None]:
        """Levels by row, and who stops, ``(donors, runs)``; None if nobody does."""
        settings = self._settings
        with_level = {key.split(".")[1] for key in settings.told(LEVEL_KEYS)}
        levels = {row: self._level(row, code) for row, code in enumerate(DONORS) if code in with_level}
        if not any(map(settings.anywhere, settings.told(STOP_KEYS))):
            return levels, None
        return levels, np.stack([settings.flag(f"aid.{code}.stop") for code in DONORS])

    def _level(self, row: int, code: str) -> tuple[Numbers, Numbers]:
        """Military and other aid a year, EUR bn, NaN in runs without a stated level."""
        settings, gdp = self._settings, np.float32((facts.donors()[row].gdp_beur_2021 or 0.0) / 100)
        unset = single(np.full(1, np.nan))
        in_all, part, military, military_part, other = (settings.stated(f"aid.{code}.{name}", unset) for name in _NAMES)
        in_all = np.where(np.isnan(in_all), part * gdp, in_all)
        military = np.where(np.isnan(military), military_part * gdp, military)
        before = np.maximum(self._usual[:, row], 1e-6)
        stated = ~(np.isnan(in_all) & np.isnan(military) & np.isnan(other))
        whole = in_all / before.sum(axis=0)  # a total is shared by kind as before
        levels = []
        for kind, own in ((MILITARY, military), (OTHER, other)):
            usual = np.where(np.isnan(whole), 1, whole) * before[kind]
            levels.append(single(np.where(stated, np.where(np.isnan(own), usual, own), np.nan)))
        return levels[MILITARY], levels[OTHER]
