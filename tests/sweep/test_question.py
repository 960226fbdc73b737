"""The language of questions: what can be written, and what is answered to what cannot."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.analysis.sweep.question import Recorded, condition, outcome, question, target
from sim.errors import InputError

RECORDED = Recorded(
    every={"members_at_2pct": "year", "us_commitment": "month", "aid_delivered_beur": "month", "us_posture": "month",
           "defence_share_pct_gdp": "year"},
    entities={"aid_delivered_beur": ("USA", "EUR", "ALL"), "defence_share_pct_gdp": ("DEU", "POL")},
    years=(date(2024, 12, 31), date(2025, 12, 31), date(2026, 12, 31)),
    months=tuple(date(2024 + n // 12, n % 12 + 1, 28) for n in range(9, 36)),
    labelled=frozenset({"us_posture"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("members_at_2pct@2025", "members_at_2pct@2025-12-31"),
        (" members_at_2pct @ 2025-12-31 ", "members_at_2pct@2025-12-31"),
        ("us_commitment@2025-06", "us_commitment@2025-06-28"),
        ("us_commitment@2025", "us_commitment@2025-12-28"),
        ("aid_delivered_beur:USA@2026", "aid_delivered_beur:USA@2026-12-28"),
        ("aid_delivered_beur: all donors @2026", "aid_delivered_beur:ALL@2026-12-28"),
        ("aid_delivered_beur:United States@2025..2026", "aid_delivered_beur:USA@2025-12-28..2026-12-28"),
        ("aid_delivered_beur@2026", "aid_delivered_beur:ALL@2026-12-28"),
        ("aid_delivered_beur:EUR@2025..2026", "aid_delivered_beur:EUR@2025-12-28..2026-12-28"),
        ("defence_share_pct_gdp:Germany@2024", "defence_share_pct_gdp:DEU@2024-12-31"),
        ("defence_share_pct_gdp:DEU@2024", "defence_share_pct_gdp:DEU@2024-12-31"),
    ],
)
def test_outcomes_are_read_and_written_back(text: str, means: str) -> None:
    read = outcome(text, RECORDED)
    assert str(read) == means
    assert outcome(str(read), RECORDED) == read


def test_conditions_and_targets_are_read() -> None:
    assert str(condition("us_commitment@2026 < 0.3", RECORDED)) == "us_commitment@2026-12-28 < 0.3"
    assert condition("us_commitment@2026≥.5", RECORDED).sign == ">="
    assert condition("members_at_2pct@2025 >= 28", RECORDED).level == 28
    assert condition("members_at_2pct@2025 > 2025", RECORDED).level == 2025
    goal = target("P(members_at_2pct@2026 >= 28) >= 0.8", RECORDED)
    assert str(goal) == "P(members_at_2pct@2026-12-31 >= 28) >= 0.8"
    assert target("P(members_at_2pct@2026>=28)>=80%", RECORDED) == goal
    assert target("members_at_2pct@2026 >= 28", RECORDED).probability == 0.5
    assert target("P(us_commitment@2026 < 0.3) < 0.1", RECORDED).sign == "<="
    assert str(question("P(us_commitment@2026 < 0.3)", RECORDED)) == "us_commitment@2026-12-28 < 0.3"
    assert question("us_commitment@2026", RECORDED) == outcome("us_commitment@2026", RECORDED)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "an outcome is missing; write VARIABLE@DATE"),
        ("members_at_2pt@2025", "character 1  unknown variable 'members_at_2pt'; did you mean members_at_2pct?"),
        ("us_posture@2025", "us_posture holds labels"),
        ("members_at_2pct", "character 16  the date is missing; write members_at_2pct@2026"),
        ("members_at_2pct@", "character 17  a date is missing"),
        ("members_at_2pct@2031", "not recorded at 2031; its dates run from 2024-12-31 to 2026-12-31"),
        ("members_at_2pct@2025-06", "not recorded at 2025-06; nearest: 2024-12-31, 2025-12-31"),
        ("members_at_2pct@2025-13-40", "that is no date"),
        ("members_at_2pct@2025 or so", "character 22  nothing is expected after this, but 'or so' follows"),
        ("aid_delivered_beur:UAS@2025", "character 20  unknown entity of aid_delivered_beur 'UAS'; did you mean USA?"),
        ("members_at_2pct:DEU@2025", "members_at_2pct has no entities"),
        ("defence_share_pct_gdp@2025", "is recorded by entity; write defence_share_pct_gdp:DEU@"),
        ("us_commitment@2026..2025", "from an earlier date to a later one"),
    ],
)
def test_what_is_no_outcome_is_told_where_and_what_is_near(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        outcome(text, RECORDED)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"--outcome {text!r}  ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("us_commitment@2026", "one of <, <=, >, >= is missing"),
        ("us_commitment@2026 < low", "character 22  a number to compare with is missing"),
        ("P(us_commitment@2026 < 0.3", "')' is missing"),
        ("P(us_commitment@2026 < 0.3)", "one of <, <=, >, >= is missing"),
        ("P(us_commitment@2026 < 0.3) >= 1.5", "1.5 is no probability to aim at"),
    ],
)
def test_what_is_no_target_is_told(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        target(text, RECORDED)
    assert words in str(caught.value)


def test_values_are_read_from_what_a_run_records() -> None:
    record = {
        "members_at_2pct": np.arange(6, dtype=np.float32).reshape(3, 2),
        "aid_delivered_beur": np.arange(27 * 3 * 2, dtype=np.float32).reshape(27, 3, 2),
    }
    assert outcome("members_at_2pct@2025", RECORDED).read(record).tolist() == [2, 3]
    assert outcome("aid_delivered_beur:EUR@2024", RECORDED).read(record).tolist() == [14, 15]
    assert outcome("aid_delivered_beur:EUR@2024..2025", RECORDED).read(record).tolist() == [72, 72]


def test_single_precision_is_compared_as_it_is_meant() -> None:
    values = np.array([0.3, 0.29, np.nan], np.float32)
    assert condition("us_commitment@2026 >= 0.3", RECORDED).holds(values).tolist() == [True, False, False]
    assert condition("us_commitment@2026 < 0.3", RECORDED).holds(values).tolist() == [False, True, False]
