"""What the page can ask beyond a chart: what a lever does, what matters, what it would take, why, and the report.

Each question is calculated step by step with the runs of the state on the same streams, says how far it is, and can be
stopped.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import text
from sim.analysis.sweep.design import Input
from sim.analysis.sweep.question import Recorded, target
from sim.analysis.sweep.solving import solve
from sim.errors import InputError
from sim.explore.answer import baseline_of, by_title, headlines, title_of
from sim.explore.drawn import Drawn, GivenUp, Subject, codes
from sim.explore.levers import said_origin
from sim.explore.matters import (
    RUNS,
    Progress,
    Question,
    Stopped,
    days,
    ends_of,
    label_of,
    outcome,
    parameter_of,
    row_of,
    screening,
    tornado,
    values_of,
)
from sim.explore.state import State
from sim.limits import LONGEST_LABEL
from sim.scenario.domain import Number
from sim.scenario.values import Dated, Distribution

if TYPE_CHECKING:
    from sim.analysis.sweep.turning import Turn
    from sim.scenario import Parameter, Scenario

COMMAND = "alliance explore"
MOST_STATES = 12
SOLVE_STEPS = 34
"""About as many values of a lever as a search tries."""


def question(raw: Mapping[str, Any]) -> Question:
    """The question that a request asks. Raises InputError where it is none."""
    kind = raw.get("kind")
    asked = _KINDS.get(kind) if isinstance(kind, str) else None
    if asked is None:
        raise InputError(text.unknown("question", text.tame(str(kind), 40), _KINDS))
    return asked(raw)


def _effect(raw: Mapping[str, Any]) -> Question:
    """What one lever does: every headline number with the lever at its low end, as it is, and at its high end."""
    state, key = State.read(raw.get("state")), str(raw.get("key"))[:120]
    ends = ends_of(key, state.scenario())
    if ends is None:
        raise InputError("this key has no range of its own to move in; set a value and see")
    low, high = ends

    def run(progress: Progress, stopped: Stopped) -> dict[str, Any]:
        from sim.explore.answer import headline
        from sim.explore.drawn import drawn_for

        subjects = headlines()
        columns: list[Drawn] = []
        for column, moved in enumerate((state.with_set(key, low), state, state.with_set(key, high))):
            progress(column, 3)
            columns.append(drawn_for(moved.scenario(), state.seed, min(RUNS, state.runs), subjects, stopped))
        rows: list[tuple[float, dict[str, Any]]] = []
        for subject in subjects:
            each: list[dict[str, Any]] = [headline(subject, drawn, columns[1], drawn.scenario.end) for drawn in columns]
            size = abs(float(each[2]["number"] or 0) - float(each[0]["number"] or 0))
            spread = float(np.std(columns[1].of(subject)[-1])) or 1.0
            cells = [cell["value"] for cell in each]
            rows.append((size / spread, {"title": subject.title, "unit": subject.unit, "values": cells}))
        rows.sort(key=lambda row: row[0], reverse=True)
        return {"low": low, "high": high, "rows": [row for _, row in rows]}

    return run


def _solve(raw: Mapping[str, Any]) -> Question:
    """What it would take: where along a lever's range an outcome reaches a level with a stated probability."""
    state, key = State.read(raw.get("state")), str(raw.get("key"))[:120]
    scenario = state.scenario()
    subject, day = outcome(raw, scenario)
    level, odds = (_number_asked(raw.get(name, usual)) for name, usual in (("level", None), ("probability", 0.5)))
    sign = "<=" if raw.get("below") is True else ">="
    at = days(scenario, subject)[row_of(scenario, subject, day)]
    aim = target(f"P({subject.id}@{at} {sign} {level:f}) >= {odds:f}", _recorded(scenario, subject))
    ends = ends_of(key, scenario)
    if ends is None or ends[0][0] in '"tf':
        raise InputError("choose a lever that is a number")
    parameter = parameter_of(key)
    whole = isinstance(parameter.domain, Number) and parameter.domain.integer
    low, high = map(float, ends)
    reached = f"{text.amount(level, subject.about.unit)} or {'less' if sign == '<=' else 'more'}"
    goal = f"{reached} in {text.when(at, subject.about.every)}, in at least {100 * odds:g}% of runs,"
    lever = Input(f"lever “{label_of(key)}”", (key,), "", parameter.unit, low=low, high=high, whole=whole)

    def run(progress: Progress, stopped: Stopped) -> dict[str, Any]:
        tried = 0

        def holds(number: float) -> NDArray[np.bool_]:
            nonlocal tried
            tried += 1
            progress(min(tried, SOLVE_STEPS), SOLVE_STEPS)
            if stopped():
                raise GivenUp
            return aim.condition.holds(
                values_of(state.with_set(key, f"{number:.6g}").scenario(), state.seed, subject, day)
            )

        solution = solve(lever, aim, holds)
        return {
            "sentence": f"{subject.title}: {solution.sentence(goal)}.",
            "answer": None if np.isnan(solution.value) else float(solution.value),
            "curve": [
                [float(at), float(share), float(low), float(high)]
                for at, share, low, high in zip(
                    solution.levers, solution.shares, solution.share_low, solution.share_high, strict=True
                )
            ],
            "runs": solution.runs,
        }

    return run


