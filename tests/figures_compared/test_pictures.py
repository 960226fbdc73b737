"""Pictures against stored ones, at screen resolution; ``-m tests.figures_compared.test_pictures`` stores anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.figures import Drawing, draw
from sim.figures.compared.waterfall import waterfall
from tests.figures.test_pictures import TOLERANCE, distance, pixels

from .conftest import of, split_run
from .test_waterfall import FEW, PAIR, SHARE, attribution, fall

STORED = Path(__file__).parent / "pictures"
CASES = {
    "overlay": lambda: draw(of(2), "overlay"),
    "columns_money": lambda: draw(of(4), "columns_money"),
    "differences_security": lambda: draw(of(3), "differences_security"),
    "members_moved": lambda: draw(of(2), "members_moved"),
    "members_tiles": lambda: draw(of(2), "members_tiles", "slide"),
    "dates_reached": lambda: draw(of(3), "dates_reached"),
    "parts": lambda: draw(split_run(), "overlay", "slide"),
    "waterfall": lambda: waterfall(attribution(fall(SHARE, FEW)), SHARE, scenarios=PAIR),
}


def stored(name: str) -> np.ndarray:
    from PIL import Image

    with Image.open(STORED / f"{name}.png") as image:
        return np.asarray(image.convert("RGB"), dtype=np.float64)


@pytest.fixture(autouse=True)
def one_state_of_the_facts(monkeypatch):
    """The footer names the facts, which change with every row."""
    monkeypatch.setattr("sim.facts.stamp", lambda: "cc" * 32)


@pytest.mark.parametrize("case", CASES)
def test_the_picture_is_the_stored_one(case):
    assert distance(pixels(CASES[case]()), stored(case)) <= TOLERANCE


def test_the_check_notices_other_numbers():
    other: Drawing = draw(of(3, shift=0.06), "differences_security")
    assert distance(pixels(other), stored("differences_security")) > 2 * TOLERANCE


if __name__ == "__main__":
    from PIL import Image

    from sim import facts

    facts.stamp = lambda: "cc" * 32
    STORED.mkdir(exist_ok=True)
    for name, make in CASES.items():
        Image.fromarray(pixels(make()).astype(np.uint8)).save(STORED / f"{name}.png", optimize=True)
