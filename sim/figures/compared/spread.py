"""The page of a comparison: looks bound to the scenarios, what made it, and a key of names under the heading."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis.wording import with_unit
from sim.figures.compared.subjects import in_order
from sim.figures.drawing import Provenance, Row, Table
from sim.figures.page import Box, Page
from sim.figures.reading import skill_line
from sim.figures.style import LOOKS, SMALL, Look, Size, looks, luminance

if TYPE_CHECKING:
    from sim.analysis import Comparison, Contrast

KEY_LINE = 0.42
SAMPLE = 0.75
CONDITIONING = "Parts of one ensemble: conditioning, not intervention."


@dataclass(frozen=True)
class ComparedProvenance(Provenance):
    """What made a comparison figure: also what the others are compared with, and the key of a split."""

    baseline: str = ""
    by: str = ""

    def to_json(self, table: Table) -> str:
        """One line of JSON, with the sha256 of the CSV so that edited numbers show."""
        body = json.loads(super().to_json(table)) | {"baseline": self.baseline}
        if self.by:
            body["by"] = self.by
        return json.dumps(body, ensure_ascii=True, separators=(",", ":"))


def provenance_of(comparison: Comparison, figure: str, size: str, command: str = "") -> ComparedProvenance:
    """What made ``comparison``: every scenario with its hash, the seed, the shared runs, versions, the command."""
    views = comparison.views[:1] if comparison.conditional else comparison.views
    first = views[0]
    runs = sum(view.runs for view in comparison.views) if comparison.conditional else first.runs
    return ComparedProvenance(
        scenarios=tuple(view.scenario.name for view in views),
        hashes=tuple(view.scenario.hash for view in views),
        seed=int(first.seed),
        runs=int(runs),
        version=str(first.manifest.get("version", "")),
        facts=str(first.manifest.get("facts", "")),
        command=command or str(first.manifest.get("command", "")),
        figure=figure,
        size=size,
        baseline=comparison.names[comparison.baseline],
        by=comparison.by,
    )


def looks_of(comparison: Comparison) -> Mapping[str, Look]:
    """A look for each view; parts of a split by party keep the parties' colours, as election results do."""
    names = comparison.names
    if comparison.conditional:
        parties = {"Democratic": LOOKS[0], "Republican": LOOKS[1]}
        if all(name.split(" ")[0] in parties for name in names):
            return {name: parties[name.split(" ")[0]] for name in names}
        return dict(zip(names, LOOKS, strict=False))
    return dict(zip(names, looks(names), strict=True))


def text_colour(look: Look) -> str:
    """The look's colour, darkened until small text in it stands out from the paper (4.5 to 1)."""
    parts = [int(look.colour[i : i + 2], 16) for i in (1, 3, 5)]
    colour = look.colour
    while 1.05 / (luminance(colour) + 0.05) < 4.5:
        parts = [round(part * 0.93) for part in parts]
        colour = "#" + "".join(f"{part:02X}" for part in parts)
    return colour


def shown_name(comparison: Comparison, name: str) -> str:
    """A scenario's name, or a part's name with its number of runs."""
    if not comparison.conditional:
        return name
    runs = comparison.views[comparison.names.index(name)].runs
    return f"{name} ({runs:,} run{'' if runs == 1 else 's'})"


class Spread(Page):
    """A page about a comparison."""

    def __init__(
        self,
        comparison: Comparison,
        name: str,
        size: Size,
        title: str,
        subtitle: str,
        sentence: str,
        height: float,
    ) -> None:
        source = provenance_of(comparison, name, size.name)
        note = f"{CONDITIONING} {subtitle}" if comparison.conditional else subtitle
        super().__init__(size, title, note, sentence, source, height=height, skill=skill_line())
        self.comparison = comparison
        self.looks = looks_of(comparison)
        self._marks: Any = None
        if comparison.conditional:
            parts = ", ".join(shown_name(comparison, one) for one in comparison.names)
            self.told.append(f"Parts: {parts}.")

    @property
    def wide(self) -> bool:
        """Whether this is a slide."""
        return self.size.height is not None

    def marks(self) -> Any:
        """The one sheet for marks placed by hand: axes cost more to make than all that is drawn in them."""
        if self._marks is None:
            self._marks = self.sheet()
        return self._marks

    def key(self, names: Sequence[str] = ()) -> Box:
        """Name the looks in lines under the heading, the baseline first; returns what is left of the body."""
        names = names or [view.name for view in in_order(self.comparison)]
        first = self.comparison.names[self.comparison.baseline]
        entries = []
        for name in names:
            text = shown_name(self.comparison, name)
            entries.append((name, f"{text} (reference)" if name == first and not self.comparison.conditional else text))
        x, y = self.body.x, self.body.y + self.body.h - KEY_LINE + 0.12
        sheet = self.marks()
        for name, text in entries:
            width = SAMPLE + 0.1 + self.measure(text, SMALL, True)
            if x > self.body.x and x + width > self.body.x + self.body.w:
                x, y = self.body.x, y - KEY_LINE
            self.sample(sheet, x, y + 0.08, self.looks[name])
            self.text(x + SAMPLE + 0.1, y, text, SMALL, bold=True, colour=text_colour(self.looks[name]))
            x += width + 0.5
        return Box(self.body.x, self.body.y, self.body.w, y - self.body.y - 0.2)

    def sample(self, sheet: Any, x: float, y: float, look: Look) -> None:
        """A piece of line with its marker, as wide as ``SAMPLE``."""
        ends = [x, x + SAMPLE]
        width = self.line_width(1.7)
        sheet.plot(ends, [y, y], color=look.colour, linestyle=look.linestyle, lw=width, solid_capstyle="butt")
        size = self.line_width(3.4)
        sheet.plot([x + SAMPLE / 2], [y], color=look.colour, marker=look.marker, ms=size, mec="white", mew=0.4)


def difference_unit(unit: str) -> str:
    """The unit of a difference: percentage points for a percentage."""
    return with_unit("", unit).replace("  ", " ").strip()


def statement(contrast: Contrast) -> Row:
    """The numbers of a contrast's last date, as a row of the table: what a sentence says."""
    row = contrast.last()
    unit = difference_unit(row.unit) if row.kind not in ("probability", "label") else "share of runs"
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
        unit=unit,
        price_basis=row.price_basis,
        note=note,
    )
