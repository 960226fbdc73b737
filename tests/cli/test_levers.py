"""levers as a user drives it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Alliance = Callable[..., Result]
FEW = ("--runs", "16", "--jobs", "1", "--quiet")


def test_it_prints_what_moves_most_and_what_moves_nothing(alliance: Alliance) -> None:
    done = alliance("levers", "baseline", "--key", "us.withdrawal", "--key", "reassurance", *FEW)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("6 levers, 16 runs each on common streams, seed 1, ")
    first = next(line for line in lines if line.startswith("us."))
    assert first.split()[0] == "us.withdrawal.date"
    assert "Nothing clear over the whole range (" in done.stdout
    assert "reassurance.hold_effect" in lines[-1]


def test_the_folder_holds_the_table_and_the_tornado(alliance: Alliance, tmp_path: Path) -> None:
    out = tmp_path / "levers"
    words = ("levers", "baseline", "--key", "budgets.change_pp", "--outcome", "europe_canada_share_pct_gdp", *FEW)
    done = alliance(*words, "--out", out, "--format", "svg")
    assert done.exit_code == 0, done.output
    with (out / "levers.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["key"], row["outcome"], row["expected"]) == (
        "budgets.change_pp", "europe_canada_share_pct_gdp", "raises",
    )  # fmt: skip
    assert sorted(path.name for path in (out / "figures").iterdir()) == ["levers_1.csv", "levers_1.svg"]
    picture = (out / "figures" / "levers_1.svg").read_text(encoding="utf-8")
    assert "budgets.change_pp from -0.1 to 0.1 raises it most" in picture
    refused = alliance(*words, "--seed", "2", "--out", out)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr


def test_a_key_of_every_situation_is_tried_where_it_can_act(alliance: Alliance) -> None:
    done = alliance("levers", "--key", "reassurance.hold_effect", "--json", *FEW)
    (found,) = json.loads(done.stdout)["levers"]
    assert found["key"] == "reassurance.hold_effect"
    assert {effect["scenario"] for effect in found["effects"]} == {"ceasefire_with_a_force"}
    assert any(effect["change"] != 0 for effect in found["effects"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("baseline", "--key", "us.troop"), "--key 'us.troop'  no such key"),
        (("--key", "members.DEU.compliance"), "--key members.DEU.compliance: name a scenario"),
        (("--set", "us.commitment.shock=0.1"), "--each and --set need a scenario"),
        (("baseline", "--outcome", "ceasefire_wait"), "--outcome ceasefire_wait: a time until something happens"),
        (("baseline", "--outcome", "threats"), "threats"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(words: tuple[str, ...], told: str, alliance: Alliance) -> None:
    done = alliance("levers", *words, *FEW)
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr
