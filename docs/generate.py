"""Writes the generated pages: ``python docs/generate.py``. A test fails when a stored page is not what this writes."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from sim import facts
from sim.loading import load
from sim.model import DEFAULT_START, Variable, axes, catalogue, facts_layer, simulate, variables
from sim.scenario import Given, Parameter, describe
from sim.scenario.json_schema import schema_text
from sim.shipped import shipped_names
from sim.text import later_marked

HERE = Path(__file__).resolve().parent
COMMAND = "python docs/generate.py"
STARTS = sorted({load(name).start for name in shipped_names()})
RUNS = 200
Rows = Iterable[Sequence[str]]


def pages() -> dict[str, str]:
    """Name of each generated file -> its text."""
    return {
        "parameters.md": parameters_page(),
        "variables.md": variables_page(),
        "starts.md": starts_page(),
        "scenario.schema.json": schema_text(catalogue()),
    }


def drifted(folder: Path = HERE) -> list[str]:
    """Generated files in ``folder`` whose text is not what the code gives now."""
    return [
        name
        for name, text in pages().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def parameters_page() -> str:
    """Every parameter, system by system."""
    posterior = facts.posterior()
    until = f" with data to {posterior.provenance['until']}" if posterior else ""
    drawn = f"{len(posterior.draws):,} joint draws" if posterior else "no draws"
    intro = f"""\
Every quantity that a scenario can set. `*` stands for an entity code. *Prior*: the default, in the words of a scenario
file; *from the facts* means that it depends on the start ({{doc}}`starts`). *Posterior*: mean and standard deviation of
the {drawn} made by `alliance calibrate`{until};
a run takes one draw for all keys that no scenario sets, and a scenario's own value replaces it. *Depends on*: data to
2024 do not identify it, so a conclusion that turns on it is an assumption; *sweep* is the range to try. What a source
cites from after the usual start, {DEFAULT_START}, is marked."""
    parts = [_head("Parameters", intro)]
    systems: dict[str, list[Parameter]] = {}
    for parameter in catalogue():
        systems.setdefault(parameter.used_in[0], []).append(parameter)
    for system, parameters in systems.items():
        heads = ("key", "meaning", "unit", "kind", "prior", "posterior", "source", "sweep", "depends on", "events")
        parts.append(f"## {system[0].upper()}{system[1:]}\n\nDeclared in `{parameters[0].used_in[1]}`.\n")
        parts.append(_table(heads, (_parameter(parameter) for parameter in parameters)))
    parts.append(_by_entity())
    return "\n".join(parts)


def _parameter(parameter: Parameter) -> Sequence[str]:
    return (
        f"`{parameter.key}`",
        parameter.meaning,
        parameter.unit,
        parameter.kind,
        parameter.prior_text,
        _posterior_text(parameter),
        later_marked(parameter.source, DEFAULT_START),
        parameter.sweep,
        "yes" if parameter.depends_on else "",
        "read at the start only" if parameter.at_start else "",
    )


def _posterior_text(parameter: Parameter) -> str:
    """Mean (sd); for a key with entities the range of their means."""
    posterior = facts.posterior()
    keys = [key for key in parameter.expanded() if posterior and key in posterior.keys]
    if posterior is None or not keys:
        return ""
    if "*" not in parameter.key:
        return _mean_sd(posterior.of(keys[0]))
    means = [float(posterior.of(key).mean()) for key in keys]
    return f"{_short(min(means))} to {_short(max(means))}, see below"


def _by_entity() -> str:
    """Posterior of keys that differ by entity, beside the value from the facts."""
    posterior = facts.posterior()
    if posterior is None:
        return ""
    parts = ["## Posterior by entity\n"]
    known = facts_layer(STARTS[-1])
    for parameter in catalogue():
        keys = [key for key in parameter.expanded() if key in posterior.keys]
        if "*" in parameter.key and keys:
            parts.append(f"`{parameter.key}`, {parameter.unit}:\n")
            rows = ((_entity(parameter, key), _known(known, key), _mean_sd(posterior.of(key))) for key in keys)
            parts.append(_table(("entity", "without a posterior", "posterior"), rows))
    return "\n".join(parts)


def variables_page() -> str:
    """Every recorded variable."""
    intro = """\
