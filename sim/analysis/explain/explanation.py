"""Why a variable stands where it stands: parts of its change, the inputs behind it, events and facts.

The runs are made again up to the day asked about, so the answer is exact for the result at hand.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.explain.channels import channel
from sim.analysis.explain.influences import keys_behind, states_behind
from sim.ensemble import BLOCK
from sim.errors import InputError
from sim.model import axes, catalogue, registry, run_block, variables
from sim.model.engine.draws import ACTED, EPOCH
from sim.model.engine.streams import LANES
from sim.model.engine.variables import ROUNDING, Block, Parts, parts_of
from sim.text import later_marked

if TYPE_CHECKING:
    from sim.ensemble import Result
    from sim.model import Variable
    from sim.scenario import Event, Scenario

RUNS_EXPLAINED = 2000


@dataclass(frozen=True, slots=True)
class Term:
    """A part of the change: its mean over runs, and the 5% and 95% quantiles of the part in single runs."""

    name: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NamedInput:
    """A key that can move the variable. ``distance``: how many states of the model lie between, 0 for its own.

    ``effect`` says what theory expects of a higher value, or why the key is reported only; empty where neither is
    declared. ``through`` are the states on the shortest way to the variable, in words, and ``own`` says that a file or
    the command line set the key.
    """

    key: str
    meaning: str
    unit: str
    kind: str
    value: str
    origin: str
    source: str
    depends_on: bool
    distance: int
    effect: str
    through: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class Fired:
    """An event of the scenario by the day; ``acts`` says whether it sets a key that can move the variable.

    Of an event on a condition or left to chance ``share`` of the runs had it in force by the day, half of these since
    ``median_day`` or earlier. ``through`` are the states on its shortest way to the variable, in words.
    """

    date: str
    until: str
    name: str
    probability: float
    sets: str
    origin: str
    acts: bool
    when: str = ""
    share: float = 1.0
    median_day: str = ""
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vintage:
    """A table as a day could see it: its publications, keys of SOURCES.md, rows, and how many rows are weak."""

    table: str
    vintages: tuple[str, ...]
    sources: tuple[str, ...]
    rows: int
    stand_ins: int
    recalled: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """The chain behind one variable on one day; means over ``runs`` runs. The terms sum to ``end - begin``."""

    variable: str
    long_name: str
    unit: str
    entity: str
    date: str
    runs: int
    begin: float
    end: float
    how: str
    terms: tuple[Term, ...]
    inputs: tuple[NamedInput, ...]
    events: tuple[Fired, ...]
    facts: tuple[Vintage, ...]

    @property
    def change(self) -> float:
        """What the terms add up to."""
        return self.end - self.begin

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**asdict(self), "change": self.change}


def explain(result: Result, variable: str, entity: str = "", day: date | str | None = None) -> Explanation:
    """The chain behind ``variable`` of ``entity`` (a code or label) on ``day``, by default the last.

    At most the first 2,000 runs are made again. Raises InputError for a name or day the result does not have, and for
    a result that another version of the program or of the facts made.
    """
    _require_same_model(result)
    result.variable(variable)  # raises with the nearest name
    declared = next(other for other in variables() if other.name == variable)
    entity = _required_entity(result, declared, entity)
    last = _recorded_day(result, variable, day)
    parts, acted = _run_again(result, declared, entity, last)
    scenario, of_entity = result.scenario, "" if declared.labels else entity
    keys = keys_behind(declared, of_entity, last, scenario)
    return Explanation(
        variable=variable,
        long_name=declared.long_name,
        unit="share of runs" if declared.labels else declared.unit,
        entity=entity,
        date=last.isoformat(),
        runs=len(parts.end),
        begin=float(parts.begin.mean()),
        end=float(parts.end.mean()),
        how=parts.how,
        terms=_terms(parts),
        inputs=tuple(_input(key, distance, scenario, declared, of_entity) for key, distance in keys.items()),
        events=tuple(
            _fired(event, keys, acted.get(event.name), declared, of_entity, scenario)
            for event in scenario.events
            if event.first_day(scenario.start) <= last
        ),
        facts=_facts(declared, of_entity, scenario),
    )


def _require_same_model(result: Result) -> None:
    from sim.ensemble import source

    here = source.systems()
    missing = [
        f"{name} of {origin['package']} {origin['version']}".rstrip()
        for name, origin in result.manifest.get("systems", {}).items()
        if name not in here
    ]
    if missing:
        raise InputError(f"{result.path}: made with a system that is not installed here: {', '.join(missing)}")
    inputs_then = result.manifest.get("inputs", {})
    if (inputs_then.get("facts"), inputs_then.get("code")) != (source.facts_stamp(), source.code_stamp()):
        raise InputError(
            f"{result.path}: made by another version of the program or its facts, which this one cannot explain; "
            "run it again with --force"
        )


def _required_entity(result: Result, variable: Variable, entity: str) -> str:
    known = result.entities(variable.name)
    if known and not entity:
        kind = "label" if variable.labels else variable.entity
        raise InputError(f"{variable.name} is recorded for each {kind}; name one: {', '.join(known)}")
    return result.entity(variable.name, entity) if entity else ""


def _recorded_day(result: Result, variable: str, day: date | str | None) -> date:
    days: list[date] = result.dates(variable).astype(object).tolist()
    if day is None:
        return days[-1]
    try:
        asked = date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        raise InputError(f"'{day}' is no date; write it like {days[-1]}") from None
    if asked not in days:
        near = min(days, key=lambda recorded: abs((recorded - asked).days))
        raise InputError(f"{variable} is not recorded on {asked}; the nearest day is {near}")
    return asked


def _run_again(
    result: Result, variable: Variable, entity: str, last: date
) -> tuple[Parts, dict[str, NDArray[np.float32]]]:
    """The parts of every run of the first blocks, in the order of the runs, and the first days of events by name."""
    scenario, declared = replace(result.scenario, end=last), {other.name: other for other in variables()}
    pieces, acted = [], []
    for first in range(0, min(result.runs, RUNS_EXPLAINED), BLOCK):
        count = min(BLOCK, result.runs - first)
        central = bool(result.manifest["central"])
        record, systems = run_block(scenario, result.seed, first, count, central=central, explaining=True, draws=True)
        lanes = slice(first % LANES, first % LANES + count)
        block = Block(record, systems, declared, axes(scenario), scenario.start, lanes)
        pieces.append(parts_of(block, variable, entity))
        acted.append({name: values[0] for name, values in record.items() if name.startswith(ACTED)})
    names = dict.fromkeys(name for piece in pieces for name in piece.parts)
    joined = {
        name: np.concatenate([piece.parts.get(name, np.zeros_like(piece.end)) for piece in pieces]) for name in names
    }
    begin, end = (np.concatenate([getattr(piece, side) for piece in pieces]) for side in ("begin", "end"))
    days = {name.removeprefix(ACTED): np.concatenate([block[name] for block in acted]) for name in acted[0]}
    return Parts(begin, end, joined, pieces[0].how), days


def _terms(parts: Parts) -> tuple[Term, ...]:
    """Terms by size of their mean; those that are rounding in every run are left out."""
    least = ROUNDING * max(1e-9, float(np.abs(parts.end).max()))
    terms = [
        Term(name, float(value.mean()), *(float(edge) for edge in np.quantile(value, (0.05, 0.95))))
        for name, value in parts.parts.items()
        if float(np.abs(value).max()) > least
    ]
    return tuple(sorted(terms, key=lambda term: -abs(term.mean)))


def _input(key: str, distance: int, scenario: Scenario, variable: Variable, entity: str) -> NamedInput:
    from sim import facts
    from sim.scenario import describe

    parameter, given, posterior = catalogue().find(key), scenario.values.get(key), facts.posterior(scenario.start)
    if parameter is None:
        raise KeyError(key)
    own = given is not None and given.origin.layer not in ("default", "facts")
    if posterior and key in posterior.keys and not own:
        draws = posterior.of(key)
        value = f"posterior mean {draws.mean():.4g}, sd {draws.std():.3g}"
        origin = f"joint draws, data until {posterior.provenance['until']}"
    else:
        value = describe(given.value) if given else "not set"
        origin = str(given.origin) if given else "default"
    return NamedInput(
        key, parameter.meaning, parameter.unit, parameter.kind, value, origin,
        "" if own else later_marked(parameter.source, scenario.start),
        parameter.depends_on, distance, parameter.effect_text,
        channel([key], variable, entity, scenario) if own else (), own,
    )  # fmt: skip


def _fired(
    event: Event,
    keys: dict[str, int],
    days: NDArray[np.float32] | None,
    variable: Variable,
    entity: str,
    scenario: Scenario,
) -> Fired:
    from sim.scenario import describe

    sets = ", ".join(f"{key} = {describe(value)}" for key, value in event.sets)
    until = event.until.isoformat() if event.until else ""
    acts = any(key in keys for key, _ in event.sets)
    through = channel([key for key, _ in event.sets], variable, entity, scenario) if acts else ()
    day, when = (event.date.isoformat(), "") if event.date else ("", event.timing())
    share, median = 1.0, ""
    if days is not None:
        came = np.sort(days[np.isfinite(days)])
        share = len(came) / len(days)
        median = date.fromordinal(int(came[(len(came) - 1) // 2]) + EPOCH).isoformat() if len(came) else ""
    return Fired(day, until, event.name, event.probability, sets, str(event.origin), acts, when, share, median, through)


def _facts(variable: Variable, entity: str, scenario: Scenario) -> tuple[Vintage, ...]:
    states, behind = registry().states, states_behind(variable, entity, scenario)
    tables = dict.fromkeys(
        table for name in sorted(behind, key=lambda name: behind[name]) for table in states[name].tables
    )
    return tuple(vintage(table, scenario.start) for table in tables)


@cache
def vintage(table: str, known: date) -> Vintage:
    """The rows of ``table`` known on a day, by publication."""
    from sim.facts.tables import folder

    text = (folder() / f"{table}.csv").read_text("utf-8")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if date.fromisoformat(row["known_on"]) <= known]
    return Vintage(
        table=table,
        vintages=tuple(sorted({row["vintage"] for row in rows if row["vintage"]})),
        sources=tuple(sorted({key for row in rows for key in row["source"].split("+") if key})),
        rows=len(rows),
        stand_ins=sum(row["stand_in"] == "1" for row in rows),
        recalled=sum(row["recalled"] == "1" for row in rows),
    )
