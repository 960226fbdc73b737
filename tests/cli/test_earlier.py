"""Results and comparisons of an earlier version open, or say in one line why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim import InputError, compare, open_result, run
from sim.analysis import reopen
from tests.cli.conftest import Alliance

SHORT = ["end=2025-06-30"]
# What a manifest of version 0.1.0 says of a variable.
OF_VARIABLE = (
    "name", "long_name", "unit", "every", "entity", "price_basis", "keep_runs", "labels", "flag", "headline",
)  # fmt: skip


def as_of_0_1_0(folder: Path) -> None:
    """The manifest in ``folder`` rewritten as version 0.1.0 wrote it."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    kept = (
        "format", "format_version", "version", "scenario", "scenario_hash", "seed", "runs", "block_size",
        "runs_used_single_donors", "central", "keep_runs", "facts", "versions", "git_commit", "command", "seconds",
        "inputs_hash", "inputs", "variables", "files",
    )  # fmt: skip
    manifest = {name: manifest[name] for name in kept}
    manifest["version"] = "0.1.0"
    del manifest["scenario"]["label"]
    manifest["variables"] = [{name: entry[name] for name in OF_VARIABLE} for entry in manifest["variables"]]
    path.write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Two results as version 0.1.0 left them."""
    for name in ("baseline", "congress_gap"):
        run(name, runs=10, sets=SHORT, out=tmp_path / name)
        as_of_0_1_0(tmp_path / name)
    return [tmp_path / "baseline", tmp_path / "congress_gap"]


def test_a_result_of_0_1_0_opens_compares_and_is_drawn(folders: list[Path], alliance: Alliance) -> None:
    result = open_result(folders[0])
    assert result.scenario.label == "baseline", "a title too long for a label gives way to the name"
    assert result.headline()
    assert compare(*folders).find("us_commitment", "congress_gap").last().pairs_used == 10
    drawn = alliance("plot", folders[0], "--variable", "us_commitment", "--format", "svg", "-q")
    assert (drawn.exit_code, drawn.stderr) == (0, "")


def test_a_comparison_of_0_1_0_opens(folders: list[Path]) -> None:
    content = {
        "format": 1,
        "version": "0.1.0",
        "command": "alliance compare baseline congress_gap --runs 10 --seed 1",
        "results": [folder.name for folder in folders],
        "by": None,
        "baseline": None,
        "outcomes": [],
    }
    (folders[0].parent / "comparison.json").write_text(json.dumps(content))
    comparison, command = reopen(folders[0].parent)
    assert comparison.names == ("baseline", "congress_gap")
    assert command == content["command"]


def test_another_format_says_why_it_does_not_open(folders: list[Path], alliance: Alliance) -> None:
    manifest = json.loads((folders[0] / "manifest.json").read_text())
    (folders[0] / "manifest.json").write_text(json.dumps({**manifest, "format_version": 99}))
    with pytest.raises(InputError, match="format version 99, this program reads 1; make it again"):
        open_result(folders[0])
    told = alliance("plot", folders[0])
    assert (told.exit_code, told.stdout, told.stderr.count("\n")) == (2, "", 1)
