"""Words on the command line become finished ensembles: scenarios are simulated, result folders are opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.options import usable_cores
from sim.cli.progress import Progress
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from sim.ensemble import Result
    from sim.scenario import Scenario

FEWEST, MOST = 2, 8


@dataclass(frozen=True, slots=True)
class Sampling:
    """How scenarios are simulated: number of runs, seed, processes, and values set on top of every file."""

    runs: int
    seed: int
    jobs: int | None = None
    sets: tuple[str, ...] = ()
    force: bool = False
    quiet: bool = False


def is_result(word: str) -> bool:
    """Whether a word names a result, finished or not, rather than a scenario.

    A folder that is no result counts as one, since opening it says best what it lacks; but a folder that happens to
    have the name of a shipped scenario does not hide that scenario.
    """
    from sim.shipped import find_scenario

    if (Path(word) / "manifest.json").is_file() or not Path(word).is_dir():
        return Path(word).is_dir()
    try:
        find_scenario(word)
    except InputError:
        return True
    return False


def load_all(words: Sequence[str], sets: Sequence[str] = ()) -> list[Scenario]:
    """The scenarios that ``words`` name, with the mistakes of all of them at once.

    Raises:
        InputError: any of them has a mistake.
    """
    from sim.loading import load

    loaded: list[Scenario] = []
    problems: list[Problem] = []
    for word in words:
        try:
            loaded.append(load(word, sets=sets))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(tuple(dict.fromkeys(problems)))
    return loaded


def names_of(words: Sequence[str]) -> list[str]:
    """The names that scenarios and results go by, without reading a scenario file.

    Results of one name, as of one scenario with and without ``--set``, go by the names of their folders.
    """
    from sim.ensemble import open_result

    names = [open_result(word).scenario.name if is_result(word) else Path(word).stem for word in words]
    return [
        Path(word).resolve().name if names.count(name) > 1 and is_result(word) else name
        for word, name in zip(words, names, strict=True)
    ]


def check_names(names: Sequence[str], fewest: int = FEWEST) -> None:
    """Refuse before anything is simulated what could not be compared.

    Raises:
        InputError: too few or too many names, or one twice.
    """
    problems = []
    if not fewest <= len(names) <= MOST:
        problems.append(f"{fewest} to {MOST} scenarios can be compared, {len(names)} given")
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.append(
            f"two scenarios are named '{name}'; rename one of the files, or of the folders of results, "
            "so that figures can tell them apart"
        )
    if problems:
        raise InputError(tuple(Problem("", 0, 0, "", text) for text in problems))


def gather(words: Sequence[str], sampling: Sampling, folder: Path, command: str) -> list[Result]:
    """Results for ``words`` in their order; simulated ones are kept under ``folder`` by name, and reused from there."""
    from sim import ensemble
    from sim.analysis.align import check_starts

    loaded = load_all([word for word in words if not is_result(word)], sampling.sets)
    names = names_of(words)
    held = {
        name: _labelled(ensemble.open_result(word), name)
        for word, name in zip(words, names, strict=True)
        if is_result(word)
    }
    check_starts([*(result.scenario for result in held.values()), *loaded])
    if not sampling.force:
        _check_folders(loaded, sampling, folder)
    scenarios = iter(loaded)
    results: list[Result] = []
    for name in names:
        if name in held:
            results.append(held[name])
            continue
        scenario = next(scenarios)
        with Progress(f"runs of {scenario.name}", quiet=sampling.quiet) as progress:
            made = ensemble.run(
                scenario,
                runs=sampling.runs,
                seed=sampling.seed,
                jobs=sampling.jobs or usable_cores(),
                out=folder / scenario.name,
                force=sampling.force,
                keep_runs=True,
                command=command,
                progress=progress,
            )
        results.append(made)
    return results


def _check_folders(scenarios: Sequence[Scenario], sampling: Sampling, folder: Path) -> None:
    """Refuse before the first simulation what the last would be refused for, all folders at once."""
    from sim.ensemble.making import check_folder

    problems: list[Problem] = []
    for one in scenarios:
        try:
            check_folder(one, folder / one.name, runs=sampling.runs, seed=sampling.seed)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(tuple(problems))


def _labelled(result: Result, name: str) -> Result:
    """The result, its scenario under ``name``; nothing changes on disk."""
    from sim.ensemble import Result

    told = result.manifest
    if told["scenario"]["name"] == name:
        return result
    return Result(result.path, {**told, "scenario": {**told["scenario"], "name": name}})
