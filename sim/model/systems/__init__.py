"""The systems of the model, one file or small folder each.

A system declares in its own file everything the rest of the program knows about it: see ``sim.model.engine.System``.
To add one, write its file, import it here and put it into the list: docs/add_a_system.md.
"""

from sim.model.systems import (
    aid,
    budgets,
    burden_sharing,
    commitment,
    economy,
    elections,
    equipment,
    hostilities,
    negotiation,
    roster,
    secretary_general,
    summits,
    supplementals,
    threat,
    us_politics,
    war,
)

# The order within a day is part of the model: systems act in the order of this list. Those that have no process of
# their own are computed when others ask, so their place says only where they stand in tables.
SYSTEMS = (
    economy.SYSTEM,
    secretary_general.SYSTEM,
    roster.SYSTEM,
    elections.SYSTEM,
    us_politics.SYSTEM,
    commitment.SYSTEM,
    threat.SYSTEM,
    summits.SYSTEM,
    budgets.SYSTEM,
    burden_sharing.SYSTEM,
    equipment.SYSTEM,
    supplementals.SYSTEM,
    aid.SYSTEM,
    war.SYSTEM,
    negotiation.SYSTEM,
    hostilities.SYSTEM,
)
