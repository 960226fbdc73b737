"""A comparison as pages that stand alone: the report, which holds everything, and the brief, which fits one sheet."""

from sim.figures.report.brief import brief_html, brief_pdf, draw_brief
from sim.figures.report.page import Picture, build_report, read_pictures

__all__ = ["Picture", "brief_html", "brief_pdf", "build_report", "draw_brief", "read_pictures"]
