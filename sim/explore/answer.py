"""From a state of the page to what it shows: charts with bands, headline numbers, tiles, each beside the baseline.

Every chart has its sentence, and every change is the mean over pairs of runs.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import text
from sim.ensemble.statistics import moments, shares
from sim.errors import InputError
from sim.explore import forms
from sim.explore.drawn import STORE, Drawn, Stale, Subject, Values, codes, drawn_for, groups, known_variables
from sim.explore.levers import audited, domain_shown, file_stem, front, scenarios, settings
from sim.explore.state import RUNS_OF_A_PAGE, State
from sim.figures.history import EMPTY, SINCE_NOTES, SPLIT_NOTE, Series, break_words, reported, reported_later
from sim.scenario.entities import NAMES
from sim.scenario.layers import EVENT_KEYS
from sim.version import __version__

if TYPE_CHECKING:
    from sim.analysis.levers import Effect
    from sim.model import Variable
    from sim.scenario import Scenario

PREVIEW = 192
SINGLE_RUNS = 20
MOST_CHARTS = 40
DEFAULT_CHARTS = ("europe_canada_share_pct_gdp", "us_commitment")


@cache
def headlines() -> tuple[Subject, ...]:
    """The headline variables, those of donors for the United States, Europe and all."""
    subjects = []
    for variable in known_variables().values():
        if variable.headline:
            shown = [code for code in ("USA", "EUR", "ALL") if code in groups(variable.entity or "")]
            subjects += (
                [Subject(variable.name, code) for code in shown] if variable.entity else [Subject(variable.name)]
            )
    return tuple(subjects)


def views() -> dict[str, list[str]]:
    """The charts of each view of the page, by what variables are about."""
    known = known_variables()
    war = ("russian_controlled_km2", "net_gain_km2", "kursk_held_km2", "ceasefire", "russian_casualties_thousand",
           "ukrainian_casualties_thousand", "resource_ratio", "in_talks")  # fmt: skip
    return {
        "members": [name for name, variable in known.items() if variable.entity == "member"],
        "war": [name for name in war if name in known],
        "aid": [name for name, variable in known.items() if variable.entity == "donor"],
    }


def baseline_of(scenario: Scenario) -> Scenario:
    """The baseline a state is held against: what its scenario goes back to, over the same days."""
    by_name = {row["name"]: row for row in scenarios()}
    shipped = [file_stem(path) for path in scenario.files[:-1]]
    root = next((by_name[name]["baseline"] for name in shipped if name in by_name), "")
    days = {name: getattr(scenario, name).isoformat() for name in ("start", "end")}
    return State((root,) if root else (), **days).scenario()


def answer(raw: Mapping[str, Any], stale: Stale = lambda: False) -> dict[str, Any]:
    """The answer to one request of the page.

    ``raw`` holds ``state`` and what is on the screen: ``charts`` (subjects), ``date``, ``tiles`` (a variable),
    ``donors`` (a variable), ``runs`` (``"preview"`` for the first of the ensemble), ``single`` (20 single runs).

    Raises:
        InputError: the request or its state is wrong.
        GivenUp: ``stale`` said so.
    """
    state = State.read(raw.get("state"))
    scenario = state.scenario()
    wanted = raw.get("charts", list(DEFAULT_CHARTS))
    if not isinstance(wanted, list) or len(wanted) > MOST_CHARTS:
        raise InputError(f"charts must be a list of at most {MOST_CHARTS}")
    charts = [Subject.read(name, scenario) for name in wanted]
    strip = headlines() if raw.get("strip", True) else ()
    tiles, donors = (_entities(raw.get(name), scenario) for name in ("tiles", "donors"))
    subjects = [*dict.fromkeys([*charts, *strip, *tiles, *donors])]
    base_scenario = baseline_of(scenario)
    # The baseline is drawn in full at once: every later answer, preview or not, is held against its first runs.
    base = drawn_for(base_scenario, state.seed, state.runs, subjects, stale, widely=True)
    runs = state.runs
    if base_scenario.hash == scenario.hash:
        drawn = base
    elif raw.get("runs") == "preview" and not _is_kept(scenario, state, subjects):
        runs = min(PREVIEW, state.runs)
        drawn, base = drawn_for(scenario, state.seed, runs, subjects, stale), base.first(runs)
    else:
        drawn = drawn_for(scenario, state.seed, runs, subjects, stale, widely=True)
    day = _day(raw.get("date"), scenario)
    return {
        "hash": scenario.hash[:16],
        "title": state.title or (scenario.title if state.changes else by_title(state)),
        "runs": runs,
        "asked": state.runs,
        "preview": runs < state.runs,
        "start": scenario.start.isoformat(),
        "end": scenario.end.isoformat(),
        "date": day.isoformat(),
        "baseline": title_of(base_scenario),
        "same": base is drawn,
        "charts": [chart(subject, drawn, base, bool(raw.get("single"))) for subject in charts],
        "strip": [headline(subject, drawn, base, day) for subject in strip],
        "tiles": [tile(subject, drawn, base, day) for subject in tiles],
        "donors": [tile(subject, drawn, base, day) for subject in donors],
        "levers": settings(scenario, tuple(lever.key for _, levers in front() for lever in levers)),
        "outlook": forms.told(scenario) if raw.get("outlook") else [],
    }


def _is_kept(scenario: Scenario, state: State, subjects: Iterable[Subject]) -> bool:
    kept = STORE.get(scenario, state.seed, state.runs)
    return kept is not None and {key for subject in subjects for key in subject.series} <= kept.series.keys()


def by_title(state: State, part: str = "title") -> str:
    """The title, or the short ``label``, of the shipped scenario that an unchanged state is."""
    titles = {row["name"]: row[part] for row in scenarios()}
    return "; ".join(titles.get(name, name) for name in state.extends)


def title_of(scenario: Scenario, part: str = "title") -> str:
    """The title, or the short ``label``, of the baseline that ``baseline_of`` gave: that of its shipped file."""
    titles: dict[str, str] = {row["name"]: row[part] for row in scenarios()}
    shipped = [file_stem(path) for path in scenario.files[:-1]]
    return titles.get(shipped[-1], scenario.title) if shipped else "The defaults"


def _entities(raw: Any, scenario: Scenario) -> list[Subject]:
    """Every entity of a variable, as tiles need it."""
    if not raw:
        return []
    variable = Subject.read(raw, scenario).about
    if variable.entity is None:
        raise InputError(f"{variable.name} has no members or donors")
    return [Subject(variable.name, code) for code in codes(variable.entity)]


def _day(raw: Any, scenario: Scenario) -> datetime.date:
    if raw in (None, "", "end"):
        return scenario.end
    try:
        day = datetime.date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        day = None
    if day is None:
        raise InputError("date must be a day such as 2027-12-31")
    return min(max(day, scenario.start), scenario.end)


def _row(days: Sequence[datetime.date], day: datetime.date) -> int:
    """The place of the last value on or before ``day``; the first where none is."""
    return max(0, sum(date <= day for date in days) - 1)


def chart(subject: Subject, drawn: Drawn, base: Drawn, single: bool) -> dict[str, Any]:
    """One chart: bands (or shares), the baseline's, what was reported, and one sentence."""
    about, values = subject.about, drawn.of(subject)
    days = drawn.dates[about.every]
    drawing: dict[str, Any] = {
        "id": subject.id,
        "title": subject.title,
        "unit": subject.unit,
        "every": about.every,
        "kind": subject.kind,
        "labels": list(about.labels),
        "dates": [day.isoformat() for day in days],
        "places": 0,
    }
    if not len(days):
        return {**drawing, "values": [], "sentence": "No value falls in this horizon.", "alt": "No value."}
    other = base.of(subject) if base is not drawn else None
    if about.labels:
        drawing["values"] = _rounded(shares(values, len(about.labels)), 4)
        drawing["base"] = _rounded(shares(other, len(about.labels)), 4) if other is not None else None
    elif about.flag:
        drawing["values"] = _rounded(values.mean(axis=-1, dtype=np.float64), 4)
        drawing["base"] = _rounded(other.mean(axis=-1, dtype=np.float64), 4) if other is not None else None
    else:
        quantiles = moments(values)[:, 2:]
        drawing["places"] = text.decimals(float(np.abs(quantiles).max()), about.unit)
        digits = max(2, drawing["places"] + 2)
        drawing["values"] = _rounded(quantiles, digits)
        drawing["base"] = _rounded(moments(other)[:, 2:], digits) if other is not None else None
        drawing |= reported_points(subject, drawn.scenario)
        if single:
            drawing["single"] = _rounded(values[:, :SINGLE_RUNS].T, digits)
    drawing["sentence"] = sentence(subject, drawn, base, len(days) - 1)
    drawing["alt"] = " ".join(
        filter(None, (f"{subject.title}, {subject.unit}.", drawing["sentence"], drawing.get("note")))
    )
    return drawing


