"""Plain text tables, the same bytes on a terminal and in a file."""

from __future__ import annotations

from collections.abc import Sequence


def columns(rows: Sequence[Sequence[str]], *, left: int = 1, gap: int = 2) -> list[str]:
    """Lines with ``rows`` set in columns; the first ``left`` columns flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append((" " * gap).join(cells).rstrip())
    return lines


COUNTED = ("members", "days")


def decimals(values: Sequence[float], unit: str = "") -> int:
    """Digits after the point that show ``values`` of one row to about three figures; none for what is counted."""
    if unit in COUNTED or not values:
        return 0
    largest = max(abs(value) for value in values)
    return 0 if largest >= 1000 else 1 if largest >= 10 else 2


def number(value: float, digits: int) -> str:
    """``value`` with ``digits`` after the point and thousands set apart by commas; never a negative zero."""
    text = f"{value:,.{digits}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text
