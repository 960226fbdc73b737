"""Sentences of comparison figures: each number they say is a row of the figure's table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sim.analysis.wording import quantity
from sim.figures.compared.spread import difference_unit, statement
from sim.figures.compared.subjects import Subject, contrast_of, others
from sim.figures.drawing import Row
from sim.figures.words import number

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.analysis import Row as Compared

MINUS = "−"


class Told(NamedTuple):
    """A sentence and the rows it was made from."""

    text: str
    rows: list[Row]


def findings(comparison: Comparison, subjects: Sequence[Subject], most: int = 3) -> Told:
    """What the first of ``subjects`` shows for each other scenario, or each of them where there is one other.

    At most ``most`` findings are told.
    """
    rest = others(comparison)
    several = len(rest) > 1
    wanted = [(subject, other) for subject in (subjects[:1] if several else subjects) for other in rest]
    found = [contrast_of(comparison, subject.outcome, other) for subject, other in wanted]
    known = [one for one in found if one is not None and len(one.dates)]
    kept = known[:most]
    if not kept:
        return Told("No date of these variables is shared by the scenarios.", [])
    rows = [one.last() for one in kept]
    # A split's findings are about runs that were sorted, not about causes; the sentence must say so itself.
    caution = "Conditioning, not intervention: " if comparison.conditional else ""
    year = rows[0].date[:4]
    if several:
        lead, _, _ = rows[0].finding.partition(": ")
        parts = [f"{row.scenario}: {row.finding.partition(': ')[2]}" for row in rows]
        left = len(rest) - len(kept)
        parts += [f"The CSV holds {left} more."] if left > 0 else []
        text = f"{caution}{lead} in {year} against {rows[0].baseline}. {' '.join(parts)}"
    else:
        text = (
            f"{caution}{rows[0].scenario} against {rows[0].baseline} in {year}. {' '.join(row.finding for row in rows)}"
        )
    return Told(text, [statement(one) for one in known])


def difference_text(row: Compared) -> tuple[tuple[str, ...], ...]:
    """Two lines over a fan of differences: the mean with its interval, and in how many of 100 runs it is higher.

    Each line in wordings from long to short, of which the first that fits is set.
    """
    if row.p_equal == 1:
        return (("0",), ("the same in all runs", "in all runs"))
    mean, low, high = rounded(row)
    size = (f"{mean} ({low} to {high})", mean)
    if not row.shown:
        # First, since the first line is the one that stays where there is little room.
        return (("no difference shown", "none shown"), size)
    up, down = _of_100(row.p_higher), _of_100(row.p_lower)
    return (size, (f"higher in {up}, lower in {down}", f"{up} up, {down} down", f"{up} / {down}"))


def rounded(row: Compared) -> tuple[str, str, str]:
    """Mean difference, low and high with the digits the interval leaves standing, signs written out."""
    values = (row.mean_difference, row.low, row.high)
    if row.kind in ("probability", "label"):
        texts = [f"{100 * value:.1f}" for value in values]
    else:
        error = max((row.high - row.low) / 2, abs(row.mean_difference) / 1000)
        texts = [quantity(value, error) for value in values]
    texts = [text.replace("-", MINUS) for text in texts]
    texts = [text if any(digit in text for digit in "123456789") else text.replace(MINUS, "") for text in texts]
    mean = texts[0] if texts[0].startswith(MINUS) or row.mean_difference <= 0 else f"+{texts[0]}"
    return mean, texts[1], texts[2]


def against(subject: Subject) -> str:
    """The unit of a difference, to stand under a row's label."""
    return difference_unit(subject.variable.unit)


def _of_100(share: float) -> str:
    if share <= 0 or share >= 1:
        return number(100 * share)
    text = number(100 * share)
    return "<1" if text == "0" else ">99" if text == "100" else text
