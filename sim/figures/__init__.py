"""Results become figures: fans, steps, small multiples and tile grids, each with its numbers and its words.

``draw`` makes one figure of a result or of a comparison, ``draw_all`` writes all of them. Importing this room loads no
plotting library; drawing does.
"""

from sim.figures.drawing import Drawing, Provenance, Row, Table
from sim.figures.export import FORMATS, export, provenance_of
from sim.figures.gallery import COMPARED, FIGURES, draw, draw_all, figure_names
from sim.figures.style import SIZES

__all__ = [
    "COMPARED",
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
    "figure_names",
    "provenance_of",
]
