"""Industrial capacity: how many artillery shells Europe and the United States make in a month.

Output C (thousand 155 mm shells a month) closes a part s of its distance to what is ordered, C*, each month. Orders
grow from the output at the start, C_0, with what the allies spend at constant prices, S, relative to the start; under
a ceasefire they are only a part f of that:

    C' = C + s (C* - C) + noise,    C* = C_0 (S / S_0)^e f

The figures are round numbers for an example, not estimates.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.model.engine import (
    Axis,
    Block,
    Engine,
    Numbers,
    Parts,
    Process,
    State,
    System,
    Variable,
    assumption,
    data,
    month_number,
    single,
)
from sim.model.systems.budgets import Budgets
from sim.model.systems.hostilities import Hostilities
from sim.scenario import Number, Value, fixed, uniform

PHASE = "industrial_capacity"
PRODUCERS = ("EUROPE", "USA")
_EXAMPLE = "round numbers for an example"

PARAMETERS = (
    data("industry.*.shells_at_start_thousand", "thousand a month", None, Number(0.0, 1000.0),
        "155 mm shells that this producer makes in a month at the start",
        _EXAMPLE, entities=PRODUCERS, at_start=True),
    assumption("industry.speed_per_month", "per month", uniform(0.02, 0.08), Number(0.0, 1.0),
        "part of the distance to the ordered output that is closed in a month",
        _EXAMPLE, depends_on=True, sweep="0.01 to 0.2"),
    assumption("industry.elasticity", "elasticity", fixed(1.0), Number(0.0, 5.0),
        "response of orders to the spending of the allies: 1 in proportion",
        _EXAMPLE, depends_on=True, sweep="0 to 2"),
    assumption("industry.orders_under_ceasefire", "share", uniform(0.3, 1.0), Number(0.0, 2.0),
        "orders under a ceasefire relative to those in war",
        _EXAMPLE, depends_on=True, sweep="0.2 to 1"),
    assumption("industry.noise", "sd, share", fixed(0.02), Number(0.0, 1.0),
        "monthly noise of output, relative to output",
        _EXAMPLE),
)  # fmt: skip


class IndustrialCapacity:
    """Output by producer. ``shells`` has shape ``(producers, runs)``, thousand a month."""

    def __init__(self, engine: Engine, budgets: Budgets, hostilities: Hostilities) -> None:
        self._engine, self._budgets, self._hostilities = engine, budgets, hostilities
        self._at_start = engine.fill(engine.settings.numbers("industry.*.shells_at_start_thousand", PRODUCERS))
        self._spent_at_start = budgets.spending_2015(engine.start).sum(axis=0)
        self.shells = self._at_start.copy()

    def process(self) -> Process:
        """Moves output at each month's end."""
        clock = self._engine.clock
        for day in clock.month_ends:
            yield clock.at(day, PHASE)
            self._produce(day)

    @property
    def a_year(self) -> Numbers:
        """Output of all producers, thousand shells a year at the month's pace, ``(runs,)``."""
        return single(12 * self.shells.sum(axis=0))

    def _produce(self, day: date) -> None:
        number, streams = self._engine.settings.number, self._engine.streams
        spending = self._budgets.spending_2015(day).sum(axis=0) / self._spent_at_start
        ordered = np.where(self._hostilities.ceasefire, number("industry.orders_under_ceasefire"), 1)
        goal = self._at_start * spending ** number("industry.elasticity") * ordered
        noise = number("industry.noise") * streams.normals(PHASE, month_number(day), range(len(PRODUCERS)))
        self.shells = next_output(self.shells, goal, number("industry.speed_per_month"), noise)


def next_output(now: Numbers, goal: Numbers, speed: Numbers, noise: Numbers) -> Numbers:
    """Output a month later, not below 0: C + s (C* - C) + noise C."""
    return single(np.maximum(now + speed * (goal - now) + noise * now, 0))


def known_output(start: date) -> dict[str, Value]:
    """Output on a day: it rose in the second year of the full-scale war."""
    output = {"EUROPE": 80.0, "USA": 40.0} if start >= date(2024, 1, 1) else {"EUROPE": 25.0, "USA": 14.0}
    return {f"industry.{producer}.shells_at_start_thousand": fixed(shells) for producer, shells in output.items()}


def by_producer(block: Block, _: str) -> Parts:
    """The change of the yearly total, producer by producer."""
    total, shells = block.of("shells_thousand_per_year"), block.of("shells_thousand_per_month")
    moved = 12 * (block.cut(block.systems["industrial_capacity"].shells) - shells[0])
    parts = {code: moved[row] for row, code in enumerate(PRODUCERS)}
    return Parts(total[0], total[-1], parts, "change of each producer's output").with_rest("within the first year")


SYSTEM = System(
    name="industrial_capacity",
    title="industrial capacity",
    build=IndustrialCapacity,
    reads=("budgets", "hostilities"),
    phase=PHASE,
    after="budgets",
    parameters=PARAMETERS,
    axes=(Axis("producer", PRODUCERS),),
    variables=(
        Variable(
            name="shells_thousand_per_month",
            long_name="Output of 155 mm shells",
            unit="thousand a month",
            every="month",
            entity="producer",
            read="shells",
            states=("output",),
        ),
        Variable(
            name="shells_thousand_per_year",
            long_name="Output of 155 mm shells, all producers",
            unit="thousand a year",
            every="year",
            headline=True,
            read="a_year",
            states=("output",),
            parts=by_producer,
        ),
    ),
    states={
        "output": State(
            keys=tuple(parameter.key for parameter in PARAMETERS), reads=("shares", "U.S. share", "growth", "ceasefire")
        ),
    },
    at_start=known_output,
)
