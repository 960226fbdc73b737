"""Results and comparisons as Excel workbooks: headline outcomes with charts, every number, what each name means.

The same content gives the same bytes. Every text is written as text, whatever sign it begins with, so a cell never
holds a formula that somebody put into a scenario's title.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis.outcomes import Outcome, headline
from sim.figures.report.tables import outcome_name, outcome_unit
from sim.scenario.entities import entity_name
from sim.text import day_of, decimals, full_date

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from sim.analysis import Comparison
    from sim.ensemble import Result
    from sim.model import Variable

CAUTION = "Conditional on the scenarios; not a forecast."
MOST_CHARTS = 8
CHART_WIDTH, CHART_HEIGHT, CHART_ROWS = 560, 300, 16
FIRST_ROW = 3
KINDS = {
    "number": "a quantity; quantiles over runs",
    "probability": "share of runs in which it holds",
    "label": "share of runs with this label",
    "wait": "years from the first date until it is reached, to the last date at most",
}
MEANINGS = {
    "scenario": "the scenario's name",
    "baseline": "the scenario that the others are compared with",
    "variable": "what was recorded, by its name; the other sheets and files use the same names",
    "label": "the variable in words",
    "long_name": "the variable in words",
    "entity": "the code of the member or donor, or the label, that the row is about",
    "name": "the name of the member or donor",
    "date": "the day at which the value stands: 31 December for a year, the last day for a month",
    "mean": "mean over runs; of a 0/1 variable and of a label the share of runs",
    "sd": "standard deviation over runs",
    "q05": "5% of runs lie below",
    "q25": "25% of runs lie below",
    "q50": "median: half of the runs lie below",
    "q75": "75% of runs lie below",
    "q95": "95% of runs lie below; 90% of runs lie between q05 and q95",
    "unit": "unit of every number in the row",
    "price_basis": "prices and exchange rates, or the definition, that money is counted in",
    "kind": "number, probability (share of runs), label (share of runs) or wait (years until something happens)",
    "mean_difference": "mean over pairs of runs of scenario minus baseline",
    "low": "lower end of the 95% interval of mean_difference: precision of the simulation, not of the world",
    "high": "upper end of that interval",
    "standardised": "the difference in standard deviations of the baseline; of shares, Cohen's h",
    "p_higher": "share of pairs of runs in which the scenario is above the baseline",
    "p_lower": "share of pairs in which it is below",
    "p_equal": "share of pairs in which both are the same",
    "p_value": "p-value of no difference",
    "p_adjusted": "the same after Holm's adjustment over everything compared at the date",
    "detectable": "smallest difference that these runs would have shown in four of five cases",
    "pairs_used": "pairs of runs that have a value in both scenarios",
    "pairs_dropped": "pairs left out because one of them has none",
    "method": "how the interval is made",
    "conditional": "1 where parts of one ensemble are compared, which are no pairs of runs",
    "sentence": "the row in words",
    "key": "the key of the input in a scenario file, or the event",
    "meaning": "what the input is",
    "depends_on": "1 where no data settle the input, so that conclusions turn on it",
    "value": "the value in the scenario",
    "origin": "the file and line, or the layer, that set it",
    "source": "on what grounds",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the headline sheet: one reading (median, 5%, 95% or % of runs) of one outcome, by date."""

    outcome: str
    unit: str
    scenario: str
    reading: str
    places: int
    values: Mapping[datetime.date, float]


def result_workbook(result: Result, summary: str) -> bytes:
    """The workbook of a result whose ``summary.csv`` holds the text ``summary``."""
    scenario = result.scenario
    rows = list(csv.DictReader(io.StringIO(summary)))
    variables = result.variables
    at: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        at.setdefault((row["variable"], row["entity"]), []).append(row)
    lines: list[Line] = []
    for outcome in headline(variables.values()):
        if outcome.kind in ("number", "probability"):
            series = at.get((outcome.variable, outcome.entity), [])
            kept = [row for row in series if row["date"].endswith("-12-31") or row is series[-1]]
            lines += _lines(outcome, scenario.title, kept, "")
    book, buffer = _book()
    _headline(book, [scenario.title], _origin(result.manifest, result.runs, result.seed), lines)
    _sheet(book, "Summary", _labelled(rows, variables), frozen=5)
    recorded = [
        _codeword("variable", name, variable.long_name, variable.unit, variable.price_basis, _definition(variable))
        for name, variable in variables.items()
    ]
    _codebook(book, recorded, rows[0] if rows else (), {row["entity"] for row in rows})
    _about(book, [(scenario.name, scenario.title, scenario.description, scenario.hash)], result.manifest)
    book.close()
    return buffer.getvalue()


