"""What the page holds, and the scenario file that says the same.

The state of the page is a small JSON object: the scenario it builds on, the keys it sets (as TOML texts), events, the
horizon, the number of runs and the seed. It becomes a scenario file that extends shipped scenarios only, and that file
is what is simulated: what the page shows and what `alliance run` makes of the download cannot differ.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sim.analysis.branches import key_text, value_text
from sim.errors import InputError, Problem
from sim.limits import MOST_SEED
from sim.scenario.keys import HEADS
from sim.scenario.layers import EVENT_KEYS

if TYPE_CHECKING:
    from sim.scenario import Scenario

NAME = "explored.toml"
RUNS_OF_A_PAGE = 5_000
MOST_SETS = 400
MOST_EVENTS = 40
MOST_GROUPS = 20
LISTS = ("aid.packages", "us.aid.laws")
"""Lists of tables in a scenario file beside its events: packages of aid, and laws of Congress."""
LONGEST_VALUE = 2_000
MOST_RUN_MONTHS = 600_000
"""Runs times months: what one answer may cost; others wait for it for some seconds."""

_HALF = re.compile("[\ud800-\udfff]")  # half a letter, which no file can hold
_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,5}")


@dataclass(frozen=True)
class State:
    """One state of the page.

    ``extends`` names shipped scenarios; ``sets`` maps keys to TOML values as text; ``events`` are tables like those of
    a scenario file, with TOML texts for the values they set; ``rows`` holds the tables of each of `LISTS`, as TOML
    texts by name; ``groups`` the codes of the user's own groups.
    """

    extends: tuple[str, ...]
    sets: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Mapping[str, Any], ...] = ()
    rows: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    title: str = ""
    start: str = ""
    end: str = ""
    runs: int = 1000
    seed: int = 1

    @classmethod
    def read(cls, raw: Any) -> State:
        """The state that a request or a link holds.

        Raises:
            InputError: something in it is of the wrong kind or too large; every mistake is named.
        """
        if not isinstance(raw, dict):
            raise InputError("the state of the page must be an object")
        problems: list[Problem] = []

        def wrong(key: str, message: str) -> None:
            problems.append(Problem("", 0, 0, key, message))

        extends = raw.get("extends", ["baseline"])
        if not (isinstance(extends, list) and len(extends) <= 8 and all(_is_text(name, 80) for name in extends)):
            wrong("extends", "must be a list of at most eight names of shipped scenarios")
            extends = []
        sets = raw.get("sets", {})
        if not isinstance(sets, dict) or len(sets) > MOST_SETS:
            wrong("sets", f"must be a table of at most {MOST_SETS} keys")
            sets = {}
        for key, text in sets.items():
            if not _KEY.fullmatch(key):
                wrong(key[:80], "this is not a key of the model")
            elif not _is_text(text, LONGEST_VALUE):
                wrong(key, f"a value is a text in TOML's notation of at most {LONGEST_VALUE} letters")
        events = raw.get("events", [])
        if not (isinstance(events, list) and len(events) <= MOST_EVENTS and all(isinstance(e, dict) for e in events)):
            wrong("events", f"must be a list of at most {MOST_EVENTS} events")
            events = []
        rows = raw.get("rows", {})
        if not (isinstance(rows, dict) and rows.keys() <= set(LISTS) and all(map(_are_rows, rows.values()))):
            wrong("rows", f"must hold lists of at most {MOST_EVENTS} tables of texts, of {' and '.join(LISTS)}")
            rows = {}
        groups = raw.get("groups", {})
        if not (isinstance(groups, dict) and len(groups) <= MOST_GROUPS and all(map(_is_group, groups.items()))):
            wrong("groups", f"must hold at most {MOST_GROUPS} lists of codes by name")
            groups = {}
        runs, seed = raw.get("runs", 1000), raw.get("seed", 1)
        if not _is_whole(runs, 1, RUNS_OF_A_PAGE):
            wrong("runs", f"must be a whole number from 1 to {RUNS_OF_A_PAGE:,}")
        if not _is_whole(seed, 0, MOST_SEED):
            wrong("seed", f"must be a whole number from 0 to {MOST_SEED}")
        texts = {name: raw.get(name, "") for name in ("title", "start", "end")}
        for name, text in texts.items():
            if not _is_text(text, 200):
                wrong(name, "must be a text of at most 200 letters")
        if problems:
            raise InputError(tuple(problems))
        return cls(tuple(extends), dict(sets), tuple(events), dict(rows), dict(groups), runs=runs, seed=seed, **texts)

    @property
    def changes(self) -> int:
        """How many settings, events, packages, laws and groups it adds to what it extends."""
        return len(self.sets) + len(self.events) + len(self.groups) + sum(map(len, self.rows.values()))

    def toml(self) -> str:
        """The scenario file that says what this state says.

        Raises:
            InputError: a value is no TOML.
        """
        problems: list[Problem] = []
        lines = [f"{key} = {_written(text, key, problems)}" for key, text in self.sets.items()]
        if self.groups:
            lines += ["", "[groups]", *(f"{name} = {value_text(list(codes))}" for name, codes in self.groups.items())]
        for name, rows in self.rows.items():
            for number, row in enumerate(rows, start=1):
                where = f"{name}[{number}]"
                written = (f"{key} = {_written(text, f'{where}.{key}', problems)}" for key, text in row.items())
                lines += ["", f"[[{name}]]", *written]
        for number, event in enumerate(self.events, start=1):
            lines += ["", "[[events]]", *_event_lines(event, f"events[{number}]", problems)]
        days = [
            f"{name} = {_written(day, name, problems)}" for name in ("start", "end") if (day := getattr(self, name))
        ]
        if problems:
            raise InputError(tuple(problems))
        from sim.explore.levers import scenarios as shipped_scenarios

        parents = ", ".join(self.extends) or "the defaults"
        labels = {row["name"]: row["label"] for row in shipped_scenarios()}
        named = ", ".join(labels.get(name, name) for name in self.extends) or "The defaults"
        title = self.title or f"{named}, as changed on the page"
        changed = self.changes + len(days)
        head: dict[str, Any] = {
            "title": title,
            "description": f"Made on the page of `alliance explore` from {parents}: "
            f"{changed or 'no'} change{'' if changed == 1 else 's'}.",
            "references": [f"{parents} and its references; changes by the user of the page"],
        }
        if self.extends:
            files = [_file(name) for name in self.extends]
            head["extends"] = files if len(files) > 1 else files[0]
        return "\n".join([*(f"{key} = {value_text(value)}" for key, value in head.items()), *days, *lines]) + "\n"

    def scenario(self) -> Scenario:
        """The scenario, resolved.

        Raises:
            InputError: with every mistake, and the key it belongs to.
        """
        scenario = _resolved(self.toml())
        months = (scenario.end.year - scenario.start.year + 1) * 12
        if months * self.runs > MOST_RUN_MONTHS:
            most = MOST_RUN_MONTHS // months
            raise InputError((Problem("", 0, 0, "runs", f"at most {most:,} for so long a horizon on this page"),))
        return scenario

    def with_set(self, key: str, text: str) -> State:
        """The same with one key set to ``text``."""
        return replace(self, sets={**self.sets, key: text})


@lru_cache(maxsize=64)
def _resolved(text: str) -> Scenario:
    from sim.loading import load_text

    return load_text(text, NAME)


def read_upload(text: str, name: str) -> dict[str, Any]:
    """The state that a scenario file of the user's own says: ``State.read`` takes it.

    Raises:
        InputError: the file is wrong; the messages are those of ``alliance check``.
    """
    from sim.loading import load_text

    scenario = load_text(text, name)
    table = tomllib.loads(text.removeprefix("\ufeff"))
    extends = table.pop("extends", [])
    events = [
        {**{key: value_text(value) if key in ("date", "until") and not isinstance(value, str) else value
            for key, value in event.items()},
         "set": dict(_flat(event.get("set", {})))}
        for event in table.pop("events", [])
    ]  # fmt: skip
    days: dict[str, str] = {key: value_text(table.pop(key)) for key in ("start", "end") if key in table}
    groups = table.pop("groups", {})
    rows = {name: [{key: value_text(value) for key, value in row.items()} for row in _taken(table, name)]
            for name in LISTS}  # fmt: skip
    for key in HEADS:
        table.pop(key, None)
    return {
        "extends": [name.removesuffix(".toml") for name in ([extends] if isinstance(extends, str) else extends)],
        "sets": dict(_flat(table)),
        "events": events,
        "rows": {name: listed for name, listed in rows.items() if listed},
        "groups": groups,
        "title": scenario.title,
        **days,
    }


def _taken(table: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The tables of a list, taken out of what a file holds."""
    *above, last = name.split(".")
    for part in above:
        table = table.get(part, {})
    taken: list[dict[str, Any]] = table.pop(last, [])
    return taken


