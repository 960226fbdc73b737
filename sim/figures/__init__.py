"""Results become figures: fans, steps, small multiples and tile grids, each with its numbers and its words.

Importing this room loads no plotting library; drawing does.
"""

from sim.figures.drawing import Drawing, Provenance, Row, Table
from sim.figures.export import FORMATS, export, provenance_of
from sim.figures.gallery import FIGURES, draw, draw_all
from sim.figures.style import SIZES

__all__ = [
    "FIGURES",
    "FORMATS",
    "SIZES",
    "Drawing",
    "Provenance",
    "Row",
    "Table",
    "draw",
    "draw_all",
    "export",
    "provenance_of",
]
