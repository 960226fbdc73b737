"""Elections abroad: each member's calendar, and the orientation of the government that follows.

Members other than the United States vote when their legislature's term ends, or earlier with some probability. The
cabinet that follows stands at L on a scale from 0 (left) to 10 (right) and keeps a little of its predecessor's place:

    L' = 5.6 + persistence (L - 5.6) + sd * e

With a small probability it is led by a party that opposes aid to Ukraine. Budgets read the position and the calendar,
aid reads the opposition. Source: ParlGov cabinets of 27 members, 1995-2023.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sim import facts
from sim.facts.tables import per_folder
from sim.model.engine import (
    Engine,
    Flags,
    Numbers,
    Process,
    State,
    System,
    assumption,
    data,
    estimated,
    here,
    single,
    under,
    within,
)
from sim.model.systems.roster import ALLIES, PLACES
from sim.scenario import Choice, Day, Number, Value, beta, fixed, normal, uniform

PHASE = "elections"
FIRST_GOVERNMENTS = date(2025, 1, 1)
CENTRE = 5.6
TERM_DAYS = 1461  # four years, where no calendar is known
UNREAD = uniform(0.02, 0.15)  # a government whose line was not read: as likely as one after an election
LINES: dict[tuple[str, date], Value] = {  # governments whose line in governments.csv opposes aid, or leaves it open
    ("HUN", date(2022, 4, 3)): fixed(1.0),  # no arms, no transit, no funding or personnel
    ("SVK", date(2023, 9, 30)): fixed(1.0),  # ended donations from state stocks
    ("CZE", date(2025, 10, 4)): uniform(0.5, 1.0),  # ended budget money for arms, runs the shell initiative on others'
    ("HUN", date(2026, 4, 12)): uniform(0.3, 1.0),  # no arms, lifted the veto on the loan of the European Union
    ("BGR", date(2026, 4, 19)): uniform(0.2, 0.8),  # its head opposed arms as president; line in office not read
}

PARAMETERS = (
    estimated("elections.early_probability", "per term", beta(61.5, 150.5), Number(0.0, 1.0),
        "probability that a legislature is dissolved before its term runs out",
        "212 elections in 27 members 1995-2023 (ParlGov): 0.29 held early", moves=("military_aid_allocated_beur:EUR",),
        reported_only="its 90% interval is narrow, and elections move budgets and aid little"),
    data("elections.term_years", "years", fixed(4.0), Number(2.0, 7.0),
        "statutory term of a legislature after the next scheduled election",
        "most members' electoral law; five-year terms are not told apart",
        reported_only="it moves how often elections come, and elections move budgets and aid little"),
    estimated("elections.left_right_persistence", "share", normal(0.09, 0.07), Number(-1.0, 1.0),
        "part of a cabinet's distance from the centre that the next one keeps",
        "ParlGov cabinets, 27 members 1995-2023", moves=("defence_share_pct_gdp",),
        reported_only="the measured effect of a cabinet's side on budgets is close to none"),
    estimated("elections.left_right_sd", "points on 0 (left) to 10 (right)", normal(1.6, 0.1, low=0.1),
        Number(0.0, 5.0),
        "spread of a new cabinet's position",
        "ParlGov cabinets, 27 members 1995-2023", moves=("spread of defence_share_pct_gdp",),
        reported_only="the measured effect of a cabinet's side on budgets is close to none"),
    assumption("elections.sceptic_probability", "per election", uniform(0.02, 0.15), Number(0.0, 1.0),
        "probability that the government after an election is led by a party that opposes aid to Ukraine",
        "97 of 269 parties reject some form of help, fewer in office (Hooghe et al. 2024); the share that leads "
        "governments is not measured", depends_on=True, sweep="0 to 0.3", lowers=("military_aid_allocated_beur:EUR",)),
    data("elections.*.left_right", "points on 0 (left) to 10 (right)", None, Number(0.0, 10.0),
        "position of the cabinet in office at the start",
        "ParlGov expert means", at_start=True,
        entities=tuple(member.code for member in facts.members() if member.code in ALLIES),
        moves=("defence_share_pct_gdp",)),
    data("elections.*.doubts_aid_at_start", "probability", fixed(0.0), Number(0.0, 1.0),
        "probability that the government in office at the start opposes aid to Ukraine: 1 or 0 where its line was read",
        "lines of governments on aid as known at the start; a range where no line was read; 0 for starts before "
        "October 2024, of which no governments are in store", at_start=True, entities=ALLIES,
        lowers=("military_aid_allocated_beur:EUR",), sweep="0 to 1"),
    assumption("elections.*.doubts_aid", "label", "drawn", Choice(("drawn", "yes", "no")),
        "whether this member's government opposes aid to Ukraine; 'drawn': as its elections are drawn",
        "scenario lever", entities=ALLIES, moves=("military_aid_allocated_beur:EUR",)),
    assumption("elections.*.next_doubts_aid", "label", "drawn", Choice(("drawn", "yes", "no")),
        "whether the government after this member's next election opposes aid to Ukraine; 'drawn': by the probability",
        "scenario lever", entities=ALLIES, moves=("military_aid_allocated_beur:EUR",)),
    assumption("elections.*.next_on", "date", None, Day(),
        "day of this member's next legislative election, as for a snap election; not set: its calendar",
        "scenario lever", at_start=True, entities=ALLIES, moves=("military_aid_allocated_beur:EUR",)),
)  # fmt: skip


class Elections:
    """Governments of the members with forces but the USA, in the order of ``codes``; arrays ``(len(codes), runs)``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.codes = codes = ALLIES
        self._places = [PLACES[code] for code in codes]
        start = engine.start
        self.left_right = np.empty((len(codes), engine.runs), np.float32)
        for row, code in enumerate(codes):
            self.left_right[row] = engine.settings.stated(f"elections.{code}.left_right", single([CENTRE]))
        doubts = engine.streams.uniforms("elections", 0, self._places, purpose=4)
        self._sceptic = doubts < engine.settings.numbers("elections.*.doubts_aid_at_start", codes)
        self._stated: tuple[int, Flags, Flags] | None = None  # changes of the settings; who is said to oppose, and may
        self._seen: Flags | None = None  # who opposes aid since the latest election
        self._named = {code: engine.settings.date(f"elections.{code}.next_on") for code in codes}
        self._scheduled = {code: self._named[code] or _next_scheduled(code, start) for code in codes}
        self._next = engine.zeros(len(codes))  # days from the start
        self._count = np.zeros((len(codes), engine.runs), np.intp)
        self._drawn = np.empty((3, 0, self._count.size), np.float32)  # for three purposes, by count and cell
        self._next_said: tuple[int, list[int]] = -1, []  # changes of the settings; for whom they state what is next

    def process(self) -> Process:
        """Holds elections on scheduled days, and early ones at month's end; each run follows its own calendar."""
        clock = self._engine.clock
        self._plan_first()
        for day in clock.days([*clock.month_ends, *self._scheduled.values()]):
            yield clock.at(day, PHASE)
            due = self._next <= (day - clock.start).days
            if np.count_nonzero(due):
                self._hold(day, due)

    @property
    def sceptic(self) -> Flags:
        """Whether each government opposes aid to Ukraine, as stated or else as drawn, ``(codes, runs)``."""
        settings = self._engine.settings
        if self._stated is None or self._stated[0] != settings.changes:
            said = np.stack([settings.choice(f"elections.{code}.doubts_aid") for code in self.codes])
            self._stated, self._seen = (settings.changes, said == 1, said != 2), None
        if self._seen is None:
            self._seen = (self._sceptic | self._stated[1]) & self._stated[2]
        return self._seen

    def in_year(self, year: int) -> Flags:
        """Whether the next election is due in ``year``, as seen today. ``(codes, runs)``."""
        first = (date(year, 1, 1) - self._engine.start).days
        last = (date(year, 12, 31) - self._engine.start).days
        return (self._next >= first) & (self._next <= last)

    def _plan_first(self) -> None:
        draws = self._engine.streams.uniforms("elections", 0, self._places)
        early = self._engine.settings.number("elections.early_probability")
        term = self._engine.settings.number("elections.term_years") * 365.25
        left = single([[(self._scheduled[code] - self._engine.start).days] for code in self.codes])
        free = single([[self._named[code] is None] for code in self.codes])
        chance = early * np.minimum(left / term, 1) * free
        self._next = np.where(draws < chance, left * draws / np.maximum(chance, 1e-6), left)

    def _hold(self, day: date, due: Flags) -> None:
        """Elects where ``due``. Draws belong to a member's first, second, ... election, whenever a run holds it."""
        self._seen = None
        cells = np.flatnonzero(due)  # of members and runs
        counts = self._count.take(cells)
        while self._drawn.shape[1] <= counts.max():
            self._drawn = np.concatenate((self._drawn, self._draws(self._drawn.shape[1])), axis=1)
        of_these = counts * self._count.size + cells
        self._elect(cells, [drawn.take(of_these) for drawn in self._drawn])
        if rows := self._rows_stated():
            self._form_stated(rows, cells[counts == 0])
        self._next.ravel()[cells] += np.float32((day - self._engine.start).days)
        self._count.ravel()[cells] += 1

    def _elect(self, cells: NDArray[np.intp], draws: Sequence[Numbers]) -> None:
        """New cabinets in ``cells`` (flat indices of members and runs); leaves in ``_next`` how long they may last."""
        settings, runs = self._engine.settings, cells % self._engine.runs

        def number(name: str) -> Numbers:
            return here(settings.number(f"elections.{name}"), runs)

        luck, length, news = draws
        early, term = number("early_probability"), number("term_years") * 365.25
        self.left_right.ravel()[cells] = new_left_right(
            self.left_right.take(cells), number("left_right_persistence"), number("left_right_sd"), luck
        )
        self._sceptic.ravel()[cells] = news < number("sceptic_probability")
        self._next.ravel()[cells] = np.where(
            length < early, term * (0.3 + 0.65 * length / np.maximum(early, 1e-6)), term
        )

    def _rows_stated(self) -> list[int]:
        """The members for whose next election the scenario states the government, in some run."""
        settings = self._engine.settings
        if self._next_said[0] != settings.changes:
            stated = [settings.choice(f"elections.{code}.next_doubts_aid").any() for code in self.codes]
            self._next_said = settings.changes, np.flatnonzero(stated).tolist()
        return self._next_said[1]

    def _form_stated(self, members: Sequence[int], cells: NDArray[np.intp]) -> None:
        """Governments that the scenario states for the next election of ``members``, in ``cells``."""
        rows, runs = np.divmod(cells, self._engine.runs)
        for row in members:
            said = self._engine.settings.choice(f"elections.{self.codes[row]}.next_doubts_aid")
            of_row = runs[rows == row]
            told = said[of_row]
            self._sceptic[row, of_row] = np.where(told == 0, self._sceptic[row, of_row], told == 1)

    def _draws(self, count: int) -> Numbers:
        """Draws of every member's election of this number, ``(3, 1, members * runs)``: line, length, aid."""
        streams = self._engine.streams
        line = streams.normals("elections", count, self._places, purpose=1)
        rest = [streams.uniforms("elections", count, self._places, purpose=purpose) for purpose in (2, 3)]
        return np.stack([line, *rest]).reshape(3, 1, -1)


