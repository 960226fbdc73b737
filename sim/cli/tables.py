"""Plain text tables no wider than a terminal, the same bytes on a terminal and in a file."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence

from sim.text import number

WIDTH = 80
GAP = 2


def columns(rows: Sequence[Sequence[str]], *, left: int = 1) -> list[str]:
    """Lines with ``rows`` set in columns; the first ``left`` columns flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [_line(row, widths, left) for row in rows]


def by_date(dates: Sequence[str], groups: Iterable[tuple[str, Sequence[Sequence[str]]]]) -> list[str]:
    """Rows of figures under their ``dates``, each group of rows below its title, all in one grid.

    The first cell of a row is its label. Where the dates do not fit the width, the table is broken into stretches of
    dates that do, with an empty line between them; a group that has nothing at the dates of a stretch is left out.
    """
    groups = list(groups)
    heads = ["", *map(day_head, dates)]
    widths = [max(map(len, column)) for column in zip(heads, *(row for _, rows in groups for row in rows), strict=True)]
    lines: list[str] = []
    for stretch in _stretches(widths):
        picked = [widths[index] for index in stretch]
        lines += [*([""] if lines else []), _line([heads[index] for index in stretch], picked, 1)]
        for title, rows in groups:
            cells = [[row[index] for index in stretch] for row in rows]
            if any(text for row in cells for text in row[1:]):
                lines += textwrap.wrap(title, WIDTH, subsequent_indent="  ")
                lines += [_line(row, picked, 1) for row in cells]
    return lines


def day_head(day: str) -> str:
    """An ISO day as the head of a column; the year alone for its last day."""
    return day[:4] if day.endswith("-12-31") else day


def signed(value: float, places: int) -> str:
    """A difference with its sign."""
    text = number(value, places)
    return text if text.startswith("−") or not math.isfinite(value) else f"+{text}"


def notes(warnings: Iterable[str]) -> list[str]:
    """Warnings as lines that fit the width."""
    return [line for text in warnings for line in textwrap.wrap(f"Note: {text}", WIDTH, subsequent_indent="  ")]


def wrapped(text: str, indent: str = "", more: str | None = None) -> list[str]:
    """``text`` in lines that fit the width, names of keys unbroken, the lines after the first two blanks further in."""
    further = f"{indent}  " if more is None else more
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )


def cut(text: str, longest: int) -> str:
    """``text``, its end replaced by dots where it is longer than a column may be."""
    return text if len(text) <= longest else text[: longest - 3].rstrip() + "..."


def told_apart(labels: Sequence[str], longest: int) -> list[str]:
    """Each label cut to ``longest``; those that would then look alike begin at the word in which they differ.

    >>> told_apart(["Truce with a force", "Truce without a force", "Baseline"], 12)
    ['...with a...', '...withou...', 'Baseline']
    """
    short = [cut(label, longest) for label in labels]
    told = []
    for label, text in zip(labels, short, strict=True):
        alike = sorted({other for other, cropped in zip(labels, short, strict=True) if cropped == text})
        if len(alike) > 1:
            # The first and the last in order share the least.
            pairs = enumerate(zip(alike[0], alike[-1], strict=False))
            same = next((at for at, (one, other) in pairs if one != other), len(alike[0]))
            text = cut(f"...{label[label.rfind(' ', 0, same) + 1 :]}", longest)
        told.append(text)
    return told


def _line(row: Sequence[str], widths: Sequence[int], left: int) -> str:
    cells = [
        cell.ljust(width) if index < left else cell.rjust(width)
        for index, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return (" " * GAP).join(cells).rstrip()


def _stretches(widths: Sequence[int]) -> list[list[int]]:
    """The columns in stretches that fit the width, each beginning with the first column."""
    stretches = [[0]]
    for index, width in enumerate(widths[1:], start=1):
        used = sum(widths[column] + GAP for column in stretches[-1])
        if len(stretches[-1]) > 1 and used + width > WIDTH:
            stretches.append([0])
        stretches[-1].append(index)
    return stretches
