"""Which edition, release and map series a start uses, and what was reported after it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from sim.facts import aid, economy, institution, pledges, roster, spending, war, washington
from sim.facts.tables import as_day, read, visible

FACTS_END = datetime.date(2026, 10, 10)  # the newest day of the shipped tables
MAPS, KURSK_MAPS = "isw_economist", "deepstate_derived"  # one series each, whatever the start
_TWO_PERCENT = 2.0
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Editions:
    """The one source of each kind that answers a start.

    ``nato``: day of publication of the NATO edition; ``definition``: what it counts in its last year; ``breaks``:
    first years of a new definition inside it; ``price_base``: year of its constant prices. ``economy`` and ``sipri``:
    month of the edition. ``aid``: Kiel release, with its last month. ``maps`` and ``kursk``: map series of the front
    and of Kursk oblast, with the day of the last reading. ``stand_ins``: those of nato, economy, sipri and aid for
    which a later publication stands in for that of the day. ``beyond``: the start lies after the end of the facts.
    """

    nato: str
    definition: str
    breaks: tuple[int, ...]
    price_base: int
    economy: str
    sipri: str
    aid: str
    aid_until: datetime.date | None
    maps: str
    maps_until: datetime.date | None
    kursk: str
    kursk_until: datetime.date | None
    stand_ins: tuple[str, ...]
    beyond: bool

    @property
    def text(self) -> str:
        """The editions in one line, for a manifest or the foot of a figure."""
        core = "".join(f", core defence from {year}" for year in self.breaks)
        aid_until = f" to {self.aid_until:%B %Y}" if self.aid_until else ""
        parts = [f"NATO {self.nato}{core}", f"IMF {self.economy}", f"SIPRI {self.sipri}", f"Kiel {self.aid}{aid_until}"]
        if self.maps_until:
            parts.append(f"maps {self.maps} to {self.maps_until}")
        later = f"; stand-ins: {', '.join(self.stand_ins)}" if self.stand_ins else ""
        end = f"; the facts end on {FACTS_END}" if self.beyond else ""
        return "; ".join(parts) + later + end


def editions(known: datetime.date) -> Editions:
    """The editions that a start on the day ``known`` uses."""
    day = as_day(known)
    definitions, history = spending.definitions(day), aid.aid_monthly(day)
    maps, kursk = war.front(day, MAPS), [row for row in war.front(day, KURSK_MAPS) if row.kursk_held_km2 is not None]
    nato, imf = spending.edition(day), economy.edition(day)
    sipri = max(row.vintage for row in visible(read(spending.MilexRow, "milex.csv"), day) if row.year < day.year)
    standing = {
        "nato": nato > day.isoformat(),
        "economy": imf > day.isoformat() or day < datetime.date(2024, 10, 22),
        "sipri": sipri > day.isoformat(),
        "aid": history.stand_in,
    }
    return Editions(
        nato=nato,
        definition=definitions[max(definitions)],
        breaks=spending.breaks(day),
        price_base=spending.price_base(day),
        economy=imf,
        sipri=sipri,
        aid=history.vintage,
        aid_until=history.months[-1] if history.months else None,
        maps=MAPS,
        maps_until=maps[-1].as_of if maps else None,
        kursk=KURSK_MAPS,
        kursk_until=kursk[-1].as_of if kursk else None,
        stand_ins=tuple(name for name, later in standing.items() if later),
        beyond=day > FACTS_END,
    )


class Reported(NamedTuple):
    """One figure that became known after a start.

    ``variable`` and ``entity``: as a run records them; ``date``: the end of the year or month meant. ``definition``:
    what was counted. ``edition``: publication it is from. ``like``: it counts the same as the figures that the start
    could see; only then is a score one of the forecast and not of the definition. ``source``: keys of SOURCES.md.
    """

    variable: str
    entity: str
    date: datetime.date
    value: float
    unit: str
    definition: str
    edition: str
    like: bool
    source: str


def reported_since(
    start: datetime.date, until: datetime.date | None = None, definition: spending.Definition | None = None
) -> tuple[Reported, ...]:
    """What became known after ``start`` (and by ``until``) about days from ``start`` on, like with like.

    Where a figure exists in the definition that the start could see it is the newest of those; where it does not, the
    newest of any definition is given with ``like`` False. ``definition`` asks for NATO's figures in that definition
    first instead ("core" for the newest edition); ``like`` says as before whether the start could see the same.
    Figures filled from memory are left out. A figure without entity has the entity "". Sorted by variable, entity and
    date.
    """
    day, last = as_day(start), as_day(until) if until is not None else datetime.date.max
    if last <= day:
        return ()
    seen = _definition(day)
    figures = [*_members(day, last, definition or seen), *_alliance(day, last, definition or seen)]
    for part in (_russia, _aid, _front, _washington, _commitment):
        figures += part(day, last)
    return tuple(sorted(figures))


def _definition(day: datetime.date) -> spending.Definition:
    """What the newest year that the day could see counts."""
    counted = spending.definitions(day)
    return counted[max(counted)]


def _year_end(year: int) -> datetime.date:
    return datetime.date(year, 12, 31)


def _month_end(month: datetime.date) -> datetime.date:
    return datetime.date(month.year + month.month // 12, month.month % 12 + 1, 1) - datetime.timedelta(days=1)


def _later(rows: Iterable[V], day: datetime.date, last: datetime.date) -> list[V]:
    """Rows known after ``day`` and by ``last``, oldest first."""
    return [row for row in visible(rows, last) if row.known_on > day]  # type: ignore[attr-defined,type-var]


R = TypeVar("R", spending.DefenceRow, spending.AggregateRow)


def _newest_like(
    rows: Iterable[R],
    day: datetime.date,
    last: datetime.date,
    definition: spending.Definition,
    wanted: Callable[[R], float | None],
) -> Iterator[tuple[R, float, bool]]:
    """Of each entity and year the newest figure in the definition, else the newest of another one; and if it is like
    what the start could see."""
    seen, chosen = _definition(day), dict[tuple[str, int], tuple[bool, R, float]]()
    for row in _later(rows, day, last):
        value = wanted(row)
        if value is None or row.year < day.year or row.recalled or row.vintage <= spending.edition(day):
            continue
        asked, key = row.definition == definition, (row[0], row.year)
        if key not in chosen or asked >= chosen[key][0]:
            chosen[key] = asked, row, value
    for _, row, value in chosen.values():
        yield row, value, row.definition == seen


def _members(day: datetime.date, last: datetime.date, definition: spending.Definition) -> Iterator[Reported]:
    rows, base = read(spending.DefenceRow, "defence.csv"), spending.price_base(day)

    def constant(row: spending.DefenceRow) -> float | None:
        return row.spending_busd_constant if row.price_base == base else None

    columns: tuple[tuple[str, str, Callable[[spending.DefenceRow], float | None]], ...] = (
        ("defence_share_pct_gdp", "% of GDP", lambda row: row.share_pct_gdp),
        ("equipment_share_pct", "% of defence expenditure", lambda row: row.equipment_share_pct),
        ("defence_spending_busd_constant", f"USD bn, prices of {base}", constant),
    )
    for variable, unit, wanted in columns:
        for row, value, like in _newest_like(rows, day, last, definition, wanted):
            when = _year_end(row.year)
            yield Reported(variable, row.member, when, value, unit, row.definition, row.vintage, like, row.source)


def _alliance(day: datetime.date, last: datetime.date, definition: spending.Definition) -> Iterator[Reported]:
    rows = read(spending.AggregateRow, "aggregates.csv")
    europe = [row for row in rows if row.aggregate == "NATO_EUR_CAN"]
    columns: tuple[tuple[str, str, Callable[[spending.AggregateRow], float | None]], ...] = (
        ("europe_canada_share_pct_gdp", "% of GDP", lambda row: row.share_pct_gdp),
        ("europe_canada_spending_busd_current", "USD bn, current", lambda row: row.spending_busd_current),
    )
    for variable, unit, wanted in columns:
        for row, value, like in _newest_like(europe, day, last, definition, wanted):
            when = _year_end(row.year)
            yield Reported(variable, "", when, value, unit, row.definition, row.vintage, like, row.source)
    yield from _counts(day, last, definition)


def _counts(day: datetime.date, last: datetime.date, definition: spending.Definition) -> Iterator[Reported]:
    """Members at 2% in each year: counted in the newest edition that prints every member's share in the definition,
    else NATO's own count, else counted in the newest edition of any definition."""
    seen, forces = _definition(day), [member for member in roster.members() if member.has_forces]
    joined = {member.code: member.accession for member in forces}
    rows = _later(read(spending.DefenceRow, "defence.csv"), day, last)
    shares: dict[tuple[int, bool, str], list[spending.DefenceRow]] = {}
    for row in rows:
        if day.year <= row.year and row.vintage > spending.edition(day) and joined[row.member] <= _year_end(row.year):
            shares.setdefault((row.year, row.definition == definition, row.vintage), []).append(row)
    counts = _later(read(pledges.CountRow, "counts.csv"), day, last) if definition == "total" else []
    own = {row.year: row for row in counts if row.known_on > _year_end(row.year - 1) and not row.recalled}
    for year in sorted({year for year, _, _ in shares}):
        members = sum(accession <= _year_end(year) for accession in joined.values())
        whole = [key for key, of in shares.items() if key[0] == year and len(_printed(of)) == members]
        if (not whole or not max(whole)[1]) and year in own:
            count, number, counted, vintage = own[year], own[year].members_at_2pct, "total", own[year].vintage
            source = count.source
        elif whole:
            of_year = shares[max(whole)]
            number = sum(share >= _TWO_PERCENT for share in _printed(of_year))
            counted, vintage, source = of_year[0].definition, of_year[0].vintage, of_year[0].source
        else:
            continue
        when = _year_end(year)
        yield Reported("members_at_2pct", "", when, float(number), "members", counted, vintage, counted == seen, source)