def new_left_right(before: Numbers, persistence: Numbers, spread: Numbers, normal_draw: Numbers) -> Numbers:
    """Position of the cabinet after an election on 0 to 10: L' = 5.6 + persistence (L - 5.6) + spread e."""
    return within(CENTRE + persistence * (before - CENTRE) + spread * normal_draw, 0, 10)


@per_folder
def _next_scheduled(code: str, start: date) -> date:
    """The next legislative election as the calendar of ``start`` has it: announced, else a term after the last."""
    ballots = [ballot for ballot in facts.elections(start, code) if ballot.kind == "legislative"]
    ahead = [ballot for ballot in ballots if not ballot.held and ballot.date > start]
    announced = [ballot.date for ballot in ahead if not ballot.date_is_hindsight]
    if announced:
        return min(announced)
    held = [ballot.date for ballot in ballots if ballot.held]
    if held:
        return max(max(held) + timedelta(days=TERM_DAYS), start + timedelta(days=60))
    return min((ballot.date for ballot in ahead), default=start + timedelta(days=TERM_DAYS))


def known_governments(start: date) -> dict[str, Value]:
    """Where each ally's cabinet stands on a day, and whether it opposes aid."""
    return known_left_right(start) | known_doubts(start)


def known_doubts(start: date) -> dict[str, Value]:
    """How sure it is that each government in office opposes aid to Ukraine, by its line as read on a day."""
    values: dict[str, Value] = {}
    for code, cabinet in facts.governments(start).items():
        if code in ALLIES:
            doubt = LINES.get((code, cabinet.since), fixed(0.0) if cabinet.aid_line else UNREAD)
            values[f"elections.{code}.doubts_aid_at_start"] = doubt
    return values