def _flat(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Keys of the model and their values as TOML texts; a table that is itself a value stays whole."""
    from sim.model import catalogue

    known = catalogue()
    pairs: list[tuple[str, str]] = []
    for name, value in table.items():
        path = (*above, *name.split("."))
        if isinstance(value, dict) and known.is_group(".".join(path)):
            pairs += _flat(value, path)
        else:
            pairs.append((".".join(path), value_text(value)))
    return pairs


def _event_lines(event: Mapping[str, Any], place: str, problems: list[Problem]) -> list[str]:
    lines = []
    for key, value in event.items():
        where = f"{place}.{str(key)[:60]}"
        if key not in EVENT_KEYS:
            problems.append(Problem("", 0, 0, where, f"an event holds {', '.join(EVENT_KEYS)}"))
        elif key == "set":
            if not isinstance(value, dict) or not 1 <= len(value) <= MOST_SETS:
                problems.append(Problem("", 0, 0, where, "an event sets at least one key"))
                continue
            pairs = []
            for name, text in value.items():
                if not _KEY.fullmatch(name) or not _is_text(text, LONGEST_VALUE):
                    problems.append(Problem("", 0, 0, where, "a key or a value of this event is not one of the model"))
                else:
                    pairs.append(f"{name} = {_written(text, f'{where}.{name}', problems)}")
            lines.append(f"set = {{{', '.join(pairs)}}}")
        elif key in ("date", "until"):
            lines.append(f"{key} = {_written(value if _is_text(value, 40) else '', where, problems)}")
        elif isinstance(value, str | bool) or (isinstance(value, int | float) and abs(value) < 1e9):
            lines.append(f"{key} = {value_text(value if not isinstance(value, str) else value[:200])}")
        else:
            problems.append(Problem("", 0, 0, where, f"{key} must be a text or a number"))
    return lines


def _written(text: str, key: str, problems: list[Problem]) -> str:
    """One TOML value, read and written again, so that a value can hold nothing but itself."""
    try:
        table = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        table = {}
    if set(table) != {"value"}:
        problems.append(Problem("", 0, 0, key, f"{text[:60]!r} is no value"))
        return "0"
    return value_text(table["value"])


def _file(name: str) -> str:
    return key_text([name]) + ".toml" if re.fullmatch(r"[A-Za-z0-9_-]+", name) else name


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest and not _HALF.search(value)


def _are_rows(raw: Any) -> bool:
    """Whether this is a list of tables from names to TOML texts."""
    return isinstance(raw, list) and len(raw) <= MOST_EVENTS and all(
        isinstance(row, dict)
        and len(row) <= MOST_EVENTS
        and all(_NAME.fullmatch(key) and _is_text(text, LONGEST_VALUE) for key, text in row.items())
        for row in raw
    )  # fmt: skip


def _is_group(raw: tuple[Any, Any]) -> bool:
    """Whether this is a name with a list of codes."""
    name, codes = raw
    return (
        _NAME.fullmatch(name) is not None
        and isinstance(codes, list)
        and len(codes) <= MOST_SETS
        and all(_is_text(code, 60) for code in codes)
    )


def _is_whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
