"""The way of aid from promise to arrival: commit, backlog, allocate, deliver. Stocks and flows in EUR bn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.engine import Numbers, single

MILITARY, OTHER = range(2)


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
        self.backlog += new
        given = self.backlog * cleared
        self.backlog -= given
        given += direct
        military, other = given[MILITARY], given[OTHER]
        delivered_military = self._deliver(military, stock, delays, arriving)
        delivered_other = _leave(self.on_the_way[4], delays.other * arriving)
        self.on_the_way[4] += other
        self.committed += new[MILITARY] + direct[MILITARY]
        self.committed += new[OTHER] + direct[OTHER]
        self.allocated += military
        self.allocated += other
        self.allocated_military += military
        self.allocated_military_now = military
        self.delivered_military_now = delivered_military.sum(axis=0)
        self.delivered += delivered_military
        self.delivered += delivered_other
        np.minimum(self.allocated, self.committed, out=self.allocated)
        np.minimum(self.delivered, self.allocated, out=self.delivered)
        np.minimum(self.allocated_military, self.allocated, out=self.allocated_military)

    def _deliver(self, military: Numbers, stock: Numbers, delays: Delays, arriving: Numbers) -> Numbers:
        fast, slow, ordered, built = self.on_the_way[:4]
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