What a run records. Yearly values stand at 31 December (or the end of the run), monthly values at the
month's last day. *Runs*: whether single runs are stored beside the quantiles; of aid by donor only the USA and
the groups `EUR`, `OTHER` and `ALL` keep theirs at every date, single donors at the ends of half-years. Aid is
cumulative since January 2022."""
    heads = ("variable", "meaning", "unit", "price basis", "recorded", "one for each", "values", "runs", "headline")
    return _head("Recorded variables", intro) + "\n" + _table(heads, (_variable(variable) for variable in variables()))


def _variable(variable: Variable) -> Sequence[str]:
    return (
        f"`{variable.name}`",
        variable.long_name,
        variable.unit,
        variable.price_basis,
        f"each {variable.every}",
        variable.entity or "",
        ", ".join(variable.labels),
        "kept" if variable.keep_runs else "quantiles only",
        "yes" if variable.headline else "",
    )


def starts_page() -> str:
    """Values from the facts, start by start."""
    layers = [facts_layer(start) for start in STARTS]
    intro = """\
Values that follow from what was known on the first day: the layer between the defaults and a scenario's files. The
columns are the starts of the shipped scenarios; any start from 2014-01-01 to 2028-12-31 has its own. Below them stands
what the model makes of them in its first month; {doc}`model`, section *Initialisation*, says where it begins."""
    days = tuple(start.isoformat() for start in STARTS)
    parts = [_head("Values from the facts, by start", intro), "## Single values\n"]
    single = [p for p in catalogue() if "*" not in p.key and any(p.key in layer for layer in layers)]
    rows = [(f"`{p.key}`", p.unit, *(_known(layer, p.key) for layer in layers)) for p in single]
    parts.append(_table(("key", "unit", *days), rows))
    parts.append(_state())
    for parameter in catalogue():
        keys = [key for key in parameter.expanded() if any(key in layer for layer in layers)]
        if "*" in parameter.key and keys:
            parts.append(f"## `{parameter.key}`\n\n{parameter.meaning[0].upper()}{parameter.meaning[1:]}.\n")
            rows = [(_entity(parameter, key), *(_known(layer, key) for layer in layers)) for key in keys]
            parts.append(_table(("entity", *days), rows))
    return "\n".join(parts)


def _state() -> str:
    """What is recorded at the end of the first month, median over runs, of all monthly variables."""
    columns = [_first_month(start) for start in STARTS]
    about = {variable.name: variable for variable in variables()}
    rows = [
        (f"`{name}`" + (f", {code}" if code else ""), about[name].unit, *(column[name, code] for column in columns))
        for name, code in columns[0]
    ]
    heads = ("variable", "unit", *(start.isoformat() for start in STARTS))
    return "## First month\n\nMedians at the end of the first month.\n\n" + _table(heads, rows)


def _first_month(start: date) -> dict[tuple[str, str], str]:
    """Variable and entity (or group) -> the median of its first monthly value, or the label of most runs."""
    last = start.replace(day=monthrange(start.year, start.month)[1])
    scenario = load("baseline", [f"start={start}", f"end={last}"])
    record, on = simulate(scenario, 1, 0, RUNS), axes(scenario)
    shown: dict[tuple[str, str], str] = {}
    for variable in variables():
        if variable.every != "month":
            continue
        values = record[variable.name][0]
        codes = on.codes(variable.entity)
        groups = on.axis(variable.entity).groups if variable.entity else ()
        for code in groups or ([""] if variable.entity is None else []):
            runs = values[codes.index(code)] if code else values
            middle = float(np.median(runs))
            shown[variable.name, code] = variable.labels[round(middle)] if variable.labels else _short(middle)
    return shown


def _entity(parameter: Parameter, key: str) -> str:
    before, _, after = parameter.key.partition("*")
    return key[len(before) : len(key) - len(after)]


def _known(layer: object, key: str) -> str:
    given = layer.get(key) if hasattr(layer, "get") else None
    return describe(given.value) if isinstance(given, Given) else ""


def _mean_sd(draws: np.ndarray) -> str:
    return f"{_short(float(draws.mean(dtype=np.float64)))} ({_short(float(draws.std(dtype=np.float64)))})"


def _short(number: float) -> str:
    """Three significant digits, no exponent."""
    if number == 0:
        return "0"
    return f"{number:.{max(0, 2 - math.floor(math.log10(abs(number))))}f}"


def _head(title: str, intro: str) -> str:
    return f"# {title}\n\n*Written by `{COMMAND}`; do not edit.*\n\n{intro}\n"


def _table(heads: Sequence[str], rows: Rows) -> str:
    """A pipe table; columns that are empty in every row are left out."""
    cells = [[cell.replace("|", "\\|").replace("$", "\\$") for cell in row] for row in rows]
    used = [column for column in range(len(heads)) if column == 0 or any(row[column] for row in cells)]
    lines = [[heads[column] for column in used], ["---"] * len(used)] + [[row[c] for c in used] for row in cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    for file, content in pages().items():
        (HERE / file).write_text(content, encoding="utf-8", newline="\n")
