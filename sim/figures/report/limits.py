"""What a reader must not take from the report."""

from __future__ import annotations

from sim.scenario.parameter import Catalogue

NOT_MODELLED = (
    "Nuclear use, war between Russia and the alliance, and how the alliance decides: none of them is in the model.",
    "Domestic politics beyond elections and the orientation of governments is left out, and so are the limits of arms "
    "industries in detail.",
    "Nobody acts but the members, other donors of aid to Ukraine, Russia and Ukraine.",
    "The front is one area for the east and one for the Kursk salient; where on the line anything happens is not told.",
)
NOT_KNOWN = (
    "Nothing that became known after the start of a scenario, and nothing after 31 December 2024, is in data or "
    "defaults.",
    "Losses of both sides are estimates by parties to the war or by observers; estimates of Ukrainian losses differ by "
    "a factor of two.",
    "Aid follows one release of the Ukraine Support Tracker; releases differ by several per cent for Europe.",
    "Some rows of the tables, chiefly days and names of public record, were filled from memory and checked by nobody; "
    "the list of sources says which.",
)


def reading(conditional: bool) -> tuple[str, ...]:
    """How to read the numbers."""
    return (
        "The report says what follows from the assumptions of each scenario. It is not a forecast, and no scenario is "
        "more likely because it is listed.",
        _SORTED if conditional else _PAIRED,
        "The 90% range is over runs: chance, elections and what is uncertain about the parameters. What the model "
        "leaves out is not in it, so the true range is wider.",
        "The 95% interval of a difference says how precisely these runs measure it inside the model, not how sure it "
        "is in the world; more runs make it narrower, but no truer.",
    )


_PAIRED = (
    "Differences are taken run by run: the same run has the same luck in every scenario, so that only causes differ."
)
_SORTED = (
    "The parts are runs of one scenario sorted by what happened in them. They may differ in other ways than the one "
    "they are sorted by: this is conditioning, not what a change of policy would do."
)


def not_identified(catalogue: Catalogue) -> str:
    """How many parameters no data settle."""
    loose = sum(one.depends_on for one in catalogue)
    return (
        f"Of {len(catalogue)} parameters, {loose} are not settled by data to 2024: among them how spending answers a "
        "weaker U.S. commitment, compliance with a target above 2%, how far European aid replaces American aid, what "
        "aid does to territory, and whether a ceasefire comes and holds. Each is drawn from a range or set by the "
        "scenario, and is marked “depends on”."
    )
