"""An explanation as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sim.analysis.explain.channels import ARROW

if TYPE_CHECKING:
    from sim.analysis.explain.explanation import Explanation

NEAR = 1  # inputs further away than this are counted, not listed, unless all are asked for


def lines(explanation: Explanation, *, everything: bool = False) -> list[str]:
    """What stands where, the parts of the change, inputs from near to far, events and facts.

    ``everything`` lists inputs of any distance.
    """
    who = f", {explanation.entity}" if explanation.entity else ""
    terms = explanation.terms
    return [
        f"{explanation.long_name}{who}, {explanation.date} ({explanation.unit})",
        f"mean of {explanation.runs:,} runs: {_number(explanation.begin)} at the beginning, "
        f"{_number(explanation.end)} on the day, change {_signed(explanation.change)}",
        "",
        f"PARTS OF THE CHANGE ({explanation.how})",
        *_columns(
            [("", "mean", "90% of runs")]
            + [(term.name, _signed(term.mean), f"{_signed(term.low)} to {_signed(term.high)}") for term in terms]
            + [("sum", _signed(sum(term.mean for term in terms)), "")]
        ),
        "",
        *_inputs(explanation, everything),
        *_events(explanation),
        "FACTS",
        *(
            f"  {fact.table}: {', '.join(fact.vintages)} ({', '.join(fact.sources)})"
            + (f"; {fact.recalled} of {fact.rows} rows recalled" if fact.recalled else "")
            for fact in explanation.facts
        ),
        *([] if explanation.facts else ["  none: it rests on parameters alone"]),
    ]


def _inputs(explanation: Explanation, everything: bool) -> Iterable[str]:
    listed = [each for each in explanation.inputs if everything or each.own or each.distance <= NEAR]
    yield f"INPUTS THAT CAN MOVE IT ({len(explanation.inputs)}, nearest first)"
    for each in listed:
        yield f"  {each.key} = {each.value} ({each.unit}; {each.kind}{', depends on' if each.depends_on else ''})"
        yield f"    {each.origin}" + (f"; {each.source}" if each.source else "")
        if each.effect:
            yield f"    {each.effect}"
        if each.through:
            yield f"    acts through {ARROW.join(each.through)}"
    left = [each for each in explanation.inputs if each not in listed]
    if left:
        groups = dict.fromkeys(each.key.split(".")[0] for each in left)
        yield f"  and {len(left)} through other states of the model: {', '.join(groups)}"
    yield ""


def _events(explanation: Explanation) -> Iterable[str]:
    if not explanation.events:
        return
    yield "EVENTS BY THE DAY"
    for event in explanation.events:
        timing = event.when or event.date + (f" to {event.until}" if event.until else "")
        chance = "" if event.probability >= 1 else f" in {event.probability:.0%} of runs"
        if event.when:
            since = f", in half of these from {event.median_day} or before" if event.median_day else ""
            chance = f", in force in {event.share:.0%} of the runs by the day{since}"
        note = "" if event.acts else "; does not touch this variable"
        yield f"  {timing}  {event.name}{chance}: {event.sets} ({event.origin}){note}"
        if event.through:
            yield f"    acts through {ARROW.join(event.through)}"
    yield ""


def _columns(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    return [f"  {name:<{first}}  {mean:>{second}}  {span}".rstrip() for name, mean, span in rows]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 1 else f"{value:.3f}"


def _signed(value: float) -> str:
    text = f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.1f}" if abs(value) >= 100 else f"{value:+.3f}"
    return text.replace("-0.000", "0.000").replace("+0.000", "0.000")
