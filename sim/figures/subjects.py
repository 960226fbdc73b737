"""The figures made of panels, each described once: which quantities, how they are arranged, what the sentence says.

Any of them shows one scenario or several. A recorded variable that is in none of them is drawn by ``one_variable``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.figures.cases import Cast, Statements, Subject, cast_of, provenance, skill_line
from sim.figures.history import break_words
from sim.figures.page import CAUTION, Box, Page, Sentence
from sim.figures.panel import constant_label, panels, record_labels
from sim.scenario.entities import entity_name
from sim.text import full_date, lower

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.ensemble.ensemble import Ensemble
    from sim.figures.drawing import Drawing
    from sim.figures.style import Size

# The sweeping movements of 2022 would flatten everything after, so the front's history is drawn from here on.
SETTLED = "2022-12-31"
NO_YEAR = "No year ends within this horizon, so no yearly figure can be given."
CONDITIONING = "Parts of one ensemble: conditioning, not intervention."
KIEL = "EUR bn, current euro, Kiel definition"

SHARE = Subject("europe_canada_share_pct_gdp", "Europe and Canada: defence share", level=2.0, level_text="2%")
SPENDING = Subject("europe_canada_spending_busd_current", "Europe and Canada: defence spending")
US_SHARE = Subject("us_share_of_nato_pct", "U.S. share of NATO spending")
COMMITMENT = Subject("us_commitment", "U.S. commitment", low=0.0, high=1.0)
AID_USA = Subject("military_aid_allocated_beur", "U.S. military aid, cumulative", "USA", low=0.0)
AID_EUROPE = Subject("military_aid_allocated_beur", "European military aid, cumulative", "EUR", low=0.0)
CONTROL = Subject("russian_controlled_km2", "Territory under Russian control", since=SETTLED)
AT_TWO = Subject("members_at_2pct", "Members at or above 2% of GDP")
AT_MORE = Subject("members_at_3_5pct", "Members at or above 3.5% of GDP")
CEASEFIRE = Subject("ceasefire", "Ceasefire in force")
SO_FAR = Subject("ceasefire", "A ceasefire so far", unit="% of runs in which there has been one", ever=True)
TALKS = Subject("in_talks", "Talks under way")
AT_LEVEL = Subject("europe_canada_share_pct_gdp", "Europe and Canada at 2% or more", alike="share at 2%", reached=2.0)

MONEY = (SHARE, SPENDING, US_SHARE)
SECURITY = (COMMITMENT, AID_USA, AID_EUROPE, CONTROL)
HEADLINES = (SHARE, US_SHARE, AT_TWO, *SECURITY, CEASEFIRE)
TROOPS = Subject("us_troops_europe_thousand", "Troops in Europe", low=0.0)
POSTURE = Subject("us_posture", "Posture", weight=1.5)
MEMBERS = Subject("members_total", "Members")
TARGET = Subject("target_pct_gdp", "Spending target", low=0.0)
SECRETARY = Subject("secretary_general", "Secretary-General", weight=1.3)
RATIO = Subject("resource_ratio", "Resources: Russia to Ukraine", low=0.0, level=1.0, level_text="equal")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure made of panels: its rows, the height of its page in cm, and its sentence about one scenario.

    ``about`` are the subjects that the sentence of a comparison is about. On a slide the panels stand in
    ``slide_rows`` rows.
    """

    title: str
    rows: tuple[tuple[Subject, ...], ...]
    height: float
    sentence: Callable[[Statements], str]
    about: tuple[Subject, ...]
    slide_rows: int = 0

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Every subject, row by row."""
        return tuple(subject for row in self.rows for subject in row)


def _europe(say: Statements) -> str:
    if not say.has(SHARE):
        return NO_YEAR
    runs = say.runs_in_which(SHARE, lambda values: values[-1] >= 2.0, ">= 2")
    end, median = say.when(SHARE), say.median(SHARE)
    if runs is None:
        return f"The median of Europe and Canada's defence spending is {median} in {end}."
    return f"{runs} Europe and Canada spend at least 2% of GDP on defence in {end}; the median is {median}."


def _spending(say: Statements) -> str:
    text = _europe(say)
    if say.has(US_SHARE):
        text += f" The median of the United States' share of NATO spending is {say.median(US_SHARE)}."
    return text


def _members(say: Statements) -> str:
    if not say.has(AT_TWO):
        return NO_YEAR
    text = f"At or above 2% of GDP in {say.when(AT_TWO)}: {say.median(AT_TWO)} in the median."
    runs = say.runs_in_which(AT_MORE, lambda values: values[-1] >= 3, ">= 3")
    return f"{text} {runs} three or more members spend at least 3.5%." if runs else text


def _alliance(say: Statements) -> str:
    parts = []
    if say.has(MEMBERS):
        end, members, level = say.when(MEMBERS), say.median(MEMBERS), say.median(TARGET)
        parts.append(f"In {end} the alliance has {members} and a spending target of {level}, in the median.")
    if say.has(SECRETARY):
        runs, label = say.likeliest(SECRETARY)
        parts.append(f"{runs} {label} is Secretary-General in {say.when(SECRETARY)}.")
    return " ".join(parts)


def _commitment(say: Statements) -> str:
    if not say.has(COMMITMENT):
        return ""
    runs = say.runs_in_which(COMMITMENT, lambda values: values[-1] < 0.5, "< 0.5")
    end, median = say.when(COMMITMENT), say.median(COMMITMENT)
    if runs is None:
        return f"The median of the U.S. commitment is {median} in {end}, on a scale from 0 to 1."
    return f"{runs} the U.S. commitment lies below 0.5 in {end}, on a scale from 0 to 1; the median is {median}."


PRESIDENT = Subject("republican_president", "President: Republican")
HOUSE = Subject("republican_house", "House: Republican majority")
SENATE = Subject("republican_senate", "Senate: Republican majority")


def _control(say: Statements) -> str:
    parts: list[str] = []
    words = ("a Republican is president", "the House has a Republican majority", "the Senate has a Republican majority")
    for subject, text in zip((PRESIDENT, HOUSE, SENATE), words, strict=True):
        if say.has(subject):
            runs = say.chance(subject)
            end = "" if parts else f" in {say.when(subject)}"
            parts.append(f"{lower(runs) if parts else runs} {text}{end}")
    return f"{'; '.join(parts)}." if parts else ""


def _aid_row(variable: str, kind: str) -> tuple[Subject, ...]:
    groups = (("United States", "USA"), ("Europe", "EUR"), ("Other donors", "OTHER"))
    return tuple(Subject(variable, f"{name}: {kind}", code, KIEL, low=0.0) for name, code in groups)


ALL_AID, MILITARY_AID = _aid_row("aid_allocated_beur", "all aid"), _aid_row("military_aid_allocated_beur", "military")


def _aid(say: Statements) -> str:
    america, europe, _ = ALL_AID
    if not say.has(america):
        return ""
    medians = "; ".join(f"{entity_name(subject.entity)} {say.median(subject)}" for subject in (america, europe))
    text = f"Allocated by {say.when(america)}, in the median: {medians}."
    given = say.case.runs(america)
    if given is not None:
        twice = 2 * given[-1]
        runs = say.runs_in_which(europe, lambda values: values[-1] > twice, "EUR more than twice USA")
        text += f" {runs} Europe has allocated more than twice as much as the United States."
    return text


def _front(say: Statements) -> str:
    if not say.has(CONTROL):
        return ""
    first, end, median = say.when(CONTROL, 0), say.when(CONTROL), say.median(CONTROL)
    runs = say.runs_in_which(CONTROL, lambda values: values[-1] > values[0], f"more than in {first}")
    if runs is None or first == end:
        return f"The median of the territory under Russian control is {median} in {end}."
    return f"{runs} Russia controls more of Ukraine in {end} than in {first}; the median is {median}."


def _effort(say: Statements) -> str:
    if not say.has(RATIO):
        return ""
    runs, end, median = (
        say.runs_in_which(RATIO, lambda values: values[-1] > 1.0, "> 1"),
        say.when(RATIO),
        say.median(RATIO),
    )
    first = f"{runs} Russia has more resources in the war than Ukraine in {end}" if runs else f"In {end}"
    return f"{first}; the median ratio is {median}."


def _ceasefire(say: Statements) -> str:
    if not say.has(CEASEFIRE):
        return ""
    text = f"{say.chance(CEASEFIRE)} a ceasefire is in force in {say.when(CEASEFIRE)}"
    runs = say.runs_in_which(
        CEASEFIRE, lambda values: np.asarray((values > 0.5).any(axis=0)), "a ceasefire at some time"
    )
    return f"{text}; {lower(runs)} there has been one by then." if runs else f"{text}."


def _both(*parts: Callable[[Statements], str]) -> Callable[[Statements], str]:
    return lambda say: " ".join(text for part in parts if (text := part(say)))


def _side(name: str, side: str, what: str, unit: str) -> Subject:
    return Subject(name, f"{side}: {what}", unit=unit, low=0.0, alike=what)


_HURT, _TAKEN_IN = ("killed and wounded", "thousand, cumulative"), ("intake", "thousand in a month")
PANELS: dict[str, Figure] = {
    "overview": Figure(
        "Overview",
        ((SHARE, AT_TWO), (COMMITMENT, AID_EUROPE), (CONTROL, CEASEFIRE)),
        18.0,
        _both(_europe, _ceasefire),
        HEADLINES,
        slide_rows=2,
    ),
    "overlay": Figure(
        "Headline outcomes",
        ((SHARE, US_SHARE), (COMMITMENT, AID_USA), (AID_EUROPE, CONTROL)),
        19.0,
        _both(_spending, _commitment),
        (SHARE, US_SHARE, *SECURITY),
        slide_rows=2,
    ),
    "spending": Figure(
        "Defence spending: Europe and Canada, and the U.S. share", ((SHARE, US_SHARE),), 9.0, _spending, MONEY
    ),
    "members_at_levels": Figure("Members at 2% and at 3.5% of GDP", ((AT_TWO, AT_MORE),), 9.0, _members, (AT_TWO,)),
    "alliance": Figure(
        "The alliance: members, target and Secretary-General",
        ((MEMBERS, TARGET, SECRETARY),),
        9.0,
        _alliance,
        (AT_TWO,),
    ),
    "us_control": Figure(
        "Control of the White House and Congress", ((PRESIDENT, HOUSE, SENATE),), 7.5, _control, (PRESIDENT, HOUSE)
    ),
    "us_commitment": Figure(
        "U.S. commitment, posture and troops in Europe",
        ((COMMITMENT, POSTURE, TROOPS),),
        9.0,
        _commitment,
        (COMMITMENT,),
    ),
    "aid": Figure(
        "Aid to Ukraine by donor group, cumulative since January 2022",
        (ALL_AID, MILITARY_AID),
        12.5,
        _aid,
        (AID_USA, AID_EUROPE),
    ),
    "front": Figure(
        "The front: territory under Russian control, and Kursk",
        (
            (
                Subject("russian_controlled_km2", "Russian control", since=SETTLED),
                Subject("net_gain_km2", "Russian net gain in a month", since=SETTLED),
                Subject("kursk_held_km2", "Kursk, held by Ukraine", low=0.0),
            ),
        ),
        9.0,
        _front,
        (CONTROL,),
    ),
    "war_effort": Figure(
        "War effort: losses, manpower and resources",
        (
            (
                _side("russian_casualties_thousand", "Russia", *_HURT),
                _side("russian_intake_thousand", "Russia", *_TAKEN_IN),
                RATIO,
            ),
            (
                _side("ukrainian_casualties_thousand", "Ukraine", *_HURT),
                _side("ukrainian_intake_thousand", "Ukraine", *_TAKEN_IN),
                Subject("russian_military_share_pct_gdp", "Russia: military expenditure", since="2014-01-01", low=0.0),
            ),
        ),
        13.0,
        _effort,
        (CONTROL,),
    ),
    "ceasefire": Figure(
        "Ceasefire and talks: in how many runs, by when", ((CEASEFIRE, SO_FAR, TALKS),), 8.0, _ceasefire, (CEASEFIRE,)
    ),
    "dates_reached": Figure(
        "Ceasefire and 2% of GDP: in how many runs, by when",
        ((CEASEFIRE, SO_FAR), (AT_LEVEL, AT_TWO)),
        14.5,
        _both(_ceasefire, _europe),
        (CEASEFIRE, SHARE),
    ),
}


def draw_panels(
    cast: Cast,
    name: str,
    figure: Figure,
    size: Size,
    command: str = "",
    below: Callable[[Page], None] | None = None,
    room: float = 0.0,
) -> Drawing:
    """The figure of ``cast``; ``below`` sets something into the lowest ``room`` centimetres of the body."""
    if cast.single:
        say = Statements(cast)
        sentence = Sentence(figure.sentence(say), say.rows)
        title = figure.title
        if name == "overview":
            scenario = cast.first.source.scenario
            title += f": {scenario.title or scenario.name}"
    else:
        from sim.figures.compared.findings import findings, title_of

        sentence, title = findings(cast, figure.about), title_of(figure.title, cast)
    page = open_page(cast, name, size, title, figure.subjects, sentence, figure.height + 0.9 * room, command)
    # Two labels fit beside their lines on a page with two panels in a row; otherwise they stand once, above.
    named = len(cast.cases) == 2 and not page.is_slide and not cast.conditional and max(map(len, figure.rows)) == 2
    named = named and room == 0
    if not cast.single and not named:
        page.key([(case.look, _entry(cast, case.label)) for case in cast.cases])
    if below and room:
        below(page)
        page.body = Box(page.body.x, page.body.y + room, page.body.w, page.body.h - room)
    panels(page, _arranged(page, figure, cast), cast, named=named)
    return page.finish()


def strip(source: Ensemble | Comparison, subjects: Sequence[Subject], width: float, height: float) -> Drawing:
    """Panels side by side under the key of scenarios, ``width`` by ``height`` cm, for a page that says the rest."""
    from sim.figures import style

    cast = cast_of(source)
    size = style.Size("strip", width, height, 1.0)
    title = "; ".join(subject.heading for subject in subjects)
    with style.applied():
        made_of = provenance(cast, "strip", size.name)
        page = Page(size, title, "", Sentence(""), made_of, height=height, note="", bare=True)
        if not cast.single:
            page.key([(case.look, _entry(cast, case.label)) for case in cast.cases])
        boxes = page.body.columns(*(subject.weight for subject in subjects))
        panels(page, list(zip(boxes, subjects, strict=True)), cast)
        return page.finish()


def _entry(cast: Cast, label: str) -> str:
    return f"{label} (reference)" if label == cast.first.label and not cast.conditional else label


def _arranged(page: Page, figure: Figure, cast: Cast) -> list[tuple[Box, Subject]]:
    """A box for each subject: the figure's rows, or on a slide as many rows as it says.

    A label that never changes in any run is no picture: beside other panels the sentence and the table say it.
    """
    rows: list[tuple[Subject, ...]] = list(figure.rows)
    for at, row in enumerate(rows):
        still = [subject for subject in row if cast.mark(subject) == "labels" and constant_label(cast, subject)]
        if still and len(still) < len(row):
            rows[at] = tuple(subject for subject in row if subject not in still)
            for subject in still:
                record_labels(page, cast, subject)
    if page.is_slide and figure.slide_rows:
        each = -(-len(figure.subjects) // figure.slide_rows)
        rows = [figure.subjects[at : at + each] for at in range(0, len(figure.subjects), each)]
    boxes = []
    for box, row in zip(page.body.grid(len(rows), 1, down=0.3), rows, strict=True):
        across = 0.4 if len(row) < 3 else 0.3
        boxes += list(zip(box.columns(*(subject.weight for subject in row), across=across), row, strict=True))
    return boxes


def open_page(
    cast: Cast,
    name: str,
    size: Size,
    title: str,
    subjects: tuple[Subject, ...],
    sentence: Sentence,
    height: float,
    command: str = "",
    words: str = "",
) -> Page:
    """A page about ``cast``; the line below the title says what the marks of ``subjects`` mean, unless ``words`` do."""
    words = words or _reading(cast, subjects)
    if cast.conditional:
        words = f"{CONDITIONING} {words}"
    page = Page(
        size,
        title,
        words,
        sentence,
        provenance(cast, name, size.name, command),
        height=height,
        note=f"{CAUTION} {skill_line([subject.name for subject in subjects])}",
    )
    if cast.conditional:
        page.phrases.append(f"Parts: {', '.join(case.label for case in cast.cases)}.")
    return page


def _reading(cast: Cast, subjects: tuple[Subject, ...]) -> str:
    """How to read the marks of the figure, and where its history ends."""
    marks = {cast.mark(subject) for subject in subjects}
    yearly = {cast.variable(subject.name).every for subject in subjects if cast.mark(subject) == "share"}
    count, parts = len(cast.cases), []
    if "fan" in marks:
        several = (
            "Lines: medians. Bands: 90% of runs."
            if count == 2
            else ("Lines: medians. Bars at the end: 90% and 50% of runs.")
        )
        parts.append("Colour: median, 50% and 90% of runs." if count == 1 else several)
    elif yearly:
        parts.append(f"Share of runs at the end of each {' or '.join(sorted(yearly))}.")
    elif "labels" in marks:
        parts.append("Share of runs." if count == 1 else "Share of runs at the last date.")
    if "count" in marks and "fan" not in marks:
        parts.append("Bars: 90% and 50% of runs, line: median." if count == 1 else "Dots: medians, with 90% of runs.")
    start = full_date(cast.first.source.scenario.start)
    parts.append(f"Black: reported before the start, {start}." if marks & {"fan", "count"} else f"Start: {start}.")
    if marks & {"fan", "count"}:
        parts[-1] += break_words(cast.first.past(subject, cast.past_years) for subject in subjects)
    later = [alike for subject in subjects for alike, series in cast.first.later(subject).items() if len(series)]
    if later and marks & {"fan", "count"}:
        parts.append("Diamonds: reported since" + ("; open: counted differently." if False in later else "."))
    return " ".join(parts)


def one_variable(cast: Cast, name: str, entity: str = "") -> Figure:
    """The figure of any recorded variable: one panel, marked as the variable's declaration says."""
    variable = cast.variable(name)
    title = variable.long_name + (f": {entity_name(entity)}" if entity else "")
    subject = Subject(name, "", entity)

    def sentence(say: Statements) -> str:
        if not say.has(subject):
            return "No date of this variable falls within the horizon."
        end = say.when(subject)
        if variable.flag:
            return f"{say.chance(subject)} this holds in {end}: {title}."
        if variable.labels:
            runs, label = say.likeliest(subject)
            return f"{runs} the value in {end} is {label}, the most frequent one."
        return f"The median is {say.median(subject)} in {end}."

    return Figure(title, ((subject,),), 9.0, sentence, (subject,))
