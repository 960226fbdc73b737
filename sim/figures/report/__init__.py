"""A comparison as one HTML page that stands alone: it opens from disk, asks no network and runs no script."""

from sim.figures.report.building import build_report
from sim.figures.report.pictures import Picture, picture_of

__all__ = ["Picture", "build_report", "picture_of"]