def comparison_workbook(comparison: Comparison, command: str) -> bytes:
    """The workbook of a comparison that ``command`` made."""
    base = comparison.names[comparison.baseline]
    titles = {view.name: view.name if comparison.conditional else view.scenario.label for view in comparison.views}
    lines: list[Line] = []
    for outcome in dict.fromkeys(contrast.outcome for contrast in comparison.contrasts):
        if outcome.kind not in ("number", "probability"):
            continue
        for contrast in (contrast for contrast in comparison.contrasts if contrast.outcome == outcome):
            rows = [row.to_dict() for row in contrast.shown(comparison.at)]
            if not any((line.outcome, line.scenario) == (_name(outcome), titles[base]) for line in lines):
                lines += _lines(outcome, titles[base], rows, "baseline_")
            lines += _lines(outcome, titles[contrast.scenario], rows, "scenario_")
    differences = [row.to_dict() for row in comparison.rows()]
    inputs = [row.to_dict() for row in comparison.input_rows()]
    views = comparison.views[:1] if comparison.conditional else comparison.views
    first = comparison.views[0]
    book, buffer = _book()
    _headline(book, [*titles.values()], _origin(first.manifest, first.runs, first.seed), lines)
    _sheet(book, "Differences", _named(differences), frozen=5)
    if inputs:
        _sheet(book, "Inputs", inputs, frozen=1)
    columns = [*(differences[0] if differences else ()), *(inputs[0] if inputs else ())]
    compared = [
        _codeword("outcome", name, outcome.long_name, outcome.unit, outcome.price_basis, KINDS[outcome.kind])
        for name, outcome in {contrast.outcome.name: contrast.outcome for contrast in comparison.contrasts}.items()
    ]
    _codebook(book, compared, columns, {str(row["entity"]) for row in differences})
    about = [(view.scenario.name, view.scenario.title, view.scenario.description, view.scenario.hash) for view in views]
    _about(book, about, {**first.manifest, "command": command})
    book.close()
    return buffer.getvalue()


def _lines(outcome: Outcome, scenario: str, rows: Sequence[Mapping[str, Any]], side: str) -> Iterator[Line]:
    """The readings of one outcome in ``rows``, one a date, whose columns begin with ``side``."""
    if not rows:
        return
    unit = outcome_unit(outcome.unit, outcome.price_basis, outcome.binary)
    readings = {"% of runs": "mean"} if outcome.binary else {"median": "q50", "5%": "q05", "95%": "q95"}
    series = {
        reading: {
            day_of(row["date"]): float(row[side + column]) * (100 if outcome.binary else 1)
            for row in rows
            if row[side + column] not in (None, "")
        }
        for reading, column in readings.items()
    }
    largest = max((abs(value) for values in series.values() for value in values.values()), default=0.0)
    places = 1 if outcome.binary else max(decimals(largest, outcome.unit), 0)
    for reading, values in series.items():
        yield Line(_name(outcome), unit, scenario, reading, places, values)


def _name(outcome: Outcome) -> str:
    return outcome_name(outcome.long_name, outcome.entity)


def _origin(manifest: Mapping[str, Any], runs: int, seed: int) -> str:
    start = day_of(manifest["scenario"]["start"])
    return f"{runs:,} runs, seed {seed}, start {full_date(start)}, alliance {manifest.get('version', '')}. {CAUTION}"


def _labelled(rows: Iterable[Mapping[str, str]], variables: Mapping[str, Variable]) -> Iterator[dict[str, Any]]:
    """Rows of ``summary.csv`` with the variable in words beside its name, and with real numbers."""
    numbers = ("mean", "sd", "q05", "q25", "q50", "q75", "q95")
    for row in _named(rows):
        known = variables.get(row["variable"])
        head = {key: row.pop(key) for key in ("scenario", "variable")}
        values = {key: float(text) if key in numbers and text else text for key, text in row.items()}
        yield {**head, "label": known.long_name if known else "", **values}


