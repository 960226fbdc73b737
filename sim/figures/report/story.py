"""What a report says in words: the answer, each scenario's story, and what a reader must not take from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.analysis import Comparison, Row
from sim.figures.cases import cast_of
from sim.figures.report.tables import by_outcome, is_share, outcome_name, same_everywhere
from sim.scenario.parameter import Catalogue
from sim.text import day_of, difference, full_date, later_marked, quantity, runs_of_100

MOST_SCENARIOS, MOST_NAMES, MOST_LEADING = 3, 3, 3
NOT_MODELLED = (
    "Nuclear use, war between Russia and the alliance, and how the alliance decides: none of them is in the model.",
    "Domestic politics beyond elections and the orientation of governments is left out, and so are the limits of arms "
    "industries in detail.",
    "Nobody acts but the members, other donors of aid to Ukraine, Russia and Ukraine.",
    "The front is one area for the east and one for the Kursk salient; where on the line anything happens is not told.",
)
NOT_KNOWN = (
    "Nothing that became known after the start of a scenario is in its data or defaults.",
    "Losses of both sides are estimates by parties to the war or by observers; estimates of Ukrainian losses differ by "
    "a factor of two.",
    "Aid follows one release of the Ukraine Support Tracker; releases differ by several per cent for Europe.",
    "Some rows of the tables, chiefly days and names of public record, were filled from memory and checked by nobody; "
    "the list of sources says which.",
)
_PAIRED = (
    "Differences are taken run by run: the same run has the same luck in every scenario, so that only causes differ."
)
_SORTED = (
    "The parts are runs of one scenario sorted by what happened in them. They may differ in other ways than the one "
    "they are sorted by: this is conditioning, not what a change of policy would do."
)


@dataclass(frozen=True, slots=True)
class Side:
    """One scenario (or part of one ensemble) as the report names and marks it.

    ``title`` is the scenario's full title, ``label`` its short one for tables and keys.
    """

    name: str
    title: str
    label: str
    runs: int
    colour: str
    dashes: str
    is_baseline: bool


@dataclass(frozen=True, slots=True)
class Story:
    """What the reader is told about one side; ``leading`` are its largest differences in words."""

    side: Side
    description: str
    references: tuple[str, ...]
    period: str
    leading: tuple[str, ...]


def sides(comparison: Comparison) -> list[Side]:
    """The scenarios, the baseline first, with the labels, colours and dashes that the figures give them."""
    cast = cast_of(comparison)
    return [
        Side(
            name=case.name,
            title=case.name if cast.conditional else case.source.scenario.title,
            label=case.name if cast.conditional else case.label,
            runs=case.source.runs,
            colour=case.look.colour,
            dashes=" ".join(f"{length * 2:g}" for length in case.look.dashes),
            is_baseline=case is cast.first,
        )
        for case in cast.cases
    ]


def stories(comparison: Comparison) -> list[Story]:
    """The stories in the order of ``sides``."""
    return [_story(comparison, side) for side in sides(comparison)]


def answer(comparison: Comparison, labels: Mapping[str, str]) -> tuple[str, str, str]:
    """What changes most, what comes next, and what could not be shown and what all of it hangs on."""
    shown = _ranked(comparison)
    base = labels[comparison.names[comparison.baseline]]
    return (_first(comparison, shown, labels, base), _second(comparison, shown, labels), _third(comparison, shown))


def reading(conditional: bool) -> tuple[str, ...]:
    """How to read the numbers."""
    return (
        "The report says what follows from the assumptions of each scenario. It is not a forecast, and no scenario is "
        "more likely because it is listed.",
        _SORTED if conditional else _PAIRED,
        "The 90% range is over runs: chance, elections and what is uncertain about the parameters. What the model "
        "leaves out is not in it, so the true range is wider.",
        "The 95% interval of a difference says how precisely these runs measure it inside the model, not how sure it "
        "is in the world; more runs make it narrower, but no truer.",
    )


def not_identified(catalogue: Catalogue) -> str:
    """How many parameters no data settle, by the part of the model that reads them."""
    loose = [parameter for parameter in catalogue if parameter.depends_on]
    systems = Counter(system for parameter in loose for system in parameter.used_in[:1])
    where = _joined([f"{system} ({count})" for system, count in systems.most_common()], most=len(systems))
    return (
        f"Of {len(catalogue)} parameters, {len(loose)} are not settled by data: {where}. Each is drawn from a range or "
        "set by the scenario, and is marked “depends on”."
    )


def _story(comparison: Comparison, side: Side) -> Story:
    scenario = comparison.views[comparison.names.index(side.name)].scenario
    return Story(
        side=side,
        description="" if comparison.conditional else scenario.description,
        references=()
        if comparison.conditional
        else tuple(later_marked(reference, scenario.start) for reference in scenario.references),
        period=f"{full_date(scenario.start)} to {full_date(scenario.end)}",
        leading=() if side.is_baseline else tuple(row.finding for row in _leading(comparison, side.name)),
    )


def _leading(comparison: Comparison, scenario: str) -> list[Row]:
    """The largest differences, without those that say again what a larger one of their variable said."""
    kept: list[Row] = []
    for row in comparison.leading(scenario, count=len(comparison.contrasts)):
        if not _repeats(row, kept):
            kept.append(row)
    return kept[:MOST_LEADING]


def _ranked(comparison: Comparison) -> list[list[Row]]:
    """Outcomes with a difference shown, most striking first; each as its rows at one date, largest first."""
    groups = [[row for row in rows if row.shown] for rows in comparison.ranked()]
    return [sorted(rows, key=lambda row: -abs(row.mean_difference)) for rows in groups if rows]


def _repeats(row: Row, earlier: Iterable[Row]) -> bool:
    """Whether ``earlier`` has a row of the same variable and scenario that goes the same way.

    Less aid of the United States and less aid in all say one thing; less of theirs and more of Europe's say two.
    """
    up = row.mean_difference > 0
    same = (row.variable, row.scenario, up)
    return any((other.variable, other.scenario, other.mean_difference > 0) == same for other in earlier)


def _change(row: Row, *, with_words: bool = True) -> tuple[str, str]:
    """A mean difference in words and, for brackets, its interval and in how many runs.

    Without ``with_words`` the amount is a bare number, to follow another of the same direction and unit.
    """
    up = row.mean_difference > 0
    scale = (100.0 if is_share(row) else 1.0) * (1 if up else -1)
    low, high = sorted((row.low * scale, row.high * scale))
    mean = row.mean_difference * scale
    error = 0.1 if is_share(row) else max((high - low) / 2, mean / 1000)
    amount, span = quantity(mean, error), f"{quantity(low, error)} to {quantity(high, error)}"
    if is_share(row):
        text = f"{amount} {_word(row)} of 100 runs" if with_words else f"{amount} {_word(row)}"
        return text, f"{span}; in {100 * row.scenario_mean:.1f} rather than {100 * row.baseline_mean:.1f}"
    nouns = ("pair of runs", "pairs of runs") if row.conditional else ("run", "runs")
    where = runs_of_100(row.p_higher if up else row.p_lower, *nouns)
    text = f"{_word(row)} on average by {difference(amount, row.unit)}" if with_words else f"by {amount}"
    return text, f"{span}; {_word(row)} in {where}"


def _word(row: Row) -> str:
    up = row.mean_difference > 0
    if is_share(row):
        return "more" if up else "fewer"
    if row.kind == "wait":
        return "longer" if up else "shorter"
    return "higher" if up else "lower"


def _joined(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """``A, B and C``, or ``A, B, C and 4 more``."""
    kept = list(names[:most])
    if len(names) > most:
        kept.append(f"{len(names) - most} more")
    return "".join(kept) if len(kept) < 2 else f"{', '.join(kept[:-1])} and {kept[-1]}"


def _first(comparison: Comparison, shown: list[list[Row]], labels: Mapping[str, str], base: str) -> str:
    everything = by_outcome(comparison.headline())
    if not everything:
        return f"Nothing could be compared with “{base}”, because the scenarios share no date."
    if not shown:
        if all(same_everywhere(row) for rows in everything for row in rows):
            return f"Every outcome is the same as under “{base}” in every run."
        return f"No difference from “{base}” could be shown in any of the {len(everything)} outcomes compared."
    day = full_date(day_of(shown[0][0].date))
    return f"By {day}, what differs most from “{base}” is {_told(shown[0], labels)}."


def _second(comparison: Comparison, shown: list[list[Row]], labels: Mapping[str, str]) -> str:
    others = len(by_outcome(comparison.headline())) - 1
    if not shown:
        return f"This rests on {_runs(comparison)}; the statistics say which differences would have been found."
    rest = [rows for rows in shown[1:] if not all(_repeats(row, shown[0]) for row in rows)]
    if rest:
        day = rest[0][0].date
        when = "" if day == shown[0][0].date else f", by {full_date(day_of(day))},"
        return f"Next comes{when} {_told(rest[0], labels)}."
    if others:
        return f"In the other {others} outcomes compared no separate difference stands out."
    return f"This was the only outcome compared, with {_runs(comparison)}."


def _third(comparison: Comparison, shown: list[list[Row]]) -> str:
    known = {(rows[0].variable, rows[0].entity) for rows in shown}
    silent = [
        f"“{outcome_name(rows[0].long_name, rows[0].entity)}”"
        for rows in by_outcome(comparison.headline())
        if (rows[0].variable, rows[0].entity) not in known and not all(map(same_everywhere, rows))
    ]
    start = f"No difference could be shown in {_joined(silent)}; all" if silent and shown else "All"
    if comparison.conditional:
        return f"{start} of this comes from sorting the runs of one scenario, not from changing a cause."
    keys = list(dict.fromkeys(key for name in comparison.names for key in comparison.depends_on(name)))
    hangs = f", and it depends on inputs that no data settle ({_joined(keys)})" if keys else ""
    return f"{start} of this is conditional on the scenarios and not a forecast{hangs}."


def _told(rows: list[Row], labels: Mapping[str, str]) -> str:
    """One outcome's differences: ``“Outcome”: lower on average by 0.3 under “A” (...) and by 0.2 under “B” (...)``."""
    parts: list[str] = []
    for index, row in enumerate(rows[:MOST_SCENARIOS]):
        fresh = index == 0 or _word(row) != _word(rows[index - 1])
        amount, inside = _change(row, with_words=fresh)
        parts.append(f"{amount} under “{labels[row.scenario]}” ({inside})")
    if len(rows) > MOST_SCENARIOS:
        parts.append(f"otherwise under {len(rows) - MOST_SCENARIOS} more")
    return f"“{outcome_name(rows[0].long_name, rows[0].entity)}”: {_joined(parts, most=len(parts))}"


def _runs(comparison: Comparison) -> str:
    if comparison.conditional:
        return f"{sum(view.runs for view in comparison.views):,} runs"
    return f"{comparison.views[0].runs:,} pairs of runs"