def reported_points(subject: Subject, scenario: Scenario) -> dict[str, Any]:
    """What was reported: before the start (``history``), since (``since``), since but counted differently (``unlike``).

    Where something else is counted from a year on, the history says before which values it parts, and ``note`` how to
    read that.
    """
    if subject.kind != "fan" or subject.codes:
        return {}
    name = subject.variable, subject.entity or None
    earlier = _known(*name, scenario.start).before(scenario.start)
    later = reported_later(*name, scenario.start)
    return {
        "history": _points(earlier),
        "since": _points(later.get(True, EMPTY), SINCE_NOTES[True]),
        "unlike": _points(later.get(False, EMPTY), SINCE_NOTES[False]),
        "note": break_words([earlier]).strip(),
    }


@lru_cache(maxsize=2048)  # the days on which states start are a user's to choose
def _known(variable: str, entity: str | None, day: datetime.date) -> Series:
    return reported(variable, entity, day)


def _points(series: Series, note: str = "") -> dict[str, Any] | None:
    if not len(series):
        return None
    notes = {str(series.dates[first]): SPLIT_NOTE for first in series.splits}
    values = [float(f"{value:.6g}") for value in series.values]
    return {"dates": [str(day) for day in series.dates], "values": values, "splits": notes, "note": note}