def _named(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows with the name of the member or donor behind its code."""
    for row in rows:
        before = {}
        for key, value in row.items():
            before[key] = value
            if key == "entity":
                before["name"] = entity_name(value)
        yield before


def _book() -> tuple[Workbook, io.BytesIO]:
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(
        buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd", "nan_inf_to_errors": True, **plain}
    )
    book.set_properties({"created": datetime.datetime(2000, 1, 1), "author": "alliance policy simulator"})
    return book, buffer


def _headline(book: Workbook, titles: Sequence[str], origin: str, lines: Sequence[Line]) -> None:
    """Every headline outcome by year, with a chart of each beside the table."""
    sheet = book.add_worksheet("Headline")
    several = len(titles) > 1
    sheet.write(0, 0, f"“{titles[0]}” and {len(titles) - 1} more" if len(titles) > 2 else " and ".join(titles),
                book.add_format({"bold": True, "font_size": 14}))  # fmt: skip
    sheet.write(1, 0, origin)
    days = sorted({day for line in lines for day in line.values})
    heads = ["Outcome", "Unit", *(["Scenario"] if several else []), "Reading"]
    bold = book.add_format({"bold": True, "bottom": 1, "valign": "bottom"})
    dated = book.add_format({"bold": True, "bottom": 1, "num_format": "mmm yyyy", "align": "right"})
    for column, head in enumerate(heads):
        sheet.write(FIRST_ROW, column, head, bold)
    for column, day in enumerate(days, len(heads)):
        sheet.write_datetime(FIRST_ROW, column, day, dated)
    formats, wrapped = _number_formats(book), book.add_format({"text_wrap": True, "valign": "top"})
    for row, line in enumerate(lines, FIRST_ROW + 1):
        words = [line.outcome, line.unit, *([line.scenario] if several else []), line.reading]
        for column, word in enumerate(words):
            sheet.write_string(row, column, word, wrapped)
        for column, day in enumerate(days, len(heads)):
            if day in line.values:
                sheet.write_number(row, column, line.values[day], formats(line.places))
    sheet.autofilter(FIRST_ROW, 0, FIRST_ROW + max(1, len(lines)), len(heads) + len(days) - 1)
    sheet.freeze_panes(FIRST_ROW + 1, len(heads))
    for column, width in enumerate([38, 18, *([28] if several else []), 10, *(9 for _ in days)]):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(FIRST_ROW)
    _charts(book, sheet, lines, len(heads), len(days), several=several)


def _charts(book: Workbook, sheet: Worksheet, lines: Sequence[Line], first: int, count: int, *, several: bool) -> None:
    """A line chart of each of the first outcomes: every scenario's median, or the median and the 90% range of one."""
    outcomes = list(dict.fromkeys(line.outcome for line in lines))[:MOST_CHARTS]
    for number, outcome in enumerate(outcomes):
        chart = book.add_chart({"type": "line"})
        for row, line in enumerate(lines, FIRST_ROW + 1):
            if line.outcome != outcome or (several and line.reading in ("5%", "95%")):
                continue
            ends = (row, first, row, first + count - 1)
            series: dict[str, Any] = {
                "name": ["Headline", row, 2],  # the scenario or, of a single one, the reading
                "categories": ["Headline", FIRST_ROW, first, FIRST_ROW, first + count - 1],
                "values": ["Headline", *ends],
            }
            if line.reading in ("5%", "95%"):
                series["line"] = {"dash_type": "dash", "color": "#8C8C8C", "width": 1.25}
            chart.add_series(series)
        unit = next(line.unit for line in lines if line.outcome == outcome)
        chart.set_title({"name": outcome, "name_font": {"size": 11}, "overlay": False})
        chart.set_y_axis({"name": unit, "major_gridlines": {"visible": True, "line": {"color": "#E4E4E4"}}})
        chart.set_x_axis({"date_axis": True, "num_format": "yyyy", "major_unit": 1, "major_unit_type": "years"})
        chart.set_legend({"position": "bottom"})
        chart.show_hidden_data()  # a filter on the table leaves the chart alone
        chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
        sheet.insert_chart(
            FIRST_ROW + number * CHART_ROWS, first + count + 1, chart, {"description": f"{outcome}, {unit}"}
        )


def _sheet(book: Workbook, name: str, rows: Iterable[Mapping[str, Any]], *, frozen: int) -> None:
    """Rows as a sheet: one heading that stays in sight, filters, real dates, numbers as their unit is written."""
    sheet = book.add_worksheet(name)
    formats = _number_formats(book)
    widths: dict[int, int] = {}
    columns: list[str] = []
    number = 0
    for number, row in enumerate(rows, 1):
        columns = columns or list(row)
        unit = str(row.get("unit", ""))
        for column, (key, value) in enumerate(row.items()):
            if value is None or value == "":
                continue
            if key == "date":
                sheet.write_datetime(number, column, day_of(value))
            elif isinstance(value, int | float):
                sheet.write_number(number, column, value, formats(_places(key, value, unit)))
            else:
                sheet.write_string(number, column, str(value))
            if number < 400 and isinstance(value, str):
                widths[column] = max(widths.get(column, 0), len(value))
    _heads(book, sheet, columns, widths)
    sheet.autofilter(0, 0, max(1, number), max(0, len(columns) - 1))
    sheet.freeze_panes(1, frozen)


def _places(key: str, value: float, unit: str) -> int:
    """Decimals of a cell: shares and p-values three, counts none, other numbers one more than figures show."""
    if isinstance(value, int):
        return 0
    return 3 if key.startswith("p_") or unit in ("0/1", "share of runs") else max(decimals(value, unit), 0) + 1


def _heads(book: Workbook, sheet: Worksheet, columns: Sequence[str], widths: Mapping[int, int]) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, head in enumerate(columns):
        sheet.write_string(0, column, head, bold)
        sheet.set_column(column, column, min(60, max(len(head) + 3, widths.get(column, 9) + 2)))


def _number_formats(book: Workbook) -> Callable[[int], Any]:
    """The cell format for a number of decimals, each made once."""
    formats: dict[int, Any] = {}

    def of(places: int) -> Any:
        if places not in formats:
            formats[places] = book.add_format(
                {"valign": "top", "num_format": "#,##0" + ("." + "0" * places if places else "")}
            )
        return formats[places]

    return of


def _codebook(book: Workbook, rows: list[dict[str, str]], columns: Iterable[str], codes: set[str]) -> None:
    """What every variable (in ``rows``), column and code in the other sheets means."""
    for column in dict.fromkeys(["label", "name", *columns]):
        stem = column.removeprefix("baseline_").removeprefix("scenario_")
        side = "" if stem == column else f" (of the {column.removesuffix('_' + stem)})"
        meaning = "number of runs" if stem == "runs" else MEANINGS.get(stem, "")
        rows.append(_codeword("column", column, definition=meaning + side))
    for code in sorted(code for code in codes if entity_name(code) != code):
        rows.append(_codeword("code", code, entity_name(code)))
    _sheet(book, "Codebook", rows, frozen=2)


def _codeword(
    what: str, name: str, label: str = "", unit: str = "", price_basis: str = "", definition: str = ""
) -> dict[str, str]:
    return {
        "what": what, "name": name, "label": label, "unit": unit, "price_basis": price_basis, "definition": definition,
    }  # fmt: skip


def _definition(variable: Variable) -> str:
    """How the values of a variable are to be read."""
    clock = "at 31 December of each year" if variable.every == "year" else "at the last day of each month"
    for_each = f", one for each {variable.entity}" if variable.entity else ""
    if variable.labels:
        return f"Share of runs with each label ({', '.join(variable.labels)}), {clock}{for_each}."
    if variable.flag:
        return f"Share of runs in which it holds, {clock}{for_each}."
    return f"Mean and quantiles over runs, {clock}{for_each}."


def _about(book: Workbook, scenarios: Sequence[tuple[str, str, str, str]], manifest: Mapping[str, Any]) -> None:
    """What made the workbook, so that it can be made again."""
    rows: list[tuple[str, str]] = [("Read this first", CAUTION)]
    for name, title, description, digest in scenarios:
        rows += [("Scenario", name), ("Title", title), ("Description", description), ("Inputs (SHA-256)", digest)]
    rows += [
        ("Runs", f"{int(manifest['runs']):,}"),
        ("Seed", str(manifest["seed"])),
        ("Program", f"alliance {manifest.get('version', '')}"),
        ("Facts (SHA-256)", str(manifest.get("facts", ""))),
        ("Command", str(manifest.get("command", ""))),
    ]
    sheet = book.add_worksheet("About")
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 100)
    for row, (head, text) in enumerate(rows):
        sheet.write_string(row, 0, head, bold)
        sheet.write_string(row, 1, text, wrapped)
