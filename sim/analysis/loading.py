"""Scenario files read as the whole package reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def load_scenario(scenario: str | Path, sets: Sequence[str] = ()) -> Scenario:
    """A scenario from a path or the name of a shipped one, with ``KEY=VALUE`` settings.

    Raises:
        InputError: the file or a setting is wrong; every mistake at once.
    """
    from sim import load

    return load(scenario, sets=sets)