def headline(subject: Subject, drawn: Drawn, base: Drawn, day: datetime.date) -> dict[str, Any]:
    """One number of the strip at ``day`` with its change from the baseline."""
    about = subject.about
    row = _row(drawn.dates[about.every], day)
    values, other = drawn.of(subject)[row], base.of(subject)[row]
    middle, low, high = _middle(about, values)
    before = _middle(about, other)[0]
    change = middle - before if about.flag else float(np.mean(values - other, dtype=np.float64))
    places = text.decimals(max(abs(middle), abs(high), abs(low)), about.unit) if not about.flag else 0
    return {
        "id": subject.id,
        "title": subject.title,
        "unit": subject.unit,
        "date": text.when(drawn.dates[about.every][row], about.every),
        "value": text.share(middle) + "%" if about.flag else text.amount(middle, about.unit, places),
        "range": "" if about.flag else f"{text.number(low, places)} to {text.number(high, places)}",
        "number": _one(middle),
        **_change(about, change, places, base is drawn),
        "size": _one(change),
        "higher": None if base is drawn else _one(float((values > other).mean())),
        "lower": None if base is drawn else _one(float((values < other).mean())),
        "sentence": sentence(subject, drawn, base, row),
    }


def _middle(about: Variable, values: Values) -> tuple[float, float, float]:
    if about.flag:
        mean = float(values.mean(dtype=np.float64))
        return mean, mean, mean
    quantiles = moments(values[None])[0, 2:]
    return float(quantiles[2]), float(quantiles[0]), float(quantiles[4])


def _change(about: Variable, change: float, places: int, same: bool) -> dict[str, str]:
    """The change in words, and which way it goes; what rounds to nought goes no way."""
    if same:
        return {"change": "this is the baseline", "way": ""}
    words = text.number(100 * change, 1) if about.flag else text.number(change, max(places, 0) + 1)
    if not any(digit in words for digit in "123456789"):
        return {"change": "no change", "way": ""}
    up = not words.startswith("−")
    return {"change": f"{'+' if up else ''}{words}{' points' if about.flag else ''}", "way": "up" if up else "down"}


