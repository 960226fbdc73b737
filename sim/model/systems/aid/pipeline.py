"""The way of aid from promise to arrival: commit, backlog, allocate, deliver. Stocks and flows in EUR bn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.engine import Numbers, single

MILITARY, OTHER = range(2)
_AT_ONCE = 30_000  # numbers of each stock that are moved before those of the next donors


@dataclass(frozen=True, slots=True)
class Delays:
    """How fast aid on its way arrives: parts that arrive in a month, each ``(1,)`` or ``(runs,)``."""

    stock_fast: Numbers
    stock_slow: Numbers
    procurement: Numbers
    other: Numbers

    @classmethod
    def of(cls, median_days: Numbers, sd_log: Numbers, procurement_months: Numbers, other_months: Numbers) -> Delays:
        """From the four times.

        The log-normal time of stock deliveries is stood for by two exponentials of equal weight, with means median /
        ln 2 * exp(-+0.6 sd): within 0.07 of its distribution function for sd from 1.2 to 1.7. Procurement is a gamma
        law of shape 2: two steps of half the mean each.
        """
        mean = median_days / 30.4375 / np.log(2)
        return cls(
            stock_fast=arrives(single(mean * np.exp(-0.6 * sd_log))),
            stock_slow=arrives(single(mean * np.exp(0.6 * sd_log))),
            procurement=arrives(single(procurement_months / 2)),
            other=arrives(other_months),
        )


@dataclass(frozen=True, slots=True)
class Handling:
    """Parts of the backlog allocated in a month, delays, and factors on arrivals by donor."""

    cleared: Numbers
    delays: Delays
    arriving: Numbers


def arrives(months: Numbers) -> Numbers:
    """Part that arrives within a month when the time to arrival is exponential with this mean."""
    return single(1 - np.exp(-1 / months))


class Pipeline:
    """Stocks of ``donors`` in each run.

    ``backlog`` (kinds, donors, runs): promised, not allocated. ``on_the_way`` (5, donors, runs): allocated, not
    delivered, by route. ``committed``, ``allocated``, ``delivered``, ``allocated_military`` (donors, runs): sums since
    January 2022.
    """

    def __init__(self, donors: int, runs: int) -> None:
        self.backlog = np.zeros((2, donors, runs), np.float32)
        self.on_the_way = np.zeros((5, donors, runs), np.float32)
        self.committed = np.zeros((donors, runs), np.float32)
        self.allocated = np.zeros((donors, runs), np.float32)
        self.allocated_military = np.zeros((donors, runs), np.float32)
        self.delivered = np.zeros((donors, runs), np.float32)
        self.delivered_military_now = np.zeros(runs, np.float32)
        self.allocated_military_now = np.zeros((donors, runs), np.float32)

    def month(
        self, new: Numbers, direct: Numbers, cleared: Numbers, stock: Numbers, delays: Delays, arriving: Numbers
    ) -> None:
        """One month: take in ``new`` (kinds, donors, runs), allocate the part ``cleared`` of the backlog, deliver.

        ``direct``, of the same shape, is committed and allocated at once, without a way through the backlog.
        ``cleared`` and ``arriving`` (a factor on deliveries in [0, 1]) are (donors, 1 or runs); ``stock`` is the share
        of military aid from stocks.
        """
        donors, runs = self.allocated.shape
        rows = max(_AT_ONCE // runs, 1)
        self.allocated_military_now, delivered = np.empty((2, donors, runs), np.float32)
        for first in range(0, donors, rows):
            piece = slice(first, first + rows)
            delays_here = _part(cleared, piece), stock, delays, _part(arriving, piece)
            delivered[piece] = self._month_of(piece, new[:, piece], direct[:, piece], *delays_here)
        self.delivered_military_now = delivered.sum(axis=0)

    def _month_of(
        self,
        rows: slice,
        new: Numbers,
        direct: Numbers,
        cleared: Numbers,
        stock: Numbers,
        delays: Delays,
        arriving: Numbers,
    ) -> Numbers:
        """The month of some donors, whose numbers the processor holds at once; their military deliveries."""
        backlog, on_the_way = self.backlog[:, rows], self.on_the_way[:, rows]
        committed, allocated, delivered = self.committed[rows], self.allocated[rows], self.delivered[rows]
        of_them_military = self.allocated_military[rows]
        backlog += new
        given = _leave(backlog, cleared)
        given += direct
        military, other = given[MILITARY], given[OTHER]
        arrived = _deliver(on_the_way, military, stock, delays, arriving)
        delivered += arrived
        delivered += _leave(on_the_way[4], delays.other * arriving)
        on_the_way[4] += other
        promised = new + direct
        committed += promised[MILITARY]
        committed += promised[OTHER]
        allocated += military
        allocated += other
        of_them_military += military
        self.allocated_military_now[rows] = military
        np.minimum(allocated, committed, out=allocated)
        np.minimum(delivered, allocated, out=delivered)
        np.minimum(of_them_military, allocated, out=of_them_military)
        return arrived


def _part(values: Numbers, rows: slice) -> Numbers:
    """The rows of some donors, of an array that may have one row for all."""
    return values if len(values) == 1 else values[rows]


def _deliver(on_the_way: Numbers, military: Numbers, stock: Numbers, delays: Delays, arriving: Numbers) -> Numbers:
    """What arrives of military aid this month, after which ``military`` sets out."""
    fast, slow, ordered, built = on_the_way[:4]
    from_stock = military * (stock / 2)
    fast += from_stock
    slow += from_stock
    out = _leave(fast, delays.stock_fast * arriving)
    out += _leave(slow, delays.stock_slow * arriving)
    out += _leave(built, delays.procurement * arriving)
    moved = _leave(ordered, delays.procurement)
    built += moved
    ordered += military
    ordered -= from_stock
    ordered -= from_stock
    return out


def _leave(stock: Numbers, part: Numbers) -> Numbers:
    out = stock * part
    stock -= out
    return out
