"""What a comparison found, in the words and digits of its figures; each number said is a row of the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.analysis.comparison import contrast_views
from sim.analysis.outcomes import Outcome, outcomes_of
from sim.errors import InputError
from sim.figures.cases import Case, Cast, Subject, remembered
from sim.figures.drawing import Row
from sim.figures.page import Sentence
from sim.text import day_of, difference, number, signed, when
from sim.text import quantity as quantity_text

if TYPE_CHECKING:
    from sim.analysis import Comparison, Contrast
    from sim.analysis import Row as Compared

# A sentence tells at most this many findings.
MOST_TOLD = 3


def title_of(title: str, cast: Cast) -> str:
    """A figure's title with what is compared."""
    comparison = cast.comparison
    if comparison and comparison.conditional:
        return f"{title}: runs of {comparison.views[0].scenario.name} split by {comparison.by}"
    if len(cast.cases) == 2:
        return f"{title}: {cast.first.label} and {cast.others[0].label}"
    return f"{title}: {len(cast.cases)} scenarios"


def outcome_of(cast: Cast, subject: Subject) -> Outcome:
    """The outcome that a comparison knows a subject by."""
    return outcomes_of(cast.variable(subject.name), (subject.entity,))[0]


def contrast_of(comparison: Comparison, outcome: Outcome, scenario: str) -> Contrast | None:
    """What the comparison found, or finds now where it was not asked; None where runs or shared dates are missing."""
    try:
        return comparison.find(outcome.name, scenario, outcome.entity)
    except InputError:
        return remembered(comparison, ("contrast", outcome, scenario), lambda: _contrast(comparison, outcome, scenario))


def _contrast(comparison: Comparison, outcome: Outcome, scenario: str) -> Contrast | None:
    pair = [comparison.views[comparison.baseline], comparison.views[comparison.names.index(scenario)]]
    try:
        contrasts = contrast_views(pair, [outcome], conditional=comparison.conditional)
    except InputError:
        return None
    return contrasts[0] if contrasts else None


def findings(cast: Cast, subjects: Sequence[Subject]) -> Sentence:
    """Which of ``subjects`` differ most, each in its own scale and at the date where it does.

    One for each other scenario, or up to three where there is one other.
    """
    comparison, several = cast.compared, len(cast.others) > 1
    chosen: list[tuple[Case, Compared]] = []
    for case in cast.others:
        contrasts = [contrast_of(comparison, outcome_of(cast, subject), case.name) for subject in subjects]
        rows = [contrast.leading(comparison.at) for contrast in contrasts if contrast and len(contrast.dates)]
        rows.sort(key=lambda row: (not row.shown, -abs(row.standardised)))
        chosen += [(case, row) for row in rows[: 1 if several else MOST_TOLD]]
    if not chosen:
        return Sentence("No date of these variables is shared by the scenarios.")
    # A split's findings are about runs that were sorted, not about causes; the sentence must say so itself.
    caution = "Conditioning, not intervention: " if comparison.conditional else ""
    statements = [statement(row) for _, row in chosen]
    if several:
        parts = [f"{case.label} ({_day(cast, row)}): {row.finding}" for case, row in chosen[:MOST_TOLD]]
        parts += [f"The CSV holds {len(chosen) - MOST_TOLD} more."] if len(chosen) > MOST_TOLD else []
        return Sentence(f"{caution}Against {cast.first.label} most differs: {' '.join(parts)}", statements)
    days = [_day(cast, row) for _, row in chosen]
    dated = [day if at == 0 or days[at - 1] != day else "" for at, day in enumerate(days)]
    parts = [f"{day}: {row.finding}" if day else row.finding for day, (_, row) in zip(dated, chosen, strict=True)]
    return Sentence(f"{caution}{chosen[0][0].label} against {cast.first.label}. {' '.join(parts)}", statements)


def _day(cast: Cast, row: Compared) -> str:
    return when(day_of(row.date), cast.variable(row.variable).every)


def statement(row: Compared) -> Row:
    """The numbers of a difference at one date, as a row of the table: what a sentence says."""
    unit = difference("", row.unit).strip() if row.kind not in ("probability", "label") else "share of runs"
    note = f"mean of {row.scenario} minus {row.baseline}; 95% interval {row.low:.7g} to {row.high:.7g}; "
    note += f"higher in {row.p_higher:.7g}, lower in {row.p_lower:.7g}, of {row.pairs_used} pairs; {row.method}"
    return Row(
        scenario=row.scenario,
        panel="sentence",
        variable=row.variable,
        entity=row.entity,
        date=row.date,
        kind="statement",
        value=row.mean_difference,
        unit=" ".join(unit.split()),
        price_basis=row.price_basis,
        note=note,
    )


def difference_unit(cast: Cast, subject: Subject) -> str:
    """The unit of a difference: percentage points for a percentage."""
    return " ".join(difference("", cast.variable(subject.name).unit).split())


def difference_lines(row: Compared, error: float) -> tuple[tuple[str, ...], ...]:
    """Two lines over a fan of differences: the mean with its interval, and in how many of 100 runs it is higher.

    Each line in wordings from long to short, of which the first that fits is set; ``error`` decides the digits.
    """
    if row.p_equal == 1:
        return (("0",), ("the same in all runs", "in all runs"))
    mean, low, high = rounded(row, error)
    size = (f"{mean} ({low} to {high})", mean)
    if not row.shown:
        # First, since the first line is the one that stays where there is little room.
        return (("no difference shown", "none shown"), size)
    up, down = _of_100(row.p_higher), _of_100(row.p_lower)
    return (size, (f"higher in {up}, lower in {down}", f"{up} up, {down} down", f"{up} / {down}"))


def rounded(row: Compared, error: float) -> tuple[str, str, str]:
    """Mean difference with its sign, low and high, with the digits that ``error`` leaves standing."""
    scale = 100.0 if row.kind in ("probability", "label") else 1.0
    mean, low, high = (scale * value for value in (row.mean_difference, row.low, row.high))
    return signed(mean, error), quantity_text(low, error), quantity_text(high, error)


def common_error(rows: Sequence[Compared], otherwise: float) -> float:
    """What decides the digits of all means of one quantity, so that a column has one number of decimals.

    Half the narrowest 95% interval of those that differ; a tenth of a run in 100 for a share of runs; else
    ``otherwise``.
    """
    if any(row.kind in ("probability", "label") for row in rows):
        return 0.1
    errors = [max((row.high - row.low) / 2, abs(row.mean_difference) / 1000) for row in rows if row.shown]
    return min(errors, default=otherwise)


def _of_100(share: float) -> str:
    if share <= 0 or share >= 1:
        return number(100 * share)
    text = number(100 * share)
    return "<1" if text == "0" else ">99" if text == "100" else text
