"""An explanation as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.analysis.explain.explanation import Explanation

NEAR = 1  # inputs further away than this are counted, not listed, unless all are asked for


def lines(found: Explanation, *, everything: bool = False) -> list[str]:
    """What stands where, the parts of the change, inputs from near to far, events and facts.

    ``everything`` lists inputs of any distance.
    """
    who = f", {found.entity}" if found.entity else ""
    return [
        f"{found.long_name}{who}, {found.date} ({found.unit})",
        f"mean of {found.runs:,} runs: {_number(found.begin)} at the beginning, {_number(found.end)} on the day, "
        f"change {_signed(found.change)}",
        "",
        f"PARTS OF THE CHANGE ({found.how})",
        *_columns(
            [("", "mean", "90% of runs")]
            + [(term.name, _signed(term.mean), f"{_signed(term.low)} to {_signed(term.high)}") for term in found.terms]
            + [("sum", _signed(sum(term.mean for term in found.terms)), "")]
        ),
        "",
        *_inputs(found, everything),
        *_events(found),
        "FACTS",
        *(
            f"  {one.table}: {', '.join(one.vintages)} ({', '.join(one.sources)})"
            + (f"; {one.recalled} of {one.rows} rows recalled" if one.recalled else "")
            for one in found.facts
        ),
        *([] if found.facts else ["  none: it rests on parameters alone"]),
    ]


def _inputs(found: Explanation, everything: bool) -> Iterable[str]:
    listed = [one for one in found.inputs if everything or one.distance <= NEAR]
    yield f"INPUTS THAT CAN MOVE IT ({len(found.inputs)}, nearest first)"
    for one in listed:
        yield f"  {one.key} = {one.value} ({one.unit}; {one.kind}{', depends on' if one.depends_on else ''})"
        yield f"    {one.origin}" + (f"; {one.source}" if one.source else "")
    left = found.inputs[len(listed) :]
    if left:
        groups = dict.fromkeys(one.key.split(".")[0] for one in left)
        yield f"  and {len(left)} through other states of the model: {', '.join(groups)}"
    yield ""


def _events(found: Explanation) -> Iterable[str]:
    if not found.events:
        return
    yield "EVENTS BY THE DAY"
    for event in found.events:
        until = f" to {event.until}" if event.until else ""
        chance = "" if event.probability >= 1 else f" in {event.probability:.0%} of runs"
        note = "" if event.acts else "; does not touch this variable"
        yield f"  {event.date}{until}  {event.name}{chance}: {event.sets} ({event.origin}){note}"
    yield ""


def _columns(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    first, second = (max(len(row[place]) for row in rows) for place in (0, 1))
    return [f"  {name:<{first}}  {mean:>{second}}  {span}".rstrip() for name, mean, span in rows]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 1 else f"{value:.3f}"


def _signed(value: float) -> str:
    text = f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.1f}" if abs(value) >= 100 else f"{value:+.3f}"
    return text.replace("-0.000", "0.000").replace("+0.000", "0.000")
