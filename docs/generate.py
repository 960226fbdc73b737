"""Writes the generated pages: ``python docs/generate.py``. A test fails when a stored page is not what this writes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from sim import facts
from sim.model import Variable, catalogue, facts_layer, variables
from sim.model.systems.aid import DONORS
from sim.model.systems.war.start import front
from sim.scenario import Given, Parameter, describe
from sim.scenario.json_schema import schema_text

HERE = Path(__file__).resolve().parent
COMMAND = "python docs/generate.py"
STARTS = (date(2014, 1, 1), date(2022, 1, 1), date(2024, 10, 1))  # those of the shipped scenarios
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
2024 do not identify it, so a conclusion that turns on it is an assumption; *sweep* is the range to try."""
    parts = [_head("Parameters", intro)]
    systems: dict[str, list[Parameter]] = {}
    for parameter in catalogue():
        systems.setdefault(parameter.used_in[0], []).append(parameter)
    for system, found in systems.items():
        heads = ("key", "meaning", "unit", "kind", "prior", "posterior", "source", "sweep", "depends on", "events")
        parts.append(f"## {system[0].upper()}{system[1:]}\n\nDeclared in `{found[0].used_in[1]}`.\n")
        parts.append(_table(heads, (_parameter(one) for one in found)))
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
        parameter.source,
        parameter.sweep,
        "yes" if parameter.depends_on else "",
        "read at the start only" if parameter.at_start else "",
    )


def _posterior_text(parameter: Parameter) -> str:
    """Mean (sd); for a key with entities the range of their means."""
    posterior = facts.posterior()
    found = [key for key in parameter.expanded() if posterior and key in posterior.keys]
    if posterior is None or not found:
        return ""
    if "*" not in parameter.key:
        return _mean_sd(posterior.of(found[0]))
    means = [float(posterior.of(key).mean()) for key in found]
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
month's last day. *Runs*: whether single runs are stored beside the quantiles; of aid by donor only the groups `EUR`,
`OTHER` and `ALL` keep theirs. Aid is cumulative since January 2022."""
    heads = ("variable", "meaning", "unit", "price basis", "recorded", "one for each", "values", "runs", "headline")
    return _head("Recorded variables", intro) + "\n" + _table(heads, (_variable(one) for one in variables()))


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
columns are the starts of the shipped scenarios; any start from 2014-01-01 to 2025-01-01 has its own. Below them stands
the state that is no parameter; {doc}`model`, section *Initialisation*, says how it is found."""
    days = tuple(start.isoformat() for start in STARTS)
    parts = [_head("Values from the facts, by start", intro), "## The alliance, Washington and the war\n"]
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
    """What a run of each shipped start begins with: means over runs on the first day, by the systems themselves."""
    columns = [_state_of(start) for start in STARTS]
    heads = ("state", "unit", *(start.isoformat() for start in STARTS))
    rows = [(name, unit, *(column[name, unit] for column in columns)) for name, unit in columns[0]]
    return "## State on the first day\n\n" + _table(heads, rows)


def _state_of(start: date) -> dict[tuple[str, str], str]:
    shares = facts.defence_shares(start)
    last = max(max(series) for series in shares.values())
    now = [series[max(series)] for series in shares.values()]
    states = facts.us_composition(start)[-1]
    aid, war = facts.aid_by_donor(start), front(start)
    sums = {
        measure: sum(
            value
            for (code, kind, what), value in aid.beur.items()
            if code in DONORS and what == measure and kind != "total"
        )
        for measure in ("allocation", "commitment")
    }
    russia = facts.russia_milex_share(start)
    party = ("Democratic", "Republican")
    return {
        ("last year of NATO's shares", "year"): str(last),
        ("shares of the members, lowest, mean, highest", "% of GDP"): (
            f"{min(now):.2f}, {np.mean(now):.2f}, {max(now):.2f}"
        ),
        ("president, House, Senate", "party"): ", ".join(
            party[int(held)]
            for held in (states.republican_president, states.republican_house, states.republican_senate)
        ),
        ("territory under Russian control", "km2"): f"{war.controlled_km2:,.0f}",
        ("net gain of the last month", "km2"): f"{war.gain_km2:,.0f}",
        ("Kursk salient", "km2"): f"{war.kursk_km2:,.0f}",
        ("Russian casualties, last month", "thousand"): f"{war.effort_thousand:.1f}",
        ("Russian casualties so far", "thousand"): f"{war.russian_losses_thousand:,.0f}",
        ("Russia's GDP; Ukraine's own military spending", "EUR bn a year"): (
            f"{war.russian_gdp_beur:,.0f}; {war.ukrainian_spending_beur:,.1f}"
        ),
        ("Russia's military expenditure", "% of GDP"): f"{russia[max(russia)]:.1f} ({max(russia)})",
        ("last month of aid data", "date"): aid.cutoff.isoformat(),
        ("aid allocated; committed, all donors", "EUR bn"): f"{sums['allocation']:,.0f}; {sums['commitment']:,.0f}",
    }


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