def _number_asked(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or abs(raw) > 1e12:
        raise InputError("level and probability must be numbers")
    return float(raw)


def _recorded(scenario: Scenario, subject: Subject) -> Recorded:
    from sim.model import axes

    about, axis = subject.about, axes(scenario)
    entities = {about.name: (*codes(about.entity), *filter(None, [subject.entity])) if about.entity else ()}
    return Recorded({about.name: about.every}, entities, axis.years, axis.months)


def _why(raw: Mapping[str, Any]) -> Question:
    """Why a state differs from its baseline: the difference shared out over the groups of changed inputs."""
    state = State.read(raw.get("state"))
    scenario = state.scenario()
    base = baseline_of(scenario)
    if base.hash == scenario.hash:
        raise InputError("this is the baseline itself; there is no difference to explain")
    subject, day = outcome(raw, scenario)

    def run(progress: Progress, _: Stopped) -> dict[str, Any]:
        from sim.analysis import attribute
        from sim.analysis.outcomes import chosen_outcomes

        outcomes = chosen_outcomes([subject.id], scenarios=[scenario])
        attribution = attribute(base, scenario, runs=RUNS, seed=state.seed, outcomes=outcomes, progress=progress)
        dated = sorted(attribution.waterfalls, key=lambda waterfall: waterfall.date)
        past = [waterfall for waterfall in dated if waterfall.date <= day.isoformat()]
        waterfall = past[-1] if past else dated[0]
        ways = attribution.channels()
        return {
            "title": subject.title,
            "unit": subject.unit,
            "date": waterfall.date,
            "from": waterfall.a_mean,
            "to": waterfall.b_mean,
            "parts": [
                {
                    "group": part.group,
                    "mean": part.mean,
                    "low": part.low,
                    "high": part.high,
                    "open": part.depends_on,
                    "through": list(ways.get((part.group, waterfall.outcome.key), ())),
                }
                for part in waterfall.parts
            ],
            "runs": RUNS,
        }

    return run


def _depends(raw: Mapping[str, Any]) -> Question:
    """Which differences from the baseline change where an open assumption is put at an end of its range."""
    state = State.read(raw.get("state"))
    scenario = state.scenario()
    base = baseline_of(scenario)
    if base.hash == scenario.hash:
        raise InputError("this is the baseline itself; there is no difference to try")
    subjects = raw.get("subjects")
    if not isinstance(subjects, list) or not 1 <= len(subjects) <= 4:
        raise InputError("subjects must be a list of one to four outcomes")
    chosen = [outcome({**raw, "subject": subject}, scenario) for subject in subjects]
    asked = [f"{subject.id}@{days(scenario, subject)[row_of(scenario, subject, day)]}" for subject, day in chosen]

    def run(progress: Progress, _: Stopped) -> dict[str, Any]:
        from sim.analysis.sweep import depends
        from sim.analysis.sweep.design import assumptions
        from sim.model import catalogue

        tried = assumptions(catalogue(), scenario)
        named = replace(scenario, name="this state")
        turns = depends([base, named], asked, inputs=tried, runs=RUNS, seed=state.seed, progress=progress)
        told = [
            _conclusion(subject, day, [turn for turn in turns if turn.outcome == written])
            for written, (subject, day) in zip(asked, chosen, strict=True)
        ]
        return {"conclusions": told, "tried": sum(len(entry.ends()) for entry in tried), "runs": RUNS}

    return run


def _conclusion(subject: Subject, day: datetime.date, turns: Sequence[Turn]) -> dict[str, Any]:
    """One difference from the baseline: in how many settings it holds, and what becomes of it in the others."""
    changed = [turn for turn in turns if turn.change != "holds"]
    return {
        "title": f"{subject.title} in {text.when(day, subject.about.every)}",
        "unit": subject.unit,
        "difference": [float(end) for end in (turns[0].base_mean, turns[0].base_low, turns[0].base_high)]
        if turns
        else None,
        "holds": len(turns) - len(changed),
        "settings": len(turns),
        "changed": [
            {"change": turn.change, "key": turn.assumption, "at": turn.setting, "to": [turn.mean, turn.low, turn.high]}
            for turn in changed
        ],
    }


def _report(raw: Mapping[str, Any]) -> Question:
    """The one-file report of what is on the screen: each state against the baseline of the first."""
    states = _states(raw)

    def run(progress: Progress, stopped: Stopped) -> dict[str, Any]:
        import tempfile
        from pathlib import Path

        from sim.analysis import compare
        from sim.ensemble import run as run_ensemble
        from sim.figures import draw_all, figure_names
        from sim.figures.report import build_report, read_pictures

        first = states[0]
        base = baseline_of(first.scenario())
        named = title_of(base)
        scenarios = {"baseline": replace(base, title=named, label=title_of(base, "label")[:LONGEST_LABEL])}
        for number, state in enumerate(states, start=1):
            unchanged = len(state.extends) == 1 and not state.changes
            title = state.title or by_title(state) + ("" if unchanged else ", changed")
            label = (state.title or f"{by_title(state, 'label')}, {state.changes} changed")[:LONGEST_LABEL]
            if not unchanged and label in {other.label for other in scenarios.values()}:
                label = f"State {number}"
            name = state.extends[0] if unchanged else f"state_{number}"
            scenarios.setdefault(name, replace(state.scenario(), name=name, title=title, label=label))
        distinct: dict[str, Scenario] = {}
        for name, scenario in scenarios.items():
            if scenario.hash not in {other.hash for other in distinct.values()}:
                distinct[name] = replace(scenario, name=name)
        if len(distinct) < 2:
            raise InputError("a report compares; change something or pin another state first")
        with tempfile.TemporaryDirectory() as folder:
            results = []
            for number, (name, scenario) in enumerate(distinct.items()):
                progress(number, len(distinct) + 1)
                if stopped():
                    raise GivenUp
                runs = min(1000, first.runs)
                results.append(run_ensemble(scenario, runs=runs, seed=first.seed, out=Path(folder) / name))
            comparison = compare(results)
            names = figure_names(comparison)
            figures = Path(folder) / "figures"
            draw_all(comparison, figures, ("svg",), command=COMMAND, progress=progress)
            return {"html": build_report(comparison, read_pictures(figures, names), command=COMMAND)}

    return run


def _states(raw: Mapping[str, Any]) -> list[State]:
    states = raw.get("states")
    if not isinstance(states, list) or not 1 <= len(states) <= MOST_STATES:
        raise InputError(f"states must be a list of one to {MOST_STATES}")
    return [State.read(state) for state in states]


def compared_inputs(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting in which states differ from each other or from the baseline of the first, inherited ones too.

    For numbers also the lowest, the highest and the mean over the states.
    """
    from sim.analysis.inputs import changed_inputs
    from sim.model import catalogue

    states = _states(raw)
    scenarios = [state.scenario() for state in states]
    base = baseline_of(scenarios[0])
    known = catalogue()
    rows = []
    for change in changed_inputs([base, *scenarios], known):
        numbers = [_number(scenario, change.key, known.find(change.key)) for scenario in scenarios]
        counted = [number for number in numbers if number is not None]
        rows.append(
            {
                "key": change.key,
                "meaning": change.meaning,
                "unit": change.unit,
                "kind": change.kind,
                "open": change.depends_on,
                "values": list(change.values),
                "origins": [said_origin(origin) for origin in change.origins],
                "spread": [min(counted), max(counted), sum(counted) / len(counted)] if counted else None,
            }
        )
    return {"baseline": base.title, "rows": rows}


def _number(scenario: Scenario, key: str, parameter: Parameter | None) -> float | None:
    given = scenario.values.get(key)
    value = given.value if given else parameter.default if parameter else None
    if isinstance(value, Distribution):
        return float(f"{value.central():.6g}")
    if isinstance(value, Dated):
        return float(f"{value.points[-1][1].central():.6g}")
    return None


_KINDS: dict[str, Callable[[Mapping[str, Any]], Question]] = {
    "effect": _effect,
    "tornado": tornado,
    "matters": screening,
    "solve": _solve,
    "why": _why,
    "depends": _depends,
    "report": _report,
}
