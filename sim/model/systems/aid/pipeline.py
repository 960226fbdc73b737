"""The way of aid from promise to arrival: commit, backlog, allocate, deliver. Stocks and flows in EUR bn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.engine import Numbers, single

MILITARY, OTHER = range(2)


@dataclass(frozen=True, slots=True)
class Delays:
    """How fast aid on its way arrives: parts that arrive in a month.

    Each is ``(1,)`` or ``(runs,)``, or ``(donors, 1 or runs)`` where deliveries of some donors are held back.
    ``production`` is the part of what is ordered that is being built a month later; ``procurement`` of what is built.
    """

    stock_fast: Numbers
    stock_slow: Numbers
    procurement: Numbers
    other: Numbers
    production: Numbers

    @classmethod
    def of(cls, median_days: Numbers, sd_log: Numbers, procurement_months: Numbers, other_months: Numbers) -> Delays:
        """From the four times.

        The log-normal time of stock deliveries is stood for by two exponentials of equal weight, with means median /
        ln 2 * exp(-+0.6 sd): within 0.07 of its distribution function for sd from 1.2 to 1.7. Procurement is a gamma
        law of shape 2: two steps of half the mean each.
        """
        mean = median_days / 30.4375 / np.log(2)
        step = arrives(single(procurement_months / 2))
        return cls(
            stock_fast=arrives(single(mean * np.exp(-0.6 * sd_log))),
            stock_slow=arrives(single(mean * np.exp(0.6 * sd_log))),
            procurement=step,
            other=arrives(other_months),
            production=step,
        )

    def held_back(self, arriving: Numbers) -> Delays:
        """The same with a factor on deliveries in [0, 1], ``(donors, 1 or runs)``; production goes on."""
        return Delays(
            stock_fast=self.stock_fast * arriving,
            stock_slow=self.stock_slow * arriving,
            procurement=self.procurement * arriving,
            other=self.other * arriving,
            production=self.production,
        )


@dataclass(frozen=True, slots=True)
class Handling:
    """Parts of the backlog that a month allocates if it allocates, and delays."""

    lumps: Numbers
    delays: Delays


def arrives(months: Numbers) -> Numbers:
    """Part that arrives within a month when the time to arrival is exponential with this mean."""
    return single(1 - np.exp(-1 / months))


class Pipeline:
    """Stocks of ``donors`` in each run.

    ``backlog`` (kinds, donors, runs): promised, not allocated. ``on_the_way`` (5, donors, runs): allocated, not
    delivered, by route. ``committed``, ``allocated``, ``delivered``, ``allocated_military`` (donors, runs): sums since
    January 2022. ``allocated_military_now`` (donors, runs): what the latest month allocated, written over by the next.
    """

    def __init__(self, donors: int, runs: int) -> None:
        self.backlog = np.zeros((2, donors, runs), np.float32)
        self.on_the_way = np.zeros((5, donors, runs), np.float32)
        self.committed = np.zeros((donors, runs), np.float32)
        self.allocated = np.zeros((donors, runs), np.float32)
        self.allocated_military = np.zeros((donors, runs), np.float32)
        self.delivered = np.zeros((donors, runs), np.float32)
        self.delivered_military_now = np.zeros(runs, np.float32)
        # Flows of a month, in memory that is kept from month to month: large arrays cost more to get than to fill.
        self._given = np.zeros((2, donors, runs), np.float32)
        self._promised, self._arrived, self._moved = np.zeros((3, donors, runs), np.float32)
        self.allocated_military_now = self._given[MILITARY]

    def month(self, new: Numbers, direct: Numbers, cleared: Numbers, stock: Numbers, delays: Delays) -> None:
        """One month: take in ``new`` (kinds, donors, runs), allocate the part ``cleared`` of the backlog, deliver.

        ``direct``, of the same shape or of military aid alone, (1, donors, runs), is committed and allocated at once,
        without a way through the backlog.
        ``cleared`` is (donors, 1 or runs); ``stock`` is the share of military aid from stocks.
        """
        self.backlog += new
        given = _leave(self.backlog, cleared, self._given)
        given[: len(direct)] += direct
        military, other = given
        arrived = self._deliver(military, stock, delays)
        self.delivered += arrived
        self.delivered += _leave(self.on_the_way[4], delays.other, self._moved)
        self.on_the_way[4] += other
        self.committed += np.add(new[MILITARY], direct[MILITARY], out=self._promised)
        self.committed += np.add(new[OTHER], direct[OTHER], out=self._promised) if len(direct) > OTHER else new[OTHER]
        self.allocated += military
        self.allocated += other
        self.allocated_military += military
        np.minimum(self.allocated, self.committed, out=self.allocated)
        np.minimum(self.delivered, self.allocated, out=self.delivered)
        np.minimum(self.allocated_military, self.allocated, out=self.allocated_military)
        self.delivered_military_now = np.add.reduce(arrived, axis=0)

    def _deliver(self, military: Numbers, stock: Numbers, delays: Delays) -> Numbers:
        """What arrives of military aid this month, ``(donors, runs)``, after which ``military`` sets out."""
        fast, slow, ordered, built = self.on_the_way[:4]
        from_stock = np.multiply(military, stock / 2, out=self._promised)
        fast += from_stock
        slow += from_stock
        arrived = _leave(fast, delays.stock_fast, self._arrived)
        arrived += _leave(slow, delays.stock_slow, self._moved)
        arrived += _leave(built, delays.procurement, self._moved)
        built += _leave(ordered, delays.production, self._moved)
        ordered += military
        ordered -= from_stock
        ordered -= from_stock
        return arrived


def _leave(stock: Numbers, part: Numbers, out: Numbers) -> Numbers:
    """Takes ``part`` of a stock out of it, into ``out``."""
    np.multiply(stock, part, out=out)
    stock -= out
    return out
