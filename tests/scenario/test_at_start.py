"""Values that are read once cannot be changed by an event, and the message says so."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import Catalogue, Number, Parameter, fixed, resolve

CATALOGUE = Catalogue(
    Parameter(
        key=key,
        meaning="something",
        unit="thousand",
        kind="assumption",
        default=fixed(1.0),
        source="none",
        domain=Number(0.0, 10.0),
        at_start=at_start,
    )
    for key, at_start in (("troops.first_thousand", True), ("troops.cut_thousand", False))
)
FILE = """
title = "t"
description = "d"
references = ["none"]
start = 2024-10-01
end = 2026-12-31
troops.first_thousand = 2.0
[[events]]
name = "too late"
date = 2025-01-01
set = {{ {key} = 3.0 }}
"""


def test_an_event_that_comes_too_late_is_refused_and_the_same_value_in_the_file_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(FILE.format(key="troops.cut_thousand"))
    assert resolve.check(path, catalogue=CATALOGUE, facts_layer=lambda _: {}) == []
    path.write_text(FILE.format(key="troops.first_thousand"))
    (problem,) = resolve.check(path, catalogue=CATALOGUE, facts_layer=lambda _: {})
    assert (problem.line, problem.column) == (11, 16)
    assert problem.message == "this value is read once, on the first day; set it outside events"
