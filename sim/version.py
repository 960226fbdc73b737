"""The version of this program, in one place that every room may read."""

__version__ = "0.4.0"
