"""Comparisons become figures: side by side, overlaid, differences run by run, members, dates reached, waterfalls.

Importing this package loads no plotting library; drawing does.
"""

from sim.figures.compared.gallery import COMPARED, draw_compared, draw_comparison, figure_names
from sim.figures.compared.waterfall import (
    attribution_provenance,
    draw_attribution,
    waterfall,
    waterfall_names,
)

__all__ = [
    "COMPARED",
    "attribution_provenance",
    "draw_attribution",
    "draw_compared",
    "draw_comparison",
    "figure_names",
    "waterfall",
    "waterfall_names",
]