def sentence(subject: Subject, drawn: Drawn, base: Drawn, row: int) -> str:
    """One plain sentence: what holds at a date, and how it stands to the baseline."""
    about, values = subject.about, drawn.of(subject)[row]
    when = text.when(drawn.dates[about.every][row], about.every)
    if about.labels:
        each = shares(values[None], len(about.labels))[0]
        best = int(np.argmax(each))
        return f"{text.in_runs(float(each[best]), drawn.runs)}: {about.labels[best]} in {when}."
    if about.flag:
        words = f"{text.in_runs(float(values.mean()), drawn.runs)}: {text.lower(about.long_name)} in {when}."
        if base is not drawn:
            words += f" In the baseline: {text.share(float(base.of(subject)[row].mean()))}%."
        return words
    quantiles = [float(value) for value in moments(values[None])[0, 2:]]
    words = f"Median in {when}: {text.median_and_range(quantiles, about.unit)}."
    if base is drawn:
        return words
    other = base.of(subject)[row]
    if np.array_equal(values, other):
        return f"{words} The same as in the baseline in every run."
    higher, lower = float((values > other).mean()), float((values < other).mean())
    word, share = ("Higher", higher) if higher >= lower else ("Lower", lower)
    odds = text.lower(text.in_runs(share, drawn.runs))
    return f"{words} {word} than in the baseline {odds}."


def tile(subject: Subject, drawn: Drawn, base: Drawn, day: datetime.date) -> dict[str, Any]:
    """One member or donor at ``day``: median, 90% of runs, mean change run by run."""
    about = subject.about
    row = _row(drawn.dates[about.every], day)
    values = drawn.of(subject)[row]
    middle, low, high = _middle(about, values)
    change = 0.0 if base is drawn else float(np.mean(values - base.of(subject)[row], dtype=np.float64))
    return {"code": subject.entity, "value": _one(middle), "low": _one(low), "high": _one(high), "change": _one(change)}


def _one(value: float) -> float | None:
    return float(f"{value:.5g}") if np.isfinite(value) else None


def _rounded(values: NDArray[Any], digits: int) -> list[Any]:
    rounded: list[Any] = np.round(np.asarray(values, np.float64), digits).tolist()
    return rounded


def _effect_shown(effect: Effect) -> dict[str, Any]:
    return {
        "title": effect.title,
        "unit": effect.unit,
        "scenario": effect.scenario,
        "low": effect.low,
        "high": effect.high,
        "day": effect.day.isoformat(),
        "change": effect.change,
        "standard": effect.standard,
    }


@cache
def page_facts() -> Mapping[str, Any]:
    """All that the page is told once: scenarios, levers, parameters, variables, codes and places of members."""
    from sim.figures.tiles import PLACES
    from sim.model import catalogue, variables

    axes = dict.fromkeys(variable.entity for variable in variables() if variable.entity)
    parameters = [
        {
            "key": parameter.key,
            "meaning": parameter.meaning,
            "unit": parameter.unit,
            "kind": parameter.kind,
            "default": parameter.prior_text,
            "source": parameter.source,
            "domain": domain_shown(parameter),
            "sweep": parameter.sweep,
            "open": parameter.depends_on,
            "at_start": parameter.at_start,
            "entities": list(parameter.entities),
            "system": parameter.used_in[0] if parameter.used_in else "",
            "audit": [_effect_shown(effect) for effect in audited(parameter.key)],
            "reported_only": parameter.reported_only,
        }
        for parameter in catalogue()
    ]
    return {
        "version": __version__,
        "scenarios": scenarios(),
        "groups": [
            {
                "name": name,
                "levers": [
                    {"key": lever.key, "label": lever.label, "low": lever.low, "high": lever.high, "step": lever.step}
                    for lever in levers
                ],
            }
            for name, levers in front()
        ],
        "parameters": parameters,
        "variables": [
            {
                "name": variable.name,
                "title": variable.long_name,
                "unit": variable.unit,
                "basis": variable.price_basis,
                "every": variable.every,
                "entity": variable.entity,
                "labels": list(variable.labels),
                "flag": variable.flag,
                "headline": variable.headline,
                "together": bool(variable.together),
            }
            for variable in variables()
        ],
        "axes": {axis: {"codes": list(codes(axis)), "groups": list(groups(axis))} for axis in axes},
        "names": NAMES | {"EUR": "Europe", "OTHER": "other donors", "ALL": "all donors"},
        "places": {code: list(spot) for code, spot in PLACES.items()},
        "charts": list(DEFAULT_CHARTS),
        "views": views(),
        "event_keys": list(EVENT_KEYS),
        "conditions": forms.conditions(),
        "templates": forms.templates(),
        "groups_named": forms.group_choices(),
        "lists": forms.lists(),
        "most_runs": RUNS_OF_A_PAGE,
    }