def known_left_right(start: date) -> dict[str, Value]:
    """Position of each ally's cabinet on a day where experts have scored it.

    Starts that see figures of 2025 know the government in office; where its head's party has no score, it is one of
    the spread that cabinets have.
    """
    if start > FIRST_GOVERNMENTS:
        unscored = normal(CENTRE, 1.6, low=0.0, high=10.0)
        return {
            f"elections.{code}.left_right": unscored if cabinet.left_right is None else fixed(cabinet.left_right)
            for code, cabinet in facts.governments(start).items()
            if code in ALLIES
        }
    return {
        f"elections.{election.code}.left_right": fixed(election.left_right)
        for election in facts.elections(start)
        if election.held and election.left_right is not None and election.code != "USA"
    }


SYSTEM = System(
    name="elections",
    title="elections abroad",
    build=Elections,
    phase=PHASE,
    stream=3,
    parameters=PARAMETERS,
    states={
        "calendar": State(
            about="the calendar of elections abroad",
            keys=("elections.early_probability", "elections.term_years", "elections.*.next_on"),
            tables=("elections",),
        ),
        "orientation": State(
            about="the orientation of governments",
            keys=under("elections", "left_right_persistence left_right_sd *.left_right"),
            reads=("calendar",),
            own=True,
        ),
        "sceptics": State(
            about="governments that doubt aid",
            keys=under("elections", "sceptic_probability *.doubts_aid_at_start *.doubts_aid *.next_doubts_aid"),
            reads=("calendar",),
        ),
    },
    at_start=known_governments,
)
