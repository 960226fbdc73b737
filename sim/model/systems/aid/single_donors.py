"""Aid of single donors at the ends of years, of which every run is kept; over months only groups keep their runs."""

from __future__ import annotations

from sim.model.engine import Variable


def of_singles(name: str) -> str:
    """The name of the yearly variable: ``aid_committed_at_year_end_beur`` for ``aid_committed_beur``."""
    return f"{name.removesuffix('_beur')}_at_year_end_beur"


def _of_donors(name: str, long_name: str, read: str, state: str) -> Variable:
    return Variable(
        of_singles(name), f"{long_name} by the end of the year, cumulative", "EUR bn", "year", "donor",
        "current euro, Kiel definition", cumulative=True, together="sum", read=read, states=(state,),
    )  # fmt: skip


SINGLE_DONORS = (
    _of_donors("aid_committed_beur", "Aid to Ukraine committed", "committed", "other aid"),
    _of_donors("aid_allocated_beur", "Aid to Ukraine allocated", "allocated", "other aid"),
    _of_donors("aid_delivered_beur", "Aid to Ukraine delivered", "delivered", "delivered"),
    _of_donors(
        "military_aid_allocated_beur", "Military aid to Ukraine allocated", "allocated_military", "military aid"
    ),
)
