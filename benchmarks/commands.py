"""The command line from a fresh process: run, compare, report, attribute."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from timing import command, verdict

FIVE = ("harris_continuity", "trump_continuity", "trump_conditional", "trump_retrenchment", "europe_replaces_us")
# Six groups of changed inputs: U.S. elections, U.S. commitment, Kursk, targets, European aid, the Secretary-General.
SIX = """title = "Six groups of changes"
description = "What the benchmark of attribution takes apart."
references = ["benchmarks/commands.py"]
extends = "trump_retrenchment.toml"
[war]
kursk_held = true
[summits]
new_target_discussed = true
new_target_pct_gdp = 3.0
adoption_probability = 1.0
[europe.aid]
replacement_long_run = 1.0
[secretary_general.rutte]
compliance_effect = 0.2
"""


def told(what, limit, times, words):
    """A row: the quickest of ``times`` calls of ``words(turn)`` against ``limit`` seconds."""
    spent, cpu = min(command(*words(turn)) for turn in range(times))
    return what, f"{spent:.1f} s", f"<= {limit} s", f"{verdict(spent <= limit)}; {cpu:.1f} s of processor"


def _large_files():
    """Files just below 1 MB that took the reader of 0.1.0 from 13 to 84 seconds."""
    head = 'title = "t"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\n'
    most = 990_000
    yield "unknown keys", head + "".join(f"k{number} = 1\n" for number in range(90_000))[:most]
    yield "parents", head.replace('"baseline"', str([f"p{number}" for number in range(60_000)]))[:most]
    yield "references", head.replace('["r"]', str(["r"] * 190_000))[:most]
    yield "deep keys", head + "".join(f"{'a.' * 40}k{number} = 1\n" for number in range(11_000))[:most]
    yield "inline tables", head + "".join(f"t{number} = {{ a = {{ b = 1 }} }}\n" for number in range(38_000))[:most]


def cold_section(options):
    """Help, check and a run with all figures."""
    scenario = "scenarios/baseline.toml"
    for words in (("--help",), ("check", scenario)):
        spent, cpu = min(command(*words) for _ in range(options.times + 2))
        note = f"{verdict(spent < 0.3)}; {cpu * 1e3:,.0f} ms of processor"
        yield f"alliance {' '.join(words)}", f"{spent * 1e3:,.0f} ms", "< 300 ms", note
    with tempfile.TemporaryDirectory() as name:
        for what, text in _large_files():
            path = Path(name) / "large.toml"
            path.write_text(text)
            spent, cpu = min(command("check", str(path), code=2) for _ in range(options.times))
            note = f"{verdict(cpu <= 2)}; {cpu:.2f} s of processor"
            yield f"alliance check, {len(text) / 1e6:.1f} MB of {what}", f"{spent:.1f} s", "<= 2 s of processor", note
        yield told(
            f"alliance run {scenario}",
            8,
            options.times,
            lambda turn: ("run", scenario, "--out", f"{name}/{turn}", "-q"),
        )
        folders = [Path(name) / str(turn) for turn in range(options.times)]
        seconds = min(
            (json.loads((folder / "manifest.json").read_text())["seconds"] for folder in folders),
            key=lambda one: one["total"],
        )
    note = f"{verdict(seconds['simulate'] <= 0.5)}; statistics and files {seconds['reduce_and_write']:.2f} s"
    yield "  of which simulation, first use included", f"{seconds['simulate']:.2f} s", "<= 0.5 s", note


def compare_section(options):
    """Five scenarios of 1,000 runs with every figure and the report, five of 10,000 without figures."""
    with tempfile.TemporaryDirectory() as name:
        yield told(
            "compare 5 x 1,000, figures and report", 30, 1,
            lambda turn: ("compare", *FIVE, "--out", f"{name}/a{turn}", "--report", f"{name}/a.html", "-q"),
        )  # fmt: skip
        yield told(
            "  the same without figures", 30, options.times,
            lambda turn: ("compare", *FIVE, "--no-figures", "--out", f"{name}/b{turn}", "-q"),
        )  # fmt: skip
        yield told(
            "compare 5 x 10,000, no figures", 12, options.times,
            lambda turn: ("compare", *FIVE, "--runs", "10000", "--no-figures", "--out", f"{name}/c{turn}", "-q"),
        )  # fmt: skip


def attribute_section(options):
    """Exact attribution over six groups."""
    with tempfile.TemporaryDirectory() as name:
        six = Path(name) / "six.toml"
        six.write_text(SIX)
        yield told(
            "attribute 6 groups, 1,000 runs", 20, options.times,
            lambda turn: ("attribute", "harris_continuity", str(six), "--no-figures", "--out", f"{name}/{turn}", "-q"),
        )  # fmt: skip
