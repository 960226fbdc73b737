"""One look for every figure: sizes, type, colours bound to scenarios."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from sim.errors import InputError

CM_PER_INCH = 2.54
PNG_DPI = 300

INK = "#1A1A1A"
MUTED = "#595959"
RULE = "#8C8C8C"
GRID = "#E4E4E4"
PAPER = "#FFFFFF"

# Type sizes in points at scale 1; nothing in a figure is set smaller than SMALL.
SMALL, BODY, TITLE = 7.0, 8.0, 10.5
# Height of capitals and figures in the fonts below, in type sizes.
CAP_HEIGHT = 0.729

# The families that are drawn and measured (see fonts/README.md), then what a viewer should show (same widths first).
FONT = ("Alliance Sans", "DejaVu Sans")
FONT_STACK = "'DejaVu Sans', Verdana, 'Bitstream Vera Sans', Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Size:
    """A page to draw on: width and, if fixed, height in centimetres; ``scale`` enlarges type and lines."""

    name: str
    width: float
    height: float | None
    scale: float


SIZES = {
    "page": Size("page", 16.0, None, 1.0),
    "slide": Size("slide", 33.867, 19.05, 1.7),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one scenario is drawn: colour, dash pattern (on, off in line widths; empty is solid) and marker."""

    colour: str
    dashes: tuple[float, ...]
    marker: str

    @property
    def text_colour(self) -> str:
        """The colour, darkened until small text in it stands out from the paper (4.5 to 1)."""
        parts = [int(self.colour[i : i + 2], 16) for i in (1, 3, 5)]
        colour = self.colour
        while 1.05 / (luminance(colour) + 0.05) < 4.5:
            parts = [round(part * 0.93) for part in parts]
            colour = "#" + "".join(f"{part:02X}" for part in parts)
        return colour


# Eight hues that stay apart in grey (5 L* or more) and under the three kinds of colour blindness, at least 3:1 against
# white; each has its own dashes and its own marker besides. A table in tests/figures/test_style.py measures them.
BLUE, VERMILION = "#0A5A9C", "#C8500A"
LOOKS = (
    Look(BLUE, (), "o"),
    Look(VERMILION, (5.0, 1.6), "s"),
    Look("#3FA27C", (3.2, 1.2, 0.9, 1.2), "^"),
    Look("#4B1247", (1.2, 1.1), "D"),
    Look("#0F87E2", (8.0, 2.0), "v"),
    Look("#773049", (5.0, 1.2, 0.9, 1.2, 0.9, 1.2), "P"),
    Look("#007841", (1.8, 2.2), "X"),
    Look("#104212", (10.0, 1.4, 2.4, 1.4), "<"),
)
# Shipped scenarios that are often set side by side have looks of their own; a name of the user's own gets one of the
# later ones by its letters.
_BOUND = {
    "baseline": 0,
    "trump_conditional": 1,
    "harris_continuity": 2,
    "trump_retrenchment": 3,
    "trump_continuity": 4,
    "harris_conditional": 5,
    "congress_gap": 5,
    "europe_replaces_us": 6,
    "ceasefire_concessions": 7,
    "kursk_held": 6,
    "new_target_3": 7,
    "secretary_general_agenda": 4,
    "history_2014": 4,
    "history_2022": 7,
}


def looks(scenarios: Sequence[str]) -> tuple[Look, ...]:
    """A look for each of up to eight scenarios, by name, no two alike.

    A scenario by itself is always drawn alike, in the first look. Side by side, each keeps the look bound to its name
    unless an earlier one is bound to the same; those then get what nobody is bound to.
    """
    if len(scenarios) == 1:
        return LOOKS[:1]
    bound = [_BOUND.get(name, 1 + crc32(name.encode()) % (len(LOOKS) - 1)) for name in scenarios]
    free = [at for at in range(len(LOOKS)) if at not in bound]
    kept = [look if look not in bound[:at] else free.pop(0) for at, look in enumerate(bound)]
    return tuple(LOOKS[at] for at in kept)


def size_named(name: str | Size) -> Size:
    """The page size of that name.

    Raises:
        InputError: there is none.
    """
    if isinstance(name, Size):
        return name
    if name not in SIZES:
        raise InputError(f"there is no figure size {name!r}; allowed: {', '.join(SIZES)}")
    return SIZES[name]


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB``, 0 (black) to 1 (white), as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ink_on(colour: str) -> str:
    """The text colour, dark or white, with the better contrast on ``colour``."""
    level = luminance(colour)
    dark = (level + 0.05) / (luminance(INK) + 0.05)
    light = 1.05 / (level + 0.05)
    return INK if dark >= light else PAPER


def tint(colour: str, strength: float) -> str:
    """``colour`` mixed with white; ``strength`` 1 is the colour itself. Opaque, so bands need no blending to draw."""
    parts = [round(255 - (255 - int(colour[i : i + 2], 16)) * strength) for i in (1, 3, 5)]
    return "#" + "".join(f"{part:02X}" for part in parts)


_SETTINGS = {
    "font.family": ["sans-serif"],
    "font.sans-serif": list(FONT),
    "font.size": BODY,
    "text.color": INK,
    "text.usetex": False,
    "axes.edgecolor": RULE,
    "axes.unicode_minus": True,
    "axes.formatter.use_locale": False,
    "path.simplify": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "alliance",
    "pdf.fonttype": 42,
    "savefig.bbox": None,
}
_lock = threading.RLock()


@cache
def load_fonts() -> None:
    """Make the fonts of this room known to matplotlib, once in a process; without them DejaVu Sans is used."""
    from matplotlib.font_manager import fontManager

    for path in sorted((Path(__file__).parent / "fonts").glob("*.ttf")):
        fontManager.addfont(path)


@cache
def _settings() -> dict[str, Any]:
    """matplotlib's defaults with ours on top, validated once: that costs more than a small chart."""
    import matplotlib as mpl

    defaults: Any = mpl.rcParamsDefault
    ours: Any = mpl.RcParams(_SETTINGS)
    return {key: value for key, value in dict.items(defaults) if key != "backend"} | dict(dict.items(ours))


@contextmanager
def applied() -> Iterator[None]:
    """Draw and save under our settings, whatever the user's matplotlibrc says; the settings are put back afterwards.

    matplotlib keeps its settings in one global table, so only one thread at a time may be inside.
    """
    import matplotlib as mpl

    with _lock:
        load_fonts()
        table: Any = mpl.rcParams
        # Read and written as a plain dict: matplotlib's own access imports pyplot to choose a window system for us.
        before = dict(dict.items(table))
        try:
            dict.update(table, _settings())
            with warnings.catch_warnings():
                # A title in letters the font lacks: they stay text in svg, elsewhere they are drawn as boxes.
                warnings.filterwarnings("ignore", message="Glyph .* missing from")
                yield
        finally:
            dict.update(table, before)
