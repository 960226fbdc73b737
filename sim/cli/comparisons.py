"""A comparison and its folder: made from scenarios or results, written, and opened again."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.gathering import MOST, Sampling, check_names, gather, is_result, names_of
from sim.cli.options import write_whole
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.ensemble import Result

LONGEST_NAME = 100
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be compared: scenarios or result folders, how, and which outcomes."""

    words: tuple[str, ...]
    by: str | None = None
    baseline: str | None = None
    outcomes: tuple[str, ...] = ()


def make(wish: Wish, sampling: Sampling, folder: Path, line: str) -> tuple[list[Result], Comparison]:
    """Simulate what is no result yet, and compare.

    Raises:
        InputError: what cannot be compared; as far as possible before anything is simulated.
    """
    from sim import analysis
    from sim.analysis.comparison import chosen_outcomes

    names = names_of(wish.words)
    twice = sorted({word for word in wish.words if wish.words.count(word) > 1})
    if twice and len(names) <= MOST:
        raise InputError(
            tuple(Problem("", 0, 0, "", f"'{word}' is given more than once; name it once") for word in twice)
        )
    check_names(names, fewest=1 if wish.by else 2)
    chosen_outcomes(wish.outcomes)
    place = baseline_place(names, wish.baseline, wish.by)
    results = gather(wish.words, sampling, folder, line)
    return results, analysis.compare(results, place, wish.by, outcomes=wish.outcomes, all_dates=True)


def remember(wish: Wish, results: Sequence[Result], folder: Path, line: str) -> Path:
    """Write ``comparison.json``, from which the comparison can be opened again."""
    from sim.version import __version__

    told = {
        "format": FORMAT,
        "version": __version__,
        "command": line,
        "results": [os.path.relpath(result.path, folder) for result in results],
        "by": wish.by,
        "baseline": wish.baseline,
        "outcomes": list(wish.outcomes),
    }
    write_whole(folder / "comparison.json", json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    return folder / "comparison.json"


def reopen(folder: Path) -> tuple[Comparison, str]:
    """The comparison kept in ``folder``, and the command that made it.

    Raises:
        InputError: there is none, it is damaged, or one of its results is.
    """
    path = folder / "comparison.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        words = tuple(str(folder / word) for word in told["results"])
        wish = Wish(words, told["by"], told["baseline"], tuple(told["outcomes"]))
        line, made = str(told["command"]), told["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a comparison of this program; make it again with alliance compare") from error
    if made != FORMAT:
        raise InputError(f"{path}: format {made} of another version; make it again with: {line}")
    missing = [word for word in words if not is_result(word)]
    if missing:
        raise InputError(f"{path}: the result {missing[0]} is gone; make it again with: {line}")
    return make(wish, Sampling(runs=1, seed=1), folder, line)[1], line


def default_folder(names: Sequence[str], by: str | None) -> str:
    """A folder name that tells what was compared and stays short enough for every disk."""
    if by:
        return f"{names[0]}_by_{by}"
    joined = "_vs_".join(names)
    return joined if len(joined) <= LONGEST_NAME else f"{names[0]}_vs_{len(names) - 1}_others"


def baseline_place(names: Sequence[str], baseline: str | None, by: str | None) -> int:
    """Where the baseline stands among the names.

    Raises:
        InputError: it is not one of them.
    """
    if baseline is None:
        return 0
    if by:
        raise InputError("--baseline names a scenario; with --by the first part is the baseline")
    if baseline not in names:
        raise InputError(f"--baseline {baseline}: not among the scenarios compared ({', '.join(names)})")
    return names.index(baseline)


def write_tables(comparison: Comparison, folder: Path) -> list[Path]:
    """Write ``inputs.csv`` and ``differences.csv``, each whole or not at all."""
    from sim.analysis import INPUT_COLUMNS, ROW_COLUMNS, csv_text

    texts = {
        "inputs.csv": csv_text([row.to_dict() for row in comparison.input_rows()], INPUT_COLUMNS),
        "differences.csv": csv_text([row.to_dict() for row in comparison.rows()], ROW_COLUMNS),
    }
    for name, text in texts.items():
        write_whole(folder / name, text)
    return [folder / name for name in texts]
