"""Pictures against stored ones, at screen resolution; ``python -m tests.figures.test_pictures`` stores them anew."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from sim.figures import Drawing, draw

from .conftest import Formula

STORED = Path(__file__).parent / "pictures"
CASES = {
    "spending": ("spending", "page"),
    "members_at_levels": ("members_at_levels", "page"),
    "members_map": ("members_map", "page"),
    "us_commitment": ("us_commitment", "page"),
    "ceasefire": ("ceasefire", "slide"),
}
# Root mean square over grey levels 0 to 255: 0 on the machine that stored them; other numbers give 10 and more.
TOLERANCE = 2.0


def pixels(drawing: Drawing) -> np.ndarray:
    """The picture at 60 dots an inch, (height, width, 3)."""
    from PIL import Image

    buffer = io.BytesIO()
    drawing.figure.savefig(buffer, format="png", dpi=60 / drawing.figure.get_size_inches()[0] * 6.3)
    return np.asarray(Image.open(buffer).convert("RGB"), dtype=np.float64)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.sqrt(np.mean((one - other) ** 2))) if one.shape == other.shape else float("inf")


def stored(name: str) -> np.ndarray:
    from PIL import Image

    with Image.open(STORED / f"{name}.png") as image:
        return np.asarray(image.convert("RGB"), dtype=np.float64)


@pytest.fixture(autouse=True)
def no_skill_line(monkeypatch):
    """The footer's line of the back-test changes with the evidence."""
    monkeypatch.setattr("sim.figures.subjects.skill_line", lambda _names: "")


@pytest.mark.parametrize("case", CASES)
def test_the_picture_is_the_stored_one(result, case):
    assert distance(pixels(draw(result, *CASES[case])), stored(case)) <= TOLERANCE


def test_the_comparison_notices_other_numbers():
    other = draw(Formula(shift=0.05), "spending")
    assert distance(pixels(other), stored("spending")) > 2 * TOLERANCE


if __name__ == "__main__":
    from PIL import Image

    from sim.figures import subjects

    subjects.skill_line = lambda _names: ""
    STORED.mkdir(exist_ok=True)
    for name, case in CASES.items():
        Image.fromarray(pixels(draw(Formula(), *case)).astype(np.uint8)).save(STORED / f"{name}.png", optimize=True)
