"""Rows on 2025-26: targets computed from the facts, reported beside an earlier start and never counted."""

from sim.evidence.replication_2026 import LATER_ROWS


def test_targets_come_out_of_the_facts_and_no_row_is_scored():
    rows = {row.number: row for row in (build() for build in LATER_ROWS)}
    assert list(rows) == ["17", "18", "19", "20", "21"]
    assert rows["17"].reproduced == "9; 7"  # nine on the old measure, fewer on core defence
    assert rows["18"].reproduced == "0.74"
    assert rows["19"].reproduced == "0.0"
    assert rows["20"].reproduced == "4999; 140"  # published as about 5,000 and 141
    assert rows["21"].reproduced == "adopted, 1.5, 3.5, 5"
    assert not any(row.scored for row in rows.values())