def _printed(rows: Iterable[spending.DefenceRow]) -> list[float]:
    return [row.share_pct_gdp for row in rows if row.share_pct_gdp is not None and not row.recalled]


def _russia(day: datetime.date, last: datetime.date) -> Iterator[Reported]:
    name, unit = "russian_military_share_pct_gdp", "% of GDP"
    rows = _later(read(spending.MilexRow, "milex.csv"), day, last)
    for row in {row.year: row for row in rows if row.member == "RUS" and row.year >= day.year}.values():
        when = _year_end(row.year)
        yield Reported(name, "", when, row.share_pct_gdp, unit, "SIPRI", row.vintage, True, row.source)


def _aid(day: datetime.date, last: datetime.date) -> Iterator[Reported]:
    """Cumulative aid at month ends from the one release with months that came after the start.

    Without the U.S. share of the loan served from Russian assets, which is no act of giving.
    """
    if day >= aid.R29_OUT or last < day:
        return
    history = aid.aid_monthly(last)
    if history.vintage != "R29":
        return
    names = {
        ("total", "allocation"): "aid_allocated_beur",
        ("total", "commitment"): "aid_committed_beur",
        ("military", "allocation"): "military_aid_allocated_beur",
    }
    for (donor, kind, measure), values in sorted(history.series.items()):
        variable = names.get((kind, measure))
        if variable is None:
            continue
        sums = values.cumsum()
        if history.era_loan and donor in ("USA", "ALL") and kind == "total":
            month, size = history.era_loan
            sums = sums - size * np.array([counted >= month for counted in history.months])
        for month, value in zip(history.months, sums, strict=True):
            if _month_end(month) > day:
                text = "Kiel, without the U.S. share of the loan from Russian assets"
                yield Reported(variable, donor, _month_end(month), float(value), "EUR bn", text, "R29", True, "K29")


