"""The report as one HTML file: what it is made of, how figures and tables are put inside it, and what made it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree

from sim import model
from sim.analysis import INPUT_COLUMNS, PART_COLUMNS, ROW_COLUMNS, Attribution, Comparison, csv_text
from sim.figures.cases import skill_line
from sim.figures.report import story
from sim.figures.report.tables import assumptions, changed_inputs, courses, outcome_tables
from sim.figures.report.why import MOST_FALLS, reasons
from sim.files import file_name, readable

if TYPE_CHECKING:
    from jinja2 import Template

    from sim.scenario.parameter import Catalogue

# Lengths are points on a page 16 cm wide; two decimals are far below a printer's dot.
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_GEOMETRY = ("d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height")
_HREF = "{http://www.w3.org/1999/xlink}href"
_TEXT = ("text", "tspan", "title", "desc")
# What an address may hold as it is; base64 would be a fifth longer and unreadable.
_PLAIN = "/:;,()=+-._~!*'$@?"


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure that was written: its name and title, what it shows for who cannot see it, its svg and its numbers."""

    name: str
    title: str
    alt: str
    svg: str
    csv: str


@dataclass(frozen=True, slots=True)
class Download:
    """A link to a CSV: the file name offered, the data: address that is the file, and its size in words."""

    name: str
    href: str
    size: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure on the page: its id, number and title, its svg element and its numbers."""

    id: str
    number: int
    title: str
    svg: Any
    download: Download


@dataclass(frozen=True, slots=True)
class Source:
    """A source of the tables of facts: its key, what it is and the terms of its use."""

    key: str
    what: str
    terms: str


@dataclass(frozen=True, slots=True)
class Credits:
    """The credit line, what it says about terms, and every source."""

    line: str
    terms: str
    sources: tuple[Source, ...]


def read_pictures(folder: Path | str, names: Sequence[str]) -> list[Picture]:
    """The figures ``names`` that ``draw_all`` wrote into ``folder`` as svg at page size, each with its CSV.

    Raises:
        InputError: one of the files is missing or cannot be read.
    """
    pictures = []
    for name in names:
        path = Path(folder) / f"{file_name(name)}.svg"
        with readable(path):
            svg, csv = path.read_text(encoding="utf-8"), path.with_suffix(".csv").read_text(encoding="utf-8-sig")
        title, alt = (re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", svg, flags=re.S) for tag in ("title", "desc"))
        pictures.append(Picture(name, unescape(title[1]) if title else name, unescape(alt[1]) if alt else "", svg, csv))
    return pictures


def build_report(
    comparison: Comparison,
    pictures: Sequence[Picture] = (),
    *,
    attributions: Sequence[Attribution] = (),
    turns: Sequence[str] = (),
    command: str,
    catalogue: Catalogue | None = None,
) -> str:
    """One HTML file about ``comparison``: no script, no request, the same text for the same input.

    ``pictures`` are its figures in the order shown, ``attributions`` the reasons why scenarios differ from the
    baseline, ``turns`` sentences about conclusions that turn on an assumption. ``command`` is the line that makes the
    report again.
    """
    catalogue = catalogue or model.catalogue()
    sides = story.sides(comparison)
    labels = {side.name: side.label for side in sides}
    input_rows, inputs = changed_inputs(comparison)
    tables, unmoved = outcome_tables(comparison)
    days, through = courses(comparison)
    # Not every date: every month of every outcome would outweigh the figures.
    rows = [row for contrast in comparison.contrasts for row in contrast.shown(comparison.at)]
    return template("report.html").render(
        **what_made(comparison, command),
        heading=heading(comparison, {side.name: side.title for side in sides}),
        comparison=comparison,
        sides=sides,
        side_of={side.name: side for side in sides},
        answer=story.answer(comparison, labels),
        turns=tuple(turns),
        stories=story.stories(comparison),
        inputs=inputs,
        inputs_download=csv_download("inputs.csv", csv_text([row.to_dict() for row in input_rows], INPUT_COLUMNS)),
        tables=tables,
        unmoved=unmoved,
        days=days,
        courses=through,
        differences_download=csv_download("differences.csv", csv_text([row.to_dict() for row in rows], ROW_COLUMNS)),
        figures=[_shown(picture, number, labels) for number, picture in enumerate(pictures, start=1)],
        attributions=[(reasons(why, comparison.headline()), _parts_download(why)) for why in attributions],
        most_falls=MOST_FALLS,
        systems=assumptions(comparison, catalogue),
        reading=story.reading(comparison.conditional),
        limits=(*story.NOT_MODELLED, story.not_identified(catalogue), *story.NOT_KNOWN),
        skill=skill_line([row.variable for row in rows]),
        since=since_rows(comparison),
        credits=credits_of_facts(),
    )


def since_rows(comparison: Comparison) -> list[tuple[str, str, str, str, str, str]]:
    """What was reported after the start, held against each side: scenario, outcome, figures, inside 90%, CRPS, skill.

    Empty for a start that has seen all there is, and for parts of one ensemble.
    """
    from sim.errors import InputError
    from sim.evidence.scoring import score, totals

    rows = []
    for view in () if comparison.conditional else comparison.views:
        result: Any = getattr(view, "ensemble", view)
        try:
            scores = totals(score(result))
        except InputError:
            continue
        for total in scores:
            name, _, entity = total.variable.partition(":")
            best = min(total.rules, key=total.rules.__getitem__, default="")
            rows.append((
                view.scenario.label or view.scenario.name,
                result.variables[name].long_name + (f", {entity}" if entity else ""),
                str(total.figures),
                "" if total.inside90 != total.inside90 else f"{total.inside90:.0%}",
                "" if total.crps is None else f"{total.crps:,.4g}",
                f"{total.skill[best]:+.0%} against {best}" if best in total.skill else "",
            ))  # fmt: skip
    return rows


def template(name: str) -> Template:
    """The page ``name`` of this folder, to be rendered: every text put into it is escaped, a missing one is a fault."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    pages = Environment(
        loader=FunctionLoader(lambda file: files("sim.figures.report").joinpath(file).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return pages.get_template(name)


def heading(comparison: Comparison, titles: Mapping[str, str]) -> str:
    """What the page is about, in one line; ``titles`` by name, the baseline first."""
    base, *others = titles.values()
    if comparison.by:
        return f"What differs by {comparison.by}"
    return f"“{others[0]}” against “{base}”" if len(others) == 1 else f"{len(others)} scenarios against “{base}”"


def what_made(comparison: Comparison, command: str) -> dict[str, Any]:
    """What made the numbers: command, seed, runs, versions and hashes, by the names the pages use."""
    views = comparison.views[:1] if comparison.conditional else comparison.views
    first = views[0]
    manifest = first.manifest
    return {
        "command": command,
        "seed": first.seed,
        "runs": sum(view.runs for view in comparison.views) if comparison.conditional else first.runs,
        "version": str(manifest.get("version", "unknown")),
        "versions": sorted(dict(manifest.get("versions", {})).items()),
        "facts_hash": str(manifest.get("facts", "")),
        "code_hash": str(manifest.get("inputs", {}).get("code", "")),
        "commit": str(manifest.get("git_commit") or ""),
        "hashes": [(view.scenario.name, view.scenario.hash) for view in views],
        "central": bool(manifest.get("central", False)),
        "start": first.scenario.start,
    }


def csv_download(name: str, text: str) -> Download:
    """A link to ``text`` as the file ``name``, in UTF-8 with the mark that tells Excel so; it works from disk."""
    content = text.encode("utf-8-sig")
    address = "data:text/csv;charset=utf-8," + quote(content, safe=_PLAIN)
    return Download(name, address, f"{max(1, round(len(content) / 1000)):,} kB")


def credits_of_facts() -> Credits:
    """What ``sim/facts/SOURCES.md`` says, read from the installed package."""
    text = files("sim.facts").joinpath("SOURCES.md").read_text(encoding="utf-8")
    last = text.partition("## Credit line")[2].partition("\n## ")[0]
    paragraphs = [" ".join(part.split()) for part in last.strip().split("\n\n")]
    quoted = [re.sub(r"\s*> ?", " ", part).strip() for part in paragraphs if part.startswith(">")]
    unquoted = [part for part in paragraphs if part and not part.startswith(">")]
    sources = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and re.fullmatch(r"[A-Z][A-Z0-9]*", cells[0]):
            sources.append(Source(cells[0], _without_marks(cells[1]), _without_marks(cells[3])))
    return Credits(_without_marks(" ".join(quoted)), _without_marks(" ".join(unquoted)), tuple(sources))


def inline(picture: Picture, prefix: str) -> str:
    """The svg element to put into a page: named for screen readers, its ids beginning with ``prefix``.

    Metadata, comments and the XML head are left out, and coordinates are cut to two decimals.
    """
    root = ElementTree.fromstring(picture.svg)
    for parent in root.iter():
        for child in [child for child in parent if _bare(child.tag) == "metadata"]:
            parent.remove(child)
    for element in root.iter():
        element.tag = _bare(element.tag)
        element.attrib = {
            "href" if key == _HREF else _bare(key): _value(key, value, prefix) for key, value in element.attrib.items()
        }
        if element.tag not in _TEXT:
            element.text = (element.text or "").strip()
        element.tail = (element.tail or "").strip() if element.tag != "tspan" else element.tail
    _name(root, picture, prefix)
    return ElementTree.tostring(root, encoding="unicode")


def _name(root: ElementTree.Element, picture: Picture, prefix: str) -> None:
    """Put the title and the text alternative first, each with an id of its own."""
    for tag in ("title", "desc"):
        for element in root.findall(tag):
            root.remove(element)
    for index, (tag, text) in enumerate((("title", picture.title), ("desc", picture.alt))):
        element = ElementTree.Element(tag, {"id": f"{prefix}{tag}"})
        element.text = text
        root.insert(index, element)
    root.attrib |= {
        "role": "img",
        "aria-labelledby": f"{prefix}title",
        "aria-describedby": f"{prefix}desc",
        "focusable": "false",
    }


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _value(key: str, value: str, prefix: str) -> str:
    if key == "id":
        return prefix + value
    if key == _HREF and value.startswith("#"):
        return f"#{prefix}{value[1:]}"
    if key in _GEOMETRY:
        return _LONG_NUMBER.sub(_short, value)
    return value.replace("url(#", f"url(#{prefix}")


def _short(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _shown(picture: Picture, number: int, labels: Mapping[str, str]) -> Shown:
    from markupsafe import Markup

    prefix = f"figure-{number}"
    about = [labels[part] for part in picture.name.split(":")[1:] if part in labels]
    title = f"{picture.title}: “{about[0]}”" if about else picture.title
    # The svg was built element by element, so every text in it is escaped.
    svg = Markup(inline(picture, f"{prefix}-"))
    return Shown(prefix, number, title, svg, csv_download(f"{file_name(picture.name)}.csv", picture.csv))


def _parts_download(attribution: Attribution) -> Download:
    text = csv_text([part.to_dict() for part in attribution.rows()], PART_COLUMNS)
    return csv_download(f"attribution_{file_name(attribution.a)}_{file_name(attribution.b)}.csv", text)


def _without_marks(text: str) -> str:
    """Without the marks of Markdown."""
    return re.sub(r"\*\*|`", "", text)