def _front(day: datetime.date, last: datetime.date) -> Iterator[Reported]:
    for series, column, variable in (
        (MAPS, "controlled_km2", "russian_controlled_km2"),
        (MAPS, "net_gain_km2", "net_gain_km2"),
        (KURSK_MAPS, "kursk_held_km2", "kursk_held_km2"),
    ):
        for row in war.front(last, series):
            value = getattr(row, column)
            if value is not None and row.known_on > day and row.as_of > day and row.period == "month":
                yield Reported(variable, "", row.as_of, value, "km²", series, row.vintage, True, row.source)
    losses, total = war.casualties(last), 0.0
    for month in sorted(losses):
        total += losses[month]
        if _month_end(month) > day:
            text = "UK Ministry of Defence, from Ukrainian counts"
            yield Reported(
                "russian_casualties_thousand", "", _month_end(month), total, "thousand", text, "2026-08", True, "UKMOD"
            )
    steps = [row for row in institution.negotiations(last) if row.category in ("status", "ceasefire")]
    if steps and steps[-1].category == "status":  # none has come into force up to this day
        for month in _months(day, steps[-1].date):
            text = "a general ceasefire; partial truces do not count"
            yield Reported("ceasefire", "", month, 0.0, "0/1", text, steps[-1].vintage, True, steps[-1].source)


def _months(after: datetime.date, until: datetime.date) -> Iterator[datetime.date]:
    """Month ends after one day and up to another."""
    end = _month_end(after)
    while end <= until:
        if end > after:
            yield end
        end = _month_end(end + datetime.timedelta(days=1))


def _washington(day: datetime.date, last: datetime.date) -> Iterator[Reported]:
    held = washington.us_composition(last)
    for month in _months(day, min(last, FACTS_END)):
        in_force = [row for row in held if row.since <= month]
        if not in_force or in_force[-1].known_on <= day:
            continue
        row = in_force[-1]
        for name in ("republican_president", "republican_house", "republican_senate"):
            value = float(getattr(row, name))
            yield Reported(name, "", month, value, "0/1", "in office", row.vintage, True, row.source)


def _commitment(day: datetime.date, last: datetime.date) -> Iterator[Reported]:
    for answer in _later(read(institution.Opinion, "opinion.csv"), day, last):
        if answer.topic == "guarantee" and answer.response == "unreliable" and not answer.recalled:
            value = round(1 - answer.share_pct / 100, 6)
            text = "share not calling the U.S. unreliable: GBR, FRA, DEU"
            yield Reported(
                "us_commitment", "", answer.date_end, value, "index 0 to 1", text, answer.vintage, True, answer.source
            )
